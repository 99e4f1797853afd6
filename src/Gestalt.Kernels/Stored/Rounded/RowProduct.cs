using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Products of quantized weights with a few rows of activations: weights are read once, where they lie, at the speed of memory. A thread unpacks
/// two rows of them in its first-level cache and multiplies them with all activations.
/// </summary>
internal static unsafe class RowProduct
{
    private const int RowsAtOnce = 2;

    /// <summary>Slabs of activations that stay in the first-level cache, 24 KiB for eight rows, while several rows of weights are multiplied with them.</summary>
    private const int PieceSlabs = 4;

    /// <summary>Rounds of two rows of weights that use a piece.</summary>
    private const int GroupRounds = 16;

    /// <summary>Rounds ahead for which memory is asked within a group: a piece of a round takes some 140 ns, as long as memory.</summary>
    private const int RoundsAhead = 2;

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
                if (begin == end)
                {
                    continue;
                }

                if (m == 1 && matrices[i].Columns % Slab.Length == 0 && kernels.Streams(matrices[i].Format) != null)
                {
                    StreamRows(matrices[i], outputs[i], begin, end);
                }
                else
                {
                    MultiplyRows(matrices[i], outputs[i], begin, end);
                }
            }
        }

        /// <summary>
        /// One row of activations: as fast as memory. The first and the second half of the rows are two long streams, which the processor sees and fetches ahead,
        /// where neighbours would be many short ones.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void StreamRows(in StoredMatrix w, in StoredOutput output, int begin, int end)
        {
            int pairs = (end - begin) / RowsAtOnce;
            float* results = Scratch.ForPart(end - begin);
            if (pairs > 0)
            {
                Stream(w, begin, begin + pairs, pairs, results);
            }

            if (begin + (RowsAtOnce * pairs) < end)
            {
                // A last row alone is its own second one.
                float* last = stackalloc float[RowsAtOnce];
                Stream(w, end - 1, end - 1, 1, last);
                results[end - 1 - begin] = last[0];
            }

            output.StoreResults(begin, end - begin, results, accumulate);
        }

        private void Stream(in StoredMatrix w, int first, int second, int count, float* results)
        {
            RowArguments arguments;
            arguments.Weights = w.Row(first);
            arguments.SecondWeights = w.Row(second);
            arguments.Slabs = w.Columns / Slab.Length;
            arguments.Inputs = inputs;
            arguments.Count = count;
            arguments.Sums = results;
            arguments.Constants = kernels.Constants;
            kernels.Streams(w.Format)(&arguments);
        }

        /// <summary>
        /// Several rows of activations. Where their records do not fit in the first-level cache together, <see cref="GroupRounds"/> rounds of two rows of weights use a piece of them
        /// before the next piece comes.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyRows(in StoredMatrix w, in StoredOutput output, int begin, int end)
        {
            var storedKernel = kernels.StoredRows(w.Format);
            int readSlabs = storedKernel == null ? 0 : w.Columns / Slab.Length;
            int restColumns = w.Columns - (readSlabs * Slab.Length);
            bool inPieces = m > 1 && readSlabs > PieceSlabs;
            int pieceSlabs = inPieces ? PieceSlabs : readSlabs;
            int groupRounds = inPieces ? GroupRounds : 1;
            int sumFloats = m * RowsAtOnce * Slab.Blocks;
            byte* buffer = (byte*)Scratch.ForPart((RowsAtOnce * recordBytes / sizeof(float)) + ((long)groupRounds * sumFloats));
            float* sums = (float*)(buffer + (RowsAtOnce * recordBytes));

            // Asked for every row, these would take as long as the products.
            long rowBytes = w.RowBytes;
            long slabBytes = readSlabs == 0 ? 0 : w.Format.ByteLength(Slab.Length);
            RowArguments arguments;
            arguments.InputStride = recordBytes;
            arguments.Count = m;
            arguments.Constants = kernels.Constants;
            arguments.Ahead = inPieces ? RoundsAhead * rowBytes : StoredRowEmitter.AheadBytes;

            // The two rows are half of the part apart: two long streams. A last row alone is its own second one.
            int half = Whole.Ceiling(end - begin, RowsAtOnce);
            for (int group = begin; group < begin + half; group += groupRounds)
            {
                int groupEnd = Math.Min(begin + half, group + groupRounds);
                for (long i = 0; i < (long)(groupEnd - group) * sumFloats; i += Slab.Blocks)
                {
                    Vector512<float>.Zero.Store(sums + i);
                }

                for (int slab = 0; slab < readSlabs; slab += pieceSlabs)
                {
                    arguments.Inputs = inputs + ((long)slab * Slab.Bytes);
                    arguments.Slabs = Math.Min(pieceSlabs, readSlabs - slab);
                    arguments.Sums = sums;
                    arguments.Weights = w.Data + (group * rowBytes) + (slab * slabBytes);
                    for (int row = group; row < groupEnd; row++, arguments.Sums += sumFloats, arguments.Weights += rowBytes)
                    {
                        arguments.SecondWeights = arguments.Weights + (row + half < end ? half * rowBytes : 0);
                        storedKernel(&arguments);
                    }
                }

                for (int row = group; row < groupEnd; row++)
                {
                    int second = row + half < end ? row + half : row;
                    float* results = sums + ((long)(row - group) * sumFloats);
                    if (restColumns > 0)
                    {
                        arguments.Sums = results;
                        MultiplyRest(w, row, second, readSlabs, restColumns, buffer, &arguments);
                    }

                    Store(output, row, second, results);
                }
            }
        }

        /// <summary>The columns of two rows that no kernel reads as they are stored: by way of records.</summary>
        private void MultiplyRest(in StoredMatrix w, int row, int second, int readSlabs, int columns, byte* buffer, RowArguments* arguments)
        {
            delegate*<byte*, int, byte*, void> read = SlabReaders.RowReader(w.Format);
            long offset = w.Format.ByteLength((long)readSlabs * Slab.Length);
            read(w.Row(row) + offset, columns, buffer);
            read(w.Row(second) + offset, columns, buffer + recordBytes);
            arguments->Weights = buffer;
            arguments->SecondWeights = buffer + recordBytes;
            arguments->Slabs = Slab.Count(columns);
            arguments->Inputs = inputs + ((long)readSlabs * Slab.Bytes);
            kernels.Rows(WeightCodec.Shape(w.Format))(arguments);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Store(in StoredOutput output, int row, int secondRow, float* sums)
        {
            for (int i = 0; i < m; i++)
            {
                Vector128<float> results = SumsOfTwo(sums + (i * RowsAtOnce * Slab.Blocks));
                (float first, float second) = (results[0], results[1]);
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

        /// <summary>Adds up the lanes of two vectors, folding both together.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<float> SumsOfTwo(float* vectors)
        {
            Vector128<float> a = Quarter(vectors), b = Quarter(vectors + Slab.Blocks);
            Vector128<float> halves = Sse.UnpackLow(a, b) + Sse.UnpackHigh(a, b); // a0+a2, b0+b2, a1+a3, b1+b3
            return halves + Sse.MoveHighToLow(halves, halves);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<float> Quarter(float* vector)
        {
            Vector256<float> half = Vector256.Load(vector) + Vector256.Load(vector + 8);
            return half.GetLower() + half.GetUpper();
        }
    }
}
