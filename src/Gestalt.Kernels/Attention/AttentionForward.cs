using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>The forward step of <see cref="Attention"/> for many queries. One part is a stretch of queries of one head.</summary>
/// <remarks>
/// For each block of queries, one per lane, over the blocks of keys that they see, with running maximum m and sum l (in powers of two):
/// S = K Qᵀ; m' = max(m, S); P = 2^(S - m'); l = l 2^(m - m') + Σ P; Oᵀ = Oᵀ 2^(m - m') + Vᵀ P; at the end o = Oᵀ / l.
/// </remarks>
internal readonly unsafe struct AttentionForward(
    AttentionShape shape, float* q, float* k, float* v, float* o, float* logSumExp, int* keyStart) : IVectorWork
{
    /// <summary>Keys of a block: their scores, (128, 32) floats, take 16 KiB of the first-level cache.</summary>
    private const int KeyBlock = 128;

    /// <summary>Queries of a part. Later stretches see more keys and are claimed first.</summary>
    private const int QueriesPerPart = 128;

    /// <summary>Below every real score, yet finite: the maximum of a query that has seen nothing.</summary>
    private const float Nothing = -1e30f;

    private static int Stretches(in AttentionShape shape) => (shape.Queries + QueriesPerPart - 1) / QueriesPerPart;

    /// <summary>How many parts there are.</summary>
    internal static int Parts(in AttentionShape shape) => checked(shape.Batch * shape.Heads * Stretches(shape));

    /// <inheritdoc/>
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        int sequences = shape.Batch * shape.Heads;
        int stretch = Stretches(shape) - 1 - (part / sequences);
        int b = part % sequences / shape.Heads;
        int head = part % sequences % shape.Heads;

        int width = 2 * R.Count;
        int d = shape.HeadWidth;
        float* queries = Scratch.ForPart((2L * d * width) + (KeyBlock * width) + (5 * width));
        float* output = queries + (d * width);
        float* scores = output + (d * width);
        float* starts = scores + (KeyBlock * width);
        float* limits = starts + width;
        float* maximum = limits + width;
        float* sum = maximum + width;
        float* shrink = sum + width;

        int end = Math.Min(shape.Queries, (stretch + 1) * QueriesPerPart);
        for (int first = stretch * QueriesPerPart; first < end; first += width)
        {
            int* start = keyStart == null ? null : keyStart + ((long)b * shape.Queries);
            var block = new QueryBlock(shape, start, first, width, starts, limits);
            long row = ((((long)b * shape.Queries) + first) * shape.Heads) + head;
            long stride = (long)shape.Heads * d;
            if (block.Count < width)
            {
                RowEnds.Clear<R>(queries, d * width);
            }

            Transposition.Copy(q + (row * d), stride, block.Count, d, queries, width, ScoreScale(shape), accumulate: false);
            RowEnds.Clear<R>(output, d * width);
            for (int lane = 0; lane < width; lane++)
            {
                maximum[lane] = Nothing;
                sum[lane] = 0;
            }

            long keyValueStride = (long)shape.KeyValueHeads * d;
            long firstKeyRow = ((long)b * shape.KeyCapacity * keyValueStride) + ((long)(head / shape.HeadsPerKeyValueHead) * d);
            for (int key = block.FirstKey; key < block.EndKey; key += KeyBlock)
            {
                int count = Math.Min(KeyBlock, block.EndKey - key);
                long offset = firstKeyRow + (key * keyValueStride);
                TileProduct.Multiply<R, RowsFirst>(count, 2, d, k + offset, keyValueStride, queries, width, scores, width, accumulate: false);
                if (shape.SoftCap > 0)
                {
                    CapScores<R>(scores, count * width);
                }

                if (block.NeedsMask(key, count))
                {
                    Mask<R>(scores, key, count, starts, limits);
                }

                Soften<R>(scores, count, maximum, sum, shrink);
                if (key > block.FirstKey)
                {
                    Shrink<R>(output, d, shrink);
                }

                TileProduct.Multiply<R, StepsFirst>(d, 2, count, v + offset, keyValueStride, scores, width, output, width, accumulate: true);
            }

            Finish<R>(output, d, maximum, sum);
            Transposition.Copy(output, width, d, block.Count, o + (row * d), stride, 1, accumulate: false);
            if (logSumExp != null)
            {
                float* target = logSumExp + ((((long)b * shape.Heads) + head) * shape.Queries) + first;
                for (int lane = 0; lane < block.Count; lane++)
                {
                    target[lane] = (float)((maximum[lane] + Math.Log2(sum[lane])) * VectorMath.Ln2);
                }
            }
        }
    }

    /// <summary>What queries are multiplied by: scores then come out as powers of two, or with a soft cap as the argument of its tanh.</summary>
    internal static float ScoreScale(in AttentionShape shape) =>
        shape.SoftCap > 0 ? shape.Scale / shape.SoftCap : shape.Scale * VectorMath.Log2E;

    /// <summary>Turns products that were scaled by scale / cap into capped scores, as powers of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CapScores<R>(float* scores, int count)
        where R : struct, IRegister<R>
    {
        R cap = R.Broadcast(shape.SoftCap * VectorMath.Log2E);
        for (int i = 0; i < count; i += R.Count)
        {
            (cap * VectorMath.Tanh(R.Load(scores + i))).Store(scores + i);
        }
    }

    /// <summary>Sets the scores of keys that a lane may not see to -∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mask<R>(float* scores, int key, int count, float* starts, float* limits)
        where R : struct, IRegister<R>
    {
        R hidden = R.Broadcast(float.NegativeInfinity);
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R from = R.Load(starts + lane);
            R to = R.Load(limits + lane);
            float* s = scores + lane;
            for (int i = 0; i < count; i++, s += 2 * R.Count)
            {
                R position = R.Broadcast(key + i);
                R seen = R.WhereAtLeast(to, position, R.Load(s), hidden);
                R.WhereAtLeast(position, from, seen, hidden).Store(s);
            }
        }
    }

    /// <summary>Replaces scores by 2^(score - maximum), updates maximum and sum, and leaves in <paramref name="shrink"/> what earlier sums were multiplied by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Soften<R>(float* scores, int count, float* maximum, float* sum, float* shrink)
        where R : struct, IRegister<R>
    {
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R before = R.Load(maximum + lane);
            R highest = before;
            float* s = scores + lane;
            for (int i = 0; i < count; i++, s += 2 * R.Count)
            {
                highest = R.Max(highest, R.Load(s));
            }

            R factor = VectorMath.Exp2(before - highest);
            R total = R.Load(sum + lane) * factor;
            s = scores + lane;
            for (int i = 0; i < count; i++, s += 2 * R.Count)
            {
                R p = VectorMath.Exp2(R.Load(s) - highest);
                p.Store(s);
                total += p;
            }

            highest.Store(maximum + lane);
            total.Store(sum + lane);
            factor.Store(shrink + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shrink<R>(float* output, int rows, float* shrink)
        where R : struct, IRegister<R>
    {
        R left = R.Load(shrink);
        R right = R.Load(shrink + R.Count);
        for (int row = 0; row < rows; row++, output += 2 * R.Count)
        {
            (R.Load(output) * left).Store(output);
            (R.Load(output + R.Count) * right).Store(output + R.Count);
        }
    }

    /// <summary>Divides by the sums. A query that saw nothing has sum 0 and keeps its zeros.</summary>
    private static void Finish<R>(float* output, int rows, float* maximum, float* sum)
        where R : struct, IRegister<R>
    {
        float* inverse = stackalloc float[2 * R.Count];
        for (int lane = 0; lane < 2 * R.Count; lane++)
        {
            inverse[lane] = sum[lane] == 0 ? 0 : 1 / sum[lane];
        }

        Shrink<R>(output, rows, inverse);
    }
}
