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
    float* dO, float* dQ, float* dK, float* dV) : IVectorWork
{
    /// <summary>Keys of a block: P and dP, (64, 32) floats each, take 16 KiB of the first-level cache.</summary>
    private const int KeyBlock = 64;

    /// <inheritdoc/>
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        int b = part / shape.KeyValueHeads;
        int keyValueHead = part % shape.KeyValueHeads;
        var memory = new Memory<R>(shape);
        RowEnds.Clear<R>(memory.KeyGradients, shape.Keys * memory.PaddedWidth);
        RowEnds.Clear<R>(memory.ValueGradients, shape.Keys * memory.PaddedWidth);
        for (int i = 0; i < shape.HeadsPerKeyValueHead; i++)
        {
            int head = (keyValueHead * shape.HeadsPerKeyValueHead) + i;
            for (int first = 0; first < shape.Queries; first += memory.Lanes)
            {
                Block<R>(memory, b, head, keyValueHead, first);
            }
        }

        long target = (((long)b * shape.KeyCapacity * shape.KeyValueHeads) + keyValueHead) * shape.HeadWidth;
        AddRows<R>(memory.KeyGradients, memory.PaddedWidth, dK + target);
        AddRows<R>(memory.ValueGradients, memory.PaddedWidth, dV + target);
    }

    private void Block<R>(in Memory<R> memory, int b, int head, int keyValueHead, int first)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int lanes = memory.Lanes;
        int* start = keyStart == null ? null : keyStart + ((long)b * shape.Queries);
        var block = new QueryBlock(shape, start, first, lanes, memory.Starts, memory.Limits);
        long row = ((((long)b * shape.Queries) + first) * shape.Heads) + head;
        Gather(memory, block, row, logSumExp + ((((long)b * shape.Heads) + head) * shape.Queries) + first);

        long stride = (long)shape.KeyValueHeads * d;
        long firstKeyRow = ((long)b * shape.KeyCapacity * stride) + ((long)keyValueHead * d);
        for (int key = block.FirstKey; key < block.EndKey; key += KeyBlock)
        {
            int count = Math.Min(KeyBlock, block.EndKey - key);
            long offset = firstKeyRow + (key * stride);
            TileProduct.Multiply<R, RowsFirst>(count, 2, d, k + offset, stride, memory.Queries, lanes, memory.Scores, lanes, accumulate: false);
            TileProduct.Multiply<R, RowsFirst>(
                count, 2, d, v + offset, stride, memory.OutputGradients, lanes, memory.ScoreGradients, lanes, accumulate: false);
            Differentiate(memory, key, count, block.NeedsMask(key, count));
            int columns = memory.PaddedWidth / R.Count;
            TileProduct.Multiply<R, RowsFirst>(
                count, columns, block.Count, memory.Scores, lanes, memory.OutputGradientRows, memory.PaddedWidth,
                memory.ValueGradients + ((long)key * memory.PaddedWidth), memory.PaddedWidth, accumulate: true);
            TileProduct.Multiply<R, RowsFirst>(
                count, columns, block.Count, memory.ScoreGradients, lanes, memory.QueryRows, memory.PaddedWidth,
                memory.KeyGradients + ((long)key * memory.PaddedWidth), memory.PaddedWidth, accumulate: true);
            TileProduct.Multiply<R, StepsFirst>(
                d, 2, count, k + offset, stride, memory.ScoreGradients, lanes, memory.QueryGradients, lanes, accumulate: true);
        }

        Transposition.Copy(memory.QueryGradients, lanes, d, block.Count, dQ + (row * d), (long)shape.Heads * d, 1, accumulate: true);
    }

    /// <summary>Brings queries and gradients of the block together, as rows and as lanes, and finds δ and the exponent of each lane.</summary>
    private void Gather<R>(in Memory<R> memory, in QueryBlock block, long row, float* logSums)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int lanes = memory.Lanes;
        long stride = (long)shape.Heads * d;
        if (block.Count < lanes)
        {
            RowEnds.Clear<R>(memory.Queries, d * lanes);
            RowEnds.Clear<R>(memory.OutputGradients, d * lanes);
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            float delta = 0;
            float exponent = 0;
            if (lane < block.Count)
            {
                long source = (row * d) + (lane * stride);
                delta = CopyRows<R>(
                    q + source, dO + source, o + source, d,
                    memory.QueryRows + (lane * memory.PaddedWidth), memory.OutputGradientRows + (lane * memory.PaddedWidth));
                exponent = logSums[lane] * VectorMath.Log2E;
            }

            memory.Deltas[lane] = delta;
            memory.Exponents[lane] = exponent;
        }

        Transposition.Copy(
            memory.QueryRows, memory.PaddedWidth, block.Count, d, memory.Queries, lanes, AttentionForward.ScoreScale(shape), accumulate: false);
        Transposition.Copy(
            memory.OutputGradientRows, memory.PaddedWidth, block.Count, d, memory.OutputGradients, lanes, 1, accumulate: false);
        RowEnds.Clear<R>(memory.QueryGradients, d * lanes);
    }

    /// <summary>Copies one query and its gradient to padded rows; returns δ = Σ dO o.</summary>
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

    /// <summary>Scores become probabilities P, and dP becomes dS, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Differentiate<R>(in Memory<R> memory, int key, int count, bool mask)
        where R : struct, IRegister<R>
    {
        R scale = R.Broadcast(shape.Scale);
        R cap = R.Broadcast(shape.SoftCap * VectorMath.Log2E);
        bool capped = shape.SoftCap > 0;
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R from = R.Load(memory.Starts + lane);
            R to = R.Load(memory.Limits + lane);
            R exponent = R.Load(memory.Exponents + lane);
            R delta = R.Load(memory.Deltas + lane);
            float* scores = memory.Scores + lane;
            float* gradients = memory.ScoreGradients + lane;
            for (int i = 0; i < count; i++, scores += 2 * R.Count, gradients += 2 * R.Count)
            {
                R score = R.Load(scores);
                R slope = scale;
                if (capped)
                {
                    R tanh = VectorMath.Tanh(score);
                    score = cap * tanh;
                    slope = scale * (R.Broadcast(1f) - (tanh * tanh));
                }

                R p = VectorMath.Exp2(score - exponent);
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

    private void AddRows<R>(float* source, int paddedWidth, float* target)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        long stride = (long)shape.KeyValueHeads * d;
        for (int key = 0; key < shape.Keys; key++, source += paddedWidth, target += stride)
        {
            for (int i = 0; i < d; i += R.Count)
            {
                RowEnds.Store(target + i, d - i, RowEnds.Load<R>(target + i, d - i) + R.Load(source + i));
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
        public readonly float* Queries; // (D, lanes), scaled
        public readonly float* OutputGradients; // (D, lanes)
        public readonly float* QueryGradients; // (D, lanes)
        public readonly float* Scores; // (KeyBlock, lanes), then P
        public readonly float* ScoreGradients; // (KeyBlock, lanes), dP, then dS
        public readonly float* QueryRows; // (lanes, padded D)
        public readonly float* OutputGradientRows; // (lanes, padded D)
        public readonly float* KeyGradients; // (Keys, padded D)
        public readonly float* ValueGradients; // (Keys, padded D)

        public Memory(in AttentionShape shape)
        {
            int d = shape.HeadWidth;
            Lanes = 2 * R.Count;
            PaddedWidth = (d + R.Count - 1) / R.Count * R.Count;
            long rows = (long)Lanes * PaddedWidth;
            long accumulators = (long)shape.Keys * PaddedWidth;
            Starts = Scratch.ForPart((4L * Lanes) + (3L * d * Lanes) + (2L * KeyBlock * Lanes) + (2 * rows) + (2 * accumulators));
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
            KeyGradients = OutputGradientRows + rows;
            ValueGradients = KeyGradients + accumulators;
        }
    }
}
