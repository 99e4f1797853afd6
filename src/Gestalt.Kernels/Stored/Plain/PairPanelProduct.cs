using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Products of float16 or bfloat16 weights with many rows of activations, in bfloat16 with float32 sums: the micro-kernel of <see cref="Gemm"/>, for which 32 rows of
/// weights at a time are rounded and turned in cache.
/// </summary>
internal static unsafe class PairPanelProduct
{
    /// <summary>Values of k at a time: a panel of 32 KiB in the first-level cache.</summary>
    private const int BlockValues = 512;

    private const int BlockWords = BlockValues / 2;

    /// <summary>Words between packed rows of activations: an odd number of cache lines keeps the rows of a tile apart in the cache's sets.</summary>
    private const int RowWords = BlockWords + 16;

    private const int PanelColumns = 32;

    /// <summary>Panels in a part, so that packed activations come from the third-level cache once for all of them.</summary>
    private const int MostPanels = 4;

    private const int PartsPerThread = 6;

    /// <summary>Whether a product is one of these.</summary>
    public static bool Suits(PlainKernels kernels, in StoredMatrix w) =>
        kernels.Pairs != null && w.Format is WeightFormat.F16 or WeightFormat.BF16 && w.Columns % PairEmitter.Values == 0
        && GemmBackend.For(Precision.BFloat16).Tile is { ValuesPerWord: 2, Columns: PanelColumns };

    /// <summary>Multiplies with one or several matrices of the same width.</summary>
    public static void Multiply(
        WorkerPool pool, PlainKernels kernels, ReadOnlySpan<StoredMatrix> w, float* x, int m, int strideX, ReadOnlySpan<StoredOutput> outputs, bool accumulate)
    {
        GemmBackend backend = GemmBackend.For(Precision.BFloat16);
        int columns = w[0].Columns;
        int blocks = Whole.Ceiling(columns, BlockValues);
        float* packed = Scratch.ForCaller((long)blocks * Whole.RoundUp(m, GemmPacker.Padding) * RowWords);
        var packing = new Packing(backend, x, m, columns, Math.Max(strideX, columns), packed);
        pool.Run(packing.Parts, ref packing);
        for (int i = 0; i < w.Length; i++)
        {
            var work = new Work(backend, kernels, w[i], outputs[i], packed, m, pool.Threads, accumulate);
            pool.Run(work.Parts, ref work);
        }
    }

    private static long BlockStride(int m) => (long)Whole.RoundUp(m, GemmPacker.Padding) * RowWords;

    private readonly struct Packing(GemmBackend backend, float* x, int m, int columns, int strideX, float* packed) : IWork
    {
        public int Parts => Whole.Ceiling(m, GemmPacker.Padding);

        public void Execute(int part)
        {
            int row = part * GemmPacker.Padding;
            int rows = Math.Min(GemmPacker.Padding, m - row);
            var problem = new GemmProblem(false, true, m, 1, columns, x, strideX, x, columns, x, 1, false, null);
            for (int first = 0; first < columns; first += BlockValues)
            {
                float* target = packed + (first / BlockValues * BlockStride(m)) + (row * RowWords);
                problem.PackA(backend, row, rows, first, Math.Min(BlockValues, columns - first), target, RowWords);
            }
        }
    }

