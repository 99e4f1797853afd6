using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// The forward step of <see cref="Attention"/> for one or a few queries per sequence, as in generation: bound by how fast keys and values
/// stream from memory. One part is one key-value head of one sequence; each key is read once for all query heads that share it.
/// </summary>
/// <remarks>Here the D values of a head lie in lanes: a score is a product of two rows summed over the lanes.</remarks>
internal readonly unsafe struct AttentionDecode(
    AttentionShape shape, float* q, float* k, float* v, float* o, float* logSumExp, int* keyStart) : IVectorWork
{
    /// <summary>Keys whose scores are held at a time.</summary>
    private const int KeyBlock = 128;

    private const float Nothing = -1e30f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        int b = part / shape.KeyValueHeads;
        int keyValueHead = part % shape.KeyValueHeads;
        int group = shape.HeadsPerKeyValueHead;
        int d = shape.HeadWidth;
        int rows = shape.Queries * group;
        int offset = shape.Keys - shape.Queries;
        int* starts = keyStart == null ? null : keyStart + ((long)b * shape.Queries);
        float* scores = Scratch.ForPart(((long)rows * KeyBlock) + (2L * rows));
        float* maximum = scores + ((long)rows * KeyBlock);
        float* sum = maximum + rows;

        int firstKey = int.MaxValue;
        for (int t = 0; t < shape.Queries; t++)
        {
            firstKey = Math.Min(firstKey, starts == null ? 0 : Math.Max(0, starts[t]));
            for (int g = 0; g < group; g++)
            {
                maximum[(t * group) + g] = Nothing;
                sum[(t * group) + g] = 0;
                RowEnds.Clear<R>(o + Row(b, t, (keyValueHead * group) + g), d);
            }
        }

        long stride = (long)shape.KeyValueHeads * d;
        long firstKeyRow = ((long)b * shape.KeyCapacity * stride) + ((long)keyValueHead * d);
        for (int key = firstKey; key < shape.Keys; key += KeyBlock)
        {
            int count = Math.Min(KeyBlock, shape.Keys - key);
            for (int row = 0; row < rows; row++)
            {
                int t = row / group;
                int from = Math.Max(key, starts == null ? 0 : starts[t]);
                int to = Math.Min(key + count, offset + t + 1);
                if (from >= to)
                {
                    continue;
                }

                long at = Row(b, t, (keyValueHead * group) + (row % group));
                float* s = scores + ((long)row * KeyBlock);
                Scores<R>(q + at, k + firstKeyRow + (from * stride), stride, to - from, s);
                float shrink = Soften<R>(s, to - from, maximum + row, sum + row);
                AddValues<R>(o + at, s, v + firstKeyRow + (from * stride), stride, to - from, shrink);
            }
        }

        for (int row = 0; row < rows; row++)
        {
            int t = row / group;
            int head = (keyValueHead * group) + (row % group);
            Scale<R>(o + Row(b, t, head), sum[row] == 0 ? 0 : 1 / sum[row]);
            if (logSumExp != null)
            {
                logSumExp[((((long)b * shape.Heads) + head) * shape.Queries) + t] =
                    (float)((maximum[row] + Math.Log2(sum[row])) * VectorMath.Ln2);
            }
        }
    }

    private long Row(int b, int t, int head) => ((((((long)b * shape.Queries) + t) * shape.Heads) + head) * shape.HeadWidth);

    /// <summary>Scores of one query with a run of keys, four keys at a time so that their sums do not wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Scores<R>(float* query, float* keys, long stride, int count, float* scores)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        float scale = AttentionForward.ScoreScale(shape);
        int key = 0;
        for (; key + 4 <= count; key += 4, keys += 4 * stride)
        {
            R a = R.Zero;
            R b = R.Zero;
            R c = R.Zero;
            R e = R.Zero;
            for (int i = 0; i < d; i += R.Count)
            {
                R x = RowEnds.Load<R>(query + i, d - i);
                a = R.MultiplyAdd(x, RowEnds.Load<R>(keys + i, d - i), a);
                b = R.MultiplyAdd(x, RowEnds.Load<R>(keys + stride + i, d - i), b);
                c = R.MultiplyAdd(x, RowEnds.Load<R>(keys + (2 * stride) + i, d - i), c);
                e = R.MultiplyAdd(x, RowEnds.Load<R>(keys + (3 * stride) + i, d - i), e);
            }

            scores[key] = R.Sum(a) * scale;
            scores[key + 1] = R.Sum(b) * scale;
            scores[key + 2] = R.Sum(c) * scale;
            scores[key + 3] = R.Sum(e) * scale;
        }

        for (; key < count; key++, keys += stride)
        {
            R a = R.Zero;
            for (int i = 0; i < d; i += R.Count)
            {
                a = R.MultiplyAdd(RowEnds.Load<R>(query + i, d - i), RowEnds.Load<R>(keys + i, d - i), a);
            }

            scores[key] = R.Sum(a) * scale;
        }

        if (shape.SoftCap > 0)
        {
            R cap = R.Broadcast(shape.SoftCap * VectorMath.Log2E);
            for (int i = 0; i < count; i += R.Count)
            {
                RowEnds.Store(scores + i, count - i, cap * VectorMath.Tanh(RowEnds.Load<R>(scores + i, count - i)));
            }
        }
    }

    /// <summary>Replaces scores by 2^(score - maximum) and updates maximum and sum; returns what earlier results are to be multiplied by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Soften<R>(float* scores, int count, float* maximum, float* sum)
        where R : struct, IRegister<R>
    {
        float highest = MathF.Max(*maximum, RowMath.Maximum<R>(scores, count));
        float shrink = MathF.Pow(2, *maximum - highest);
        R shift = R.Broadcast(highest);
        float total = 0;
        for (int i = 0; i < count; i += R.Count)
        {
            R p = VectorMath.Exp2(RowEnds.Load<R>(scores + i, count - i) - shift);
            RowEnds.Store(scores + i, count - i, p);
        }

        for (int i = 0; i < count; i += R.Count)
        {
            total += R.Sum(RowEnds.Load<R>(scores + i, count - i));
        }

        *sum = (*sum * shrink) + total;
        *maximum = highest;
        return shrink;
    }

    /// <summary>output = output * shrink + Σ p value, four registers of D at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddValues<R>(float* output, float* p, float* values, long stride, int count, float shrink)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        R factor = R.Broadcast(shrink);
        int i = 0;
        for (; i + (4 * R.Count) <= d; i += 4 * R.Count)
        {
            float* target = output + i;
            R a = R.Load(target) * factor;
            R b = R.Load(target + R.Count) * factor;
            R c = R.Load(target + (2 * R.Count)) * factor;
            R e = R.Load(target + (3 * R.Count)) * factor;
            float* value = values + i;
            for (int key = 0; key < count; key++, value += stride)
            {
                R weight = R.Broadcast(p[key]);
                a = R.MultiplyAdd(weight, R.Load(value), a);
                b = R.MultiplyAdd(weight, R.Load(value + R.Count), b);
                c = R.MultiplyAdd(weight, R.Load(value + (2 * R.Count)), c);
                e = R.MultiplyAdd(weight, R.Load(value + (3 * R.Count)), e);
            }

            a.Store(target);
            b.Store(target + R.Count);
            c.Store(target + (2 * R.Count));
            e.Store(target + (3 * R.Count));
        }

        for (; i < d; i += R.Count)
        {
            R a = RowEnds.Load<R>(output + i, d - i) * factor;
            float* value = values + i;
            for (int key = 0; key < count; key++, value += stride)
            {
                a = R.MultiplyAdd(R.Broadcast(p[key]), RowEnds.Load<R>(value, d - i), a);
            }

            RowEnds.Store(output + i, d - i, a);
        }
    }

    private void Scale<R>(float* x, float factor)
        where R : struct, IRegister<R>
    {
        for (int i = 0; i < shape.HeadWidth; i += R.Count)
        {
            RowEnds.Store(x + i, shape.HeadWidth - i, RowEnds.Load<R>(x + i, shape.HeadWidth - i) * R.Broadcast(factor));
        }
    }
}
