using System.Globalization;
using System.Text;
using Gestalt.Corpus;
using Gestalt.Evaluation.Reports;
using Gestalt.Text;
using Gestalt.Training.Metrics;
using Gestalt.Training.Reinforcement;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Life;

/// <summary>Gathers what the stages left in the run folder into <c>report.html</c> and <c>report.json</c>.</summary>
public static class LifeReportWriter
{
    /// <summary>Points of a curve: more than a page has pixels for.</summary>
    private const int CurvePoints = 600;

    /// <summary>Writes the report of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="stages">Its complete stages.</param>
    public static LifeReport Write(RunFolder run, LifePlan plan, IReadOnlyList<CompletedStage> stages)
    {
        EvaluationOutcome? evaluation = EvaluateStage.Read(run);
        StepMetrics[] pretraining = [.. MetricsLog.Read(run.Base)];
        TimeSpan elapsed = TimeSpan.FromSeconds(stages.Sum(stage => stage.Seconds) + plan.Seconds.GetValueOrDefault("plan"));
        Score? headline = evaluation?.Scores.FirstOrDefault(score => score.Headline);
        Measurement? bits = evaluation?.Measurements.FirstOrDefault();
        var report = new LifeReport
        {
            Name = run.Name,
            StartedAt = plan.Begun,
            Elapsed = elapsed,
            Summary = Summary(plan, pretraining, headline, bits),
            KeyFigures =
            [
                new(F($"{plan.Model.ParameterCount / 1e6:0.0} M"), "parameters", F($"{plan.Model.Layers} layers, width {plan.Model.Width}")),
                .. pretraining.Length > 0 ? [new KeyFigure(F($"{pretraining[^1].Tokens / 1e6:0.0} M"), "tokens read")] : Array.Empty<KeyFigure>(),
                .. bits is not null ? [new KeyFigure(F($"{bits.Value:0.00}"), "bits per byte", "held-out text")] : Array.Empty<KeyFigure>(),
                .. headline is not null ? [new KeyFigure(F($"{headline.Result.Share * 100:0} %"), "of facts answered", F($"unseen phrasing; chance {headline.Result.Chance * 100:0} %"))] : Array.Empty<KeyFigure>(),
            ],
            Plan = new PlanSummary(TimeSpan.FromMinutes(plan.Request.Minutes), plan.Request.Command, plan.Choices),
            Stages = [.. stages.Select(stage => new StageSummary(stage.Name, TimeSpan.FromSeconds(plan.Seconds.GetValueOrDefault(stage.Name)), TimeSpan.FromSeconds(stage.Seconds), stage.Result, stage.Command))],
            Curves = [.. Curve("pretraining", pretraining), .. Curve("fine-tuning", [.. MetricsLog.Read(run.Sft)]), .. Curve("comparisons", [.. MetricsLog.Read(run.Preferred)]), .. Curve("problems", [.. MetricsLog.Read(run.Reinforced)])],
            Figures = [new ReportFigures("problems", ReinforcementReport.Charts(MetricsLog.Read(run.Reinforced)))],
            Dreams = [.. pretraining.Where(line => line.Sample is not null).Select(line => new Dream(line.Step, line.Seconds, line.BitsPerByte, plan.Pretrain.DreamPrompt, line.Sample![Math.Min(plan.Pretrain.DreamPrompt.Length, line.Sample!.Length)..]))],
            Corpus = CorpusOf(run),
            Tokenizer = TokenizerOf(run, plan),
            Measurements = evaluation?.Measurements ?? [],
            Scores = evaluation?.Scores ?? [],
            Profiles = [.. Enum.GetValues<LifeStage>().Select(stage => ProfileStage.Read(run.FolderOf(stage))).OfType<StageProfile>()],
            Stories = evaluation?.Stories ?? [],
            Conversations = evaluation?.Conversations ?? [],
            Machine =
            [
                new("processor", plan.Machine.Processor),
                new("threads", plan.Machine.Threads.ToString(CultureInfo.InvariantCulture)),
                new("float32 peak", F($"{plan.Machine.Float32Peak / 1e9:0} GFLOP/s")),
                new("bfloat16 peak", F($"{plan.Machine.BFloat16Peak / 1e9:0} GFLOP/s")),
                new("runtime", System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription),
                new("system", System.Runtime.InteropServices.RuntimeInformation.OSDescription),
                new("Gestalt", typeof(LifePlan).Assembly.GetName().Version?.ToString(3) ?? ""),
            ],
        };
        ReportPage.Write(report, run.Path);
        return report;
    }

