using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Attention of many new tokens of a sequence over its pages, as in reading a prompt: bound by arithmetic. One part is a stretch of the rows of one key-value head,
/// where the rows are its queries token by token and for each token head by head.
/// </summary>
/// <remarks>
/// Page by page keys and values are expanded to float32 once, in the first two cache levels, and every block of rows (one per lane) updates its softmax
/// and its result with them: <see cref="AttentionForward"/> with the loops over keys and queries exchanged.
/// </remarks>
internal readonly unsafe struct PagedPrefill(PagedShape shape, PagedSequence sequence, float* q, float* o)
{
    /// <summary>Rows of a part: with D = 128 their queries and results, 256 KiB, stay in a second-level cache while the pages pass by.</summary>
    private const int RowsPerPart = 256;

    private const int PageTokens = PagedShape.TokensPerPage;

    /// <summary>How many parts there are.</summary>
    internal static int Parts(in PagedShape shape, in PagedSequence sequence) => checked(shape.KeyValueHeads * Stretches(shape, sequence));

    /// <summary>Which key-value head and rows a part works on.</summary>
    internal static (int Head, int FirstRow, int EndRow) RowsOf(in PagedShape shape, in PagedSequence sequence, int part)
    {
        int stretch = Stretches(shape, sequence) - 1 - (part / shape.KeyValueHeads);
        int firstRow = stretch * RowsPerPart;
        return (part % shape.KeyValueHeads, firstRow, Math.Min(Rows(shape, sequence), firstRow + RowsPerPart));
    }

    /// <summary>Does a part. Later stretches see more keys and are claimed first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        (int head, int firstRow, int endRow) = RowsOf(shape, sequence, part);
        var memory = new Memory<R>(shape, endRow - firstRow);
        for (int i = 0; i < memory.Blocks; i++)
        {
            Begin<R>(memory, i, head, firstRow + (i * memory.Lanes), endRow);
        }

        int endKey = Token((endRow - 1) / shape.HeadsPerKeyValueHead) + 1;
        int page = Start(firstRow / shape.HeadsPerKeyValueHead) / PageTokens;
        for (; page * PageTokens < endKey; page++)
        {
            int count = Math.Min(PageTokens, endKey - (page * PageTokens));
            byte* chunk = sequence.Pages[page] + ((long)head * shape.ChunkBytes);
            float* keys = PageRows.Expand<R>(shape, chunk, values: false, null, count, memory.Keys, shape.HeadWidth);
            float* values = PageRows.Expand<R>(shape, chunk + (shape.PageBytes / 2), values: true, null, count, memory.Values, shape.HeadWidth);
            for (int i = 0; i < memory.Blocks; i++)
            {
                Block<R>(memory, i, firstRow + (i * memory.Lanes), endRow, page * PageTokens, count, keys, values);
            }
        }

        for (int i = 0; i < memory.Blocks; i++)
        {
            End<R>(memory, i, head, firstRow + (i * memory.Lanes), endRow);
        }
    }

    private static int Rows(in PagedShape shape, in PagedSequence sequence) => checked(sequence.Queries * shape.HeadsPerKeyValueHead);

    private static int Stretches(in PagedShape shape, in PagedSequence sequence) => (Rows(shape, sequence) + RowsPerPart - 1) / RowsPerPart;

    /// <summary>A query's place in its sequence: the last key that it sees.</summary>
    private int Token(int t) => sequence.Keys - sequence.Queries + t;

    private int Start(int t) => shape.Window > 0 ? Math.Max(0, Token(t) - shape.Window + 1) : 0;

    private float* Address(float* rows, int head, int row)
    {
        int group = shape.HeadsPerKeyValueHead;
        return rows + (((((sequence.FirstQuery + (row / group)) * (long)shape.Heads) + (head * group)) + (row % group)) * shape.HeadWidth);
    }

    /// <summary>Brings the queries of a block together, one per lane, and notes what each may see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Begin<R>(in Memory<R> memory, int index, int head, int first, int endRow)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int lanes = memory.Lanes;
        int count = Math.Min(lanes, endRow - first);
        LaneState softmax = memory.Softmax(index);
        for (int lane = 0; lane < lanes; lane++)
        {
            // Idle lanes do as the last one does; nobody looks at them.
            int t = (first + Math.Min(lane, count - 1)) / shape.HeadsPerKeyValueHead;
            softmax.Starts[lane] = Start(t);
            softmax.Limits[lane] = Token(t);
        }

        SoftmaxTiles.Begin<R>(softmax);
        RowEnds.Clear<R>(memory.Output(index), d * lanes);
        if (count < lanes)
        {
            RowEnds.Clear<R>(memory.Queries(index), d * lanes);
        }

        for (int lane = 0; lane < count; lane++)
        {
            float* source = Address(q, head, first + lane);
            float* target = memory.QueryRows + (lane * d);
            for (int i = 0; i < d; i += R.Count)
            {
                RowEnds.Store(target + i, d - i, RowEnds.Load<R>(source + i, d - i));
            }
        }

        Transposition.Copy<R>(memory.QueryRows, d, count, d, memory.Queries(index), lanes);
    }

    /// <summary>Updates a block with the keys and values of a page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Block<R>(in Memory<R> memory, int index, int first, int endRow, int key, int count, float* keys, float* values)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int group = shape.HeadsPerKeyValueHead;
        int last = Math.Min(first + memory.Lanes, endRow) - 1;
        count = Math.Min(count, Token(last / group) + 1 - key);
        if (count <= 0 || Start(first / group) >= key + PageTokens)
        {
            return;
        }

        // The first register of rows ends before the second: what lies above the diagonal for all of it is left out.
        int half = Math.Clamp(Token(Math.Min(last, first + R.Count - 1) / group) + 1 - key, 0, count);
        LaneState softmax = memory.Softmax(index);
        ScoreTiles.Multiply<R>(keys, d, half, count, memory.Queries(index), memory.Scores);
        if (shape.SoftCap > 0)
        {
            SoftmaxTiles.Cap<R>(memory.Scores, count * memory.Lanes, shape.ScoreScale);
        }

        if (key + count - 1 > Token(first / group) || key < Start(last / group))
        {
            SoftmaxTiles.Mask<R>(softmax, key, half, count, memory.Scores);
        }

        float exponent = shape.SoftCap > 0 ? shape.SoftCap * VectorMath.Log2E : shape.ScoreScale;
        SoftmaxTiles.Soften<R>(softmax, half, count, exponent, memory.Scores);
        SoftmaxTiles.Multiply<R>(memory.Output(index), d, softmax.Shrink);
        ScoreTiles.AddTransposed<R>(values, d, half, count, memory.Scores, memory.Output(index));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void End<R>(in Memory<R> memory, int index, int head, int first, int endRow)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int count = Math.Min(memory.Lanes, endRow - first);
        SoftmaxTiles.Finish<R>(memory.Softmax(index), memory.Output(index), d);
        Transposition.Copy<R>(memory.Output(index), memory.Lanes, d, count, memory.QueryRows, d);
        for (int lane = 0; lane < count; lane++)
        {
            float* source = memory.QueryRows + (lane * d);
            float* target = Address(o, head, first + lane);
            for (int i = 0; i < d; i += R.Count)
            {
                RowEnds.Store(target + i, d - i, RowEnds.Load<R>(source + i, d - i));
            }
        }
    }

    /// <summary>Where a part keeps its intermediate results.</summary>
    private readonly struct Memory<R>
        where R : struct, IRegister<R>
    {
        public readonly int Lanes;
        public readonly int Blocks;
        public readonly float* Scores; // (tokens of a page, lanes)
        public readonly float* QueryRows; // (lanes, D)
        public readonly float* Keys; // (tokens of a page, D)
        public readonly float* Values; // (tokens of a page, D)
        private readonly float* _blocks;
        private readonly int _matrix;

        public Memory(in PagedShape shape, int rows)
        {
            int d = shape.HeadWidth;
            Lanes = 2 * R.Count;
            Blocks = (rows + Lanes - 1) / Lanes;
            _matrix = d * Lanes;
            int page = PageTokens * (d + R.Count); // rounded up, so that what follows begins at a register
            Scores = Scratch.ForPart(((long)PageTokens * Lanes) + _matrix + (2L * page) + (Blocks * (long)BlockLength));
            QueryRows = Scores + (PageTokens * Lanes);
            Keys = QueryRows + _matrix;
            Values = Keys + page;
            _blocks = Values + page;
        }

        private int BlockLength => (2 * _matrix) + (LaneState.Rows * Lanes);

        public LaneState Softmax(int block) => new(_blocks + ((long)block * BlockLength) + (2 * _matrix), Lanes);

        public float* Queries(int block) => _blocks + ((long)block * BlockLength); // (D, lanes)

        public float* Output(int block) => Queries(block) + _matrix; // (D, lanes)
    }
}
