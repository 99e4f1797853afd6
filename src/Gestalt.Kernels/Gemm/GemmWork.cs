namespace Gestalt.Kernels;

/// <summary>Packs both operands of an area, or one of them.</summary>
/// <remarks>A part follows the stored rows: some of them whole where k runs along them, a slab of k across all of them where it runs down.</remarks>
internal readonly unsafe struct GemmPackWork : IWork
{
    /// <summary>Rows of A in a part when k runs along them.</summary>
    private const int PartRows = GemmPacker.Padding;

    /// <summary>Steps of k in a slab.</summary>
    private const int SlabSteps = 16;

    private readonly GemmArea _area;
    private readonly int _partsA;
    private readonly int _slabsPerBlock;

    public GemmPackWork(in GemmArea area, bool packB)
    {
        _area = area;
        _slabsPerBlock = Whole.Ceiling(area.Chunk.BlockSteps, SlabSteps);
        if (area.PackedA != null)
        {
            _partsA = area.Problem.TransposeA ? Whole.Ceiling(area.Chunk.Steps, SlabSteps) : Whole.Ceiling(area.Rows, PartRows);
        }

        if (packB)
        {
            Parts = area.Problem.TransposeB ? area.Panels : area.Chunk.Blocks * _slabsPerBlock;
        }

        Parts += _partsA;
    }

    public int Parts { get; }

    public void Execute(int part)
    {
        if (part < _partsA)
        {
            PackA(part);
        }
        else if (_area.Problem.TransposeB)
        {
            PackPanel(part - _partsA);
        }
        else
        {
            PackSlab(part - _partsA);
        }
    }

    private void PackA(int part)
    {
        GemmChunk chunk = _area.Chunk;
        if (_area.Problem.TransposeA)
        {
            int step = part * SlabSteps;
            (int first, int count) = chunk.Slice(step, SlabSteps);
            _area.Problem.PackA(_area.Backend, _area.FirstRow, _area.Rows, first, count, _area.PackedA + step, chunk.RowStride);
        }
        else
        {
            int row = part * PartRows;
            int rows = Math.Min(PartRows, _area.Rows - row);
            _area.Problem.PackA(
                _area.Backend, _area.FirstRow + row, rows, chunk.FirstValue, chunk.Values, _area.PackedA + (row * chunk.RowStride), chunk.RowStride);
        }
    }

    private void PackPanel(int panel)
    {
        GemmChunk chunk = _area.Chunk;
        int column = (_area.FirstPanel + panel) * _area.Backend.Tile.Columns;
        int columns = Math.Min(_area.Backend.Tile.Columns, _area.Problem.N - column);
        for (int block = 0; block < chunk.Blocks; block++)
        {
            (int first, int count) = chunk.Slice(block * chunk.BlockSteps, chunk.BlockSteps);
            float* target = _area.PackedB + (((block * _area.Panels) + panel) * _area.PanelStride);
            _area.Problem.PackB(_area.Backend, column, columns, first, count, target, panelStride: 0);
        }
    }

    private void PackSlab(int part)
    {
        GemmChunk chunk = _area.Chunk;
        int block = part / _slabsPerBlock;
        int step = part % _slabsPerBlock * SlabSteps;
        int steps = Math.Min(SlabSteps, chunk.BlockSteps - step);
        (int first, int count) = chunk.Slice((block * chunk.BlockSteps) + step, steps);
        if (count > 0)
        {
            int width = _area.Backend.Tile.Columns;
            int column = _area.FirstPanel * width;
            int columns = Math.Min(_area.Panels * width, _area.Problem.N - column);
            float* target = _area.PackedB + (block * _area.Panels * _area.PanelStride) + (step * width);
            _area.Problem.PackB(_area.Backend, column, columns, first, count, target, _area.PanelStride);
        }
    }
}

