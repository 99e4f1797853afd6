using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// The forward step of <see cref="Attention"/> for one or a few queries per sequence, as in generation: bound by how fast keys and values
/// stream from memory. One part is a run of keys of one sequence with all its heads.
/// </summary>
/// <remarks>
/// <para>
/// Keys lie (token, head, D) in memory, so a part that takes all heads of a run of tokens reads one unbroken stretch; a part per head would
/// read 256 bytes in every few thousand and reached 21 of 45 GB/s on a long cache. Each part leaves its maximum, sum and weighted values, which
/// <see cref="AttentionMerge"/> puts together (Flash-Decoding: Dao, Haziza, Massa &amp; Sizov 2023).
/// </para>
/// <para>Here the D values of a head lie in lanes: a score is a product of two rows summed over the lanes.</para>
/// </remarks>
internal readonly unsafe struct AttentionDecode(AttentionShape shape, float* q, float* k, float* v, int* keyStart, float* partials) : IVectorWork
{
    /// <summary>Keys and values of a part: enough to make claiming it cheap.</summary>
    private const int PartBytes = 64 * 1024;

    /// <summary>More runs than this only lengthen the merging.</summary>
    private const int MostRuns = 64;

    /// <summary>Below every real score, yet finite: the maximum of a query that has seen nothing.</summary>
    private const float Nothing = -1e30f;

    /// <summary>Keys in a run; a multiple of four.</summary>
    internal static int RunLength(in AttentionShape shape)
    {
        int enough = PartBytes / (2 * sizeof(float) * shape.KeyValueHeads * shape.HeadWidth);
        int fewRuns = (shape.Keys + MostRuns - 1) / MostRuns;
        return (Math.Max(Math.Max(enough, fewRuns), 1) + 3) / 4 * 4;
    }

    /// <summary>Runs of keys in a sequence.</summary>
    internal static int Runs(in AttentionShape shape) => Math.Max(1, (shape.Keys + RunLength(shape) - 1) / RunLength(shape));

    /// <summary>Floats of one partial result: maximum, sum, D weighted values.</summary>
    internal static int PartialLength(in AttentionShape shape) => shape.HeadWidth + 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        int runs = Runs(shape);
        int b = part / runs;
        int length = RunLength(shape);
        int first = part % runs * length;
        int end = Math.Min(shape.Keys, first + length);
        int rows = shape.Queries * shape.Heads;
        float* scores = Scratch.ForPart((long)rows * length);
        float* results = partials + ((long)part * rows * PartialLength(shape));
        int offset = shape.Keys - shape.Queries;

        // What no query sees at either end of the run is not touched at all.
        (int from, int to) = (end, first);
        for (int t = 0; t < shape.Queries; t++)
        {
            from = Math.Min(from, Math.Max(first, Start(b, t)));
            to = Math.Max(to, Math.Min(end, offset + t + 1));
        }

        Scores<R>(b, from, to, scores - first, length);
        for (int row = 0; row < rows; row++)
        {
            int t = row / shape.Heads;
            int seenFrom = Math.Max(from, Start(b, t));
            int seenTo = Math.Min(to, offset + t + 1);
            Soften<R>(scores + ((long)row * length) - first, from, to, seenFrom, seenTo, results + ((long)row * PartialLength(shape)));
        }

        AddValues<R>(b, from, to, scores - first, length, results);
    }

    private int Start(int b, int t) => keyStart == null ? 0 : Math.Max(0, keyStart[((long)b * shape.Queries) + t]);

    /// <summary>Products of all queries with keys <paramref name="from"/> to <paramref name="to"/>, four keys at a time so that their sums do not wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Scores<R>(int b, int from, int to, float* scores, int length)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int rows = shape.Queries * shape.Heads;
        long stride = (long)shape.KeyValueHeads * d;
        float* keys = k + (((long)b * shape.KeyCapacity) + from) * stride;
        float* queries = q + ((long)b * rows * d);
        for (int key = from; key < to; key += 4, keys += 4 * stride)
        {
            // Fewer than four keys left: the last one stands in for those that are not there.
            long last = to - key - 1;
            float* second = keys + (Math.Min(1, last) * stride);
            float* third = keys + (Math.Min(2, last) * stride);
            float* fourth = keys + (Math.Min(3, last) * stride);
            for (int row = 0; row < rows; row++)
            {
                int head = row % shape.Heads / shape.HeadsPerKeyValueHead * d;
                float* query = queries + ((long)row * d);
                R sumA = R.Zero;
                R sumB = R.Zero;
                R sumC = R.Zero;
                R sumD = R.Zero;
                for (int i = 0; i < d; i += R.Count)
                {
                    R x = RowEnds.Load<R>(query + i, d - i);
                    sumA = R.MultiplyAdd(x, RowEnds.Load<R>(keys + head + i, d - i), sumA);
                    sumB = R.MultiplyAdd(x, RowEnds.Load<R>(second + head + i, d - i), sumB);
                    sumC = R.MultiplyAdd(x, RowEnds.Load<R>(third + head + i, d - i), sumC);
                    sumD = R.MultiplyAdd(x, RowEnds.Load<R>(fourth + head + i, d - i), sumD);
                }

                float* target = scores + ((long)row * length) + key;
                target[0] = R.Sum(sumA);
                if (last >= 3)
                {
                    target[1] = R.Sum(sumB);
                    target[2] = R.Sum(sumC);
                    target[3] = R.Sum(sumD);
                }
                else if (last >= 1)
                {
                    target[1] = R.Sum(sumB);
                    target[last] = R.Sum(last == 2 ? sumC : sumB);
                }
            }
        }
    }

    /// <summary>Replaces the products of one query by 2^(score - maximum), or 0 where it may not see, and notes maximum and sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Soften<R>(float* scores, int from, int to, int seenFrom, int seenTo, float* result)
        where R : struct, IRegister<R>
    {
        RowEnds.Clear<R>(result + 2, shape.HeadWidth);
        int seen = Math.Max(0, seenTo - seenFrom);
        if (seen < to - from)
        {
            RowEnds.Clear<R>(scores + from, Math.Clamp(seenFrom - from, 0, to - from));
            int hidden = Math.Clamp(to - Math.Max(seenTo, from), 0, to - from);
            RowEnds.Clear<R>(scores + to - hidden, hidden);
        }

        float* s = scores + seenFrom;
        R scale = R.Broadcast(AttentionForward.ScoreScale(shape));
        R cap = R.Broadcast(shape.SoftCap * VectorMath.Log2E);
        R highest = R.Broadcast(Nothing);
        for (int i = 0; i < seen; i += R.Count)
        {
            R score = RowEnds.Load<R>(s + i, seen - i) * scale;
            score = shape.SoftCap > 0 ? cap * VectorMath.Tanh(score) : score;
            RowEnds.Store(s + i, seen - i, score);
            highest = R.Max(highest, seen - i >= R.Count ? score : highest);
        }

        float maximum = R.Maximum(highest);
        for (int i = seen - (seen % R.Count); i < seen; i++)
        {
            maximum = MathF.Max(maximum, s[i]);
        }

        R shift = R.Broadcast(maximum);
        R sum = R.Zero;
        for (int i = 0; i < seen; i += R.Count)
        {
            R p = VectorMath.Exp2(RowEnds.Load<R>(s + i, seen - i) - shift);
            RowEnds.Store(s + i, seen - i, p);
            sum += R.First(p, seen - i);
        }

        result[0] = maximum;
        result[1] = R.Sum(sum);
    }

    /// <summary>Adds p times value to every result, four keys at a time so that results are loaded and stored once for all four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddValues<R>(int b, int from, int to, float* p, int length, float* results)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int rows = shape.Queries * shape.Heads;
        long stride = (long)shape.KeyValueHeads * d;
        float* values = v + (((long)b * shape.KeyCapacity) + from) * stride;
        for (int key = from; key < to; key += 4, values += 4 * stride)
        {
            long last = to - key - 1;
            float* second = values + (Math.Min(1, last) * stride);
            float* third = values + (Math.Min(2, last) * stride);
            float* fourth = values + (Math.Min(3, last) * stride);
            for (int row = 0; row < rows; row++)
            {
                int head = row % shape.Heads / shape.HeadsPerKeyValueHead * d;
                float* weight = p + ((long)row * length) + key;
                R a = R.Broadcast(weight[0]);
                R bb = last >= 1 ? R.Broadcast(weight[1]) : R.Zero;
                R c = last >= 2 ? R.Broadcast(weight[2]) : R.Zero;
                R e = last >= 3 ? R.Broadcast(weight[3]) : R.Zero;
                float* result = results + ((long)row * PartialLength(shape)) + 2;
                for (int i = 0; i < d; i += R.Count)
                {
                    R sum = R.MultiplyAdd(a, RowEnds.Load<R>(values + head + i, d - i), RowEnds.Load<R>(result + i, d - i));
                    sum = R.MultiplyAdd(bb, RowEnds.Load<R>(second + head + i, d - i), sum);
                    sum = R.MultiplyAdd(c, RowEnds.Load<R>(third + head + i, d - i), sum);
                    sum = R.MultiplyAdd(e, RowEnds.Load<R>(fourth + head + i, d - i), sum);
                    RowEnds.Store(result + i, d - i, sum);
                }
            }
        }
    }
}
