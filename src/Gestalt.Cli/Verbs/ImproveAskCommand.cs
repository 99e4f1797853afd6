using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Store.Improving;
using Gestalt.Training.Improvement;
using Gestalt.World;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt improve ask</c>: questions of people who are not there yet → a log.</summary>
internal static class ImproveAskCommand
{
    public static Command Create()
    {
        var where = new ImproveArguments();
        var count = new Option<int>("--questions", "-n") { Description = "How many questions", HelpName = "N", DefaultValueFactory = _ => 300 };
        var model = new Option<string?>("--model", "-m") { Description = "Who answers [default: the run's model]", HelpName = "MODEL" };
        var seed = new Option<ulong>("--seed") { Description = "Draws the questions", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> json = Json.Option();
        return new Verb("ask", "Ask a run's model what people of its world would, and log the answers",
            "To try the loop before there is anybody to talk with: a third asks for facts that pages tell, a third for facts of the well-known that none does, the rest for strangers, stories and small talk. Nothing is asked that any test measures with.",
            new Example("gestalt improve ask --run first -n 500", "500 questions, logged in runs/first/improve"))
            .With(where.Run, where.Log, count, model, seed, json)
            .Does(parse =>
            {
                ImproveScope scope = where.Read(parse);
                Conversations world = scope.World ?? throw new UserError(ExitCode.BadInput, "only the people of a small world can be played; this run has read another text. Log real conversations: gestalt chat --log FOLDER");
                int wanted = count.AtLeastOne(parse.GetValue(count));
                string path = scope.Model(parse.GetValue(model));
                using var interruption = new Interruption("stopping; nothing is logged (Ctrl-C again stops at once)");
                using LanguageModel assistant = LanguageModel.Open(path, device: ComputeOptions.ForUse(null));
                using var progress = new WorkProgress("asked", amount => FormattableString.Invariant($"{amount:N0} questions"));
                long answered = 0;
                IReadOnlyList<LoggedAnswer> answers = Rehearsal.Ask(
                    assistant.Generator, Path.GetRelativePath(Directory.GetCurrentDirectory(), path), Rehearsal.Questions(world, wanted, parse.GetValue(seed)), () => progress.Report(Interlocked.Increment(ref answered), wanted), interruption.Token);
                scope.Folder.Log.Add(answers);
                Messages.Say($"{answers.Count} answers in {scope.Folder.Log.Path}. What is wrong with them? gestalt improve flag {scope.Option} --rule all");
                if (parse.GetValue(json)) Json.Write(new { Log = scope.Folder.Log.Path, Answers = answers.Count });
            });
    }
}
