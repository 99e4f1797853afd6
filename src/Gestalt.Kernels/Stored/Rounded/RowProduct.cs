using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Products of quantized weights with a few rows of activations: weights are read once, where they lie, at the speed of memory. A thread unpacks
/// two rows of them in its first-level cache and multiplies them with all activations.
/// </summary>
internal static unsafe class RowProduct
{
    private const int RowsAtOnce = 2;

    /// <summary>Rows of activations from which on they are rounded by all threads: one row takes about as long as starting a run.</summary>
    private const int SharedRounding = 2;

    /// <summary>Multiplies with one or several matrices of the same width.</summary>
    public static void Multiply(
        WorkerPool pool, RoundedKernels kernels, ReadOnlySpan<StoredMatrix> w, float* x, int m, int strideX, ReadOnlySpan<StoredOutput> outputs, bool accumulate)
    {
        int columns = w[0].Columns;
        long recordBytes = (long)Slab.Count(columns) * Slab.Bytes;
        byte* records = (byte*)Scratch.ForCaller(m * recordBytes / sizeof(float));
        var rounding = new Rounding(x, strideX, columns, records, recordBytes);
        if (m < SharedRounding)
        {
            rounding.Execute(0);
        }
        else
        {
            pool.Run(m, ref rounding);
        }

        fixed (StoredMatrix* matrices = w)
        {
            fixed (StoredOutput* results = outputs)
            {
                var stretches = new StoredStretches(matrices, w.Length, pool.Threads);
                var work = new Work(kernels, matrices, results, stretches, records, recordBytes, m, accumulate);
                pool.Run(stretches.Parts, ref work);
            }
        }
    }

    private readonly struct Rounding(float* x, int stride, int columns, byte* records, long recordBytes) : IWork
    {
        public void Execute(int part) => RoundedInputs.Row(x + ((long)part * stride), columns, records + (part * recordBytes));
    }

    private readonly struct Work(
        RoundedKernels kernels, StoredMatrix* matrices, StoredOutput* outputs, StoredStretches stretches, byte* inputs, long recordBytes, int m, bool accumulate) : IWork
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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyRows(in StoredMatrix w, in StoredOutput output, int begin, int end)
        {
            BlockShape shape = WeightCodec.Shape(w.Format);
            var kernel = kernels.Rows(shape);
            delegate*<byte*, int, byte*, void> read = SlabReaders.RowReader(w.Format);
            int sumFloats = m * RowsAtOnce * Slab.Blocks;
            byte* buffer = (byte*)Scratch.ForPart((RowsAtOnce * recordBytes / sizeof(float)) + sumFloats);
            float* sums = (float*)(buffer + (RowsAtOnce * recordBytes));

            var storedKernel = kernels.StoredRows(w.Format);
            int slabs = w.Columns / Slab.Length;
            int readSlabs = storedKernel == null ? 0 : slabs;
            long readBytes = w.Format.ByteLength((long)readSlabs * Slab.Length);
            int restColumns = w.Columns - (readSlabs * Slab.Length);
            RowArguments arguments;
            arguments.InputStride = recordBytes;
            arguments.Count = m;
            arguments.Sums = sums;
            arguments.Constants = kernels.Constants;
            long rowBytes = w.RowBytes;

            // The two rows are half of the part apart: two long streams, which the processor sees and fetches ahead, where neighbours would be many short ones.
            int half = Whole.Ceiling(end - begin, RowsAtOnce);
            for (int row = begin; row < begin + half; row++)
            {
                // A last row alone is its own second one.
                int secondRow = row + half < end ? row + half : row;
                byte* stored = w.Data + (row * rowBytes);
                byte* second = w.Data + (secondRow * rowBytes);
                for (int i = 0; i < sumFloats; i += Slab.Blocks)
                {
                    Vector512<float>.Zero.Store(sums + i);
                }

                if (readSlabs > 0)
                {
                    arguments.Weights = stored;
                    arguments.SecondWeights = second;
                    arguments.Slabs = readSlabs;
                    arguments.Inputs = inputs;
                    storedKernel(&arguments);
                }

                if (restColumns > 0)
                {
                    read(stored + readBytes, restColumns, buffer);
                    read(second + readBytes, restColumns, buffer + recordBytes);
                    arguments.Weights = buffer;
                    arguments.SecondWeights = buffer + recordBytes;
                    arguments.Slabs = Slab.Count(restColumns);
                    arguments.Inputs = inputs + ((long)readSlabs * Slab.Bytes);
                    kernel(&arguments);
                }

                Store(output, row, secondRow, sums);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Store(in StoredOutput output, int row, int secondRow, float* sums)
        {
            for (int i = 0; i < m; i++)
            {
                float first = Vector512.Sum(Vector512.Load(sums + (i * RowsAtOnce * Slab.Blocks)));
                float second = Vector512.Sum(Vector512.Load(sums + (((i * RowsAtOnce) + 1) * Slab.Blocks)));
                float* y = output.Data + ((long)i * output.Stride);
                if (output.Bias != null)
                {
                    first += output.Bias[row];
                    second += output.Bias[secondRow];
                }

                if (accumulate)
                {
                    first += y[row];
                    second += y[secondRow];
                }

                y[row] = first;
                y[secondRow] = second;
            }
        }
    }
}