    private static string F(FormattableString text) => FormattableString.Invariant(text);

    private static string Summary(LifePlan plan, StepMetrics[] pretraining, Score? headline, Measurement? bits)
    {
        var text = new StringBuilder(F($"In {plan.Request.Minutes:0.#} minutes on {plan.Machine.Threads} threads, {(plan.Request.Data is { } data ? $"the text in {data}" : "a small internet")} became a language model of {plan.Model.ParameterCount / 1e6:0.0} million parameters"));
        if (pretraining.Length > 0) text.Append(F($", which read {pretraining[^1].Tokens / 1e6:0.0} million tokens"));
        text.Append('.');
        if (bits is not null) text.Append(F($" It writes a byte of text that it has never seen in {bits.Value:0.00} bits."));
        if (headline is not null) text.Append(F($" Asked in wordings that it never met, it answers {headline.Result.Share * 100:0} % of the facts that its pages tell often (95 % interval {headline.Result.Low * 100:0} to {headline.Result.High * 100:0} %, chance {headline.Result.Chance * 100:0} %)."));
        return text.ToString();
    }

    /// <summary>Every n-th line, and every line with a validation.</summary>
    private static IEnumerable<TrainingCurve> Curve(string stage, StepMetrics[] lines)
    {
        if (lines.Length == 0) return [];
        int every = Math.Max(1, lines.Length / CurvePoints);
        return
        [
            new TrainingCurve(stage, [.. lines.Where((line, i) => i % every == 0 || i == lines.Length - 1 || line.BitsPerByte is not null).Select(line => line.ToSample())]),
        ];
    }

    private static CorpusSummary? CorpusOf(RunFolder run)
    {
        if (!CorpusFolder.Exists(run.Corpus)) return null;
        CorpusReport report = CorpusFolder.Open(run.Corpus).Report;
        (long training, long heldOut) = (TokensIn(run, VocabularyStage.TrainingData), TokensIn(run, VocabularyStage.HeldOutData));
        return new CorpusSummary
        {
            DocumentsRead = report.DocumentsRead,
            DocumentsKept = report.Training.Documents + report.HeldOut.Documents,
            BytesRead = report.Inputs.Where(File.Exists).Sum(path => new FileInfo(path).Length),
            BytesKept = report.Training.Bytes + report.HeldOut.Bytes,
            TrainingTokens = training,
            ValidationTokens = heldOut,
            Dropped = [.. report.Dropped.Select(drop => new DropReason(drop.Reason, drop.Documents, drop.Examples.Select(e => $"{e.Url ?? e.Source}: {e.Detail}").FirstOrDefault() ?? ""))],
        };
    }

    private static long TokensIn(RunFolder run, string name)
    {
        try
        {
            using TokenDataset data = TokenDataset.Open(run.Corpus, name);
            return data.TokenCount;
        }
        catch (CorpusException)
        {
            return 0;
        }
    }

    private static TokenizerSummary? TokenizerOf(RunFolder run, LifePlan plan)
    {
        if (!File.Exists(run.Tokenizer) || !CorpusFolder.Exists(run.Corpus)) return null;
        Tokenizer tokenizer = TokenizerJson.Load(run.Tokenizer);
        string[] texts = [.. CorpusFolder.Open(run.Corpus).HeldOut().Take(200).Select(document => document.Text.Length > 4000 ? document.Text[..4000] : document.Text)];
        if (texts.Length == 0) return null;
        long bytes = texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text)), tokens = texts.Sum(text => (long)tokenizer.Encode(text).Length);
        string sample = texts[0].Length > 240 ? texts[0][..240] : texts[0];
        return new TokenizerSummary(plan.Model.Vocabulary, tokens == 0 ? 0 : (double)bytes / tokens,
            [new TokenizedExample("A held-out text", [.. tokenizer.Encode(sample).Select(id => tokenizer.DecodeText([id]))])],
            [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => tokenizer.KindOf(id) == TokenKind.Normal).OrderByDescending(id => tokenizer.TokenBytes(id).Length).ThenBy(id => id).Take(24).Select(id => tokenizer.DecodeText([id]))]);
    }
}
