using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>The backward step of <see cref="Attention"/>. One part is one key-value head of one sequence with all query heads that share it.</summary>
/// <remarks>
/// With P recomputed from the stored log-sum-exp and δ = Σ over D of dO o for each query:
/// dV += Pᵀ dO; dP = dO Vᵀ; dS = P (dP - δ) scale, times 1 - (s / cap)² if scores s were capped; dQ += dS K; dK += dSᵀ Q.
/// P, dP and dS are held transposed, one query per lane, for one block of keys at a time.
/// </remarks>
internal readonly unsafe struct AttentionBackward(
    AttentionShape shape, float* q, float* k, float* v, float* o, float* logSumExp, int* keyStart,
    float* dO, float* dQ, float* dK, float* dV, bool accumulate) : IVectorWork
{
    /// <summary>Keys of a block: P and dP, (64, 32) floats each, take 16 KiB of the first-level cache.</summary>
    private const int KeyBlock = 64;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        int b = part / shape.KeyValueHeads;
        int keyValueHead = part % shape.KeyValueHeads;
        var memory = new Memory<R>(shape);
        var rows = new KeyValueRows(shape, b, keyValueHead);
        rows.Gather<R>(k, 0, shape.Keys, memory.Keys);
        rows.Gather<R>(v, 0, shape.Keys, memory.Values);
        RowEnds.Clear<R>(memory.KeyGradients, shape.Keys * memory.PaddedWidth);
        RowEnds.Clear<R>(memory.ValueGradients, shape.Keys * memory.PaddedWidth);
        for (int i = 0; i < shape.HeadsPerKeyValueHead; i++)
        {
            int head = (keyValueHead * shape.HeadsPerKeyValueHead) + i;
            for (int first = 0; first < shape.Queries; first += memory.Lanes)
            {
                Block<R>(memory, b, head, first);
            }
        }

        rows.Scatter<R>(memory.KeyGradients, memory.PaddedWidth, dK, accumulate);
        rows.Scatter<R>(memory.ValueGradients, memory.PaddedWidth, dV, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Block<R>(in Memory<R> memory, int b, int head, int first)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int lanes = memory.Lanes;
        var block = new QueryBlock(shape, keyStart == null ? null : keyStart + ((long)b * shape.Queries), first, lanes, memory.Starts, memory.Limits);
        long row = ((((long)b * shape.Queries) + first) * shape.Heads) + head;
        Gather(memory, block, row, logSumExp + ((((long)b * shape.Heads) + head) * shape.Queries) + first);
        for (int key = block.FirstKey; key < block.EndKey; key += KeyBlock)
        {
            int count = Math.Min(KeyBlock, block.EndKey - key);
            int half = block.FirstHalf(key, count);
            float* keys = memory.Keys + ((long)key * d);
            ScoreTiles.Multiply<R>(keys, d, half, count, memory.Queries, memory.Scores);
            ScoreTiles.Multiply<R>(memory.Values + ((long)key * d), d, half, count, memory.OutputGradients, memory.ScoreGradients);
            Differentiate(memory, key, half, count, block.NeedsMask(key, count));
            long sums = (long)key * memory.PaddedWidth;
            ScoreTiles.AddRows<R>(
                memory.Scores, half, count, block.Count, memory.OutputGradientRows, memory.PaddedWidth, memory.ValueGradients + sums);
            ScoreTiles.AddRows<R>(
                memory.ScoreGradients, half, count, block.Count, memory.QueryRows, memory.PaddedWidth, memory.KeyGradients + sums);
            ScoreTiles.AddTransposed<R>(keys, d, half, count, memory.ScoreGradients, memory.QueryGradients);
        }

        Transposition.Copy<R>(memory.QueryGradients, lanes, d, block.Count, memory.QueryRows, memory.PaddedWidth);
        for (int lane = 0; lane < block.Count; lane++)
        {
            float* source = memory.QueryRows + (lane * memory.PaddedWidth);
            float* target = dQ + ((row + ((long)lane * shape.Heads)) * d);
            for (int i = 0; i < d; i += R.Count)
            {
                R value = R.Load(source + i);
                RowEnds.Store(target + i, d - i, accumulate ? value + RowEnds.Load<R>(target + i, d - i) : value);
            }
        }
    }

    /// <summary>Brings queries and gradients of the block together, as rows and as lanes, and finds δ and the exponent of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Gather<R>(in Memory<R> memory, in QueryBlock block, long row, float* logSums)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int lanes = memory.Lanes;
        if (block.Count < lanes)
        {
            RowEnds.Clear<R>(memory.Queries, d * lanes);
            RowEnds.Clear<R>(memory.OutputGradients, d * lanes);
            RowEnds.Clear<R>(memory.Exponents, lanes);
            RowEnds.Clear<R>(memory.Deltas, lanes);
        }

        for (int lane = 0; lane < block.Count; lane++)
        {
            long source = (row + ((long)lane * shape.Heads)) * d;
            memory.Deltas[lane] = CopyRows<R>(
                q + source, dO + source, o + source, d,
                memory.QueryRows + (lane * memory.PaddedWidth), memory.OutputGradientRows + (lane * memory.PaddedWidth));
            memory.Exponents[lane] = logSums[lane] * VectorMath.Log2E;
        }

        Transposition.Copy<R>(memory.QueryRows, memory.PaddedWidth, block.Count, d, memory.Queries, lanes);
        Transposition.Copy<R>(memory.OutputGradientRows, memory.PaddedWidth, block.Count, d, memory.OutputGradients, lanes);
        RowEnds.Clear<R>(memory.QueryGradients, d * lanes);
    }

    /// <summary>Copies one query and its gradient to padded rows; returns δ = Σ dO o.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float CopyRows<R>(float* query, float* outputGradient, float* output, int width, float* queryRow, float* gradientRow)
        where R : struct, IRegister<R>
    {
        R delta = R.Zero;
        for (int i = 0; i < width; i += R.Count)
        {
            R gradient = RowEnds.Load<R>(outputGradient + i, width - i);
            delta = R.MultiplyAdd(gradient, RowEnds.Load<R>(output + i, width - i), delta);
            gradient.Store(gradientRow + i);
            RowEnds.Load<R>(query + i, width - i).Store(queryRow + i);
        }

        return R.Sum(delta);
    }

    /// <summary>Products become probabilities P, and dP becomes dS, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Differentiate<R>(in Memory<R> memory, int key, int half, int count, bool mask)
        where R : struct, IRegister<R>
    {
        bool capped = shape.SoftCap > 0;
        R toArgument = R.Broadcast(AttentionForward.ScoreScale(shape));
        R toExponent = capped ? R.Broadcast(shape.SoftCap * VectorMath.Log2E) : toArgument;
        R scale = R.Broadcast(shape.Scale);
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R from = R.Load(memory.Starts + lane);
            R to = R.Load(memory.Limits + lane);
            R exponent = R.Zero - R.Load(memory.Exponents + lane);
            R delta = R.Load(memory.Deltas + lane);
            float* scores = memory.Scores + lane;
            float* gradients = memory.ScoreGradients + lane;
            int rows = lane == 0 ? half : count;
            for (int i = 0; i < rows; i++, scores += 2 * R.Count, gradients += 2 * R.Count)
            {
                R score = R.Load(scores);
                R slope = scale;
                if (capped)
                {
                    score = VectorMath.Tanh(score * toArgument);
                    slope = scale * (R.Broadcast(1f) - (score * score));
                }

                R p = VectorMath.Exp2(R.MultiplyAdd(score, toExponent, exponent));
                if (mask)
                {
                    R position = R.Broadcast(key + i);
                    p = R.WhereAtLeast(to, position, p, R.Zero);
                    p = R.WhereAtLeast(position, from, p, R.Zero);
                }

                p.Store(scores);
                (p * (R.Load(gradients) - delta) * slope).Store(gradients);
            }
        }
    }

    /// <summary>Where a part keeps its intermediate results. Rows of D values are padded with zeros to whole registers.</summary>
    private readonly struct Memory<R>
        where R : struct, IRegister<R>
    {
        public readonly int Lanes;
        public readonly int PaddedWidth;
        public readonly float* Starts;
        public readonly float* Limits;
        public readonly float* Exponents;
        public readonly float* Deltas;
        public readonly float* Queries; // (D, lanes)
        public readonly float* OutputGradients; // (D, lanes)
        public readonly float* QueryGradients; // (D, lanes)
        public readonly float* Scores; // (KeyBlock, lanes), then P
        public readonly float* ScoreGradients; // (KeyBlock, lanes), dP, then dS
        public readonly float* QueryRows; // (lanes, padded D)
        public readonly float* OutputGradientRows; // (lanes, padded D)
        public readonly float* Keys; // (Keys, D)
        public readonly float* Values; // (Keys, D)
        public readonly float* KeyGradients; // (Keys, padded D)
        public readonly float* ValueGradients; // (Keys, padded D)

        public Memory(in AttentionShape shape)
        {
            int d = shape.HeadWidth;
            Lanes = 2 * R.Count;
            PaddedWidth = (d + R.Count - 1) / R.Count * R.Count;
            long rows = (long)Lanes * PaddedWidth;
            long accumulators = (long)shape.Keys * PaddedWidth;
            Starts = Scratch.ForPart((4L * Lanes) + (3L * d * Lanes) + (2L * KeyBlock * Lanes) + (2 * rows) + (4 * accumulators));
            Limits = Starts + Lanes;
            Exponents = Limits + Lanes;
            Deltas = Exponents + Lanes;
            Queries = Deltas + Lanes;
            OutputGradients = Queries + (d * Lanes);
            QueryGradients = OutputGradients + (d * Lanes);
            Scores = QueryGradients + (d * Lanes);
            ScoreGradients = Scores + (KeyBlock * Lanes);
            QueryRows = ScoreGradients + (KeyBlock * Lanes);
            OutputGradientRows = QueryRows + rows;
            Keys = OutputGradientRows + rows;
            Values = Keys + accumulators;
            KeyGradients = Values + accumulators;
            ValueGradients = KeyGradients + accumulators;
        }
    }
}
