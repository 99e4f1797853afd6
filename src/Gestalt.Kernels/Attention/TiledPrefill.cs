using System.Runtime.CompilerServices;

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
/// thresholds that differ from token to token: see <see cref="PageTileRows"/>. Their sum is that of the values before rounding.
/// </para>
/// </remarks>
internal readonly unsafe struct TiledPrefill(PagedShape shape, PagedSequence sequence, PageKernels kernels, float* q, float* o)
{
    private const int PageTokens = PagedShape.TokensPerPage;

    /// <summary>
    /// Fewer new tokens than this, which take no time to speak of, are read in two levels, twice as slowly and exactly.
    /// </summary>
    private const int ManyQueries = 128;

    /// <summary>Does a part. Later stretches see more keys and are claimed first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Execute(int part)
    {
        (int head, int firstRow, int endRow) = PagedPrefill.RowsOf(shape, sequence, part);
        PageTile tile = shape.Format == CacheFormat.F16 ? new PageTile(PageWords.BFloats, 8) : new PageTile(PageWords.Bytes, 8, sequence.Queries >= ManyQueries ? 1 : 2);
        PageTileKernels emitted = kernels[tile];
        int tiles = (endRow - firstRow + tile.Rows - 1) / tile.Rows;
        var memory = new PageTileMemory(tile, shape.HeadWidth, tiles);
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
                Tile(emitted, memory, i, firstRow + (i * tile.Rows), endRow - 1, page * PageTokens, keys, values, nextKeys, nextKeys + (values - keys));
            }
        }

        for (int row = 0; row < endRow - firstRow; row++)
        {
            float* results = memory.Read(row, out _, out float sum);
            Register512 inverse = Register512.Broadcast(sum > 0 ? 1 / sum : 0); // a query that saw nothing gets zeros
            float* target = Address(o, head, firstRow + row);
            for (int i = 0; i < shape.HeadWidth; i += Register512.Count)
            {
                (Register512.Load(results + i) * inverse).Store(target + i);
            }
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

    private void Tile(PageTileKernels emitted, in PageTileMemory memory, int index, int first, int lastRow, int key, byte* keys, byte* values, byte* nextKeys, byte* nextValues)
    {
        int group = shape.HeadsPerKeyValueHead;
        int last = Math.Min(first + memory.Tile.Rows - 1, lastRow);
        if (Token(last / group) < key || Start(first / group) >= key + PageTokens)
        {
            return;
        }

        memory.Multiply(emitted, index, keys, nextKeys);
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
        memory.Add(emitted, index, values, nextValues);
    }
}
