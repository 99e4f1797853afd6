using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Reports;

/// <summary>One part of the page.</summary>
internal sealed record ReportSection(string Id, string Title, Html Body);

/// <summary>The parts of a report in reading order; what was not measured is not mentioned.</summary>
internal static class ReportSections
{
    public static IEnumerable<ReportSection> All(LifeReport report)
    {
        yield return new("plan", "The plan", Plan(report.Plan));
        if (report.Scores.Count + report.Measurements.Count > 0)
            yield return new("scores", "What it knows", Scores(report));
        if (report.Profiles.Count > 0)
            yield return new("stages", "What each stage changed", ProfileSection.Body(report.Profiles));
        if (report.Conversations.Count > 0)
            yield return new("conversations", "In conversation", Html.Join(report.Conversations.Select(Conversation)));
        if (report.Stories.Count > 0)
            yield return new("stories", "Its stories", Stories(report.Stories));
        foreach (TrainingCurve curve in report.Curves.Where(curve => curve.Samples.Count > 0))
            yield return new("learning-" + Slug(curve.Stage), "Learning: " + curve.Stage, LearningSection.Body(curve));
        foreach (ReportFigures figures in report.Figures.Where(figures => figures.Charts.Count > 0))
            yield return new("figures-" + Slug(figures.Title), "As it learned: " + figures.Title, Html.Join(figures.Charts.Select(chart => chart.ToFigure())));
        if (report.Dreams.Count > 0)
            yield return new("dreams", "What it dreamt", Dreams(report.Dreams));
        if (report.Corpus is not null)
            yield return new("corpus", "What it read", Corpus(report.Corpus));
        if (report.Tokenizer is not null)
            yield return new("tokens", "Its alphabet", Tokenizer(report.Tokenizer));
        if (report.Stages.Count > 0)
        {
            yield return new("time", "Where the time went", Stages(report.Stages));
            yield return new("again", "Do it again", Commands(report));
        }
        if (report.Machine.Count > 0)
            yield return new("machine", "The machine", Definitions(report.Machine));
    }

    private static Html Plan(PlanSummary plan) => Html.Of($"""
        <p>It was given <strong>{QuantityFormat.Duration(plan.TimeGiven.TotalSeconds)}</strong>. Everything else followed from that and from what this machine can do.</p>
        <pre class="command"><code>{plan.Command}</code></pre>
        <dl class="choices">
        {plan.Choices.Select(choice => Html.Of($"<div><dt>{choice.What}</dt><dd class=\"value\">{choice.Value}</dd><dd class=\"why\">{choice.Why}</dd></div>"))}
        </dl>
        """);

    private static Html Scores(LifeReport report)
    {
        var chart = new BarChart
        {
            Title = "Right answers",
            Value = new AxisOptions("share of right answers, 95 % Wilson interval", Quantity.Share),
            Maximum = 1,
            Bars = [.. report.Scores.Select(score => new Bar(
                score.Name, score.Result.Trials == 0 ? 0 : score.Result.Share, score.Result.Low, score.Result.High, score.Result.Chance,
                FormattableString.Invariant($"{score.Result.Successes:#,0} of {score.Result.Trials:#,0}"), score.Headline ? Emphasis.Accent : Emphasis.Ink))],
        };
        return Html.Of($"""
            {(report.Scores.Count == 0 ? Html.Empty : chart.ToFigure())}
            {report.Scores.Select(ScoreDetails)}
            {(report.Measurements.Count == 0 ? Html.Empty : Html.Of($"""
                <dl class="choices">
                {report.Measurements.Select(measurement => Html.Of($"<div><dt>{measurement.Name}</dt><dd class=\"value\">{QuantityFormat.Number(measurement.Value)} {measurement.Unit}</dd><dd class=\"why\">{measurement.Meaning}</dd></div>"))}
                </dl>
                """))}
            """);
    }

    private static Html ScoreDetails(Score score) => Html.Of($"""
        <details>
        <summary><span class="name">{score.Name}</span> <span class="number">{score.Result.Share * 100:0.0} %</span> <span class="note">{score.Result.Low * 100:0.0} to {score.Result.High * 100:0.0} %, chance {score.Result.Chance * 100:0.0} %</span></summary>
        <p>{score.Meaning}</p>
        {(score.Examples.Count == 0 ? Html.Empty : Html.Of($"""
            <div class="scroll"><table>
            <thead><tr><th scope="col">asked</th><th scope="col">answered</th><th scope="col">expected</th></tr></thead>
            <tbody>
            {score.Examples.Select(example => Html.Of($"<tr><td>{example.Question}</td><td>{Mark(example.Correct)} {example.Answer}</td><td>{example.Expected}</td></tr>"))}
            </tbody></table></div>
            """))}
        </details>
        """);

    private static Html Mark(bool good) => good
        ? Html.Raw("""<span class="mark-good" role="img" aria-label="right">✓</span>""")
        : Html.Raw("""<span class="mark-bad" role="img" aria-label="wrong">✗</span>""");

    private static Html Conversation(SampleConversation conversation) => Html.Of($"""
        <figure class="conversation">
        <figcaption>{conversation.Title}</figcaption>
        {conversation.Turns.Select(turn => Html.Of($"""<div class="turn {(turn.Role == "user" ? "user" : turn.Role == "system" ? "system" : "assistant")}"><p class="role">{turn.Role}</p><p class="said">{turn.Text}</p></div>"""))}
        </figure>
        """);

