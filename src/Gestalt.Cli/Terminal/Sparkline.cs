namespace Gestalt.Cli.Terminal;

/// <summary>A line of blocks that shows how a number went.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>The values as at most <paramref name="width"/> blocks, each the mean of its share, from the smallest to the largest.</summary>
    public static string Of(IReadOnlyList<double> values, int width)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        int count = Math.Min(width, finite.Length);
        if (count <= 0) return "";
        double[] means = new double[count];
        for (int index = 0; index < count; index++)
        {
            int start = (int)((long)finite.Length * index / count), end = (int)((long)finite.Length * (index + 1) / count);
            means[index] = finite.AsSpan(start, end - start).ToArray().Average();
        }
        double low = means.Min(), range = means.Max() - low;
        return string.Create(count, (means, low, range), static (line, data) =>
        {
            for (int index = 0; index < line.Length; index++)
            {
                double height = data.range > 0 ? (data.means[index] - data.low) / data.range : 0;
                line[index] = Blocks[Math.Min(Blocks.Length - 1, (int)(height * Blocks.Length))];
            }
        });
    }
}
