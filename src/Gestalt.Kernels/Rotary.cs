using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Rotary position embedding (RoFormer, Su et al., arXiv 2104.09864): pair i of a head at position p is turned by the angle p θ^(-2i/D),
/// so that the product of a query and a key depends on their distance only.
/// </summary>
/// <remarks>
/// Pairs are (x[i], x[i + D/2]), the half-split order of GPT-NeoX, Llama and Qwen. A rotation's transpose turns back, so the gradient of the
/// input is the gradient of the result turned by the opposite angle: the same kernel with <c>inverse</c>.
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
        int half = headWidth / 2;
        for (int i = 0; i < half; i++)
        {
            double frequency = Math.Pow(theta, -2.0 * i / headWidth);
            for (int position = 0; position < maxPositions; position++)
            {
                (double s, double c) = Math.SinCos(position * frequency);
                cos[((long)position * half) + i] = (float)c;
                sin[((long)position * half) + i] = (float)s;
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
    public static void Apply(
        WorkerPool pool, float* x, float* y, int* positions, float* cos, float* sin,
        int tokens, int heads, int headWidth, bool inverse, bool accumulate)
    {
        RequireEven(headWidth);
        RowLoop.Run(pool, tokens, heads * headWidth, new Body(x, y, positions, cos, sin, heads, headWidth / 2, inverse, accumulate));
    }

    private static void RequireEven(int headWidth)
    {
        if (headWidth % 2 != 0)
        {
            throw new ArgumentException($"Rotary embedding turns pairs of values; a head width of {headWidth} is odd.", nameof(headWidth));
        }
    }

    private readonly struct Body(
        float* x, float* y, int* positions, float* cos, float* sin, int heads, int half, bool inverse, bool accumulate) : IRowwise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Row<R>(long row)
            where R : struct, IRegister<R>
        {
            float* cosines = cos + ((long)positions[row] * half);
            float* sines = sin + ((long)positions[row] * half);
            long start = row * heads * 2 * half;
            for (int i = 0; i < half; i += R.Count)
            {
                int left = half - i;
                R c = RowEnds.Load<R>(cosines + i, left);
                R s = RowEnds.Load<R>(sines + i, left);
                s = inverse ? R.Zero - s : s;
                float* first = x + start + i;
                float* result = y + start + i;
                for (int head = 0; head < heads; head++, first += 2 * half, result += 2 * half)
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
    }
}