    private readonly struct Work : IWork
    {
        private readonly GemmBackend _backend;
        private readonly PlainKernels _kernels;
        private readonly StoredMatrix _w;
        private readonly StoredOutput _output;
        private readonly float* _packed;
        private readonly int _m;
        private readonly bool _accumulate;
        private readonly int _panels;

        public Work(GemmBackend backend, PlainKernels kernels, in StoredMatrix w, in StoredOutput output, float* packed, int m, int threads, bool accumulate)
        {
            _backend = backend;
            _kernels = kernels;
            _w = w;
            _output = output;
            _packed = packed;
            _m = m;
            _accumulate = accumulate;
            _panels = Math.Clamp(Whole.Ceiling(w.Rows, PanelColumns) / (PartsPerThread * threads), 1, MostPanels);
        }

        public int Parts => Whole.Ceiling(_w.Rows, _panels * PanelColumns);

        public void Execute(int part)
        {
            int begin = part * _panels * PanelColumns;
            int end = Math.Min(_w.Rows, begin + (_panels * PanelColumns));
            float* memory = Scratch.ForPart(2 * PanelColumns * BlockWords);
            for (int first = 0; first < _w.Columns; first += BlockValues)
            {
                int words = Math.Min(BlockValues, _w.Columns - first) / 2;
                for (int column = begin; column < end; column += PanelColumns)
                {
                    int columns = Math.Min(PanelColumns, end - column);
                    PackPanel(column, columns, first, words, memory, memory + (PanelColumns * BlockWords));
                    bool isLastPanel = column + PanelColumns >= end;
                    Fetch(isLastPanel ? begin : column + PanelColumns, isLastPanel ? first + BlockValues : first, end);
                    MultiplyPanel(column, columns, first, words, memory + (PanelColumns * BlockWords));
                }
            }
        }

        /// <summary>Asks for the weights that are packed next, short pieces of many rows, in which the processor sees no stream.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Fetch(int column, int first, int end)
        {
            int bytes = Math.Min(BlockValues, _w.Columns - first) * sizeof(ushort);
            for (int row = column; row < Math.Min(end, column + PanelColumns); row++)
            {
                byte* piece = _w.Row(row) + (first * sizeof(ushort));
                for (int at = 0; at < bytes; at += AlignedMemory.Alignment)
                {
                    Sse.Prefetch1(piece + at);
                }
            }
        }

        /// <summary>Rounds the weights of a panel to pairs of bfloat16, and turns them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void PackPanel(int column, int columns, int first, int words, float* rounded, float* panel)
        {
            PairArguments arguments;
            arguments.Count = words * 2 / PairEmitter.Values;
            for (int i = 0; i < PanelColumns; i++)
            {
                byte* target = (byte*)(rounded + (i * words));
                byte* source = _w.Row(column + Math.Min(i, columns - 1)) + (first * sizeof(ushort));
                if (_w.Format == WeightFormat.F16)
                {
                    arguments.Source = source;
                    arguments.Target = target;
                    _kernels.Pairs(&arguments);
                }
                else
                {
                    Buffer.MemoryCopy(source, target, words * sizeof(float), words * sizeof(float));
                }
            }

            for (int word = 0; word < words; word += Lanes512.Count)
            {
                for (int half = 0; half < PanelColumns; half += Lanes512.Count)
                {
                    Lanes512.Turn<Float32Words<Lanes512, Vector512<float>>>(
                        rounded + (half * words) + word, words, panel + (word * PanelColumns) + half, PanelColumns);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyPanel(int column, int columns, int first, int words, float* panel)
        {
            GemmTile tile = _backend.Tile;
            float* a = _packed + (first / BlockValues * BlockStride(_m));
            float* c = _output.Data + column;
            bool isLast = first + (2 * words) == _w.Columns;
            GemmTileArguments arguments;
            arguments.StrideA = RowWords * sizeof(float);
            arguments.B = panel;
            arguments.Steps = words;
            arguments.StrideC = (long)_output.Stride * sizeof(float);
            arguments.Accumulate = first == 0 && !_accumulate ? 0 : 1;
            for (int row = 0, height; row < _m; row += height)
            {
                int rest = _m - row;
                height = rest <= tile.Rows ? rest : rest < 2 * tile.Rows ? (rest + 1) / 2 : tile.Rows;
                arguments.A = a + ((long)row * RowWords);
                arguments.C = c + ((long)row * _output.Stride);
                arguments.Soon = arguments.A + ((long)height * RowWords);
                tile.Multiply(height, columns, &arguments);
                if (isLast && _output.Bias != null)
                {
                    AddBias(arguments.C, column, height, columns);
                }
            }
        }

        private void AddBias(float* c, int column, int rows, int columns)
        {
            for (int row = 0; row < rows; row++, c += _output.Stride)
            {
                for (int i = 0; i < columns; i++)
                {
                    c[i] += _output.Bias[column + i];
                }
            }
        }
    }
}
