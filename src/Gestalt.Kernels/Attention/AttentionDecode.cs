using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// The forward step of <see cref="Attention"/> for one or a few queries per sequence, as in generation: bound by how fast keys and values
/// stream from memory. One part is a run of keys of one sequence with all its heads.
/// </summary>
/// <remarks>
/// <para>
/// Keys lie (token, head, D) in memory, so a part that takes all heads of a run of tokens reads one unbroken stretch; a part per head would
/// read 256 bytes in every few thousand. Within the stretch four tokens are visited together, head by head, so the next four are asked for
/// in plain order beforehand: 67 MB of keys then stream at 37 GB/s, the speed of memory, instead of 11. Each part leaves its maximum, sum and weighted values, which
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

    private const int Line = AlignedMemory.Alignment / sizeof(float);

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

    /// <summary>
    /// Floats of one partial result: D weighted values from the start of a cache line (stores that cross lines are slow to read back), and on
    /// a line of their own maximum and sum.
    /// </summary>
    internal static int PartialLength(in AttentionShape shape) => MaximumAt(shape) + Line;

    /// <summary>Where in a partial result the maximum is; the sum follows it.</summary>
    internal static int MaximumAt(in AttentionShape shape) => (shape.HeadWidth + Line - 1) / Line * Line;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        int runs = Runs(shape);
        int b = part / runs;
        int first = part % runs * RunLength(shape);
        int end = Math.Min(shape.Keys, first + RunLength(shape));
        int length = RunLength(shape) + 4; // room for products that are written in fours
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
        long stride = (long)shape.KeyValueHeads * d;
        float* keys = k + (((long)b * shape.KeyCapacity) + from) * stride;
        for (int key = from; key < to; key += 4, keys += 4 * stride)
        {
            Prefetch.Stretch(keys + (4 * stride), 4 * stride);
            float* query = q + ((long)b * shape.Queries * shape.Heads * d);
            float* target = scores + key;
            for (int t = 0; t < shape.Queries; t++)
            {
                float* head = keys;
                for (int keyValueHead = 0; keyValueHead < shape.KeyValueHeads; keyValueHead++, head += d)
                {
                    for (int i = 0; i < shape.HeadsPerKeyValueHead; i++, query += d, target += length)
                    {
                        Products<R>(query, head, stride, to - key - 1, d, target);
                    }
                }
            }
        }
    }

    /// <summary>
    /// The products of one query with four keys. Of keys after the <paramref name="last"/> one, which are not there, the last stands in;
    /// runs have room for what it gives.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Products<R>(float* query, float* keys, long stride, int last, int d, float* target)
        where R : struct, IRegister<R>
    {
        float* second = keys + (Math.Min(1, last) * stride);
        float* third = keys + (Math.Min(2, last) * stride);
        float* fourth = keys + (Math.Min(3, last) * stride);
        R sum1 = R.Zero;
        R sum2 = R.Zero;
        R sum3 = R.Zero;
        R sum4 = R.Zero;
        int i = 0;
        for (; i <= d - R.Count; i += R.Count)
        {
            R x = R.Load(query + i);
            sum1 = R.MultiplyAdd(x, R.Load(keys + i), sum1);
            sum2 = R.MultiplyAdd(x, R.Load(second + i), sum2);
            sum3 = R.MultiplyAdd(x, R.Load(third + i), sum3);
            sum4 = R.MultiplyAdd(x, R.Load(fourth + i), sum4);
        }

        if (i < d)
        {
            R x = R.LoadPartial(query + i, d - i);
            sum1 = R.MultiplyAdd(x, R.LoadPartial(keys + i, d - i), sum1);
            sum2 = R.MultiplyAdd(x, R.LoadPartial(second + i, d - i), sum2);
            sum3 = R.MultiplyAdd(x, R.LoadPartial(third + i, d - i), sum3);
            sum4 = R.MultiplyAdd(x, R.LoadPartial(fourth + i, d - i), sum4);
        }

        R.StoreSums(sum1, sum2, sum3, sum4, target);
    }

    /// <summary>Replaces the products of one query by 2^(score - maximum), or 0 where it may not see, and notes maximum and sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Soften<R>(float* scores, int from, int to, int seenFrom, int seenTo, float* result)
        where R : struct, IRegister<R>
    {
        RowEnds.Clear<R>(result, shape.HeadWidth);
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

        result[MaximumAt(shape)] = maximum;
        result[MaximumAt(shape) + 1] = R.Sum(sum);
    }

    /// <summary>Adds p times value to every result, four keys at a time so that results are loaded and stored once for all four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddValues<R>(int b, int from, int to, float* p, int length, float* results)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        long stride = (long)shape.KeyValueHeads * d;
        float* values = v + (((long)b * shape.KeyCapacity) + from) * stride;
        for (int key = from; key < to; key += 4, values += 4 * stride)
        {
            Prefetch.Stretch(values + (4 * stride), 4 * stride);
            float* result = results;
            float* weights = p + key;
            for (int t = 0; t < shape.Queries; t++)
            {
                float* head = values;
                for (int keyValueHead = 0; keyValueHead < shape.KeyValueHeads; keyValueHead++, head += d)
                {
                    for (int i = 0; i < shape.HeadsPerKeyValueHead; i++, result += PartialLength(shape), weights += length)
                    {
                        AddFour<R>(result, head, stride, to - key - 1, d, weights);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour<R>(float* result, float* values, long stride, int last, int d, float* weights)
        where R : struct, IRegister<R>
    {
        float* second = values + (Math.Min(1, last) * stride);
        float* third = values + (Math.Min(2, last) * stride);
        float* fourth = values + (Math.Min(3, last) * stride);
        R weight1 = R.Broadcast(weights[0]);
        R weight2 = last >= 1 ? R.Broadcast(weights[1]) : R.Zero;
        R weight3 = last >= 2 ? R.Broadcast(weights[2]) : R.Zero;
        R weight4 = last >= 3 ? R.Broadcast(weights[3]) : R.Zero;
        int i = 0;
        for (; i <= d - R.Count; i += R.Count)
        {
            R sum = R.MultiplyAdd(weight1, R.Load(values + i), R.Load(result + i));
            sum = R.MultiplyAdd(weight2, R.Load(second + i), sum);
            sum = R.MultiplyAdd(weight3, R.Load(third + i), sum);
            R.MultiplyAdd(weight4, R.Load(fourth + i), sum).Store(result + i);
        }

        if (i < d)
        {
            R sum = R.MultiplyAdd(weight1, R.LoadPartial(values + i, d - i), R.LoadPartial(result + i, d - i));
            sum = R.MultiplyAdd(weight2, R.LoadPartial(second + i, d - i), sum);
            sum = R.MultiplyAdd(weight3, R.LoadPartial(third + i, d - i), sum);
            R.MultiplyAdd(weight4, R.LoadPartial(fourth + i, d - i), sum).StorePartial(result + i, d - i);
        }
    }
}
