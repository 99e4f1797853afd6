using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// The angle that each pair of a head turns by from one position to the next: f(i) = θ^(−2i/R) (arXiv 2104.09864), stretched as <see cref="RotaryScaling"/> says.
/// YaRN's departures from its paper are those of its authors' code, which everyone follows: the ramp runs over the pair's number, between whole pairs.
/// </summary>
internal static class RotaryFrequencies
{
    /// <summary>The frequencies of layers that see everything, and the factor of what turns.</summary>
    /// <param name="config">The model.</param>
    /// <param name="factors">The numbers of <see cref="RotaryScalingKind.Factors"/> or those chosen of <see cref="RotaryScalingKind.LongAndShortFactors"/>, else empty.</param>
    public static (double[] Frequencies, double Magnitude) Global(TransformerConfig config, ReadOnlySpan<float> factors)
    {
        double[] frequencies = Plain(config.RotaryTheta, config.RotatedWidth);
        if (config.RotaryScaling is not { } scaling)
        {
            return (frequencies, 1);
        }

        if (scaling.Kind == RotaryScalingKind.Yarn)
        {
            return (Yarn(frequencies, scaling, config.RotaryTheta), scaling.Magnitude * (1 + (0.1 * Math.Log(scaling.Factor))));
        }

        for (int i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] /= factors.IsEmpty ? scaling.Factor : factors[i];
        }

        return (frequencies, scaling.Magnitude);
    }

    /// <summary>The frequencies of layers with a window and a base of their own.</summary>
    public static double[] Local(TransformerConfig config) => Plain(config.LocalRotaryTheta, config.RotatedWidth);

    /// <summary>
    /// Llama 3.1's numbers from what Hugging Face's <c>rope_scaling</c> says: wavelengths of more than context/low are stretched in full, those of less than
    /// context/high not at all, the frequencies between in proportion.
    /// </summary>
    public static float[] Llama3Factors(double theta, int width, double factor, double low, double high, double context) =>
    [
        .. Plain(theta, width).Select(frequency =>
        {
            double turns = context * frequency / (2 * Math.PI);
            double share = Math.Clamp((turns - low) / (high - low), 0, 1);
            return (float)(1 / (((1 - share) / factor) + share));
        }),
    ];

    private static double[] Plain(double theta, int width) => [.. Enumerable.Range(0, width / 2).Select(i => Math.Pow(theta, -2.0 * i / width))];

    private static double[] Yarn(double[] frequencies, RotaryScaling scaling, double theta)
    {
        int width = 2 * frequencies.Length;
        double first = Math.Max(0, Math.Floor(PairOf(scaling.FastTurns)));
        double last = Math.Min(width - 1, Math.Ceiling(PairOf(scaling.SlowTurns)));
        return
        [
            .. frequencies.Select((frequency, i) =>
            {
                double stretched = Math.Clamp((i - first) / Math.Max(0.001, last - first), 0, 1);
                return (frequency * (1 - stretched)) + (frequency / scaling.Factor * stretched);
            }),
        ];

        // The pair that turns so often in the original context; not a whole number.
        double PairOf(double turns) => width * Math.Log(scaling.OriginalContext / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
    }
}

/// <summary>A table of cosines and sines that grows with the positions that are asked for.</summary>
internal sealed class GrowingRotaryTable(Device device, TransformerConfig config, double[] frequencies, double magnitude) : IDisposable
{
    /// <summary>A context that most conversations stay within; a table of a model's whole 131,072 tokens takes 64 MB and a third of a second.</summary>
    private const int FirstPositions = 4096;

    private readonly List<RotaryTable> _tables = [];

    /// <summary>A table long enough; rotary models may read past the context they were trained for.</summary>
    public RotaryTable For(int positions)
    {
        lock (_tables)
        {
            if (_tables.Count == 0 || _tables[^1].Positions < positions)
            {
                // Earlier tables stay: a recorded operation may still point at one.
                int length = Math.Max(positions, _tables.Count == 0 ? Math.Min(config.Context, FirstPositions) : 2 * _tables[^1].Positions);
                _tables.Add(new RotaryTable(device, length, config.HeadWidth, frequencies, magnitude, config.RotaryPairs));
            }

            return _tables[^1];
        }
    }

    public void Dispose()
    {
        _tables.ForEach(table => table.Dispose());
        _tables.Clear();
    }
}
