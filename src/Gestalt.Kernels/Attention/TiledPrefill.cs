using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>
/// Attention of many new tokens over compressed pages with emitted kernels: in bytes over <see cref="CacheFormat.Q8_0"/>, in bfloat16 over <see cref="CacheFormat.F16"/>. Parts are
/// those of <see cref="PagedPrefill"/>.
/// </summary>
/// <remarks>
/// <para>
/// Page by page, tiles of 8 queries make scores (keys in the lanes), soften them (arXiv 2205.14135), turn the probabilities into words, and add their product with the
/// values to their results. Everything stays in the first two cache levels.
/// </para>
/// <para>
/// With pages of bytes, queries and probabilities are rounded to bytes, too (SageAttention, arXiv 2410.02367): queries with a scale for each 32 values, and the probabilities of a
/// row and page as parts of the largest of them, times the scale of the values, which cannot be taken out of a sum over tokens. They round at
/// thresholds that differ from token to token: see <see cref="PageTileRows.FillThresholds"/>. Their sum is that of the values before rounding.
/// </para>
/// </remarks>
internal readonly unsafe struct TiledPrefill(PagedShape shape, PagedSequence sequence, PageKernels kernels, float* q, float* o)
{
    private const int PageTokens = PagedShape.TokensPerPage;
    private const int Lanes = 16;

    /// <summary>
    /// Fewer new tokens than this are read in two levels, twice as slowly and as exactly as when they are generated one by one: guesses that are checked, short turns.
    /// </summary>
    private const int ManyQueries = 128;

    /// <summary>Does a part. Later stretches see more keys and are claimed first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Execute(int part)
    {
        (int head, int firstRow, int endRow) = PagedPrefill.RowsOf(shape, sequence, part);
        PageTile tile = shape.Format == CacheFormat.F16 ? new PageTile(PageWords.BFloats) : new PageTile(PageWords.Bytes, sequence.Queries >= ManyQueries ? 1 : 2);
        int tiles = (endRow - firstRow + tile.Rows - 1) / tile.Rows;
        var memory = new TiledPrefillMemory(tile, shape.HeadWidth, tiles);
        for (int row = 0; row < tiles * tile.Rows; row++)
        {
            // Rows that fill up the last tile do as the last one does; nobody looks at them.
            memory.Write(Address(q, head, Math.Min(firstRow + row, endRow - 1)), row);
        }

        int endKey = Token((endRow - 1) / shape.HeadsPerKeyValueHead) + 1;
        int page = Start(firstRow / shape.HeadsPerKeyValueHead) / PageTokens;
        for (; page * PageTokens < endKey; page++)
        {
            byte* keys = sequence.Pages[page] + ((long)head * shape.ChunkBytes);
            byte* values = keys + (shape.PageBytes / 2);
            bool isLast = (page + 1) * PageTokens >= endKey;
            byte* nextKeys = isLast ? keys : sequence.Pages[page + 1] + ((long)head * shape.ChunkBytes);
            memory.Prepare(ref keys, ref values);
            for (int i = 0; i < tiles; i++)
            {
                Tile(memory, i, firstRow + (i * tile.Rows), endRow - 1, page * PageTokens, keys, values, nextKeys, nextKeys + (values - keys));
            }
        }

        for (int row = 0; row < endRow - firstRow; row++)
        {
            memory.Read(row, Address(o, head, firstRow + row));
        }
    }

    /// <summary>A query's place in its sequence: the last key that it sees.</summary>
    private int Token(int t) => sequence.Keys - sequence.Queries + t;

    private int Start(int t) => shape.Window > 0 ? Math.Max(0, Token(t) - shape.Window + 1) : 0;

    private float* Address(float* rows, int head, int row)
    {
        int group = shape.HeadsPerKeyValueHead;
        return rows + (((((sequence.FirstQuery + (row / group)) * (long)shape.Heads) + (head * group)) + (row % group)) * shape.HeadWidth);
    }

    private void Tile(in TiledPrefillMemory memory, int index, int first, int lastRow, int key, byte* keys, byte* values, byte* nextKeys, byte* nextValues)
    {
        int group = shape.HeadsPerKeyValueHead;
        int last = Math.Min(first + memory.Tile.Rows - 1, lastRow);
        if (Token(last / group) < key || Start(first / group) >= key + PageTokens)
        {
            return;
        }

        memory.Multiply(kernels, index, keys, nextKeys);
        if (shape.SoftCap > 0)
        {
            SoftmaxTiles.Cap<Register512>(memory.Scores, memory.Tile.Rows * PageTokens, shape.ScoreScale);
        }

        if (key + PageTokens - 1 > Token(first / group) || key < Start(last / group))
        {
            for (int row = 0; row < memory.Tile.Rows; row++)
            {
                int t = Math.Min(first + row, lastRow) / group;
                memory.Mask(row, Start(t) - key, Token(t) + 1 - key);
            }
        }

        memory.Soften(index, shape.SoftCap > 0 ? shape.SoftCap * VectorMath.Log2E : shape.ScoreScale);
        memory.Add(kernels, index, values, nextValues);
    }
}

