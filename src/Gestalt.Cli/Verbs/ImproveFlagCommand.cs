using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Store.Improving;
using Gestalt.Training.Improvement;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt improve flag</c>: logged answers → those with which something is wrong.</summary>
internal static class ImproveFlagCommand
{
    private const string AllRules = "all";

    public static Command Create()
    {
        var where = new ImproveArguments();
        var rules = new Option<string[]>("--rule") { Description = "Flag by rules instead of by hand: repeats, cut, arithmetic, words=PATTERN; in a small world made-up, declines and wrong, too; all for all but words. May be given several times", HelpName = "RULE" };
        var answer = new Option<string?>("--answer") { Description = "Flag this one answer, by its id in the log; with --why", HelpName = "ID" };
        var why = new Option<string?>("--why") { Description = "What is wrong with it", HelpName = "TEXT" };
        var clear = new Option<string?>("--clear") { Description = "Nothing is wrong with this answer: its flags are withdrawn, and rules leave it alone", HelpName = "ID" };
        Option<string> reviewer = ImproveArguments.As();
        Option<bool> json = Json.Option();
        return new Verb("flag", "Mark answers with which something is wrong",
            "Without options, a person goes through the logged answers of which nothing was said yet. With --rule, rules do: repeats (the same words again and again), cut (empty, or cut off), arithmetic (by an exact calculator), words=PATTERN (a regular expression); where the model was born in a small world, its answer key "
            + "knows made-up (a value for what no page tells), declines (\"I don't know\" where very many pages tell it) and wrong (another value). In 'chat --log', /flag WHY marks the last answer; in Studio, the flag below it does.",
            new Example("gestalt improve flag --run first", "by hand, one answer after the other"),
            new Example("gestalt improve flag --run first --rule all", "by every rule that applies"),
            new Example("gestalt improve flag --run first --rule \"words=as an AI\"", "what must not be said"),
            new Example("gestalt improve flag --log kept --answer chatcmpl-1f3 --why \"it is unkind\"", "one answer, in a script"))
            .With(where.Run, where.Log, rules, answer, why, clear, reviewer, json)
            .Does(parse => Flag(where.Read(parse), parse.GetValue(rules) ?? [], parse.GetValue(answer), parse.GetValue(why), parse.GetValue(clear), parse.GetValue(reviewer)!, parse.GetValue(json)));
    }

    /// <summary>Flags what rules find that was not found before, and says how much of what.</summary>
    public static IReadOnlyList<Flag> ByRules(ImproveScope scope, IReadOnlyList<LoggedAnswer> answers, RuleBook book)
    {
        ReviewSet review = scope.Review();
        IReadOnlyList<Flag> found = LogReview.FlagsOf(answers, review, book);
        scope.Folder.Review.Add(found);
        Messages.Say($"{answers.Count} logged answers; rules flag {(found.Count == 0 ? "no more of them" : string.Join(", ", found.CountBy(flag => flag.Rule!).Select(one => $"{one.Value} {one.Key}")))}.");
        return found;
    }

    private static void Flag(ImproveScope scope, string[] rules, string? answer, string? why, string? clear, string reviewer, bool json)
    {
        if (new[] { rules.Length > 0, answer is not null, clear is not null }.Count(given => given) > 1) throw new UserError(ExitCode.Usage, "--rule, --answer and --clear are three ways to flag; use one at a time.");
        if ((answer is null) != (why is null)) throw new UserError(ExitCode.Usage, answer is null ? "--why says what is wrong with one answer; name it with --answer ID." : "a flag needs a reason: say --why TEXT.");
        IReadOnlyList<LoggedAnswer> answers = scope.Answers();
        if (answer is not null || clear is not null)
        {
            string id = answer ?? clear!;
            if (answers.All(one => one.Id != id)) throw new UserError(ExitCode.Missing, $"there is no answer '{id}' in {scope.Folder.Log.Path}.");
            scope.Folder.Review.Add(new Flag(id, reviewer, DateTimeOffset.UtcNow, why ?? "") { IsWithdrawn = clear is not null });
        }
        else if (rules.Length > 0)
        {
            ByRules(scope, answers, scope.Book(rules.Contains(AllRules) ? [.. scope.Book().Rules.Select(rule => rule.Name), .. rules.Where(rule => rule != AllRules)] : rules));
        }
        else
        {
            ReviewSet review = scope.Review();
            LoggedAnswer[] open = [.. answers.Where(one => review.Of(one.Id) is { IsFlagged: false, IsCleared: false })];
            if (open.Length == 0) Messages.Say("Every logged answer was looked at.");
            else new ReviewSession(scope.Folder, reviewer).Flag(open);
        }

        ReviewSet now = scope.Review();
        ReviewedAnswer[] flagged = [.. answers.Select(one => now.Of(one.Id)).Where(one => one.IsFlagged)];
        Messages.Say($"{flagged.Length} of {answers.Count} answers are flagged. What should they have been? gestalt improve correct {scope.Option}");
        if (json) Json.Write(new { Answers = answers.Count, Flagged = flagged.Length, By = flagged.SelectMany(one => one.Flags).CountBy(one => one.By).ToDictionary() });
    }
}
