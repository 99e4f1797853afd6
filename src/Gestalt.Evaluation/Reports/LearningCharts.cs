using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Reports;

/// <summary>What a curve of learning is drawn against.</summary>
public enum LearningAxis
{
    /// <summary>Optimizer steps.</summary>
    Steps,

    /// <summary>Time in the stage, in seconds.</summary>
    Time,

    /// <summary>Tokens read.</summary>
    Tokens,
}

/// <summary>A line of measurements under the name that a chart gives it.</summary>
/// <param name="Name">Whose it is: a run's name where several are compared.</param>
/// <param name="Samples">The measurements, in order.</param>
public sealed record NamedSamples(string Name, IReadOnlyList<TrainingSample> Samples);

/// <summary>
/// The pictures of learning that reports and Studio share: one curve by itself, named after what it measures, or up to <see cref="MostCompared"/> compared, named after their runs.
/// </summary>
public static class LearningCharts
{
    /// <summary>How many lines a chart can tell apart without colour.</summary>
    public const int MostCompared = 4;

    /// <summary>The loss is averaged over a fortieth of the run: enough to see the trend, too little to hide a spike.</summary>
    private const double SmoothedShare = 1.0 / 40;

    private static readonly Emphasis[] Order = [Emphasis.Accent, Emphasis.Ink, Emphasis.Dotted, Emphasis.DotDashed];

    /// <summary>Training loss, smoothed; the steps themselves lie behind the first line.</summary>
    /// <param name="curves">The curves, the one that the picture is about first.</param>
    /// <param name="axis">Against what.</param>
    public static LineChart Loss(IReadOnlyList<NamedSamples> curves, LearningAxis axis = LearningAxis.Steps)
    {
        LineChart chart = Lines("Training loss", "nats per token", curves, axis, sample => sample.Loss);
        return chart with
        {
            Series = [.. chart.Series.Take(1).Select(first => first with { Name = "each step", Emphasis = Emphasis.Faint }), .. chart.Series.Select(Smoothed).Reverse()],
        };
    }

    /// <summary>Bits to encode one byte of held-out text.</summary>
    /// <param name="curves">The curves; only samples with a validation count.</param>
    /// <param name="axis">Against what.</param>
    /// <param name="title">What the picture is called.</param>
    public static LineChart Validation(IReadOnlyList<NamedSamples> curves, LearningAxis axis, string title = "Held-out text") =>
        Lines(title, "bits per byte", curves, axis, sample => sample.ValidationBitsPerByte);

    /// <summary>Tokens per second.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="axis">Against what.</param>
    public static LineChart Speed(IReadOnlyList<NamedSamples> curves, LearningAxis axis = LearningAxis.Steps) =>
        Lines("Speed", "tokens per second", curves, axis, sample => sample.TokensPerSecond, fromZero: true);

    /// <summary>Arithmetic done over the machine's measured float32 peak.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="axis">Against what.</param>
    public static LineChart FractionOfPeak(IReadOnlyList<NamedSamples> curves, LearningAxis axis = LearningAxis.Steps)
    {
        LineChart chart = Lines("Share of the machine’s float32 peak", "of peak", curves, axis, sample => sample.FractionOfPeak, fromZero: true);
        return chart with { Y = chart.Y with { Quantity = Quantity.Share } };
    }

    /// <summary>The gradient's norm before it is clipped.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="axis">Against what.</param>
    public static LineChart GradientNorm(IReadOnlyList<NamedSamples> curves, LearningAxis axis = LearningAxis.Steps) =>
        Lines("Gradient norm", "before clipping", curves, axis, sample => sample.GradientNorm, fromZero: true);

    /// <summary>The learning rate's multiplier.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="axis">Against what.</param>
    public static LineChart LearningRate(IReadOnlyList<NamedSamples> curves, LearningAxis axis = LearningAxis.Steps) =>
        Lines("Learning rate", "learning rate", curves, axis, sample => sample.LearningRate, fromZero: true);

    private static LineChart Lines(string title, string unit, IReadOnlyList<NamedSamples> curves, LearningAxis axis, Func<TrainingSample, double?> value, bool fromZero = false) => new()
    {
        Title = title,
        X = axis switch
        {
            LearningAxis.Time => new AxisOptions("training time", Quantity.Seconds),
            LearningAxis.Tokens => new AxisOptions("tokens read"),
            _ => new AxisOptions("optimizer steps"),
        },
        Y = new AxisOptions(unit, FromZero: fromZero),
        Series =
        [
            .. curves.Take(MostCompared).Select((curve, i) => new Series(
                curves.Count == 1 ? unit : curve.Name,
                [.. curve.Samples.Select(sample => (Sample: sample, Y: value(sample))).Where(point => point.Y is not null).Select(point => new ChartPoint(X(point.Sample, axis), point.Y!.Value))],
                Order[i])).Where(series => series.Points.Count > 0),
        ],
    };

    private static double X(TrainingSample sample, LearningAxis axis) => axis switch
    {
        LearningAxis.Time => sample.Seconds,
        LearningAxis.Tokens => sample.Tokens,
        _ => sample.Step,
    };

    private static Series Smoothed(Series series) => series.Smoothed(series.Name, (int)Math.Ceiling(series.Points.Count * SmoothedShare / 2), series.Emphasis);
}
