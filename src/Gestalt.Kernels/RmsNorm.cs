using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Root-mean-square normalisation of rows: y = x r gain with r = 1 / √(mean(x²) + ε) (Zhang &amp; Sennrich, arXiv 1910.07467).
/// </summary>
/// <remarks>
/// With h = dy gain, the gradients are dx = r h - x r³ mean(h x) and dGain = Σ over rows of dy x r. The width may be
/// that of a model or of one head (QK-norm: rows = B·T·H, width = D).
/// </remarks>
public static unsafe class RmsNorm
{
    /// <summary>y = x r gain.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Input, (rows, width).</param>
    /// <param name="gain">Factor of each column, (width), or null for 1.</param>
    /// <param name="y">Result, (rows, width); may be <paramref name="x"/>.</param>
    /// <param name="inverseRms">Receives r of each row for the backward step, (rows); may be null.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="epsilon">ε, keeps a row of zeros finite.</param>
    public static void Forward(WorkerPool pool, float* x, float* gain, float* y, float* inverseRms, int rows, int width, float epsilon) =>
        RowLoop.Run(pool, rows, width, new ForwardBody(x, gain, y, inverseRms, width, epsilon));

    /// <summary>Gives the gradient of the input and adds that of the gain.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="dy">Gradient of the result, (rows, width).</param>
    /// <param name="x">Input of the forward step.</param>
    /// <param name="gain">Gain of the forward step, or null.</param>
    /// <param name="inverseRms">r of each row, from the forward step.</param>
    /// <param name="dx">Gradient of the input.</param>
    /// <param name="dGain">Gradient of the gain, added to; null if not wanted.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="accumulate">Whether to add to what is in <paramref name="dx"/>; if not, it is overwritten and need not be cleared first.</param>
    public static void Backward(
        WorkerPool pool, float* dy, float* x, float* gain, float* inverseRms, float* dx, float* dGain, int rows, int width, bool accumulate = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        if (rows == 0 || width == 0)
        {
            return;
        }

        int parts = RowSums.Parts(rows, width);
        float* slices = dGain == null ? null : Scratch.ForCaller((long)parts * width);
        VectorWidth.Run(pool, parts, new BackwardWork(dy, x, gain, inverseRms, dx, slices, rows, width, parts, accumulate));
        if (dGain != null)
        {
            RowSums.Add(pool, slices, parts, dGain, width);
        }
    }

    private readonly struct ForwardBody(float* x, float* gain, float* y, float* inverseRms, int width, float epsilon) : IRowwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Row<R>(long row)
            where R : struct, IRegister<R>
        {
            float* input = x + (row * width);
            float* output = y + (row * width);
            R even = R.Zero;
            R odd = R.Zero;
            int i = 0;
            for (; i < width - R.Count; i += 2 * R.Count)
            {
                R a = R.Load(input + i);
                R b = RowEnds.Load<R>(input + i + R.Count, width - i - R.Count);
                even = R.MultiplyAdd(a, a, even);
                odd = R.MultiplyAdd(b, b, odd);
            }

            if (i < width)
            {
                R a = RowEnds.Load<R>(input + i, width - i);
                even = R.MultiplyAdd(a, a, even);
            }

            float r = 1 / MathF.Sqrt((R.Sum(even + odd) / width) + epsilon);
            if (inverseRms != null)
            {
                inverseRms[row] = r;
            }

            R factor = R.Broadcast(r);
            for (i = 0; i < width; i += R.Count)
            {
                R normal = RowEnds.Load<R>(input + i, width - i) * factor;
                RowEnds.Store(output + i, width - i, gain == null ? normal : normal * RowEnds.Load<R>(gain + i, width - i));
            }
        }
    }

    private readonly struct BackwardWork(
        float* dy, float* x, float* gain, float* inverseRms, float* dx, float* slices, int rows, int width, int parts, bool accumulate) : IVectorWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            float* slice = slices + ((long)part * width);
            if (slices != null)
            {
                RowEnds.Clear<R>(slice, width);
            }

            int end = RowSums.First(rows, parts, part + 1);
            for (int row = RowSums.First(rows, parts, part); row < end; row++)
            {
                Row<R>((long)row * width, inverseRms[row], slices == null ? null : slice);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Row<R>(long start, float r, float* slice)
            where R : struct, IRegister<R>
        {
            R factor = R.Broadcast(r);
            R dot = R.Zero;
            for (int i = 0; i < width; i += R.Count)
            {
                R product = RowEnds.Load<R>(dy + start + i, width - i) * RowEnds.Load<R>(x + start + i, width - i);
                if (slice != null)
                {
                    RowEnds.Store(slice + i, width - i, R.MultiplyAdd(product, factor, RowEnds.Load<R>(slice + i, width - i)));
                }

                dot = gain == null ? dot + product : R.MultiplyAdd(product, RowEnds.Load<R>(gain + i, width - i), dot);
            }

            R pull = R.Broadcast(-R.Sum(dot) / width * r * r * r);
            for (int i = 0; i < width; i += R.Count)
            {
                R h = RowEnds.Load<R>(dy + start + i, width - i);
                h = gain == null ? h : h * RowEnds.Load<R>(gain + i, width - i);
                R change = R.MultiplyAdd(pull, RowEnds.Load<R>(x + start + i, width - i), h * factor);
                RowEnds.Store(dx + start + i, width - i, accumulate ? RowEnds.Load<R>(dx + start + i, width - i) + change : change);
            }
        }
    }
}
