using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Attention of one or a few new tokens of a sequence over its pages, as in generation: bound by how fast keys and values stream from memory. One
/// part is a run of pages of one key-value head (of several where that is little) with all query heads that share it.
/// </summary>
/// <remarks>
/// Page by page the head's keys are multiplied with every query, straight from the page with emitted kernels (<see cref="PageKernels"/>), elsewhere expanded to float32 in the
/// first-level cache, with D in the lanes, while the next page's are asked for; after the softmax of the run the same with the values. Each part leaves its maximum, sum and weighted values, which <see cref="PagedMerge"/> puts together
/// (Flash-Decoding: Dao, Haziza, Massa &amp; Sizov 2023); a single run is finished on the spot.
/// </remarks>
internal readonly unsafe partial struct PagedDecode(PagedShape shape, PagedSequence sequence, PagedPlan plan, PageKernels? kernels, float* q, float* o)
{
    /// <summary>Floats of a cache line.</summary>
    internal const int Line = AlignedMemory.Alignment / sizeof(float);

    private const int PageTokens = PagedShape.TokensPerPage;

    /// <summary>
    /// Floats of one partial result: D weighted values from the start of a cache line (stores that cross lines are slow to read back), and on
    /// a line of their own maximum and sum.
    /// </summary>
    internal static int PartialLength(in PagedShape shape) => MaximumAt(shape) + Line;

    /// <summary>Where in a partial result the maximum is; the sum follows it.</summary>
    internal static int MaximumAt(in PagedShape shape) => (shape.HeadWidth + Line - 1) / Line * Line;

    /// <summary>Does a part: a run of pages of one or, where that is little, several key-value heads.</summary>
    public void Execute<R>(int part)
        where R : struct, IRegister<R>
    {
        int firstHead = part % plan.HeadParts(shape) * plan.PartHeads;
        int endHead = Math.Min(shape.KeyValueHeads, firstHead + plan.PartHeads);
        if (kernels is not null)
        {
            RunEmitted(part / plan.HeadParts(shape), firstHead, endHead);
            return;
        }

        for (int head = firstHead; head < endHead; head++)
        {
            Run<R>(part / plan.HeadParts(shape), head);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Run<R>(int run, int head)
        where R : struct, IRegister<R>
    {
        int firstPage = plan.FirstPage + (run * plan.RunPages);
        int first = firstPage * PageTokens;
        int end = Math.Min(sequence.Keys, first + (plan.RunPages * PageTokens));
        int rows = sequence.Queries * shape.HeadsPerKeyValueHead;
        int length = (plan.RunPages * PageTokens) + 4; // room for products that are written in fours
        int width = (shape.HeadWidth + R.Count - 1) / R.Count * R.Count;
        float* expanded = Scratch.ForPart(((long)PageTokens * width) + (2L * rows * width) + ((long)rows * length) + (2 * rows));
        float* queries = expanded + ((long)PageTokens * width); // (rows, width)
        float* results = queries + ((long)rows * width); // (rows, width)
        float* scores = results + ((long)rows * width); // (rows, length)
        float* sums = scores + ((long)rows * length); // (rows, 2)
        if (width != shape.HeadWidth)
        {
            RowEnds.Clear<R>(expanded, PageTokens * width); // what pads the rows stays zero
        }

        Gather<R>(head, rows, queries, width);

        int from = Math.Max(first, Start(0));
        for (int key = from; key < end; key = PageEnd(key, end))
        {
            int count = PageEnd(key, end) - key;
            byte* next = key + count < end ? Chunk(key + count, head, values: false) : Chunk(from, head, values: true);
            float* keys = PageRows.Expand<R>(shape, Chunk(key, head, values: false), values: false, next, (key % PageTokens) + count, expanded, width);
            Products<R>(queries, rows, keys + (key % PageTokens * width), count, width, scores + (key - first), length);
        }

        for (int row = 0; row < rows; row++)
        {
            int t = row / shape.HeadsPerKeyValueHead;
            int seenFrom = Math.Max(from, Start(t)) - first;
            int seenTo = Math.Min(end, sequence.Keys - sequence.Queries + t + 1) - first;
            Soften<R>(scores + ((long)row * length), from - first, end - first, seenFrom, seenTo, sums + (2 * row));
        }

        for (int key = from; key < end; key = PageEnd(key, end))
        {
            int count = PageEnd(key, end) - key;
            byte* next = key + count < end ? Chunk(key + count, head, values: true) : null;
            float* values = PageRows.Expand<R>(shape, Chunk(key, head, values: true), values: true, next, (key % PageTokens) + count, expanded, width);
            TileProduct.Multiply<R, RowsFirst>(
                rows, width / R.Count, count, scores + (key - first), length, values + (key % PageTokens * width), width, results, width, accumulate: key != from);
        }

        for (int row = 0; row < rows; row++)
        {
            Leave<R>(run, head, row, rows, results + ((long)row * width), sums[2 * row], sums[(2 * row) + 1]);
        }
    }

    private static int PageEnd(int key, int end) => Math.Min(end, (key / PageTokens * PageTokens) + PageTokens);

    private int Start(int t) => shape.Window > 0 ? Math.Max(0, sequence.Keys - sequence.Queries + t - shape.Window + 1) : 0;

    private byte* Chunk(int key, int head, bool values) =>
        sequence.Pages[key / PageTokens] + ((long)head * shape.ChunkBytes) + (values ? shape.PageBytes / 2 : 0);

    /// <summary>Brings the queries of a key-value head together, padded with zeros to whole registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Gather<R>(int head, int rows, float* queries, int width)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        for (int row = 0; row < rows; row++, queries += width)
        {
            float* source = q + (Row(head, row) * d);
            for (int i = 0; i < d; i += R.Count)
            {
                RowEnds.Load<R>(source + i, d - i).Store(queries + i);
            }
        }
    }

    /// <summary>Number of a query of a query head in the batch.</summary>
    private long Row(int head, int row)
    {
        int group = shape.HeadsPerKeyValueHead;
        return ((sequence.FirstQuery + (row / group)) * (long)shape.Heads) + (head * group) + (row % group);
    }

    /// <summary>Products of all queries with the keys of a page, four keys at a time so that their sums do not wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Products<R>(float* queries, int rows, float* keys, int count, int width, float* scores, int length)
        where R : struct, IRegister<R>
    {
        for (int key = 0; key < count; key += 4, keys += 4 * width)
        {
            // Of keys after the last one, which are not there, the last stands in; runs have room for what it gives.
            int last = count - key - 1;
            float* second = keys + (Math.Min(1, last) * width);
            float* third = keys + (Math.Min(2, last) * width);
            float* fourth = keys + (Math.Min(3, last) * width);
            float* query = queries;
            float* target = scores + key;
            for (int row = 0; row < rows; row++, query += width, target += length)
            {
                R sum1 = R.Zero;
                R sum2 = R.Zero;
                R sum3 = R.Zero;
                R sum4 = R.Zero;
                for (int i = 0; i < width; i += R.Count)
                {
                    R x = R.Load(query + i);
                    sum1 = R.MultiplyAdd(x, R.Load(keys + i), sum1);
                    sum2 = R.MultiplyAdd(x, R.Load(second + i), sum2);
                    sum3 = R.MultiplyAdd(x, R.Load(third + i), sum3);
                    sum4 = R.MultiplyAdd(x, R.Load(fourth + i), sum4);
                }

                R.StoreSums(sum1, sum2, sum3, sum4, target);
            }
        }
    }

    /// <summary>Replaces the products of one query by 2^(score - maximum), or 0 where it may not see, and notes maximum and sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Soften<R>(float* scores, int from, int to, int seenFrom, int seenTo, float* sums)
        where R : struct, IRegister<R>
    {
        int seen = Math.Max(0, seenTo - seenFrom);
        if (seen < to - from)
        {
            RowEnds.Clear<R>(scores + from, Math.Clamp(seenFrom - from, 0, to - from));
            int hidden = Math.Clamp(to - Math.Max(seenTo, from), 0, to - from);
            RowEnds.Clear<R>(scores + to - hidden, hidden);
        }

        float* s = scores + seenFrom;
        R scale = R.Broadcast(shape.ScoreScale);
        R cap = R.Broadcast(shape.SoftCap * VectorMath.Log2E);
        R highest = R.Broadcast(SoftmaxTiles.Nothing);
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

        (sums[0], sums[1]) = (maximum, R.Sum(sum));
    }

    /// <summary>Hands the results of a row on: to the output if this run saw everything, else to the merging.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Leave<R>(int run, int head, int row, int rows, float* results, float maximum, float sum)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        float* partial = plan.Partials + (((((long)run * shape.KeyValueHeads) + head) * rows) + row) * PartialLength(shape);
        bool alone = plan.Partials == null;
        float* target = alone ? o + (Row(head, row) * d) : partial;
        R factor = R.Broadcast(alone ? 1 / sum : 1);
        for (int i = 0; i < d; i += R.Count)
        {
            RowEnds.Store(target + i, d - i, RowEnds.Load<R>(results + i, d - i) * factor);
        }

        if (!alone)
        {
            partial[MaximumAt(shape)] = maximum;
            partial[MaximumAt(shape) + 1] = sum;
        }
    }
}

