using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Products of quantized weights with many rows of activations: 32 rows of weights at a time are unpacked and turned, a thousand columns of them,
/// in the second-level cache, and multiplied with all activations.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>Slabs that are unpacked at a time: 48 KiB of blocks.</summary>
    private const int ChunkSlabs = 2;

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
                    var work = new Work(kernels, matrices, results, some.Length, kindOf, inputs, accumulate);
                    pool.Run(work.Parts, ref work);
                }
            }
        }
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
        RoundedKernels kernels, StoredMatrix* matrices, StoredOutput* outputs, int count, int* kindOf, PanelInputs inputs, bool accumulate) : IWork
    {
        public int Parts
        {
            get
            {
                int parts = 0;
                for (int i = 0; i < count; i++)
                {
                    parts += Whole.Ceiling(matrices[i].Rows, Panel.Rows);
                }

                return parts;
            }
        }

        public void Execute(int part)
        {
            int i = 0;
            for (int parts; part >= (parts = Whole.Ceiling(matrices[i].Rows, Panel.Rows)); i++)
            {
                part -= parts;
            }

            MultiplyPanel(matrices[i], outputs[i], kindOf[i], part * Panel.Rows);
        }

        private void MultiplyPanel(in StoredMatrix w, in StoredOutput output, int kind, int first)
        {
            const int RecordFloats = Panel.Rows * ChunkSlabs * Slab.Bytes / sizeof(float);
            const int PanelFloats = ChunkSlabs * Slab.Blocks * Panel.Bytes / sizeof(float);
            int m = inputs.Rows;
            float* results = Scratch.ForPart((long)RecordFloats + PanelFloats + ((long)m * Panel.Rows));
            byte* records = (byte*)(results + ((long)m * Panel.Rows));
            byte* panel = records + (RecordFloats * sizeof(float));
            new Span<float>(results, m * Panel.Rows).Clear();

            BlockShape shape = WeightCodec.Shape(w.Format);
            delegate*<byte*, int, byte*, void> read = SlabReaders.RowReader(w.Format);
            int rows = Math.Min(Panel.Rows, w.Rows - first);
            new Span<byte>(records + (rows * ChunkSlabs * Slab.Bytes), (Panel.Rows - rows) * ChunkSlabs * Slab.Bytes).Clear();
            for (int column = 0; column < w.Columns; column += ChunkSlabs * Slab.Length)
            {
                int columns = Math.Min(ChunkSlabs * Slab.Length, w.Columns - column);
                long offset = w.Format.ByteLength(column);
                for (int row = 0; row < rows; row++)
                {
                    read(w.Row(first + row) + offset, columns, records + (row * ChunkSlabs * Slab.Bytes));
                }

                Turn(records, panel, Slab.Count(columns), shape);
                MultiplyChunk(kernels.Panels(shape), panel, kind, column / Slab.BlockLength, columns / Slab.BlockLength, results);
            }

            Store(output, first, rows, results);
        }

        /// <summary>From lanes that are blocks of one row to lanes that are rows of one block.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Turn(byte* records, byte* panel, int slabs, BlockShape shape)
        {
            int pieces = RoundedKernels.PiecesOfBlock(shape);
            for (int slab = 0; slab < slabs; slab++, records += Slab.Bytes, panel += Slab.Blocks * Panel.Bytes)
            {
                for (int vector = 0; vector < Slab.Vectors; vector++)
                {
                    TurnRows(records + (vector * Slab.VectorBytes), panel + (2 * vector * Slab.VectorBytes));
                }

                for (int piece = 0; piece < pieces; piece++)
                {
                    TurnRows(records + Slab.Scales + (piece * Slab.VectorBytes), panel + Panel.Scales + (2 * piece * Slab.VectorBytes));
                    if (shape.HasMinima)
                    {
                        TurnRows(records + Slab.Minima + (piece * Slab.VectorBytes), panel + Panel.Minima + (2 * piece * Slab.VectorBytes));
                    }
                }
            }
        }

        private static void TurnRows(byte* source, byte* target)
        {
            const int HalfRows = Panel.Rows / 2;
            const int Stride = ChunkSlabs * Slab.Bytes / sizeof(float);
            for (int half = 0; half < 2; half++)
            {
                Lanes512.Turn<Float32Words<Lanes512, Vector512<float>>>(
                    (float*)source + (half * HalfRows * Stride), Stride, (float*)(target + (half * Slab.VectorBytes)), Panel.Bytes / sizeof(float));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyChunk(
            delegate* unmanaged[SuppressGCTransition]<PanelArguments*, void> kernel, byte* panel, int kind, int firstBlock, int blocks, float* results)
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
                }
            }
        }

        private void Store(in StoredOutput output, int first, int rows, float* results)
        {
            float* bias = output.Bias == null ? null : output.Bias + first;
            for (int row = 0; row < inputs.Rows; row++, results += Panel.Rows)
            {
                float* y = output.Data + ((long)row * output.Stride) + first;
                for (int i = 0; i < rows; i++)
                {
                    float sum = bias == null ? results[i] : results[i] + bias[i];
                    y[i] = accumulate ? y[i] + sum : sum;
                }
            }
        }
    }
}
