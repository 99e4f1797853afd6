using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Reports;

/// <summary>How one stage learned: losses, validation against time and steps, speed and learning rate.</summary>
internal static class LearningSection
{
    /// <summary>The loss is averaged over a fortieth of the run: enough to see the trend, too little to hide a spike.</summary>
    private const double SmoothedShare = 1.0 / 40;

    public static Html Body(TrainingCurve curve)
    {
        IReadOnlyList<TrainingSample> samples = curve.Samples;
        TrainingSample last = samples[^1];
        var validations = samples.Where(sample => sample.ValidationBitsPerByte is not null).ToList();
        return Html.Of($"""
            <p>{last.Step:#,0} steps, {last.Tokens:#,0} tokens, {QuantityFormat.Duration(last.Seconds)}.</p>
            {Loss(samples).ToFigure()}
            {(validations.Count < 2 ? Html.Empty : Validation(validations, "Validation against time", new AxisOptions("training time", Quantity.Seconds), sample => sample.Seconds).ToFigure("Bits to encode one byte of held-out text; lower is better, 8 is knowing nothing."))}
            <details><summary><span class="name">Against steps, speed, learning rate</span></summary>
            {(validations.Count < 2 ? Html.Empty : Validation(validations, "Validation against steps", new AxisOptions("optimizer steps"), sample => sample.Step).ToFigure())}
            {Speed(samples).ToFigure(last.FractionOfPeak is double share ? FormattableString.Invariant($"At the end {share * 100:0} % of the arithmetic this machine was measured to be capable of.") : null)}
            {LearningRate(samples).ToFigure()}
            </details>
            """);
    }

    private static LineChart Loss(IReadOnlyList<TrainingSample> samples)
    {
        var raw = new Series("each step", Points(samples, sample => sample.Step, sample => sample.Loss), Emphasis.Faint);
        return new LineChart
        {
            Title = "Training loss",
            X = new AxisOptions("optimizer steps"),
            Y = new AxisOptions("nats per token"),
            Series = [raw, raw.Smoothed("nats per token", (int)Math.Ceiling(samples.Count * SmoothedShare / 2))],
        };
    }

    private static LineChart Validation(List<TrainingSample> samples, string title, AxisOptions axis, Func<TrainingSample, double> x) => new()
    {
        Title = title,
        X = axis,
        Y = new AxisOptions("bits per byte"),
        Series = [new Series("bits per byte", Points(samples, x, sample => sample.ValidationBitsPerByte!.Value))],
    };

    private static LineChart Speed(IReadOnlyList<TrainingSample> samples) => new()
    {
        Title = "Speed",
        X = new AxisOptions("optimizer steps"),
        Y = new AxisOptions("tokens per second", FromZero: true),
        Series = [new Series("tokens per second", Points(samples, sample => sample.Step, sample => sample.TokensPerSecond))],
    };

    private static LineChart LearningRate(IReadOnlyList<TrainingSample> samples) => new()
    {
        Title = "Learning rate",
        X = new AxisOptions("optimizer steps"),
        Y = new AxisOptions("learning rate", FromZero: true),
        Series = [new Series("learning rate", Points(samples, sample => sample.Step, sample => sample.LearningRate))],
    };

    private static ChartPoint[] Points(IReadOnlyList<TrainingSample> samples, Func<TrainingSample, double> x, Func<TrainingSample, double> y) =>
        [.. samples.Select(sample => new ChartPoint(x(sample), y(sample)))];
}
