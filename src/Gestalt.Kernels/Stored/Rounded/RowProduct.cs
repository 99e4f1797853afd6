using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Products of quantized weights with a few rows of activations: weights are read once, where they lie, at the speed of memory. A thread unpacks
/// two rows of them in its first-level cache and multiplies them with all activations.
/// </summary>
internal static unsafe class RowProduct
{
    /// <summary>Stored bytes in a part: read in about 1.3 µs, so that threads end within a percent of each other.</summary>
    private const long PartBytes = 32 << 10;

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
                var work = new Work(kernels, matrices, results, w.Length, records, recordBytes, m, accumulate);
                pool.Run(work.Parts, ref work);
            }
        }
    }

    /// <summary>Rows of a matrix that make a part.</summary>
    private static int PartRows(in StoredMatrix w) => (int)Math.Clamp(PartBytes / Math.Max(1, w.RowBytes) / RowsAtOnce, 1, 1 << 20) * RowsAtOnce;

    private readonly struct Rounding(float* x, int stride, int columns, byte* records, long recordBytes) : IWork
    {
        public void Execute(int part) => RoundedInputs.Row(x + ((long)part * stride), columns, records + (part * recordBytes));
    }

    private readonly struct Work(
        RoundedKernels kernels, StoredMatrix* matrices, StoredOutput* outputs, int count, byte* inputs, long recordBytes, int m, bool accumulate) : IWork
    {
        public int Parts
        {
            get
            {
                int parts = 0;
                for (int i = 0; i < count; i++)
                {
                    parts += Whole.Ceiling(matrices[i].Rows, PartRows(matrices[i]));
                }

                return parts;
            }
        }

        public void Execute(int part)
        {
            int i = 0;
            for (int parts; part >= (parts = Whole.Ceiling(matrices[i].Rows, PartRows(matrices[i]))); i++)
            {
                part -= parts;
            }

            int rows = PartRows(matrices[i]);
            MultiplyRows(matrices[i], outputs[i], part * rows, Math.Min(matrices[i].Rows, (part + 1) * rows));
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
            byte* stored = w.Data + (begin * rowBytes);
            for (int row = begin; row < end; row += RowsAtOnce, stored += RowsAtOnce * rowBytes)
            {
                // A last row alone is its own second one.
                int rows = Math.Min(RowsAtOnce, end - row);
                byte* second = rows == RowsAtOnce ? stored + rowBytes : stored;
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

                Store(output, row, rows, sums);
            }
        }

        private void Store(in StoredOutput output, int row, int rows, float* sums)
        {
            for (int i = 0; i < m; i++)
            {
                float* y = output.Data + ((long)i * output.Stride) + row;
                for (int r = 0; r < rows; r++, sums += Slab.Blocks)
                {
                    float sum = Vector512.Sum(Vector512.Load(sums)) + (output.Bias == null ? 0 : output.Bias[row + r]);
                    y[r] = accumulate ? y[r] + sum : sum;
                }

                sums += (RowsAtOnce - rows) * Slab.Blocks;
            }
        }
    }
}
