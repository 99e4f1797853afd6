namespace Gestalt.Kernels;

/// <summary>
/// Products large enough to be worth packing: one operand is packed once for all threads, the other by each thread as it goes.
/// </summary>
/// <remarks>
/// <para>
/// After Goto and van de Geijn, <i>Anatomy of High-Performance Matrix Multiplication</i> (2008), with these choices. A block of
/// k (<see cref="BlockWords"/>) is as long as a panel of B may be to stay in the first-level cache while all rows pass by. Blocks of k
/// are the inner loop around a tile of C, so that the tile stays in that cache, too, until it is final. A chunk
/// (<see cref="ChunkWords"/> of k) is as long as the rows of A that a thread works on may be to stay in the second-level cache.
/// </para>
/// <para>
/// How k is cut depends on k alone, and every element of C is summed in order of k by one thread: the bits of the result are the same
/// for any number of threads.
/// </para>
/// </remarks>
internal static unsafe class GemmBlocked
{
    /// <summary>Words of k in a block: 256 × 32 columns × 4 bytes = 32 KiB of packed B.</summary>
    internal const int BlockWords = 256;

    /// <summary>Words of k in a chunk.</summary>
    internal const int ChunkWords = 2048;

    /// <summary>Words of B packed at once for all threads: 8 MiB, to stay in a shared third-level cache.</summary>
    internal const long SharedWords = 2L << 20;

    /// <summary>Fewer rows than this share A instead of B: each panel of B is used too seldom to be worth a way through memory.</summary>
    internal const int FewRows = 192;

    /// <summary>Rows of A in a part, about.</summary>
    internal const int PartRows = 70;

    /// <summary>Arithmetic below which another part costs more than it gains, in floating-point operations: some 2 µs.</summary>
    internal const double LeastPart = 400_000;

    public static void Multiply(WorkerPool pool, GemmBackend backend, in GemmProblem problem)
    {
        if (problem.M < FewRows)
        {
            ShareA(pool, backend, problem);
        }
        else
        {
            ShareB(pool, backend, problem);
        }
    }

    private static void ShareB(WorkerPool pool, GemmBackend backend, in GemmProblem problem)
    {
        GemmTile tile = backend.Tile;
        GemmBuffers buffers = GemmBuffers.OfThread;
        var cut = new DepthCut(problem.K, tile.ValuesPerWord);
        int panels = Ceiling(problem.N, tile.Columns);
        int chunkPanels = (int)Math.Clamp(SharedWords / ((long)cut.ChunkSteps * tile.Columns), 1, panels);

        for (int panel = 0; panel < panels; panel += chunkPanels)
        {
            int count = Math.Min(chunkPanels, panels - panel);
            for (int chunk = 0; chunk < cut.Chunks; chunk++)
            {
                var range = cut.Chunk(chunk);
                float* shared = buffers.Shared((long)count * range.Blocks * range.BlockSteps * tile.Columns);
                var packing = new PackShared(backend, problem, range, panel, count, shared);
                pool.Run(count * range.Blocks, ref packing);

                var parts = Parts(pool, problem, tile, count, range.Values);
                var multiplying = new MultiplyRows(backend, problem, range, panel, count, shared, parts.Rows, parts.Columns);
                pool.Run(parts.Rows * parts.Columns, ref multiplying);
            }
        }
    }

    private static void ShareA(WorkerPool pool, GemmBackend backend, in GemmProblem problem)
    {
        GemmTile tile = backend.Tile;
        var cut = new DepthCut(problem.K, tile.ValuesPerWord);
        int panels = Ceiling(problem.N, tile.Columns);
        for (int chunk = 0; chunk < cut.Chunks; chunk++)
        {
            var range = cut.Chunk(chunk);
            float* a = InPlaceA(backend, problem, 0, range, out long stride);
            if (a == null)
            {
                stride = PackedStride(range);
                a = GemmBuffers.OfThread.Shared(stride * GemmProblem.RoundUp(problem.M, GemmPacker.Padding));
                var packing = new PackRows(backend, problem, range, a, stride);
                pool.Run(Ceiling(problem.M, GemmPacker.Padding), ref packing);
            }

            int wanted = (int)Math.Min(panels, Gemm.FlopCount(problem.M, problem.N, range.Values) / LeastPart);
            int parts = Math.Clamp(wanted, 1, panels);
            var multiplying = new MultiplyColumns(backend, problem, range, a, stride, parts);
            pool.Run(parts, ref multiplying);
        }
    }

