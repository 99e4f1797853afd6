namespace Gestalt.Evaluation.Reports.Charts;

/// <summary>How one direction of a chart is to be read.</summary>
/// <param name="Label">What is plotted, with its unit: "training time", "bits per byte".</param>
/// <param name="Quantity">What the numbers count.</param>
/// <param name="FromZero">True when the axis must begin at zero (rates, shares); losses need not.</param>
public sealed record AxisOptions(string Label, Quantity Quantity = Quantity.Number, bool FromZero = false);

/// <summary>A linear scale from data to drawing units, with ticks at round numbers.</summary>
public sealed class Axis
{
    private static readonly double[] SecondSteps =
        [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

    private readonly double _from;
    private readonly double _to;

    private Axis(Quantity quantity, double minimum, double maximum, double step, double from, double to)
    {
        Quantity = quantity;
        Minimum = minimum;
        Maximum = maximum;
        _from = from;
        _to = to;
        int first = (int)Math.Ceiling(minimum / step - 1e-9);
        int last = (int)Math.Floor(maximum / step + 1e-9);
        Ticks = [.. Enumerable.Range(first, last - first + 1).Select(index => index * step)];
    }

    /// <summary>What the numbers count.</summary>
    public Quantity Quantity { get; }

    /// <summary>The smallest value drawn.</summary>
    public double Minimum { get; }

    /// <summary>The largest value drawn.</summary>
    public double Maximum { get; }

    /// <summary>Where the ticks are, in data units.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Where a value lies on the drawing.</summary>
    public double Position(double value) => _from + (value - Minimum) / (Maximum - Minimum) * (_to - _from);

    /// <summary>
    /// A scale over the given values. A vertical one (<paramref name="widen"/>) is widened to whole ticks, so that no
    /// line touches the frame; a horizontal one ends where the data end.
    /// </summary>
    /// <param name="options">What is plotted.</param>
    /// <param name="values">Every value to be drawn; those that are not finite are left out.</param>
    /// <param name="from">The drawing position of the minimum.</param>
    /// <param name="to">The drawing position of the maximum.</param>
    /// <param name="ticks">About how many ticks are wanted.</param>
    /// <param name="widen">Whether the range is widened to whole ticks.</param>
    public static Axis Over(AxisOptions options, IEnumerable<double> values, double from, double to, int ticks, bool widen)
    {
        double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (!double.IsFinite(value)) continue;
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }
        if (minimum > maximum) (minimum, maximum) = (0, 1);
        if (options.FromZero) (minimum, maximum) = (Math.Min(0, minimum), Math.Max(0, maximum));
        if (maximum - minimum < 1e-12 * Math.Max(1, Math.Abs(maximum))) (minimum, maximum) = Around(minimum);

        double step = Step(options.Quantity, (maximum - minimum) / Math.Max(1, ticks));
        if (widen) (minimum, maximum) = (Math.Floor(minimum / step + 1e-9) * step, Math.Ceiling(maximum / step - 1e-9) * step);
        return new Axis(options.Quantity, minimum, maximum, step, from, to);
    }

    private static (double Minimum, double Maximum) Around(double value) =>
        value == 0 ? (0, 1) : (value - 0.1 * Math.Abs(value), value + 0.1 * Math.Abs(value));

    /// <summary>The round step at or above the ideal one: 1, 2, 2.5, 5 times a power of ten, or a round time.</summary>
    private static double Step(Quantity quantity, double ideal)
    {
        if (quantity == Quantity.Seconds && ideal >= SecondSteps[0] && ideal <= SecondSteps[^1])
            return SecondSteps.First(step => step >= ideal);
        double power = Math.Pow(10, Math.Floor(Math.Log10(ideal)));
        double[] rounds = [1, 2, 2.5, 5, 10];
        return power * rounds.First(round => power * round >= ideal * (1 - 1e-9));
    }
}
