using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Rotary position embedding (RoFormer, Su et al., arXiv 2104.09864): pair i of a head at position p is turned by the angle p θ^(-2i/D),
/// so that the product of a query and a key depends on their distance only.
/// </summary>
/// <remarks>
/// Pairs are (x[i], x[i + R/2]), the half-split order of GPT-NeoX and Qwen; <see cref="RotaryNeighbours"/> turns the other order. R is the part of a
/// head that turns, usually all of it. A rotation's transpose turns back, so the gradient of the input is the gradient of the result turned by the
/// opposite angle: the same kernel with <c>inverse</c>.
/// </remarks>
public static unsafe class Rotary
{
    /// <summary>Fills the tables of cosines and sines, each (maxPositions, headWidth / 2).</summary>
    /// <param name="cos">Receives the cosines.</param>
    /// <param name="sin">Receives the sines.</param>
    /// <param name="maxPositions">Positions 0 to maxPositions - 1.</param>
    /// <param name="headWidth">D, even.</param>
    /// <param name="theta">The base θ, 10,000 in the paper.</param>
    public static void FillTables(float* cos, float* sin, int maxPositions, int headWidth, double theta)
    {
        RequireEven(headWidth);
        FillTables(cos, sin, maxPositions, [.. Enumerable.Range(0, headWidth / 2).Select(i => Math.Pow(theta, -2.0 * i / headWidth))]);
    }

    /// <summary>Fills the tables for any frequencies, such as those that stretch a model's context.</summary>
    /// <param name="cos">Receives the cosines, (maxPositions, pairs).</param>
    /// <param name="sin">Receives the sines, (maxPositions, pairs).</param>
    /// <param name="maxPositions">Positions 0 to maxPositions - 1.</param>
    /// <param name="frequencies">The angle that each pair turns by from one position to the next.</param>
    /// <param name="magnitude">Factor of all cosines and sines.</param>
    public static void FillTables(float* cos, float* sin, int maxPositions, ReadOnlySpan<double> frequencies, double magnitude = 1)
    {
        for (int i = 0; i < frequencies.Length; i++)
        {
            for (int position = 0; position < maxPositions; position++)
            {
                (double s, double c) = Math.SinCos(position * frequencies[i]);
                cos[((long)position * frequencies.Length) + i] = (float)(c * magnitude);
                sin[((long)position * frequencies.Length) + i] = (float)(s * magnitude);
            }
        }
    }

    /// <summary>y (+)= x turned by the angle of each token's position.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Input, (tokens, heads, headWidth).</param>
    /// <param name="y">Result, same shape; may be <paramref name="x"/>.</param>
    /// <param name="positions">Position of each token, (tokens), within the tables.</param>
    /// <param name="cos">Cosines from <see cref="FillTables"/>.</param>
    /// <param name="sin">Sines from <see cref="FillTables"/>.</param>
    /// <param name="tokens">B·T.</param>
    /// <param name="heads">H.</param>
    /// <param name="headWidth">D, even.</param>
    /// <param name="inverse">Turns back instead, as the gradient needs.</param>
    /// <param name="accumulate">Adds to <paramref name="y"/> instead of replacing it.</param>
    /// <param name="rotated">R: how many values of a head turn, even; the rest stay as they are. 0 for all.</param>
    public static void Apply(
        WorkerPool pool, float* x, float* y, int* positions, float* cos, float* sin,
        int tokens, int heads, int headWidth, bool inverse, bool accumulate, int rotated = 0)
    {
        rotated = rotated == 0 ? headWidth : rotated;
        RequireEven(rotated);
        RowLoop.Run(pool, tokens, heads * headWidth, new Body(x, y, positions, cos, sin, heads, headWidth, rotated / 2, inverse, accumulate));
    }

    private static void RequireEven(int headWidth)
    {
        if (headWidth % 2 != 0)
        {
            throw new ArgumentException($"Rotary embedding turns pairs of values; a head width of {headWidth} is odd.", nameof(headWidth));
        }
    }

    private readonly struct Body(
        float* x, float* y, int* positions, float* cos, float* sin, int heads, int width, int half, bool inverse, bool accumulate) : IRowwise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Row<R>(long row)
            where R : struct, IRegister<R>
        {
            float* cosines = cos + ((long)positions[row] * half);
            float* sines = sin + ((long)positions[row] * half);
            long start = row * heads * width;
            if (2 * half < width)
            {
                PassRest<R>(start);
            }

            for (int i = 0; i < half; i += R.Count)
            {
                int left = half - i;
                R c = RowEnds.Load<R>(cosines + i, left);
                R s = RowEnds.Load<R>(sines + i, left);
                s = inverse ? R.Zero - s : s;
                float* first = x + start + i;
                float* result = y + start + i;
                for (int head = 0; head < heads; head++, first += width, result += width)
                {
                    R a = RowEnds.Load<R>(first, left);
                    R b = RowEnds.Load<R>(first + half, left);
                    R turnedA = R.MultiplyAdd(a, c, R.Zero - (b * s));
                    R turnedB = R.MultiplyAdd(b, c, a * s);
                    if (accumulate)
                    {
                        turnedA += RowEnds.Load<R>(result, left);
                        turnedB += RowEnds.Load<R>(result + half, left);
                    }

                    RowEnds.Store(result, left, turnedA);
                    RowEnds.Store(result + half, left, turnedB);
                }
            }
        }

        /// <summary>What does not turn passes through.</summary>
        private void PassRest<R>(long start)
            where R : struct, IRegister<R>
        {
            for (int head = 0; head < heads; head++, start += width)
            {
                for (int i = 2 * half; i < width; i += R.Count)
                {
                    R value = RowEnds.Load<R>(x + start + i, width - i);
                    value = accumulate ? value + RowEnds.Load<R>(y + start + i, width - i) : value;
                    RowEnds.Store(y + start + i, width - i, value);
                }
            }
        }
    }
}
