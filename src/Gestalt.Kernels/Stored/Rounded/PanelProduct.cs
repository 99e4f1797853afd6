using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Products of quantized weights with many rows of activations: 32 rows of weights at a time are unpacked and turned, a thousand columns of them,
/// in the second-level cache, and multiplied with all activations.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>Slabs that are turned at a time: 48 KiB of blocks.</summary>
    private const int ChunkSlabs = 2;

    /// <summary>Slabs that are unpacked at a time: whole rows, if they are not longer than 8192, so that memory is read in one long stretch.</summary>
    private const int ReadSlabs = 16;

    /// <summary>Most panels in a part: while one is multiplied the next is fetched from memory.</summary>
    private const int MostPanels = 4;

    private const int PartsPerThread = 6;

    /// <summary>Rows of activations whose results, 16 KiB, stay in the first-level cache while the blocks of a chunk pass.</summary>
    private const int RowsAtOnce = 128;

    private const int MostKinds = 8;

    /// <summary>Multiplies with one or several matrices of the same width.</summary>
    [SkipLocalsInit]
    public static void Multiply(
        WorkerPool pool, RoundedKernels kernels, ReadOnlySpan<StoredMatrix> w, float* x, int m, int strideX, ReadOnlySpan<StoredOutput> outputs, bool accumulate)
    {
        BlockShape* kinds = stackalloc BlockShape[MostKinds];
        int* kindOf = stackalloc int[MostKinds];
        for (int begin = 0; begin < w.Length; begin += MostKinds)
        {
            ReadOnlySpan<StoredMatrix> some = w.Slice(begin, Math.Min(MostKinds, w.Length - begin));
            int kindCount = FindKinds(some, kinds, kindOf);
            var inputs = new PanelInputs(m, w[0].Columns, Scratch.ForCaller(PanelInputs.Floats(m, w[0].Columns, kindCount)));
            var rounding = new Rounding(inputs, x, strideX, kinds, kindCount);
            pool.Run(inputs.Parts, ref rounding);
            fixed (StoredMatrix* matrices = some)
            {
                fixed (StoredOutput* results = outputs.Slice(begin, some.Length))
                {
                    var work = new Work(kernels, matrices, results, some.Length, kindOf, inputs, PanelsOfPart(some, pool.Threads), accumulate);
                    pool.Run(work.Parts, ref work);
                }
            }
        }
    }

    private static int PanelsOfPart(ReadOnlySpan<StoredMatrix> w, int threads)
    {
        int panels = 0;
        foreach (ref readonly StoredMatrix matrix in w)
        {
            panels += Whole.Ceiling(matrix.Rows, Panel.Rows);
        }

        return Math.Clamp(panels / (PartsPerThread * threads), 1, MostPanels);
    }

    /// <summary>Kinds of weights that want different sums of the activations.</summary>
    private static int FindKinds(ReadOnlySpan<StoredMatrix> w, BlockShape* kinds, int* kindOf)
    {
        int count = 0;
        for (int i = 0; i < w.Length; i++)
        {
            BlockShape shape = WeightCodec.Shape(w[i].Format);
            int kind = 0;
            while (kind < count && (kinds[kind].Piece, kinds[kind].Offset, kinds[kind].HasMinima) != (shape.Piece, shape.Offset, shape.HasMinima))
            {
                kind++;
            }

            if (kind == count)
            {
                kinds[count++] = shape;
            }

            kindOf[i] = kind;
        }

        return count;
    }

    private readonly struct Rounding(PanelInputs inputs, float* x, int strideX, BlockShape* kinds, int kindCount) : IWork
    {
        public void Execute(int part) => inputs.Round(x, strideX, kinds, kindCount, part);
    }

    private readonly struct Work(
        RoundedKernels kernels, StoredMatrix* matrices, StoredOutput* outputs, int count, int* kindOf, PanelInputs inputs, int panelsOfPart, bool accumulate) : IWork
    {
        public int Parts
        {
            get
            {
                int parts = 0;
                for (int i = 0; i < count; i++)
                {
                    parts += Whole.Ceiling(matrices[i].Rows, panelsOfPart * Panel.Rows);
                }

                return parts;
            }
        }

        public void Execute(int part)
        {
            int i = 0;
            for (int parts; part >= (parts = Whole.Ceiling(matrices[i].Rows, panelsOfPart * Panel.Rows)); i++)
            {
                part -= parts;
            }

            int first = part * panelsOfPart * Panel.Rows;
            int end = Math.Min(matrices[i].Rows, first + (panelsOfPart * Panel.Rows));
            for (; first < end; first += Panel.Rows)
            {
                MultiplyPanel(matrices[i], outputs[i], kindOf[i], first, first + Panel.Rows < end);
            }
        }

        private void MultiplyPanel(in StoredMatrix w, in StoredOutput output, int kind, int first, bool hasNext)
        {
            const int PanelFloats = ChunkSlabs * Slab.Blocks * Panel.Bytes / sizeof(float);
            int m = inputs.Rows;

            // One cache line more keeps the rows, which are turned together, apart in the cache's sets.
            int recordStride = (Math.Min(ReadSlabs, Slab.Count(w.Columns)) * Slab.Bytes) + Slab.VectorBytes;
            long resultFloats = (long)m * Panel.Rows;
            float* results = Scratch.ForPart(resultFloats + PanelFloats + (Panel.Rows * recordStride / sizeof(float)));
            byte* panel = (byte*)(results + resultFloats);
            byte* records = panel + (PanelFloats * sizeof(float));
            new Span<float>(results, m * Panel.Rows).Clear();

            BlockShape shape = WeightCodec.Shape(w.Format);
            int rows = Math.Min(Panel.Rows, w.Rows - first);
            new Span<byte>(records + (rows * recordStride), (Panel.Rows - rows) * recordStride).Clear();
            byte* next = hasNext ? w.Row(first + Panel.Rows) : null;
            int nextBytes = (int)(w.RowBytes * Panel.Rows / inputs.Blocks);
            for (int column = 0; column < w.Columns; column += ReadSlabs * Slab.Length)
            {
                int columns = Math.Min(ReadSlabs * Slab.Length, w.Columns - column);
                long offset = w.Format.ByteLength(column);
                for (int row = 0; row < rows; row++)
                {
                    kernels.ReadRow(w.Format, w.Row(first + row) + offset, columns, records + (row * recordStride));
                }

                for (int done = 0; done < columns; done += ChunkSlabs * Slab.Length)
                {
                    int some = Math.Min(ChunkSlabs * Slab.Length, columns - done);
                    int block = (column + done) / Slab.BlockLength;
                    Turn(records + (done / Slab.Length * Slab.Bytes), recordStride, panel, Slab.Count(some), shape);
                    MultiplyChunk(kernels.Panels(shape), panel, kind, block, some / Slab.BlockLength, results, next + ((long)block * nextBytes), next == null ? 0 : nextBytes);
                }
            }

            Store(output, first, rows, results);
        }

        /// <summary>From lanes that are blocks of one row to lanes that are rows of one block.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Turn(byte* records, int recordStride, byte* panel, int slabs, BlockShape shape)
        {
            int pieces = RoundedKernels.PiecesOfBlock(shape);
            for (int slab = 0; slab < slabs; slab++, records += Slab.Bytes, panel += Slab.Blocks * Panel.Bytes)
            {
                for (int vector = 0; vector < Slab.Vectors; vector++)
                {
                    TurnRows(records + (vector * Slab.VectorBytes), recordStride, panel + (2 * vector * Slab.VectorBytes));
                }

                for (int piece = 0; piece < pieces; piece++)
                {
                    TurnRows(records + Slab.Scales + (piece * Slab.VectorBytes), recordStride, panel + Panel.Scales + (2 * piece * Slab.VectorBytes));
                    if (shape.HasMinima)
                    {
                        TurnRows(records + Slab.Minima + (piece * Slab.VectorBytes), recordStride, panel + Panel.Minima + (2 * piece * Slab.VectorBytes));
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void TurnRows(byte* source, int sourceStride, byte* target)
        {
            const int HalfRows = Panel.Rows / 2;
            int stride = sourceStride / sizeof(float);
            for (int half = 0; half < 2; half++)
            {
                Lanes512.Turn<Float32Words<Lanes512, Vector512<float>>>(
                    (float*)source + (half * HalfRows * stride), stride, (float*)(target + (half * Slab.VectorBytes)), Panel.Bytes / sizeof(float));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyChunk(
            delegate* unmanaged[SuppressGCTransition]<PanelArguments*, void> kernel, byte* panel, int kind, int firstBlock, int blocks, float* results,
            byte* next, int nextBytes)
        {
            PanelArguments arguments;
            for (int row = 0; row < inputs.Rows; row += RowsAtOnce)
            {
                arguments.Count = Math.Min(RowsAtOnce, inputs.Rows - row);
                arguments.Results = results + (row * Panel.Rows);
                for (int block = 0; block < blocks; block++)
                {
                    arguments.Weights = panel + (block * Panel.Bytes);
                    arguments.Inputs = inputs.Codes(firstBlock + block, row);
                    arguments.InputScales = inputs.Scales(firstBlock + block, row);
                    arguments.Sums = inputs.Sums(kind, 0, firstBlock + block, row);
                    arguments.SecondSums = inputs.Sums(kind, 1, firstBlock + block, row);
                    kernel(&arguments);
                    for (int at = 0; row == 0 && at < nextBytes; at += Slab.VectorBytes)
                    {
                        Sse.Prefetch1(next + ((long)block * nextBytes) + at);
                    }
                }
            }
        }

        /// <summary>Puts results where they belong.</summary>
        /// <remarks>
        /// Neighbouring rows of results lie as far apart as a row is long, which is often a power of two: their lines meet in a few sets of the caches, and reading them before they are written takes as
        /// long as a twentieth of the product. Where whole lines are written they go past the caches.
        /// </remarks>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Store(in StoredOutput output, int first, int rows, float* results)
        {
            float* bias = output.Bias == null ? null : output.Bias + first;
            float* y = output.Data + first;
            bool goesPast = !accumulate && (nuint)y % Slab.VectorBytes == 0 && output.Stride % Vector512<float>.Count == 0;
            for (int row = 0; row < inputs.Rows; row++, results += Panel.Rows, y += output.Stride)
            {
                int i = 0;
                for (; i <= rows - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    Vector512<float> sum = Vector512.Load(results + i);
                    sum = bias == null ? sum : sum + Vector512.Load(bias + i);
                    if (goesPast)
                    {
                        sum.StoreAlignedNonTemporal(y + i);
                    }
                    else
                    {
                        (accumulate ? Vector512.Load(y + i) + sum : sum).Store(y + i);
                    }
                }

                for (; i < rows; i++)
                {
                    float sum = bias == null ? results[i] : results[i] + bias[i];
                    y[i] = accumulate ? y[i] + sum : sum;
                }
            }

            // Such lines become visible in any order until a fence.
            Sse.StoreFence();
        }
    }
}
