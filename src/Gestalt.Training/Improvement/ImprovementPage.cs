using Gestalt.Evaluation;
using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Training.Improvement;

/// <summary>An <see cref="ImprovementReport"/> as a page of its own: one file without a script or a font from elsewhere.</summary>
public static class ImprovementPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="report">What was measured.</param>
    /// <param name="version">The version that was trained, for people: <c>v2</c>.</param>
    /// <param name="facts">What else should stand there: names and values.</param>
    public static Html Of(ImprovementReport report, string version, IReadOnlyList<(string What, string Value)> facts)
    {
        ArgumentNullException.ThrowIfNull(report);
        ShareChange[] flagged = [.. report.Shares.Where(share => share.IsFlagged)], others = [.. report.Shares.Where(share => !share.IsFlagged)];
        string lead = string.Join("; ", flagged.Select(share => FormattableString.Invariant($"{share.Name}: {share.Before.Share * 100:0} → {share.After.Share * 100:0} % good"))) + ". Everything else: " + report.Summary + ".";
        return ReportPage.ToHtml($"Improvement {version}", lead, Html.Of($"""
            <section><h2>What was flagged</h2>
            {Chart("Good answers to what was flagged", flagged).ToFigure("Before and after, with 95 % Wilson intervals.")}
            {flagged.Select(Details)}
            </section>
            <section><h2>Everything else</h2>
            <p>{report.Summary}. Worse is what fell with its whole 95 % interval; kept is what fell by less than {report.Margin * 100:0.#} points (costs: {report.Margin * 100:0.#} %) even at the interval's end. Each of the {others.Length + report.Costs.Count} would be called worse by chance alone in 2.5 % of all improvements that change nothing.</p>
            {Chart("Good answers to everything else", others).ToFigure("Before and after, with 95 % Wilson intervals; the changes below are paired, question by question, and their intervals narrower.")}
            {others.Select(Details)}
            {(report.Costs.Count == 0 ? Html.Empty : Html.Of($"""
                <div class="scroll"><table>
                <thead><tr><th scope="col">cost (less is better)</th><th scope="col" class="num">before</th><th scope="col" class="num">after</th><th scope="col">change [95 %]</th><th scope="col">verdict</th></tr></thead>
                <tbody>
                {report.Costs.Select(cost => Html.Of($"<tr><th scope=\"row\">{cost.Name}, {cost.Unit}</th><td class=\"num\">{cost.Pairs.Before:0.000}</td><td class=\"num\">{cost.Pairs.After:0.000}</td><td>{cost.Pairs.Change:+0.000;−0.000;0.000} [{cost.Pairs.Low:+0.000;−0.000;0.000}, {cost.Pairs.High:+0.000;−0.000;0.000}] over {cost.Pairs.Count}</td><td>{NameOf(cost.Verdict)}</td></tr>"))}
                </tbody></table></div>
                """))}
            </section>
            <section><h2>How</h2>
            <dl class="choices">
            {facts.Select(fact => Html.Of($"<div><dt>{fact.What}</dt><dd class=\"value\">{fact.Value}</dd></div>"))}
            </dl>
            </section>
            """));
    }

    /// <summary>A verdict in a word.</summary>
    /// <param name="verdict">The verdict.</param>
    public static string NameOf(ChangeVerdict verdict) => verdict switch
    {
        ChangeVerdict.Better => "better",
        ChangeVerdict.Kept => "kept",
        ChangeVerdict.Unclear => "cannot tell",
        _ => "worse",
    };

    private static BarChart Chart(string title, ShareChange[] shares) => new()
    {
        Title = title,
        Value = new AxisOptions("share of good answers", Quantity.Share),
        Maximum = 1,
        Bars = [.. shares.SelectMany(share => (Bar[])[Bar(share.Name + ", before", share.Before, Emphasis.Ink), Bar("after", share.After, Emphasis.Accent)])],
    };

    private static Bar Bar(string name, Proportion share, Emphasis emphasis) =>
        new(name, share.Share, share.Low, share.High, share.Chance, FormattableString.Invariant($"{share.Successes:#,0} of {share.Trials:#,0}"), emphasis);

    private static Html Details(ShareChange share) => Html.Of($"""
        <details>
        <summary><span class="name">{share.Name}</span> <span class="number">{share.Before.Share * 100:0.0} → {share.After.Share * 100:0.0} %</span> <span class="note">{share.Pairs.ToString()}; chance {share.Chance * 100:0.0} %: {NameOf(share.Verdict)}</span></summary>
        <p>{share.Meaning}</p>
        {Table("Became good", share.Gained)}
        {Table("Became bad", share.Lost)}
        </details>
        """);

    private static Html Table(string title, IReadOnlyList<ChangedAnswer> answers) => answers.Count == 0 ? Html.Empty : Html.Of($"""
        <div class="scroll"><table>
        <thead><tr><th scope="col">{title}</th><th scope="col">before</th><th scope="col">after</th><th scope="col">expected</th></tr></thead>
        <tbody>
        {answers.Select(answer => Html.Of($"<tr><td>{answer.Question}</td><td>{answer.Before}</td><td>{answer.After}</td><td>{answer.Expected}</td></tr>"))}
        </tbody></table></div>
        """);
}
