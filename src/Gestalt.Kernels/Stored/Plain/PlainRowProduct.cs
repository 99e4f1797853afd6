using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>Products of float16, bfloat16 or float32 weights with a few rows of activations, at the speed of memory.</summary>
internal static unsafe class PlainRowProduct
{
    private const int RowsAtOnce = 2;
    private const int Lanes = PlainRowEmitter.Lanes;

    /// <summary>Multiplies with one or several matrices of the same width, none of them quantized.</summary>
    public static void Multiply(
        WorkerPool pool, PlainKernels kernels, ReadOnlySpan<StoredMatrix> w, float* x, int m, int strideX, ReadOnlySpan<StoredOutput> outputs, bool accumulate)
    {
        fixed (StoredMatrix* matrices = w)
        {
            fixed (StoredOutput* results = outputs)
            {
                var stretches = new StoredStretches(matrices, w.Length, pool.Threads);
                var work = new Work(kernels, matrices, results, stretches, x, m, strideX, accumulate);
                pool.Run(stretches.Parts, ref work);
            }
        }
    }

    private readonly struct Work(
        PlainKernels kernels, StoredMatrix* matrices, StoredOutput* outputs, StoredStretches stretches, float* x, int m, int strideX, bool accumulate) : IWork
    {
        public void Execute(int part)
        {
            for (int i = 0; i < stretches.Count; i++)
            {
                (int begin, int end) = stretches.Rows(part, i);
                if (begin < end)
                {
                    MultiplyRows(matrices[i], outputs[i], begin, end);
                }
            }
        }

        /// <remarks>The two rows are half of the stretch apart: two long streams that the processor fetches ahead.</remarks>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyRows(in StoredMatrix w, in StoredOutput output, int begin, int end)
        {
            float* sums = stackalloc float[PlainRowEmitter.MostRows * RowsAtOnce * Lanes];
            long rowBytes = w.RowBytes;
            int half = Whole.Ceiling(end - begin, RowsAtOnce);
            PlainRowArguments arguments;
            arguments.InputStride = (long)strideX * sizeof(float);
            arguments.RestMask = (1L << (w.Columns % Lanes)) - 1;
            arguments.Sums = sums;
            for (int row = begin; row < begin + half; row++)
            {
                // A last row alone is its own second one.
                int secondRow = row + half < end ? row + half : row;
                arguments.Weights = w.Data + (row * rowBytes);
                arguments.SecondWeights = w.Data + (secondRow * rowBytes);
                for (int first = 0; first < m; first += PlainRowEmitter.MostRows)
                {
                    int rows = Math.Min(PlainRowEmitter.MostRows, m - first);
                    int vectors = w.Columns / Lanes;
                    int unroll = PlainRowEmitter.Unroll(rows);
                    arguments.Inputs = x + ((long)first * strideX);
                    arguments.Rounds = vectors / unroll;
                    arguments.Vectors = vectors % unroll;
                    kernels.Rows(w.Format, rows)(&arguments);
                    Store(output, first, rows, row, secondRow, sums);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Store(in StoredOutput output, int first, int rows, int row, int secondRow, float* sums)
        {
            for (int i = 0; i < rows; i++)
            {
                float one = Vector512.Sum(Vector512.Load(sums + (i * RowsAtOnce * Lanes)));
                float two = Vector512.Sum(Vector512.Load(sums + (((i * RowsAtOnce) + 1) * Lanes)));
                float* y = output.Data + ((long)(first + i) * output.Stride);
                if (output.Bias != null)
                {
                    one += output.Bias[row];
                    two += output.Bias[secondRow];
                }

                if (accumulate)
                {
                    one += y[row];
                    two += y[secondRow];
                }

                y[row] = one;
                y[secondRow] = two;
            }
        }
    }
}
