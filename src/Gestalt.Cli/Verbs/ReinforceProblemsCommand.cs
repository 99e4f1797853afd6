using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Tasks.Problems;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt reinforce problems</c>: worked examples to begin with, imperfect on purpose.</summary>
internal static class ReinforceProblemsCommand
{
    private const ulong PupilStream = 0x70_75_70_69_6C;

    public static Command Create()
    {
        var kinds = new Argument<string>("KIND") { Description = $"Kinds with commas between them, or all: {string.Join(", ", ProblemKinds.All.Select(kind => kind.Name))}" };
        var output = new Option<string?>("--out", "-o") { Description = "JSONL of conversations for gestalt finetune [default: standard output]", HelpName = "FILE" };
        var count = new Option<int>("--count", "-n") { Description = "How many", HelpName = "N", DefaultValueFactory = _ => 5000 };
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
            new Example("gestalt reinforce problems all --count 6", "have a look"))
            .With(kinds, output, count, slips, blurts, checks, patience, seed, json)
            .Does(parse =>
            {
                var habits = new PupilHabits(Percent(slips, parse.GetValue(slips)), Percent(blurts, parse.GetValue(blurts)), Percent(checks, parse.GetValue(checks)), patience.AtLeastOne(parse.GetValue(patience)));
                ulong chance = parse.GetValue(seed);
                ProblemSource source = ProblemSource.Of(ProblemKinds.Find(parse.GetValue(kinds)!), ProblemSplit.Train, chance);
                int right = 0, wanted = count.AtLeastOne(parse.GetValue(count));
                IEnumerable<Conversation> all = Enumerable.Range(0, wanted).Select(i =>
                {
                    Problem problem = source.At(i);
                    string reply = new Pupil(new Dice(chance ^ PupilStream, (ulong)i), habits).Reply(problem);
                    right += problem.Grade(reply).IsRight ? 1 : 0;
                    return Conversation.Of(new Message(Roles.User, problem.Question), new Message(Roles.Assistant, reply));
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

    private static int Percent(Option option, int value) => value is >= 0 and <= 100 ? value : throw new UserError(ExitCode.Usage, $"{option.Name} is {value}; it must be between 0 and 100.");
}