    /// <summary>Cuts C in parts: enough for every thread to be busy to the end, large enough to be worth a thread's while.</summary>
    private static (int Rows, int Columns) Parts(WorkerPool pool, in GemmProblem problem, GemmTile tile, int panels, int depth)
    {
        double flops = Gemm.FlopCount(problem.M, Math.Min(problem.N, panels * tile.Columns), depth);
        int most = (int)Math.Clamp(flops / LeastPart, 1, int.MaxValue);
        int rows = Math.Min(most, GemmProblem.RoundUp(Ceiling(problem.M, PartRows), pool.Threads));
        rows = Math.Clamp(rows, 1, Ceiling(problem.M, tile.Rows));
        int columns = Math.Clamp(Math.Min(Ceiling(3 * pool.Threads, rows), most / rows), 1, panels);
        return (rows, columns);
    }

    private static int Ceiling(int value, int divisor) => (value + divisor - 1) / divisor;

    /// <summary>Row strides of an odd number of cache lines keep the rows of a tile apart in the cache's sets.</summary>
    private static long PackedStride(in DepthRange range)
    {
        const int LineWords = 16;
        int lines = Ceiling(range.Steps, LineWords);
        return LineWords * (long)(lines | 1);
    }

    /// <summary>Rows of A as they are in memory, or null if they have to be packed.</summary>
    private static float* InPlaceA(GemmBackend backend, in GemmProblem problem, int row, in DepthRange range, out long stride)
    {
        stride = problem.StrideA;
        return backend.ReadsRowsInPlace && !problem.TransposeA && !Collides(stride)
            ? problem.A + (row * problem.StrideA) + range.FirstValue
            : null;
    }

    /// <summary>
    /// Whether the rows of a tile would fall into too few sets of the first-level cache, which repeat every 4 KiB: 14 rows
    /// need at least two groups of sets with 8 to 12 ways each.
    /// </summary>
    private static bool Collides(long strideValues) => strideValues * sizeof(float) % 2048 == 0;

    /// <summary>Multiplies rows with panels of B, one chunk of k; a tile of C is finished before the next one begins.</summary>
    private static void MultiplyTiles(
        GemmBackend backend, in GemmProblem problem, in DepthRange range, float* a, long strideA, int row, int rows,
        float* panelB, long blockStrideB, int column)
    {
        GemmTile tile = backend.Tile;
        int columns = Math.Min(tile.Columns, problem.N - column);
        GemmTileArguments arguments;
        arguments.StrideA = strideA * sizeof(float);
        arguments.StrideC = problem.StrideC * sizeof(float);
        for (int block = 0; block < range.Blocks; block++)
        {
            bool first = range.FirstValue == 0 && block == 0;
            bool last = range.IsLast && block == range.Blocks - 1;
            int step = block * range.BlockSteps;
            arguments.Accumulate = first && !problem.Accumulate ? 0 : 1;
            arguments.B = panelB + (block * blockStrideB);
            arguments.Steps = Math.Min(range.BlockSteps, range.Steps - step);
            for (int done = 0, height; done < rows; done += height)
            {
                height = TileHeight(rows - done, tile.Rows);
                arguments.A = a + (done * strideA) + step;
                arguments.C = problem.C + ((row + done) * problem.StrideC) + column;
                tile.Multiply(height, columns, &arguments);
                if (last && problem.Bias != null)
                {
                    AddBias(arguments.C, problem.StrideC, problem.Bias + column, height, columns);
                }
            }
        }
    }

    /// <summary>Whole tiles, the last two of about the same height: two middling tiles are faster than a whole one and a flat one.</summary>
    private static int TileHeight(int rows, int most) => rows <= most ? rows : rows < 2 * most ? (rows + 1) / 2 : most;

    private static void AddBias(float* c, long stride, float* bias, int rows, int columns)
    {
        for (int row = 0; row < rows; row++, c += stride)
        {
            for (int column = 0; column < columns; column++)
            {
                c[column] += bias[column];
            }
        }
    }

    /// <summary>A chunk of k: where it starts and how it is cut in blocks.</summary>
    internal readonly record struct DepthRange(int FirstValue, int Values, int Steps, int Blocks, int BlockSteps, int ValuesPerWord, bool IsLast)
    {
        /// <summary>First value and number of values of a block.</summary>
        public (int First, int Count) Block(int block)
        {
            int first = block * BlockSteps * ValuesPerWord;
            return (FirstValue + first, Math.Min(BlockSteps * ValuesPerWord, Values - first));
        }
    }

