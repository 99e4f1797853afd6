using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <summary>
/// Rotary position embedding of neighbouring pairs, (x[2i], x[2i + 1]): the order of the paper (arXiv 2104.09864) and of Llama's own weights, which GGUF
/// files keep. <see cref="Rotary"/> turns the half-split pairs of everyone else, with the same tables.
/// </summary>
public static unsafe class RotaryNeighbours
{
    /// <summary>Values a part should have at least: as <see cref="ElementLoop.Block"/>.</summary>
    private const int Block = 8 * 1024;

    /// <summary>y = x turned by the angle of each token's position.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Input, (tokens, heads, headWidth).</param>
    /// <param name="y">Result, same shape; may be <paramref name="x"/>.</param>
    /// <param name="positions">Position of each token, (tokens), within the tables.</param>
    /// <param name="cos">Cosines, (positions, rotated / 2).</param>
    /// <param name="sin">Sines, (positions, rotated / 2).</param>
    /// <param name="tokens">B·T.</param>
    /// <param name="heads">H.</param>
    /// <param name="headWidth">D.</param>
    /// <param name="rotated">How many values of a head turn, even; the rest stay as they are.</param>
    /// <param name="inverse">Turns back instead, as the gradient needs.</param>
    public static void Apply(
        WorkerPool pool, float* x, float* y, int* positions, float* cos, float* sin, int tokens, int heads, int headWidth, int rotated, bool inverse)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (rotated % 2 != 0 || rotated > headWidth)
        {
            throw new ArgumentException($"Rotary embedding turns pairs of values; {rotated} of a head of {headWidth} are none.", nameof(rotated));
        }

        int rowsPerPart = Math.Max(1, Block / (heads * headWidth));
        Work work = new(x, y, positions, cos, sin, tokens, heads, headWidth, rotated, inverse, rowsPerPart);
        pool.Run((tokens + rowsPerPart - 1) / rowsPerPart, ref work);
    }

    private readonly struct Work(
        float* x, float* y, int* positions, float* cos, float* sin, int tokens, int heads, int width, int rotated, bool inverse, int rowsPerPart) : IWork
    {
        public void Execute(int part)
        {
            int end = (int)Math.Min(tokens, (part + 1L) * rowsPerPart);
            for (int row = part * rowsPerPart; row < end; row++)
            {
                float* cosines = cos + ((long)positions[row] * (rotated / 2));
                float* sines = sin + ((long)positions[row] * (rotated / 2));
                for (int head = 0; head < heads; head++)
                {
                    long start = (((long)row * heads) + head) * width;
                    Turn(x + start, y + start, cosines, sines);
                    new ReadOnlySpan<float>(x + start + rotated, width - rotated).CopyTo(new Span<float>(y + start + rotated, width - rotated));
                }
            }
        }

        /// <summary>Two pairs at a time, (a, b, c, d): times (cos, cos, cos', cos'), plus (b, a, d, c) times (-sin, sin, -sin', sin').</summary>
        private void Turn(float* from, float* to, float* cosines, float* sines)
        {
            Vector128<float> signs = inverse ? Vector128.Create(1f, -1f, 1f, -1f) : Vector128.Create(-1f, 1f, -1f, 1f);
            int i = 0;
            for (; i + 4 <= rotated; i += 4)
            {
                Vector128<float> pairs = Vector128.Load(from + i);
                Vector128<float> swapped = Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2));
                Vector128<float> c = Twice(cosines + (i / 2)), s = Twice(sines + (i / 2)) * signs;
                ((pairs * c) + (swapped * s)).Store(to + i);
            }

            if (i < rotated)
            {
                (float a, float b, float c, float s) = (from[i], from[i + 1], cosines[i / 2], inverse ? -sines[i / 2] : sines[i / 2]);
                (to[i], to[i + 1]) = ((a * c) - (b * s), (b * c) + (a * s));
            }
        }

        /// <summary>(a, a, b, b).</summary>
        private static Vector128<float> Twice(float* two) =>
            Vector128.Shuffle(Vector128.CreateScalar(*(double*)two).AsSingle(), Vector128.Create(0, 0, 1, 1));
    }
}
