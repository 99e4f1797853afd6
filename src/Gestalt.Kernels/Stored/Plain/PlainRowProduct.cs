using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>Products of float16, bfloat16 or float32 weights with a few rows of activations, at the speed of memory.</summary>
internal static unsafe class PlainRowProduct
{
    private const int Lanes = PlainRowEmitter.Lanes;

    /// <summary>Most rows of activations for which memory decides how fast a product is.</summary>
    private const int MostStreamed = 2;

    /// <summary>Columns at a time where weights are read again for further rows of activations: four rows of them stay in the first-level cache.</summary>
    private const int BlockColumns = 512;

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

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyRows(in StoredMatrix w, in StoredOutput output, int begin, int end)
        {
            int weightRows = m <= MostStreamed ? 2 : FourRows.Count;
            int sumFloats = m * weightRows * Lanes;
            float* sums = Scratch.ForPart(sumFloats);
            int* rows = stackalloc int[FourRows.Count];
            int blockColumns = m <= PlainRowEmitter.MostRows ? w.Columns : BlockColumns;
            long rowBytes = w.RowBytes;
            int valueBytes = w.Format.BlockBytes();

            // The rows of a round are as far apart as can be: long streams, which the processor sees and fetches ahead.
            int distance = Whole.Ceiling(end - begin, weightRows);
            PlainRowArguments arguments;
            arguments.InputStride = (long)strideX * sizeof(float);
            for (int row = begin; row < begin + distance; row++)
            {
                FourRows.Choose(rows, weightRows, row, distance, end);
                for (int i = 0; i < sumFloats; i += Lanes)
                {
                    Vector512<float>.Zero.Store(sums + i);
                }

                for (int column = 0; column < w.Columns; column += blockColumns)
                {
                    int columns = Math.Min(blockColumns, w.Columns - column);
                    int vectors = columns / Lanes;
                    arguments.RestMask = (1L << (columns % Lanes)) - 1;
                    for (int i = 0; i < weightRows; i++)
                    {
                        arguments.Weights[i] = (nint)(w.Data + (rows[i] * rowBytes) + ((long)column * valueBytes));
                    }

                    for (int first = 0; first < m; first += PlainRowEmitter.MostRows)
                    {
                        int some = Math.Min(PlainRowEmitter.MostRows, m - first);
                        int unroll = PlainRowEmitter.Unroll(some, weightRows);
                        arguments.Inputs = x + ((long)first * strideX) + column;
                        arguments.Rounds = vectors / unroll;
                        arguments.Vectors = vectors % unroll;
                        arguments.Sums = sums + (first * weightRows * Lanes);
                        kernels.Rows(w.Format, some, weightRows, fetches: first == 0)(&arguments);
                    }
                }

                output.StoreRows(rows, weightRows, sums, m, accumulate);
            }
        }
    }
}