    /// <summary>How k is cut in chunks of blocks.</summary>
    internal readonly struct DepthCut
    {
        private readonly int _values;
        private readonly int _valuesPerWord;
        private readonly int _blockSteps;
        private readonly int _chunkBlocks;

        public DepthCut(int values, int valuesPerWord)
        {
            _values = values;
            _valuesPerWord = valuesPerWord;
            int steps = Ceiling(values, valuesPerWord);
            int blocks = Ceiling(steps, BlockWords);
            _blockSteps = GemmProblem.RoundUp(Ceiling(steps, blocks), GemmPacker.Padding);
            blocks = Ceiling(steps, _blockSteps);
            Chunks = Ceiling(blocks, ChunkWords / BlockWords);
            _chunkBlocks = Ceiling(blocks, Chunks);
        }

        public int Chunks { get; }

        public int ChunkSteps => _chunkBlocks * _blockSteps;

        public DepthRange Chunk(int chunk)
        {
            int first = chunk * ChunkSteps * _valuesPerWord;
            int values = Math.Min(ChunkSteps * _valuesPerWord, _values - first);
            int steps = Ceiling(values, _valuesPerWord);
            return new DepthRange(first, values, steps, Ceiling(steps, _blockSteps), _blockSteps, _valuesPerWord, chunk == Chunks - 1);
        }
    }

    /// <summary>One part packs one block of k of one panel of B, for all threads.</summary>
    private readonly struct PackShared(GemmBackend backend, GemmProblem problem, DepthRange range, int firstPanel, int panels, float* target) : IWork
    {
        public void Execute(int part)
        {
            int block = part / panels;
            int panel = part % panels;
            int width = backend.Tile.Columns;
            (int first, int count) = range.Block(block);
            problem.PackB(backend, (firstPanel + panel) * width, first, count, target + ((long)part * range.BlockSteps * width));
        }
    }

    /// <summary>One part packs a few rows of A, for all threads.</summary>
    private readonly struct PackRows(GemmBackend backend, GemmProblem problem, DepthRange range, float* target, long stride) : IWork
    {
        public void Execute(int part)
        {
            int row = part * GemmPacker.Padding;
            int rows = Math.Min(GemmPacker.Padding, problem.M - row);
            problem.PackA(backend, row, rows, range.FirstValue, range.Values, target + (row * stride), stride);
        }
    }

    /// <summary>One part is a range of rows and a range of panels; B is packed already, A is packed here if need be.</summary>
    private readonly struct MultiplyRows(
        GemmBackend backend, GemmProblem problem, DepthRange range, int firstPanel, int panels, float* packedB, int rowParts, int columnParts) : IWork
    {
        public void Execute(int part)
        {
            int rowPart = part / columnParts;
            int columnPart = part % columnParts;
            int row = (int)((long)problem.M * rowPart / rowParts);
            int rows = (int)((long)problem.M * (rowPart + 1) / rowParts) - row;
            int begin = (int)((long)panels * columnPart / columnParts);
            int end = (int)((long)panels * (columnPart + 1) / columnParts);

            float* a = InPlaceA(backend, problem, row, range, out long stride);
            if (a == null)
            {
                stride = PackedStride(range);
                a = GemmBuffers.OfThread.Private(stride * GemmProblem.RoundUp(rows, GemmPacker.Padding));
                problem.PackA(backend, row, rows, range.FirstValue, range.Values, a, stride);
            }

            int width = backend.Tile.Columns;
            long panelWords = (long)range.BlockSteps * width;
            for (int panel = begin; panel < end; panel++)
            {
                MultiplyTiles(
                    backend, problem, range, a, stride, row, rows, packedB + (panel * panelWords), panels * panelWords, (firstPanel + panel) * width);
            }
        }
    }

    /// <summary>One part is a range of panels, packed here; A is ready.</summary>
    private readonly struct MultiplyColumns(GemmBackend backend, GemmProblem problem, DepthRange range, float* a, long strideA, int parts) : IWork
    {
        public void Execute(int part)
        {
            int width = backend.Tile.Columns;
            int panels = Ceiling(problem.N, width);
            int begin = (int)((long)panels * part / parts);
            int end = (int)((long)panels * (part + 1) / parts);
            long panelWords = (long)range.BlockSteps * width;
            float* packed = GemmBuffers.OfThread.Private(range.Blocks * panelWords);
            for (int panel = begin; panel < end; panel++)
            {
                for (int block = 0; block < range.Blocks; block++)
                {
                    (int first, int count) = range.Block(block);
                    problem.PackB(backend, panel * width, first, count, packed + (block * panelWords));
                }

                MultiplyTiles(backend, problem, range, a, strideA, 0, problem.M, packed, panelWords, panel * width);
            }
        }
    }
}
