using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// The forward step of <see cref="Attention"/> for many queries. One part is a stretch of queries of one key-value head, with all query
/// heads that share it.
/// </summary>
/// <remarks>
/// For each block of queries, one per lane, over the blocks of keys that they see, with running maximum m and sum l (in powers of two):
/// S = K Qᵀ; m' = max(m, S); P = 2^(S - m'); l = l 2^(m - m') + Σ P; Oᵀ = Oᵀ 2^(m - m') + Vᵀ P; at the end o = Oᵀ / l.
/// </remarks>
internal readonly unsafe struct AttentionForward(
    AttentionShape shape, float* q, float* k, float* v, float* o, float* logSumExp, int* keyStart) : IVectorWork
{
    /// <summary>Keys of a block: with D = 64 their scores (8 KiB) and values (16 KiB) and the block's queries and results (16 KiB) share a 48 KiB cache.</summary>
    private const int KeyBlock = 64;

    /// <summary>Queries of a part. Later stretches see more keys and are claimed first.</summary>
    private const int QueriesPerPart = 128;

    private static int Stretches(in AttentionShape shape) => (shape.Queries + QueriesPerPart - 1) / QueriesPerPart;

    /// <summary>How many parts there are.</summary>
    internal static int Parts(in AttentionShape shape) => checked(shape.Batch * shape.KeyValueHeads * Stretches(shape));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        int sequences = shape.Batch * shape.KeyValueHeads;
        int stretch = Stretches(shape) - 1 - (part / sequences);
        int b = part % sequences / shape.KeyValueHeads;
        int keyValueHead = part % sequences % shape.KeyValueHeads;
        int first = stretch * QueriesPerPart;
        int end = Math.Min(shape.Queries, first + QueriesPerPart);

        var memory = new Memory<R>(shape);
        var heads = new KeyValueRows(shape, b, keyValueHead);
        int endKey = Math.Max(0, shape.Keys - shape.Queries + end);
        int firstKey = Math.Min(endKey, FirstKey(b, first, end));
        heads.Gather<R>(k, firstKey, endKey, memory.Keys);
        heads.Gather<R>(v, firstKey, endKey, memory.Values);
        for (int i = 0; i < shape.HeadsPerKeyValueHead; i++)
        {
            int head = (keyValueHead * shape.HeadsPerKeyValueHead) + i;
            for (int query = first; query < end; query += memory.Lanes)
            {
                Block<R>(memory, b, head, query, firstKey);
            }
        }
    }

    private int FirstKey(int b, int first, int end)
    {
        if (keyStart == null)
        {
            return 0;
        }

        int lowest = int.MaxValue;
        for (int t = first; t < end; t++)
        {
            lowest = Math.Min(lowest, keyStart[((long)b * shape.Queries) + t]);
        }

        return Math.Max(0, lowest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Block<R>(in Memory<R> memory, int b, int head, int first, int gatheredFrom)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int lanes = memory.Lanes;
        var block = new QueryBlock(shape, keyStart == null ? null : keyStart + ((long)b * shape.Queries), first, lanes, memory.Softmax.Starts, memory.Softmax.Limits);
        long row = ((((long)b * shape.Queries) + first) * shape.Heads) + head;
        long stride = (long)shape.Heads * d;
        if (block.Count < lanes)
        {
            RowEnds.Clear<R>(memory.Queries, d * lanes);
        }

        Transposition.Copy<R>(q + (row * d), stride, block.Count, d, memory.Queries, lanes);
        RowEnds.Clear<R>(memory.Output, d * lanes);
        SoftmaxTiles.Begin<R>(memory.Softmax);
        float exponent = shape.SoftCap > 0 ? shape.SoftCap * VectorMath.Log2E : ScoreScale(shape);
        for (int key = block.FirstKey; key < block.EndKey; key += KeyBlock)
        {
            int count = Math.Min(KeyBlock, block.EndKey - key);
            int half = block.FirstHalf(key, count);
            float* keys = memory.Keys + ((long)(key - gatheredFrom) * d);
            float* values = memory.Values + ((long)(key - gatheredFrom) * d);
            ScoreTiles.Multiply<R>(keys, d, half, count, memory.Queries, memory.Scores);
            if (shape.SoftCap > 0)
            {
                SoftmaxTiles.Cap<R>(memory.Scores, count * lanes, ScoreScale(shape));
            }

            if (block.NeedsMask(key, count))
            {
                SoftmaxTiles.Mask<R>(memory.Softmax, key, half, count, memory.Scores);
            }

            SoftmaxTiles.Soften<R>(memory.Softmax, half, count, exponent, memory.Scores);
            if (key > block.FirstKey)
            {
                SoftmaxTiles.Multiply<R>(memory.Output, d, memory.Softmax.Shrink);
            }

            ScoreTiles.AddTransposed<R>(values, d, half, count, memory.Scores, memory.Output);
        }

        SoftmaxTiles.Finish<R>(memory.Softmax, memory.Output, d);
        Transposition.Copy<R>(memory.Output, lanes, d, block.Count, o + (row * d), stride);
        if (logSumExp != null)
        {
            float* target = logSumExp + ((((long)b * shape.Heads) + head) * shape.Queries) + first;
            for (int lane = 0; lane < block.Count; lane += R.Count)
            {
                R logSum = R.Load(memory.Softmax.Maximum + lane) + VectorMath.Log2(R.Load(memory.Softmax.Sum + lane));
                RowEnds.Store(target + lane, block.Count - lane, logSum * R.Broadcast((float)VectorMath.Ln2));
            }
        }
    }

    /// <summary>What a product of query and key is multiplied by to become the exponent of a power of two, or with a soft cap the argument of its tanh.</summary>
    internal static float ScoreScale(in AttentionShape shape) =>
        shape.SoftCap > 0 ? shape.Scale / shape.SoftCap : shape.Scale * VectorMath.Log2E;

    /// <summary>Where a part keeps its intermediate results.</summary>
    private readonly struct Memory<R>
        where R : struct, IRegister<R>
    {
        public readonly int Lanes;
        public readonly LaneState Softmax;
        public readonly float* Queries; // (D, lanes)
        public readonly float* Output; // (D, lanes)
        public readonly float* Scores; // (KeyBlock, lanes)
        public readonly float* Keys; // (gathered, D)
        public readonly float* Values; // (gathered, D)

        public Memory(in AttentionShape shape)
        {
            int d = shape.HeadWidth;
            Lanes = 2 * R.Count;
            long gathered = ((long)shape.Keys * d) + R.Count;
            float* memory = Scratch.ForPart((LaneState.Rows * Lanes) + (2L * d * Lanes) + (KeyBlock * Lanes) + (2 * gathered));
            Softmax = new LaneState(memory, Lanes);
            Queries = memory + (LaneState.Rows * Lanes);
            Output = Queries + (d * Lanes);
            Scores = Output + (d * Lanes);
            Keys = Scores + (KeyBlock * Lanes);
            Values = Keys + gathered;
        }
    }
}
