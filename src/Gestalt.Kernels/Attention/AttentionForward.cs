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

    /// <summary>Below every real score, yet finite: the maximum of a query that has seen nothing.</summary>
    private const float Nothing = -1e30f;

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
        var block = new QueryBlock(shape, keyStart == null ? null : keyStart + ((long)b * shape.Queries), first, lanes, memory.Starts, memory.Limits);
        long row = ((((long)b * shape.Queries) + first) * shape.Heads) + head;
        long stride = (long)shape.Heads * d;
        if (block.Count < lanes)
        {
            RowEnds.Clear<R>(memory.Queries, d * lanes);
        }

        Transposition.Copy<R>(q + (row * d), stride, block.Count, d, memory.Queries, lanes);
        RowEnds.Clear<R>(memory.Output, d * lanes);
        for (int lane = 0; lane < lanes; lane += R.Count)
        {
            R.Broadcast(Nothing).Store(memory.Maximum + lane);
            R.Zero.Store(memory.Sum + lane);
        }

        for (int key = block.FirstKey; key < block.EndKey; key += KeyBlock)
        {
            int count = Math.Min(KeyBlock, block.EndKey - key);
            int half = block.FirstHalf(key, count);
            float* keys = memory.Keys + ((long)(key - gatheredFrom) * d);
            float* values = memory.Values + ((long)(key - gatheredFrom) * d);
            ScoreTiles.Multiply<R>(keys, d, half, count, memory.Queries, memory.Scores);
            if (shape.SoftCap > 0)
            {
                CapScores<R>(memory.Scores, count * lanes);
            }

            if (block.NeedsMask(key, count))
            {
                Mask<R>(memory, key, half, count);
            }

            Soften<R>(memory, half, count);
            if (key > block.FirstKey)
            {
                Multiply<R>(memory.Output, d, memory.Shrink);
            }

            ScoreTiles.AddTransposed<R>(values, d, half, count, memory.Scores, memory.Output);
        }

        Finish<R>(memory);
        Transposition.Copy<R>(memory.Output, lanes, d, block.Count, o + (row * d), stride);
        if (logSumExp != null)
        {
            float* target = logSumExp + ((((long)b * shape.Heads) + head) * shape.Queries) + first;
            for (int lane = 0; lane < block.Count; lane += R.Count)
            {
                R logSum = R.Load(memory.Maximum + lane) + VectorMath.Log2(R.Load(memory.Sum + lane));
                RowEnds.Store(target + lane, block.Count - lane, logSum * R.Broadcast((float)VectorMath.Ln2));
            }
        }
    }

    /// <summary>What a product of query and key is multiplied by to become the exponent of a power of two, or with a soft cap the argument of its tanh.</summary>
    internal static float ScoreScale(in AttentionShape shape) =>
        shape.SoftCap > 0 ? shape.Scale / shape.SoftCap : shape.Scale * VectorMath.Log2E;

    /// <summary>Turns products into capped scores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void CapScores<R>(float* scores, int count)
        where R : struct, IRegister<R>
    {
        R scale = R.Broadcast(ScoreScale(shape));
        for (int i = 0; i < count; i += R.Count)
        {
            VectorMath.Tanh(scale * R.Load(scores + i)).Store(scores + i);
        }
    }

    /// <summary>Sets the scores of keys that a lane may not see to -∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Mask<R>(in Memory<R> memory, int key, int half, int count)
        where R : struct, IRegister<R>
    {
        R hidden = R.Broadcast(float.NegativeInfinity);
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R from = R.Load(memory.Starts + lane);
            R to = R.Load(memory.Limits + lane);
            float* s = memory.Scores + lane;
            int rows = lane == 0 ? half : count;
            for (int i = 0; i < rows; i++, s += 2 * R.Count)
            {
                R position = R.Broadcast(key + i);
                R seen = R.WhereAtLeast(to, position, R.Load(s), hidden);
                R.WhereAtLeast(position, from, seen, hidden).Store(s);
            }
        }
    }

    /// <summary>Replaces products by 2^(score - maximum), updates maximum and sum, and notes what earlier results are to be multiplied by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Soften<R>(in Memory<R> memory, int half, int count)
        where R : struct, IRegister<R>
    {
        R scale = R.Broadcast(shape.SoftCap > 0 ? shape.SoftCap * VectorMath.Log2E : ScoreScale(shape));
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            int rows = lane == 0 ? half : count;
            R even = R.Broadcast(float.NegativeInfinity);
            R odd = even;
            float* s = memory.Scores + lane;
            int i = 0;
            for (; i + 1 < rows; i += 2, s += 4 * R.Count)
            {
                even = R.Max(even, R.Load(s));
                odd = R.Max(odd, R.Load(s + (2 * R.Count)));
            }

            if (i < rows)
            {
                even = R.Max(even, R.Load(s));
            }

            R before = R.Load(memory.Maximum + lane);
            R highest = R.Max(before, R.Max(even, odd) * scale);
            R factor = VectorMath.Exp2(before - highest);
            R total = R.Load(memory.Sum + lane) * factor;
            s = memory.Scores + lane;
            for (i = 0; i < rows; i++, s += 2 * R.Count)
            {
                R p = VectorMath.Exp2(R.MultiplyAdd(R.Load(s), scale, R.Zero - highest));
                p.Store(s);
                total += p;
            }

            highest.Store(memory.Maximum + lane);
            total.Store(memory.Sum + lane);
            factor.Store(memory.Shrink + lane);
        }
    }

    /// <summary>Divides by the sums. A query that saw nothing has sum 0 and keeps its zeros.</summary>
    private void Finish<R>(in Memory<R> memory)
        where R : struct, IRegister<R>
    {
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R sum = R.Load(memory.Sum + lane);
            R inverse = R.Broadcast(1f) / sum;
            R.WhereAtLeast(R.Zero, sum, R.Zero, inverse).Store(memory.Shrink + lane);
        }

        Multiply<R>(memory.Output, shape.HeadWidth, memory.Shrink);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply<R>(float* output, int rows, float* factors)
        where R : struct, IRegister<R>
    {
        R left = R.Load(factors);
        R right = R.Load(factors + R.Count);
        for (int row = 0; row < rows; row++, output += 2 * R.Count)
        {
            (R.Load(output) * left).Store(output);
            (R.Load(output + R.Count) * right).Store(output + R.Count);
        }
    }

    /// <summary>Where a part keeps its intermediate results.</summary>
    private readonly struct Memory<R>
        where R : struct, IRegister<R>
    {
        public readonly int Lanes;
        public readonly float* Starts;
        public readonly float* Limits;
        public readonly float* Maximum;
        public readonly float* Sum;
        public readonly float* Shrink;
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
            Starts = Scratch.ForPart((5L * Lanes) + (2L * d * Lanes) + (KeyBlock * Lanes) + (2 * gathered));
            Limits = Starts + Lanes;
            Maximum = Limits + Lanes;
            Sum = Maximum + Lanes;
            Shrink = Sum + Lanes;
            Queries = Shrink + Lanes;
            Output = Queries + (d * Lanes);
            Scores = Output + (d * Lanes);
            Keys = Scores + (KeyBlock * Lanes);
            Values = Keys + gathered;
        }
    }
}
