using Gestalt.Evaluation;
using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Training.Metrics;

namespace Gestalt.Training.Reinforcement;

/// <summary>What reinforcement did, as pictures: what was solved, how long was thought, which strategies came up, where the time went.</summary>
public static class ReinforcementReport
{
    /// <summary>Curves are averaged over a twentieth of the run: answers to a few problems say little about a step.</summary>
    private const double SmoothedShare = 1.0 / 20;

    /// <summary>The curves of a run.</summary>
    /// <param name="steps">What was measured at each step; those of other stages are left out.</param>
    public static IReadOnlyList<LineChart> Charts(IEnumerable<StepMetrics> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        StepMetrics[] all = [.. steps.Where(step => step.Reinforcement is not null)];
        if (all.Length == 0) return [];
        return
        [
            Chart("Answers that are right, and their reward", "share of the drawn answers", Quantity.Share,
                ("reward", Emphasis.Ink, one => one.Reward), ("right", Emphasis.Accent, one => one.PassRate)),
            Chart("Length of an answer", "tokens", Quantity.Number,
                ("all", Emphasis.Ink, one => one.Length), ("thinking", Emphasis.Accent, one => one.ThinkingLength)),
            Chart("What answers do", "share of the drawn answers", Quantity.Share,
                ("think first", Emphasis.Ink, one => one.Thinks), ("check", Emphasis.Accent, one => one.ChecksItself), ("begin again", Emphasis.Dotted, one => one.BeginsAgain), ("malformed", Emphasis.DotDashed, one => one.Malformed)),
            Chart("Doubt", "entropy, nats a token", Quantity.Number, ("entropy", Emphasis.Accent, one => one.Entropy)),
            Chart("Where the time goes", "share of a step", Quantity.Share,
                ("drawing answers", Emphasis.Accent, one => one.RolloutShare), ("learning", Emphasis.Ink, one => one.TrainingShare), ("the rest", Emphasis.Dotted, one => one.OtherShare)),
        ];

        LineChart Chart(string title, string unit, Quantity quantity, params (string Name, Emphasis Emphasis, Func<ReinforcementMetrics, double> Value)[] lines) => new()
        {
            Title = title,
            X = new AxisOptions("steps"),
            Y = new AxisOptions(unit, quantity, FromZero: true),
            Series = [.. lines.Select(line => new Series(line.Name, [.. all.Select(step => new ChartPoint(step.Step, line.Value(step.Reinforcement!)))], line.Emphasis)
                .Smoothed(line.Name, (int)Math.Ceiling(all.Length * SmoothedShare / 2), line.Emphasis))],
        };
    }

    /// <summary>A page of its own.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="outcome">What came out.</param>
    /// <param name="steps">What was measured at each step.</param>
    public static Html Page(string name, ReinforceOutcome outcome, IEnumerable<StepMetrics> steps)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return ReportPage.ToHtml($"{name}: learning from what can be checked", Lead(outcome), Body(outcome, steps));
    }

    /// <summary>In a sentence: what was solved before and after.</summary>
    /// <param name="outcome">What came out.</param>
    public static string Lead(ReinforceOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return FormattableString.Invariant($"Of held-out problems, one answer drawn solves {Share(outcome.After.Sampled)}; before it was {Share(outcome.Before.Sampled)}. The likeliest answer: {Share(outcome.After.Greedy)}, before {Share(outcome.Before.Greedy)}. Guessing: {outcome.After.Sampled.Chance * 100:0.0} %.");
    }

    /// <summary>Tables and curves, to stand in a page.</summary>
    /// <param name="outcome">What came out.</param>
    /// <param name="steps">What was measured at each step.</param>
    public static Html Body(ReinforceOutcome outcome, IEnumerable<StepMetrics> steps)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        (PassRate before, PassRate after) = (outcome.Before, outcome.After);
        (string What, string Before, string After)[] rows =
        [
            ("solved, one answer drawn (pass@1)", Share(before.Sampled), Share(after.Sampled)),
            ("solved, likeliest answer", Share(before.Greedy), Share(after.Greedy)),
            ("tokens of a drawn answer", Number(before.SampledHabits.Tokens), Number(after.SampledHabits.Tokens)),
            ("of them thinking", Number(before.SampledHabits.ThinkingTokens), Number(after.SampledHabits.ThinkingTokens)),
            ("think first", Share(before.SampledHabits.Thinks), Share(after.SampledHabits.Thinks)),
            ("check their work", Share(before.SampledHabits.ChecksItself), Share(after.SampledHabits.ChecksItself)),
            ("begin again", Share(before.SampledHabits.BeginsAgain), Share(after.SampledHabits.BeginsAgain)),
            ("malformed", Share(before.SampledHabits.Malformed), Share(after.SampledHabits.Malformed)),
        ];
        return Html.Of($"""
            <table><thead><tr><th>held-out problems: {before.Sampled.Trials}</th><th>before</th><th>after {outcome.Training.Steps} steps</th></tr></thead><tbody>
            {rows.Select(row => Html.Of($"<tr><td>{row.What}</td><td>{row.Before}</td><td>{row.After}</td></tr>"))}
            </tbody></table>
            {Charts(steps).Select(chart => chart.ToFigure())}
            <h2>The same problems, before and after</h2>
            <table><thead><tr><th>problem</th><th>before</th><th>after</th></tr></thead><tbody>
            {after.Examples.Zip(before.Examples).Select(pair => Html.Of($"<tr><td>{pair.First.Question} ({pair.First.Expected})</td><td>{Mark(pair.Second)}</td><td>{Mark(pair.First)}</td></tr>"))}
            </tbody></table>
            """);
    }

    private static string Mark(AnsweredProblem one) => $"{(one.IsRight ? "✓" : "✗")} {one.Reply}";

    private static string Number(double value) => FormattableString.Invariant($"{value:0.0}");

    private static string Share(Proportion share) => FormattableString.Invariant($"{share.Share * 100:0.0} % [{share.Low * 100:0.0}, {share.High * 100:0.0}]");
}