    private static Html Stories(IReadOnlyList<StoryVerdict> stories) => Html.Of($"""
        <p>{stories.Count(story => story.HoldsTogether)} of {stories.Count} hold together, says the judge, which checks what can be checked: names, places, who has what, and an end.</p>
        {stories.Select(story => Html.Of($"""
            <article class="story">
            <blockquote><p><span class="prompt">{story.Prompt}</span> {story.Text}</p></blockquote>
            <p class="verdict">{Mark(story.HoldsTogether)} {(story.HoldsTogether ? "holds together" : "falls apart")}{(story.Findings.Count > 0 ? ": " : "")}{string.Join("; ", story.Findings)}</p>
            </article>
            """))}
        """);

    private static Html Dreams(IReadOnlyList<Dream> dreams) => Html.Of($"""
        <p>Left alone with the beginning of a page, again and again as it learned.</p>
        <ol class="dreams">
        {dreams.Select(dream => Html.Of($"""
            <li><p class="when">{QuantityFormat.Duration(dream.Seconds)}<span>step {dream.Step:#,0}</span>{(dream.ValidationBitsPerByte is double bits ? Html.Of($" <span>{bits:0.00} bits/byte</span>") : Html.Empty)}</p>
            <p class="dream"><span class="prompt">{dream.Prompt}</span>{dream.Text}</p></li>
            """))}
        </ol>
        """);

    private static Html Corpus(CorpusSummary corpus)
    {
        var dropped = new BarChart
        {
            Title = "Dropped, by reason",
            Value = new AxisOptions("documents"),
            Bars = [.. corpus.Dropped.OrderByDescending(reason => reason.Documents).Select(reason => new Bar(reason.Reason, reason.Documents, Emphasis: Emphasis.Ink))],
        };
        var kept = new BarChart
        {
            Title = "Kept, by kind",
            Value = new AxisOptions("documents"),
            Bars = [.. corpus.Kept.OrderByDescending(kind => kind.Count).Select(kind => new Bar(kind.Name, kind.Count))],
        };
        var examples = corpus.Dropped.Where(reason => reason.Example.Length > 0).ToList();
        return Html.Of($"""
            <p>{corpus.DocumentsRead:#,0} documents came in ({QuantityFormat.Bytes(corpus.BytesRead)}); {corpus.DocumentsKept:#,0} were kept, {QuantityFormat.Bytes(corpus.BytesKept)} of clean text:
            {corpus.TrainingTokens:#,0} tokens to learn from and {corpus.ValidationTokens:#,0} held out.</p>
            {(corpus.Kept.Count == 0 ? Html.Empty : kept.ToFigure())}
            {(corpus.Dropped.Count == 0 ? Html.Empty : dropped.ToFigure())}
            {(examples.Count == 0 ? Html.Empty : Html.Of($"""
                <details><summary><span class="name">One of each that was dropped</span></summary>
                <dl class="choices">{examples.Select(reason => Html.Of($"<div><dt>{reason.Reason}</dt><dd class=\"why\">{reason.Example}</dd></div>"))}</dl>
                </details>
                """))}
            """);
    }

    private static Html Tokenizer(TokenizerSummary tokenizer) => Html.Of($"""
        <p>{tokenizer.VocabularySize:#,0} tokens; one stands for {tokenizer.BytesPerToken:0.00} bytes of text it has not seen.</p>
        {tokenizer.Examples.Select(example => Html.Of($"""
            <figure class="tokens"><figcaption>{example.Label} · {example.Tokens.Count} tokens</figcaption>
            <p>{Html.Join(example.Tokens.Select(Token), "")}</p></figure>
            """))}
        {(tokenizer.LongestTokens.Count == 0 ? Html.Empty : Html.Of($"""<figure class="tokens"><figcaption>Some of its longest</figcaption><p class="apart">{tokenizer.LongestTokens.Select(Token)}</p></figure>"""))}
        """);

    /// <summary>A line break is shown as a sign, since a token that is one would be invisible.</summary>
    private static Html Token(string token) => Html.Of($"<span>{token.Replace("\r", "␍").Replace("\n", "⏎").Replace("\t", "⇥")}</span>");

    private static Html Stages(IReadOnlyList<StageSummary> stages)
    {
        double total = Math.Max(1e-9, stages.Sum(stage => stage.Actual.TotalSeconds));
        return Html.Of($"""
            <div class="lifeline" aria-hidden="true">
            {stages.Where(stage => stage.Actual.TotalSeconds / total > 0.004).Select(stage => Html.Of($"""<span style="flex-grow:{stage.Actual.TotalSeconds / total * 1000:0}" title="{stage.Name}"></span>"""))}
            </div>
            <div class="scroll"><table class="stages">
            <thead><tr><th scope="col">stage</th><th scope="col" class="num">took</th><th scope="col" class="num">planned</th><th scope="col">made</th></tr></thead>
            <tbody>
            {stages.Select(stage => Html.Of($"<tr><th scope=\"row\">{stage.Name}</th><td class=\"num\">{QuantityFormat.Duration(stage.Actual.TotalSeconds)}</td><td class=\"num quiet\">{QuantityFormat.Duration(stage.Planned.TotalSeconds)}</td><td>{stage.Result}</td></tr>"))}
            </tbody>
            </table></div>
            """);
    }

    private static Html Commands(LifeReport report) => Html.Of($"""
        <p>Each stage by itself, from the files of the stage before:</p>
        <pre class="command"><code>{string.Join("\n", report.Stages.Where(stage => stage.Command.Length > 0).Select(stage => stage.Command))}</code></pre>
        """);

    private static Html Definitions(IReadOnlyList<NamedValue> values) => Html.Of($"""
        <dl class="plain">
        {values.Select(value => Html.Of($"<div><dt>{value.Name}</dt><dd>{value.Value}</dd></div>"))}
        </dl>
        """);

    private static string Slug(string text) => string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
}
