namespace Gestalt.Kernels;

/// <summary>The areas that a product with packed operands is cut in, in the order in which they are multiplied.</summary>
/// <remarks>
/// Ranges of rows are innermost, so that packed panels of B are used up before others are packed; then chunks of k; then ranges of
/// panels. Areas take turns with two sets of buffers: one is multiplied while the next is packed.
/// </remarks>
internal readonly unsafe struct GemmAreas
{
    private readonly GemmBackend _backend;
    private readonly GemmProblem _problem;
    private readonly GemmDepth _depth;
    private readonly int _panels;
    private readonly int _panelRanges;
    private readonly int _rowRanges;
    private readonly float* _a;
    private readonly float* _b;
    private readonly long _wordsA;
    private readonly long _wordsB;

    public GemmAreas(GemmBackend backend, in GemmProblem problem)
    {
        int width = backend.Tile.Columns;
        _backend = backend;
        _problem = problem;
        _depth = new GemmDepth(problem.K, backend.Tile.ValuesPerWord);
        GemmChunk chunk = _depth.Chunk(0);
        _panels = Whole.Ceiling(problem.N, width);
        long wordsB = problem.M <= backend.Tile.Rows ? GemmBlocked.WordsUsedOnce : GemmBlocked.SharedWords;
        _panelRanges = Whole.Ceiling(_panels, (int)Math.Max(1, wordsB / (chunk.Blocks * chunk.PanelStride(width))));
        long wordsA = _panels == 1 ? GemmBlocked.WordsUsedOnce : GemmBlocked.SharedWordsA;
        _rowRanges = problem.TransposeA ? Whole.Ceiling(problem.M, (int)(wordsA / chunk.RowStride)) : 1;

        GemmBuffers buffers = GemmBuffers.OfThread;
        _wordsB = Whole.Ceiling(_panels, _panelRanges) * chunk.Blocks * chunk.PanelStride(width);
        _b = buffers.B(_wordsB * Math.Min(2, _panelRanges * _depth.Chunks));
        if (problem.TransposeA)
        {
            _wordsA = Whole.RoundUp(Whole.Ceiling(problem.M, _rowRanges), GemmPacker.Padding) * chunk.RowStride;
            _a = buffers.A(_wordsA * Math.Min(2, Count));
        }
    }

    public int Count => _panelRanges * _depth.Chunks * _rowRanges;

    public GemmArea this[int index]
    {
        get
        {
            int rowRange = index % _rowRanges;
            int panelPack = index / _rowRanges;
            int panelRange = panelPack / _depth.Chunks;
            int row = Whole.Begin(_problem.M, _rowRanges, rowRange);
            int panel = Whole.Begin(_panels, _panelRanges, panelRange);
            return new GemmArea(
                _backend,
                _problem,
                _depth.Chunk(panelPack % _depth.Chunks),
                row,
                Whole.Begin(_problem.M, _rowRanges, rowRange + 1) - row,
                panel,
                Whole.Begin(_panels, _panelRanges, panelRange + 1) - panel,
                _problem.TransposeA ? _a + (index % 2 * _wordsA) : null,
                _b + (panelPack % 2 * _wordsB));
        }
    }

    /// <summary>Whether an area is the first that uses its panels of B.</summary>
    public bool StartsPanels(int index) => index % _rowRanges == 0;
}
