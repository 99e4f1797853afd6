using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>What a part of attention with emitted kernels keeps of its queries, and the steps that a tile of them takes with a page: scores, probabilities, results.</summary>
internal readonly unsafe partial struct PageTileMemory
{
    private const int PageTokens = PagedShape.TokensPerPage;
    private const int Lanes = 16;
    private const int Stride = 8; // of what is kept of a row, whatever the rows of a tile

    private readonly int _width;
    private readonly int _blocks;
    private readonly byte* _queries; // (tiles, word rows, D)
    private readonly float* _queryFactors; // (tiles, blocks, rows)
    private readonly int* _offsets; // (tiles, blocks, rows)
    private readonly float* _results; // (tiles, rows, D)
    private readonly float* _sums; // (tiles, 8, 16): each lane of keys adds up for itself
    private readonly float* _maxima; // (tiles, 8)
    private readonly byte* _probabilities; // of one tile
    private readonly float* _parts; // (blocks, 64)
    private readonly float* _partFactors; // (blocks)
    private readonly float* _thresholds; // (64)
    private readonly float* _factors; // (blocks, rows)
    private readonly float* _shrinks; // (8)
    private readonly uint* _keys; // a page in bfloat16
    private readonly uint* _values;

    /// <summary>Takes the memory.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="width">D.</param>
    /// <param name="tiles">How many tiles.</param>
    public PageTileMemory(PageTile tile, int width, int tiles)
    {
        (Tile, _width, _blocks) = (tile, width, tile.Blocks(width));
        long queries = (long)tiles * PageTileRows.QueryBytes(tile, width) / sizeof(float);
        long factors = Whole((long)tiles * _blocks * tile.Rows);
        long results = (long)tiles * tile.Rows * width;
        long probabilities = PageTileRows.ProbabilityBytes(tile, width) / sizeof(float);
        long repacked = tile.Words == PageWords.BFloats ? PageTokens * width / 2 : 0;
        long maxima = Whole((long)tiles * Stride);
        float* memory = Scratch.ForPart(
            queries + (2 * factors) + results + (tiles * (long)Stride * Lanes) + maxima + (Stride * PageTokens) + probabilities
            + (_blocks * PageTokens) + Whole(_blocks) + Whole(_blocks * Stride) + Lanes + (2 * repacked));
        _queries = (byte*)memory;
        _queryFactors = memory += queries;
        _offsets = (int*)(memory += factors);
        _results = memory += factors;
        _sums = memory += results;
        _maxima = memory += tiles * Stride * Lanes;
        Scores = memory += maxima;
        _probabilities = (byte*)(memory += Stride * PageTokens);
        _parts = memory += probabilities;
        _partFactors = memory += _blocks * PageTokens;
        _factors = memory += Whole(_blocks);
        _shrinks = memory += Whole(_blocks * Stride);
        _keys = (uint*)(memory += Lanes);
        _values = (uint*)(memory + repacked);

        _thresholds = PageTileRows.Thresholds;
        RowEnds.Clear<Register512>(_results, (int)results);
        RowEnds.Clear<Register512>(_sums, tiles * Stride * Lanes);
        new Span<float>(_maxima, tiles * Stride).Fill(SoftmaxTiles.Nothing);
    }

    /// <summary>The tile.</summary>
    public PageTile Tile { get; }

    /// <summary>Scores of the tile at work, (rows, 64).</summary>
    public float* Scores { get; }

    /// <summary>Takes a query.</summary>
    public void Write(float* query, int row)
    {
        int tile = row / Tile.Rows;
        int at = tile * _blocks * Tile.Rows;
        PageTileRows.WriteQuery(
            Tile, _width, query, row % Tile.Rows, _queries + ((long)tile * PageTileRows.QueryBytes(Tile, _width)), _queryFactors + at, _offsets + at);
    }

    /// <summary>Readies a page for all tiles: float16 is repacked, and of bytes the scales of the values are read.</summary>
    public void Prepare(ref byte* keys, ref byte* values)
    {
        if (Tile.Words == PageWords.Bytes)
        {
            PageTileRows.ReadScales(Tile, values, _width, _parts, _partFactors);
        }
        else if (Tile.Words == PageWords.BFloats)
        {
            PageTileRows.Repack((ushort*)keys, values: false, _width, _keys);
            PageTileRows.Repack((ushort*)values, values: true, _width, _values);
            keys = (byte*)_keys;
            values = (byte*)_values;
        }
    }

    /// <summary>Scores of a tile.</summary>
    public void Multiply(PageTileKernels kernels, int tile, byte* keys, byte* next)
    {
        PageTileArguments arguments = default;
        arguments.Rows = _queries + ((long)tile * PageTileRows.QueryBytes(Tile, _width));
        arguments.RowStride = PageTileRows.QueryStride(Tile, _width);
        arguments.Chunk = keys;
        arguments.Next = next;
        arguments.Result = Scores;
        arguments.ResultStride = PageTokens * sizeof(float);
        arguments.Factors = _queryFactors + (tile * _blocks * Tile.Rows);
        arguments.Offsets = _offsets + (tile * _blocks * Tile.Rows);
        kernels.Scores(&arguments);
    }

    /// <summary>Hides the keys of a row before <paramref name="from"/> and from <paramref name="end"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Mask(int row, int from, int end)
    {
        float* scores = Scores + (row * PageTokens);
        for (int i = 0; i < PageTokens; i += Lanes)
        {
            Vector512<int> token = Vector512<int>.Indices + Vector512.Create(i);
            Vector512<int> seen = Vector512.GreaterThanOrEqual(token, Vector512.Create(from)) & Vector512.LessThan(token, Vector512.Create(end));
            Vector512.ConditionalSelect(seen.AsSingle(), Vector512.Load(scores + i), Vector512.Create(float.NegativeInfinity)).Store(scores + i);
        }
    }

    /// <summary>Turns scores into the words of probabilities, relative to the largest of the row and page, and updates maxima and sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Soften(int tile, float exponent)
    {
        if (Tile.Rows == Stride && Tile.Levels == 1)
        {
            SoftenEight(tile, exponent);
            return;
        }

        float* highest = stackalloc float[Stride];
        float* weights = stackalloc float[Stride];
        Vector256.Create(SoftmaxTiles.Nothing).Store(highest);
        float* s = Scores;
        for (int row = 0; row < Tile.Rows; row++, s += PageTokens)
        {
            Vector512<float> both = Vector512.MaxNative(Vector512.Load(s), Vector512.Load(s + Lanes));
            both = Vector512.MaxNative(both, Vector512.MaxNative(Vector512.Load(s + (2 * Lanes)), Vector512.Load(s + (3 * Lanes))));
            highest[row] = MathF.Max(PageTileRows.Largest(both) * exponent, SoftmaxTiles.Nothing);
        }

        Weigh(_maxima + (tile * Stride), highest, weights);
        float* sums = _sums + ((long)tile * Stride * Lanes);
        Vector512<float> scale = Vector512.Create(exponent);
        float* parts = _parts;
        float* thresholds = _thresholds;
        byte* words = _probabilities;
        PageTile shape = Tile;
        int width = _width;
        s = Scores;
        for (int row = 0; row < Tile.Rows; row++, s += PageTokens, sums += Lanes)
        {
            Vector512<float> shift = Vector512.Create(-highest[row]);
            Vector512<float> total = Vector512<float>.Zero;
            for (int i = 0; i < PageTokens; i += Lanes)
            {
                Vector512<float> x = Vector512.FusedMultiplyAdd(Vector512.Load(s + i), scale, shift);
                Vector512<float> p = VectorMath.Exp2(new Register512(x)).Lanes;
                total += p;
                PageTileRows.WriteProbabilities(shape, width, p, row, i, parts, thresholds, words);
            }

            Vector512<float> before = Vector512.Load(sums) * Vector512.Create(_shrinks[row]);
            Vector512.FusedMultiplyAdd(total, Vector512.Create(weights[row]), before).Store(sums);
            for (int block = 0; block < _blocks; block++)
            {
                _factors[(block * Tile.Rows) + row] = Tile.Words == PageWords.Bytes ? weights[row] * _partFactors[block] : weights[row];
            }
        }
    }

    /// <summary>Adds the product of a tile's probabilities and the values to its results.</summary>
    public void Add(PageTileKernels kernels, int tile, byte* values, byte* next)
    {
        PageTileArguments arguments = default;
        arguments.Rows = _probabilities;
        arguments.RowStride = PageTileRows.ProbabilityStride(Tile);
        arguments.Chunk = values;
        arguments.Next = next;
        arguments.Result = _results + ((long)tile * Tile.Rows * _width);
        arguments.ResultStride = _width * sizeof(float);
        arguments.Factors = _factors;
        arguments.Shrinks = _shrinks;
        kernels.Results(&arguments);
    }

    /// <summary>The row's results, not yet divided by its sum, which is 0 for a query that saw nothing.</summary>
    /// <param name="row">The row.</param>
    /// <param name="maximum">Its highest score, as a power of two.</param>
    /// <param name="sum">The sum of its probabilities relative to that.</param>
    public float* Read(int row, out float maximum, out float sum)
    {
        int kept = (row / Tile.Rows * Stride) + (row % Tile.Rows);
        maximum = _maxima[kept];
        sum = Vector512.Sum(Vector512.Load(_sums + ((long)kept * Lanes)));
        return _results + ((long)row * _width);
    }

    private static long Whole(long floats) => (floats + Lanes - 1) / Lanes * Lanes;

    /// <summary>What the page's probabilities weigh beside the highest score so far, and what earlier results shrink to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Weigh(float* maxima, float* highest, float* weights)
    {
        Register256 before = Register256.Load(maxima);
        Register256 here = Register256.Load(highest);
        Register256 now = Register256.Max(before, here);
        now.Store(maxima);
        VectorMath.Exp2(before - now).Store(_shrinks);
        VectorMath.Exp2(here - now).Store(weights);
    }
}
