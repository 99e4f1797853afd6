namespace Gestalt.Evaluation.Reports.Charts;

/// <summary>One point of a line, in data units.</summary>
public readonly record struct ChartPoint(double X, double Y);

/// <summary>How loudly a line speaks. Weight and dashes differ too, so that nothing depends on seeing colour.</summary>
public enum Emphasis
{
    /// <summary>What the picture is about: the accent colour, a solid line.</summary>
    Accent,

    /// <summary>What it is compared with: ink, dashed.</summary>
    Ink,

    /// <summary>A second one that it is compared with: ink, dotted.</summary>
    Dotted,

    /// <summary>A third one: quiet, dots and dashes in turn.</summary>
    DotDashed,

    /// <summary>What lies behind it, such as the raw values of a smoothed line: thin and pale, without a label.</summary>
    Faint,
}

/// <summary>A named line.</summary>
public sealed record Series(string Name, IReadOnlyList<ChartPoint> Points, Emphasis Emphasis = Emphasis.Accent)
{
    /// <summary>The last point with a finite value: a run that diverged ends in one without.</summary>
    internal ChartPoint Last => Points.Last(point => double.IsFinite(point.Y));

    /// <summary>
    /// The series as a moving average over <paramref name="reach"/> points to either side, fewer before the start.
    /// Centred, so that a falling loss is not drawn above its own values as a trailing average would be.
    /// </summary>
    public Series Smoothed(string name, int reach, Emphasis emphasis = Emphasis.Accent)
    {
        var sums = new double[Points.Count + 1];
        for (int index = 0; index < Points.Count; index++) sums[index + 1] = sums[index] + Points[index].Y;
        var smooth = new ChartPoint[Points.Count];
        for (int index = 0; index < smooth.Length; index++)
        {
            int side = Math.Min(reach, index), end = Math.Min(Points.Count, index + side + 1);
            smooth[index] = Points[index] with { Y = (sums[end] - sums[index - side]) / (end - index + side) };
        }
        return new Series(name, smooth, emphasis);
    }

    /// <summary>
    /// At most <paramref name="limit"/> points that keep the line's shape: largest triangle three buckets
    /// (Steinarsson, "Downsampling Time Series for Visual Representation", 2013). First and last point stay.
    /// </summary>
    public IReadOnlyList<ChartPoint> Thinned(int limit)
    {
        if (Points.Count <= limit || limit < 3) return Points;
        var kept = new List<ChartPoint>(limit) { Points[0] };
        double bucket = (Points.Count - 2.0) / (limit - 2);
        for (int index = 0; index < limit - 2; index++)
        {
            int start = 1 + (int)(index * bucket), end = 1 + (int)((index + 1) * bucket);
            int nextEnd = Math.Min(Points.Count, 1 + (int)((index + 2) * bucket));
            ChartPoint next = Mean(end, Math.Max(end + 1, nextEnd));
            kept.Add(LargestTriangle(kept[^1], start, end, next));
        }
        kept.Add(Points[^1]);
        return kept;
    }

    private ChartPoint Mean(int start, int end)
    {
        double x = 0, y = 0;
        for (int index = start; index < end; index++) (x, y) = (x + Points[index].X, y + Points[index].Y);
        return new ChartPoint(x / (end - start), y / (end - start));
    }

    private ChartPoint LargestTriangle(ChartPoint left, int start, int end, ChartPoint right)
    {
        ChartPoint best = Points[start];
        double largest = -1;
        for (int index = start; index < end; index++)
        {
            ChartPoint point = Points[index];
            double area = Math.Abs((left.X - right.X) * (point.Y - left.Y) - (left.X - point.X) * (right.Y - left.Y));
            if (area > largest) (largest, best) = (area, point);
        }
        return best;
    }
}