/// <summary>
/// Puts together what <see cref="PagedDecode"/> found in each run of pages: with the overall maximum m, o = Σ 2^(mᵢ - m) oᵢ / Σ 2^(mᵢ - m) lᵢ.
/// One row is one query of one head.
/// </summary>
internal readonly unsafe struct PagedMerge(PagedShape shape, PagedSequence* sequences, PagedPlan* plans, int count, float* o) : IRowwise
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Row<R>(long row)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int i = PagedPlan.OfMergedRow(plans, count, row);
        row -= plans[i].FirstMergedRow;
        int group = shape.HeadsPerKeyValueHead;
        long t = row / shape.Heads;
        int head = (int)(row % shape.Heads);
        int rowsPerHead = sequences[i].Queries * group;
        int length = PagedDecode.PartialLength(shape);
        long next = (long)shape.KeyValueHeads * rowsPerHead * length;
        float* first = plans[i].Partials + ((((long)(head / group) * rowsPerHead) + (t * group) + (head % group)) * length);
        float* maxima = first + PagedDecode.MaximumAt(shape);
        float maximum = float.NegativeInfinity;
        for (int run = 0; run < plans[i].Runs; run++)
        {
            maximum = MathF.Max(maximum, maxima[run * next]);
        }

        float* output = o + ((((sequences[i].FirstQuery + t) * shape.Heads) + head) * d);
        RowEnds.Clear<R>(output, d);
        R sum = R.Zero; // the same in all lanes
        for (int run = 0; run < plans[i].Runs; run++)
        {
            float partialSum = maxima[(run * next) + 1];
            if (partialSum == 0)
            {
                continue;
            }

            float* partial = first + (run * next);
            R by = VectorMath.Exp2(R.Broadcast(maxima[run * next] - maximum));
            sum += by * R.Broadcast(partialSum);
            for (int j = 0; j < d; j += R.Count)
            {
                R value = RowEnds.Load<R>(partial + j, d - j);
                RowEnds.Store(output + j, d - j, R.MultiplyAdd(by, value, RowEnds.Load<R>(output + j, d - j)));
            }
        }

        R inverse = R.Broadcast(1) / sum;
        for (int j = 0; j < d; j += R.Count)
        {
            RowEnds.Store(output + j, d - j, RowEnds.Load<R>(output + j, d - j) * inverse);
        }
    }
}