/// <summary>Multiplies with packed panels of B: one part is a range of rows and a range of panels.</summary>
internal readonly unsafe struct GemmMultiplyWork : IWork
{
    /// <summary>Arithmetic below which another part costs more than it gains, in floating-point operations: some 2 µs.</summary>
    internal const double LeastFlops = 400_000;

    /// <summary>Words of A that a part keeps in the second-level cache: 384 KiB.</summary>
    internal const int RowWords = 96 << 10;

    /// <summary>Most rows of a part: beyond this B is read seldom enough.</summary>
    internal const int MostRows = 280;

    /// <summary>Fewest rows of a part: below this B is read too often.</summary>
    internal const int LeastRows = 28;

    /// <summary>Fewest panels of a part that packs its rows of A itself, which should be little beside multiplying them.</summary>
    internal const int LeastPanels = 16;

    /// <summary>Fewest panels of other parts.</summary>
    internal const int LeastPackedPanels = 2;

    /// <summary>Fewest parts for each thread, so that one held up by something else leaves the rest to the others.</summary>
    internal const int PartsPerThread = 6;

    private readonly GemmArea _area;
    private readonly int _rowParts;
    private readonly int _columnParts;

    public GemmMultiplyWork(in GemmArea area, int threads)
    {
        _area = area;
        int most = (int)Math.Clamp(area.Flops / LeastFlops, 1, int.MaxValue);
        int wanted = Math.Min(most, PartsPerThread * threads);
        int rows = Math.Clamp(RowWords / area.Chunk.Steps, LeastRows, MostRows);
        int rowParts = Math.Min(most, Whole.Ceiling(area.Rows, rows));
        int leastPanels = area.PacksRowsInParts ? LeastPanels : LeastPackedPanels;
        int columnParts = Math.Clamp(Whole.Ceiling(wanted, rowParts), 1, Math.Max(1, area.Panels / leastPanels));
        rowParts = Math.Clamp(Whole.Ceiling(wanted, columnParts), rowParts, Math.Max(rowParts, Whole.Ceiling(area.Rows, LeastRows)));
        if (rowParts * columnParts < wanted)
        {
            columnParts = Math.Min(Whole.Ceiling(wanted, rowParts), area.Panels);
        }

        // A last round in which some threads have nothing to do is a waste; parts that do not come out even are the fewer the more there are.
        _rowParts = columnParts % threads == 0 || rowParts == 1 ? rowParts : Whole.RoundUp(rowParts, threads);
        _columnParts = columnParts;
    }

    public int Parts => _rowParts * _columnParts;

    public void Execute(int part)
    {
        int rowPart = part / _columnParts;
        int columnPart = part % _columnParts;
        int row = Whole.Begin(_area.Rows, _rowParts, rowPart);
        int rows = Whole.Begin(_area.Rows, _rowParts, rowPart + 1) - row;
        if (rows == 0)
        {
            return;
        }

        int begin = Whole.Begin(_area.Panels, _columnParts, columnPart);
        int end = Whole.Begin(_area.Panels, _columnParts, columnPart + 1);
        float* a = _area.RowsOfA(row, rows, out long strideA);
        for (int panel = begin; panel < end; panel++)
        {
            float* b = _area.PackedB + (panel * _area.PanelStride);
            _area.MultiplyPanel(row, rows, a, strideA, panel, b, _area.Panels * _area.PanelStride, b + _area.PanelStride);
        }
    }
}

/// <summary>Multiplies one area while the next one is packed.</summary>
/// <remarks>
/// Packing waits for memory and multiplying for the multipliers: with the parts of both mixed evenly, the threads seldom wait
/// for the same thing.
/// </remarks>
internal readonly struct GemmPipelineWork(GemmMultiplyWork multiplying, GemmPackWork packing) : IWork
{
    public int Parts => multiplying.Parts + packing.Parts;

    public void Execute(int part)
    {
        int packedBefore = Whole.Begin(packing.Parts, Parts, part);
        if (Whole.Begin(packing.Parts, Parts, part + 1) > packedBefore)
        {
            packing.Execute(packedBefore);
        }
        else
        {
            multiplying.Execute(part - packedBefore);
        }
    }
}

/// <summary>Multiplies few rows with panels of B that are packed on the way: one part is a range of panels.</summary>
internal readonly unsafe struct GemmFewRowsWork : IWork
{
    private readonly GemmArea _area;

    public GemmFewRowsWork(in GemmArea area)
    {
        _area = area;
        Parts = (int)Math.Clamp(area.Flops / GemmMultiplyWork.LeastFlops, 1, area.Panels);
    }

    public int Parts { get; }

    public void Execute(int part)
    {
        int begin = Whole.Begin(_area.Panels, Parts, part);
        int end = Whole.Begin(_area.Panels, Parts, part + 1);
        float* a = _area.RowsOfA(0, _area.Rows, out long strideA);
        float* packed = GemmBuffers.OfThread.Panel(_area.Chunk.Blocks * _area.PanelStride);
        for (int panel = begin; panel < end; panel++)
        {
            int column = (_area.FirstPanel + panel) * _area.Backend.Tile.Columns;
            int columns = Math.Min(_area.Backend.Tile.Columns, _area.Problem.N - column);
            for (int block = 0; block < _area.Chunk.Blocks; block++)
            {
                (int first, int count) = _area.Chunk.Slice(block * _area.Chunk.BlockSteps, _area.Chunk.BlockSteps);
                _area.Problem.PackB(_area.Backend, column, columns, first, count, packed + (block * _area.PanelStride), panelStride: 0);
            }

            _area.MultiplyPanel(0, _area.Rows, a, strideA, panel, packed, _area.PanelStride, packed);
        }
    }
}