/// <summary>What a part of <see cref="TiledPrefill"/> keeps of its queries, and the steps that a tile of them takes with a page.</summary>
internal readonly unsafe struct TiledPrefillMemory
{
    private const int PageTokens = PagedShape.TokensPerPage;
    private const int Lanes = 16;
    private const int Stride = 8; // of what is kept of a row, whatever the rows of a tile

    // 2^x of what lies below is 0 in every number format.
    private const float Lowest = -200;

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
    public TiledPrefillMemory(PageTile tile, int width, int tiles)
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
            + ((_blocks + 1) * PageTokens) + Whole(_blocks) + Whole(_blocks * Stride) + Lanes + (2 * repacked));
        _queries = (byte*)memory;
        _queryFactors = memory += queries;
        _offsets = (int*)(memory += factors);
        _results = memory += factors;
        _sums = memory += results;
        _maxima = memory += tiles * Stride * Lanes;
        Scores = memory += maxima;
        _probabilities = (byte*)(memory += Stride * PageTokens);
        _parts = memory += probabilities;
        _thresholds = memory += _blocks * PageTokens;
        _partFactors = memory += PageTokens;
        _factors = memory += Whole(_blocks);
        _shrinks = memory += Whole(_blocks * Stride);
        _keys = (uint*)(memory += Lanes);
        _values = (uint*)(memory + repacked);

        RowEnds.Clear<Register512>(_results, (int)results);
        RowEnds.Clear<Register512>(_sums, tiles * Stride * Lanes);
        new Span<float>(_maxima, tiles * Stride).Fill(SoftmaxTiles.Nothing);
        PageTileRows.FillThresholds(_thresholds);
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
            return;
        }

        PageTileRows.Repack((ushort*)keys, values: false, _width, _keys);
        PageTileRows.Repack((ushort*)values, values: true, _width, _values);
        keys = (byte*)_keys;
        values = (byte*)_values;
    }

    /// <summary>Scores of a tile.</summary>
    public void Multiply(PageKernels kernels, int tile, byte* keys, byte* next)
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
        kernels.Scores(Tile.Levels, &arguments);
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
        s = Scores;
        for (int row = 0; row < Tile.Rows; row++, s += PageTokens, sums += Lanes)
        {
            Vector512<float> shift = Vector512.Create(-highest[row]);
            Vector512<float> total = Vector512<float>.Zero;
            for (int i = 0; i < PageTokens; i += Lanes)
            {
                Vector512<float> p = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(s + i), scale, shift));
                total += p;
                PageTileRows.WriteProbabilities(Tile, _width, p, row, i, _parts, _thresholds, _probabilities);
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
    public void Add(PageKernels kernels, int tile, byte* values, byte* next)
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
        kernels.Results(Tile.Levels, &arguments);
    }

    /// <summary>Gives the result of a row. A query that saw nothing gets zeros.</summary>
    public void Read(int row, float* target)
    {
        float* sums = _sums + ((((long)row / Tile.Rows * Stride) + (row % Tile.Rows)) * Lanes);
        float sum = Vector512.Sum(Vector512.Load(sums));
        Vector512<float> inverse = Vector512.Create(sum > 0 ? 1 / sum : 0);
        float* results = _results + ((long)row * _width);
        for (int i = 0; i < _width; i += Lanes)
        {
            (Vector512.Load(results + i) * inverse).Store(target + i);
        }
    }

    private static long Whole(long floats) => (floats + Lanes - 1) / Lanes * Lanes;

    /// <summary>What the page's probabilities weigh beside the highest score so far, and what earlier results shrink to.</summary>
    private void Weigh(float* maxima, float* highest, float* weights)
    {
        Register256 before = Register256.Load(maxima);
        Register256 here = Register256.Load(highest);
        Register256 now = Register256.Max(before, here);
        now.Store(maxima);
        VectorMath.Exp2(before - now).Store(_shrinks);
        VectorMath.Exp2(here - now).Store(weights);
    }

    /// <summary>2^x within 1e-4, which is less than what the words of probabilities keep. For x up to 0; -∞ gives 0.</summary>
    /// <remarks>2^x = 2^n 2^r with n = round(x); the polynomial of degree 3 for |r| ≤ 1/2 is fitted with Remez' exchange.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exp2(Vector512<float> x)
    {
        x = Vector512.MaxNative(x, Vector512.Create(Lowest));
        Vector512<float> n = Avx512F.RoundScale(x, 0);
        Vector512<float> r = x - n;
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(0.055171669f), r, Vector512.Create(0.24261112f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.69326099f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.99992807f));
        return Avx512F.Scale(p, n);
    }
}
