using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Store.Improving;
using Gestalt.Training;
using Gestalt.Training.Improvement;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt improve correct</c>: flagged answers → what they should have been.</summary>
internal static class ImproveCorrectCommand
{
    public static Command Create()
    {
        var where = new ImproveArguments();
        var by = new Option<string?>("--by") { Description = "Who drafts: key, for the answer key of the small world and the calculator, or a model, which tries until no rule finds anything wrong", HelpName = "key|MODEL" };
        Option<bool> approve = ApproveOption();
        var answer = new Option<string?>("--answer") { Description = "Correct this one answer, by its id in the log; with --content", HelpName = "ID" };
        var content = new Option<string?>("--content") { Description = "What it should have been", HelpName = "TEXT" };
        var tries = new Option<int>("--tries") { Description = "How many answers a model may try for each", HelpName = "N", DefaultValueFactory = _ => 8 };
        var seed = new Option<ulong>("--seed") { Description = "Draws a model's answers", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<string> reviewer = ImproveArguments.As();
        Option<bool> json = Json.Option();
        return new Verb("correct", "Say what flagged answers should have been",
            "Without options, a person goes through the flagged answers and writes what each should have been, or edits what is there. With --by, drafts are made first, and the person only approves or edits them: editing is easier than writing. Nothing is learned that nobody approved. "
            + "The key gives exact answers; where few pages or none tell a fact, that is to say that one does not know.",
            new Example("gestalt improve correct --run first", "in the terminal, one after the other"),
            new Example("gestalt improve correct --run first --by key --approve-all", "exactly, by the answer key"),
            new Example("gestalt improve correct --log kept --by Qwen3-4B", "drafts by a larger model; approve them in the terminal afterwards"))
            .With(where.Run, where.Log, by, approve, answer, content, tries, seed, reviewer, json)
            .Does(parse => Correct(
                where.Read(parse), parse.GetValue(by), parse.GetValue(approve), parse.GetValue(answer), parse.GetValue(content), tries.AtLeastOne(parse.GetValue(tries)), parse.GetValue(seed), parse.GetValue(reviewer)!, parse.GetValue(json)));
    }

    /// <summary>The option that approves without looking.</summary>
    public static Option<bool> ApproveOption() => new("--approve-all") { Description = "Approve every draft without looking at it, for scripts; you answer for them" };

    /// <summary>Drafts by the key what has no correction yet, or only a draft where all are to be approved.</summary>
    public static void ByKey(ImproveScope scope, IReadOnlyList<LoggedAnswer> answers, RuleBook book, string? approvedBy)
    {
        ReviewSet review = scope.Review();
        IReadOnlyList<LoggedAnswer> open = [.. LogReview.Open(answers, review).Where(answer => review.Of(answer.Id).Correction is null)];
        Keep(scope, answers, LogReview.ByKey(open, book), LogReview.Key, open.Count, approvedBy);
    }

    private static void Keep(ImproveScope scope, IReadOnlyList<LoggedAnswer> answers, IReadOnlyList<Correction> drafts, string by, int open, string? approvedBy)
    {
        scope.Folder.Review.Add(drafts);
        if (approvedBy is not null)
        {
            ReviewSet review = scope.Review();
            scope.Folder.Review.Add([.. LogReview.Open(answers, review).Select(answer => review.Of(answer.Id).Correction).OfType<Correction>().Select(draft => draft with { ApprovedBy = approvedBy, At = DateTimeOffset.UtcNow })]);
        }

        Messages.Say($"{drafts.Count} of {open} open corrections drafted by {by}{(approvedBy is null ? "" : $", all drafts approved by {approvedBy}")}.");
    }

    private static void Correct(ImproveScope scope, string? by, bool approve, string? answer, string? content, int tries, ulong seed, string reviewer, bool json)
    {
        if ((answer is null) != (content is null)) throw new UserError(ExitCode.Usage, "--answer ID and --content TEXT go together: which answer, and what it should have been.");
        if (answer is not null && by is not null) throw new UserError(ExitCode.Usage, "--answer is corrected by --content, --by drafts the others; use one at a time.");
        IReadOnlyList<LoggedAnswer> answers = scope.Answers();
        ReviewSet review = scope.Review();
        IReadOnlyList<LoggedAnswer> open = LogReview.Open(answers, review);
        LoggedAnswer[] blank = [.. open.Where(one => review.Of(one.Id).Correction is null)];
        if (answer is not null)
        {
            if (!review.Of(answer).IsFlagged) throw new UserError(ExitCode.Missing, $"the answer '{answer}' is not flagged in {scope.Folder.Review.Path}, and only flagged ones are corrected. Flag it: gestalt improve flag {scope.Option} --answer {CommandLine.Quote(answer)} --why TEXT");
            scope.Folder.Review.Add(new Correction(answer, reviewer, DateTimeOffset.UtcNow, content!) { ApprovedBy = reviewer });
        }
        else if (by is LogReview.Key or null && (by is not null || approve))
        {
            Keep(scope, answers, LogReview.ByKey(by is null ? [] : blank, scope.Book()), LogReview.Key, blank.Length, approve ? reviewer : null);
        }
        else if (by is not null)
        {
            using var interruption = new Interruption("stopping; no draft is kept (Ctrl-C again stops at once)");
            using LanguageModel model = LanguageModel.Open(ModelSource.Find(by), device: ComputeOptions.ForUse(null));
            Keep(scope, answers, LogReview.ByModel(blank, model.Generator, by, scope.Book(), tries, seed, interruption.Token), by, blank.Length, approve ? reviewer : null);
        }
        else if (open.Count > 0)
        {
            new ReviewSession(scope.Folder, reviewer).Correct(open);
        }

        ReviewSet now = scope.Review();
        int approved = answers.Count(one => now.Of(one.Id).Approved is not null), left = LogReview.Open(answers, now).Count;
        Messages.Say($"{approved} corrections are approved, {left} flagged answers are open. {(left > 0 ? $"Go through them: gestalt improve correct {scope.Option}. " : "")}{(approved > 0 ? $"Learn from them: gestalt improve train {scope.Option}" : "")}");
        if (json) Json.Write(new { Approved = approved, Open = left });
    }
}
