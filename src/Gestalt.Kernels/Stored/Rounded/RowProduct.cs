using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Products of quantized weights with a few rows of activations: weights are read once, where they lie, at the speed of memory. A thread unpacks
/// two rows of them in its first-level cache and multiplies them with all activations.
/// </summary>
internal static unsafe class RowProduct
{
    /// <summary>
    /// The share of the work that is cut in one part for each thread: long stretches of memory are read fastest. What is left is cut small, so that
    /// threads end at about the same time.
    /// </summary>
    private const double LongShare = 0.7;

    /// <summary>Stored bytes of the small parts: read in about 1.5 µs.</summary>
    private const long SmallPartBytes = 32 << 10;

    private const int MostSmallParts = 64;

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
                var work = new Work(kernels, matrices, results, w.Length, pool.Threads, records, recordBytes, m, accumulate);
                pool.Run(work.Parts, ref work);
            }
        }
    }

    private readonly struct Rounding(float* x, int stride, int columns, byte* records, long recordBytes) : IWork
    {
        public void Execute(int part) => RoundedInputs.Row(x + ((long)part * stride), columns, records + (part * recordBytes));
    }

    /// <summary>Parts are stretches of the matrices' bytes, as if they lay one behind the other, cut between pairs of rows.</summary>
    private readonly struct Work : IWork
    {
        private readonly RoundedKernels _kernels;
        private readonly StoredMatrix* _matrices;
        private readonly StoredOutput* _outputs;
        private readonly int _count;
        private readonly int _threads;
        private readonly byte* _inputs;
        private readonly long _recordBytes;
        private readonly int _m;
        private readonly bool _accumulate;
        private readonly long _bytes;
        private readonly long _longBytes;
        private readonly int _smallParts;

        public Work(
            RoundedKernels kernels, StoredMatrix* matrices, StoredOutput* outputs, int count, int threads, byte* inputs, long recordBytes, int m, bool accumulate)
        {
            _kernels = kernels;
            _matrices = matrices;
            _outputs = outputs;
            _count = count;
            _threads = threads;
            _inputs = inputs;
            _recordBytes = recordBytes;
            _m = m;
            _accumulate = accumulate;
            for (int i = 0; i < count; i++)
            {
                _bytes += matrices[i].Bytes;
            }

            _longBytes = (long)(LongShare * _bytes / threads);
            long rest = _bytes - (_longBytes * threads);
            _smallParts = threads == 1 ? 1 : (int)Math.Clamp(rest / SmallPartBytes, threads, MostSmallParts);
        }

        public int Parts => _threads + _smallParts;

        public void Execute(int part)
        {
            long begin = Boundary(part);
            long end = Boundary(part + 1);
            for (int i = 0; i < _count; i++)
            {
                long bytes = _matrices[i].Bytes;
                int first = Row(_matrices[i], begin);
                int last = Row(_matrices[i], end);
                if (first < last)
                {
                    MultiplyRows(_matrices[i], _outputs[i], first, last);
                }

                begin -= bytes;
                end -= bytes;
            }
        }

        /// <summary>Where a part begins.</summary>
        private long Boundary(int part) => part <= _threads
            ? part * _longBytes
            : (_threads * _longBytes) + (long)((double)(_bytes - (_threads * _longBytes)) * (part - _threads) / _smallParts);

        /// <summary>The row of a matrix at which a place in its bytes is cut.</summary>
        private static int Row(in StoredMatrix w, long at) =>
            at <= 0 ? 0 : at >= w.Bytes ? w.Rows : (int)(at / w.RowBytes / RowsAtOnce * RowsAtOnce);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyRows(in StoredMatrix w, in StoredOutput output, int begin, int end)
        {
            BlockShape shape = WeightCodec.Shape(w.Format);
            var kernel = _kernels.Rows(shape);
            delegate*<byte*, int, byte*, void> read = SlabReaders.RowReader(w.Format);
            int sumFloats = _m * RowsAtOnce * Slab.Blocks;
            byte* buffer = (byte*)Scratch.ForPart((RowsAtOnce * _recordBytes / sizeof(float)) + sumFloats);
            float* sums = (float*)(buffer + (RowsAtOnce * _recordBytes));

            var storedKernel = _kernels.StoredRows(w.Format);
            int slabs = w.Columns / Slab.Length;
            int readSlabs = storedKernel == null ? 0 : slabs;
            long readBytes = w.Format.ByteLength((long)readSlabs * Slab.Length);
            int restColumns = w.Columns - (readSlabs * Slab.Length);
            RowArguments arguments;
            arguments.InputStride = _recordBytes;
            arguments.Count = _m;
            arguments.Sums = sums;
            arguments.Constants = _kernels.Constants;
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
                    arguments.Inputs = _inputs;
                    storedKernel(&arguments);
                }

                if (restColumns > 0)
                {
                    read(stored + readBytes, restColumns, buffer);
                    read(second + readBytes, restColumns, buffer + _recordBytes);
                    arguments.Weights = buffer;
                    arguments.SecondWeights = buffer + _recordBytes;
                    arguments.Slabs = Slab.Count(restColumns);
                    arguments.Inputs = _inputs + ((long)readSlabs * Slab.Bytes);
                    kernel(&arguments);
                }

                Store(output, row, secondRow, sums);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Store(in StoredOutput output, int row, int secondRow, float* sums)
        {
            for (int i = 0; i < _m; i++)
            {
                float first = Vector512.Sum(Vector512.Load(sums + (i * RowsAtOnce * Slab.Blocks)));
                float second = Vector512.Sum(Vector512.Load(sums + (((i * RowsAtOnce) + 1) * Slab.Blocks)));
                float* y = output.Data + ((long)i * output.Stride);
                if (output.Bias != null)
                {
                    first += output.Bias[row];
                    second += output.Bias[secondRow];
                }

                if (_accumulate)
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
