using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Store.Improving;
using Gestalt.Training.Improvement;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt improve</c>: conversations → what went wrong in them → corrected → a model that does it better, and what that cost.</summary>
internal static class ImproveCommand
{
    public static Command Create()
    {
        var where = new ImproveArguments();
        var training = new ImproveTrainingArguments();
        var report = new ImproveReportArguments();
        Option<string> reviewer = ImproveArguments.As();
        Option<bool> approve = ImproveCorrectCommand.ApproveOption();
        Option<bool> json = Json.Option();
        return new Verb(
            "improve",
            "Find what went wrong in conversations, correct it, train again, and show what that changed",
            "The loop: 'chat --log' and 'serve --log' keep conversations; 'improve flag' marks answers, by hand or by rules; 'improve correct' says what they should have been; 'improve train' makes a numbered version of all that, which nobody can change, and retrains the model on it "
            + "beside conversations that it was made from; 'improve report' compares before and after on what was flagged, as it was asked, otherwise, and held back, and on everything else, question by question. Without any of these words it does what is next, up to where a person is needed.",
            new Example("gestalt chat runs/first --log runs/first/improve", "first: talk, and keep what is said"),
            new Example("gestalt improve --run first", "then: flag by rules, draft corrections, ask you about them, train, compare"),
            new Example("gestalt improve --run first --approve-all --strict", "in a script: approve what the answer key says, and fail if anything became worse"),
            new Example("gestalt improve flag --run first --rule wrong --rule words=sorry", "one step alone"),
            new Example("gestalt improve report --run first --json", "the comparison again, as data"))
            .With(ImproveAskCommand.Create(), ImproveFlagCommand.Create(), ImproveCorrectCommand.Create(), ImproveTrainCommand.Create(), ImproveReportCommand.Create())
            .With(where.Run, where.Log, reviewer, approve).With(training.All).With(report.All).With(json)
            .Does(parse => Next(where.Read(parse), parse, training, report, parse.GetValue(reviewer)!, parse.GetValue(approve), parse.GetValue(json)));
    }

    private static void Next(ImproveScope scope, ParseResult parse, ImproveTrainingArguments training, ImproveReportArguments report, string reviewer, bool approve, bool json)
    {
        IReadOnlyList<LoggedAnswer> answers = scope.Answers();
        RuleBook book = scope.Book();
        ImproveFlagCommand.ByRules(scope, answers, book);
        ImproveCorrectCommand.ByKey(scope, answers, book, approve ? reviewer : null);
        IReadOnlyList<LoggedAnswer> open = LogReview.Open(answers, scope.Review());
        if (open.Count > 0 && !approve && !Console.IsInputRedirected) new ReviewSession(scope.Folder, reviewer).Correct(open);
        ReviewSet review = scope.Review();
        open = LogReview.Open(answers, review);
        if (open.Count > 0) Messages.Say($"{open.Count} flagged answers have no approved correction. Write or approve them: gestalt improve correct {scope.Option}");
        if (!answers.Any(answer => review.Of(answer.Id).Approved is not null))
        {
            Messages.Say(open.Count > 0 ? "Nothing is trained before something is approved." : "Nothing is flagged: there is nothing to improve. Look for yourself: gestalt improve flag " + scope.Option);
            return;
        }

        (VersionManifest version, TrainedVersion _) = ImproveTrainCommand.Train(scope, training.Read(parse), again: false);
        ImproveReportCommand.Report(scope, version.Number, report.Read(parse), json);
    }
}
