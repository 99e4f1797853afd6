using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Tasks.Problems;
using Gestalt.Text;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt reinforce problems</c>: worked examples to begin with, imperfect on purpose.</summary>
internal static class ReinforceProblemsCommand
{
    private const int UsualCount = 5000;

    public static Command Create()
    {
        var kinds = new Argument<string?>("KIND") { Arity = ArgumentArity.ZeroOrOne, Description = $"Kinds with commas between them, or all: {string.Join(", ", ProblemKinds.All.Select(kind => kind.Name))}" };
        var data = new Option<string?>("--data", "-d") { Description = "JSONL of problems in place of kinds, with their own working, as GSM8K has it: all of them once", HelpName = "FILE" };
        var output = new Option<string?>("--out", "-o") { Description = "JSONL of conversations for gestalt finetune [default: standard output]", HelpName = "FILE" };
        var count = new Option<int?>("--count", "-n") { Description = "How many [default: 5000, of a file all]", HelpName = "N" };
        var slips = new Option<int>("--slips") { Description = "How often a step goes wrong, in percent", HelpName = "N", DefaultValueFactory = _ => 10 };
        var blurts = new Option<int>("--blurts") { Description = "How often nothing is thought first, in percent", HelpName = "N", DefaultValueFactory = _ => 30 };
        var checks = new Option<int>("--checks") { Description = "How often the work is checked, in percent", HelpName = "N", DefaultValueFactory = _ => 10 };
        var patience = new Option<int>("--patience") { Description = "How many attempts are made where attempts are needed", HelpName = "N", DefaultValueFactory = _ => 4 };
        var seed = new Option<ulong>("--seed") { Description = "Problems and slips", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> json = Json.Option();
        return new Verb(
            "problems",
            "Write worked examples to fine-tune on first",
            "Problems with answers as a pupil gives them: thinking between <think> and </think>, with slips, sometimes without thinking at all. A model that was fine-tuned on them knows the form and makes the same mistakes; reinforcement finds out what works better. None of the problems is one that reinforcement measures on.",
            new Example("gestalt reinforce problems countdown --count 10000 --out start.jsonl", "then: gestalt finetune --model first --data start.jsonl"),
            new Example("gestalt reinforce problems --data gsm8k/train.jsonl --blurts 0 --out start.jsonl", "a file's problems with their own solutions as thinking"),
            new Example("gestalt reinforce problems all --count 6", "have a look"))
            .With(kinds, data, output, count, slips, blurts, checks, patience, seed, json)
            .Does(parse =>
            {
                var habits = new PupilHabits(Percent(slips, parse.GetValue(slips)), Percent(blurts, parse.GetValue(blurts)), Percent(checks, parse.GetValue(checks)), patience.AtLeastOne(parse.GetValue(patience)));
                ulong chance = parse.GetValue(seed);
                ProblemSource source = SourceOf(parse.GetValue(kinds), parse.GetValue(data), chance);
                int right = 0, wanted = parse.GetValue(count) is null ? source.Count ?? UsualCount : count.AtLeastOne(parse.GetValue(count)!.Value);
                var pupil = new WorkedProblems(source, habits, chance);
                IEnumerable<Conversation> all = Enumerable.Range(0, wanted).Select(i =>
                {
                    WorkedProblem worked = pupil.At(i);
                    right += worked.IsRight ? 1 : 0;
                    return worked.ToConversation();
                });
                if (parse.GetValue(output) is string path)
                {
                    OutputPath.Require(path);
                    ConversationFile.Write(path, all);
                    if (parse.GetValue(json)) Json.Write(new { File = path, Conversations = wanted, Right = right });
                    Messages.Say(FormattableString.Invariant($"{wanted} conversations in {path}; {100.0 * right / wanted:0.0} % of the answers are right."));
                }
                else
                {
                    foreach (Conversation conversation in all) Console.Out.WriteLine(ConversationFile.ToLine(conversation));
                }
            });
    }

    private static ProblemSource SourceOf(string? kinds, string? data, ulong seed)
    {
        if (kinds is null == data is null)
            throw new UserError(ExitCode.Usage, $"name either kinds of problems ({string.Join(", ", ProblemKinds.All.Select(kind => kind.Name))}, all) or a file of them with --data.");
        if (kinds is not null) return ProblemSource.Of(ProblemKinds.Find(kinds), ProblemSplit.Train, seed);
        IReadOnlyList<Problem> problems = ReinforceArguments.ReadFile(data!, strict: false);
        return problems.Count > 0 ? ProblemSource.Of(Path.GetFileName(data!), problems, seed) : throw new UserError(ExitCode.BadInput, $"{data} has no problems.");
    }

    private static int Percent(Option option, int value) => value is >= 0 and <= 100 ? value : throw new UserError(ExitCode.Usage, $"{option.Name} is {value}; it must be between 0 and 100.");
}
