using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Normalisation of rows to mean 0 and variance 1: y = x̂ gain + bias, x̂ = (x - μ) s, s = 1 / √(var(x) + ε) (Ba et al., arXiv 1607.06450).
/// </summary>
/// <remarks>
/// With h = dy gain, the gradients are dx = s (h - mean(h) - x̂ mean(h x̂)), dGain = Σ over rows of dy x̂, dBias = Σ dy. The variance is
/// that of the centred values (a second pass over a row in the first-level cache), not mean(x²) - μ², which cancels.
/// </remarks>
public static unsafe class LayerNorm
{
    /// <summary>y = (x - μ) s gain + bias.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Input, (rows, width).</param>
    /// <param name="gain">Factor of each column, (width), or null for 1.</param>
    /// <param name="bias">Summand of each column, (width), or null for 0.</param>
    /// <param name="y">Result, (rows, width); may be <paramref name="x"/>.</param>
    /// <param name="mean">Receives μ of each row, (rows); may be null.</param>
    /// <param name="inverseDeviation">Receives s of each row, (rows); may be null.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="epsilon">ε, keeps a constant row finite.</param>
    public static void Forward(
        WorkerPool pool, float* x, float* gain, float* bias, float* y, float* mean, float* inverseDeviation, int rows, int width, float epsilon) =>
        RowLoop.Run(pool, rows, width, new ForwardBody(x, gain, bias, y, mean, inverseDeviation, width, epsilon));

    /// <summary>Gives the gradient of the input and adds those of the gain and the bias.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="dy">Gradient of the result, (rows, width).</param>
    /// <param name="x">Input of the forward step.</param>
    /// <param name="gain">Gain of the forward step, or null.</param>
    /// <param name="mean">μ of each row, from the forward step.</param>
    /// <param name="inverseDeviation">s of each row, from the forward step.</param>
    /// <param name="dx">Gradient of the input.</param>
    /// <param name="dGain">Gradient of the gain, added to; null if not wanted.</param>
    /// <param name="dBias">Gradient of the bias, added to; null if not wanted.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="accumulate">Whether to add to what is in <paramref name="dx"/>; if not, it is overwritten and need not be cleared first.</param>
    public static void Backward(
        WorkerPool pool, float* dy, float* x, float* gain, float* mean, float* inverseDeviation,
        float* dx, float* dGain, float* dBias, int rows, int width, bool accumulate = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        if (rows == 0 || width == 0)
        {
            return;
        }

        int parts = RowSums.Parts(rows, width);
        float* slices = Scratch.ForCaller(2L * parts * width);
        float* gainSlices = dGain == null ? null : slices;
        float* biasSlices = dBias == null ? null : slices + ((long)parts * width);
        VectorWidth.Run(pool, parts, new BackwardWork(dy, x, gain, mean, inverseDeviation, dx, gainSlices, biasSlices, rows, width, parts, accumulate));
        if (dGain != null)
        {
            RowSums.Add(pool, gainSlices, parts, dGain, width);
        }

        if (dBias != null)
        {
            RowSums.Add(pool, biasSlices, parts, dBias, width);
        }
    }

    private readonly struct ForwardBody(
        float* x, float* gain, float* bias, float* y, float* mean, float* inverseDeviation, int width, float epsilon) : IRowwise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Row<R>(long row)
            where R : struct, IRegister<R>
        {
            float* input = x + (row * width);
            float* output = y + (row * width);
            R sum = R.Zero;
            for (int i = 0; i < width; i += R.Count)
            {
                sum += RowEnds.Load<R>(input + i, width - i);
            }

            float average = R.Sum(sum) / width;
            R centre = R.Broadcast(average);
            R squares = R.Zero;
            for (int i = 0; i < width; i += R.Count)
            {
                R distance = R.First(RowEnds.Load<R>(input + i, width - i) - centre, width - i);
                squares = R.MultiplyAdd(distance, distance, squares);
            }

            float variance = R.Sum(squares) / width;
            float s = 1 / MathF.Sqrt(variance + epsilon);
            if (mean != null)
            {
                mean[row] = average;
            }

            if (inverseDeviation != null)
            {
                inverseDeviation[row] = s;
            }

            R factor = R.Broadcast(s);
            for (int i = 0; i < width; i += R.Count)
            {
                R normal = (RowEnds.Load<R>(input + i, width - i) - centre) * factor;
                normal = gain == null ? normal : normal * RowEnds.Load<R>(gain + i, width - i);
                RowEnds.Store(output + i, width - i, bias == null ? normal : normal + RowEnds.Load<R>(bias + i, width - i));
            }
        }
    }

    private readonly struct BackwardWork(
        float* dy, float* x, float* gain, float* mean, float* inverseDeviation, float* dx, float* gainSlices, float* biasSlices,
        int rows, int width, int parts, bool accumulate) : IVectorWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            float* gainSlice = gainSlices == null ? null : gainSlices + ((long)part * width);
            float* biasSlice = biasSlices == null ? null : biasSlices + ((long)part * width);
            if (gainSlice != null)
            {
                RowEnds.Clear<R>(gainSlice, width);
            }

            if (biasSlice != null)
            {
                RowEnds.Clear<R>(biasSlice, width);
            }

            int end = RowSums.First(rows, parts, part + 1);
            for (int row = RowSums.First(rows, parts, part); row < end; row++)
            {
                Row<R>((long)row * width, R.Broadcast(mean[row]), R.Broadcast(inverseDeviation[row]), gainSlice, biasSlice);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Row<R>(long start, R centre, R factor, float* gainSlice, float* biasSlice)
            where R : struct, IRegister<R>
        {
            R sum = R.Zero;
            R dot = R.Zero;
            for (int i = 0; i < width; i += R.Count)
            {
                R upstream = RowEnds.Load<R>(dy + start + i, width - i); // zero behind the end of the row, and so is all that follows
                R normal = (RowEnds.Load<R>(x + start + i, width - i) - centre) * factor;
                if (gainSlice != null)
                {
                    RowEnds.Store(gainSlice + i, width - i, R.MultiplyAdd(upstream, normal, RowEnds.Load<R>(gainSlice + i, width - i)));
                }

                if (biasSlice != null)
                {
                    RowEnds.Store(biasSlice + i, width - i, upstream + RowEnds.Load<R>(biasSlice + i, width - i));
                }

                R h = gain == null ? upstream : upstream * RowEnds.Load<R>(gain + i, width - i);
                sum += h;
                dot = R.MultiplyAdd(h, normal, dot);
            }

            R average = R.Broadcast(R.Sum(sum) / width);
            R pull = R.Broadcast(-R.Sum(dot) / width);
            for (int i = 0; i < width; i += R.Count)
            {
                R h = RowEnds.Load<R>(dy + start + i, width - i);
                h = gain == null ? h : h * RowEnds.Load<R>(gain + i, width - i);
                R normal = (RowEnds.Load<R>(x + start + i, width - i) - centre) * factor;
                R change = R.MultiplyAdd(pull, normal, h - average);
                R before = accumulate ? RowEnds.Load<R>(dx + start + i, width - i) : R.Zero;
                RowEnds.Store(dx + start + i, width - i, R.MultiplyAdd(change, factor, before));
            }
        }
    }
}
