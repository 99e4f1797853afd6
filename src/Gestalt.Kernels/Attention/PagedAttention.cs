namespace Gestalt.Kernels;

/// <summary>
/// Causal attention of a ragged batch, whose sequences keep keys and values in pages (Kwon et al., arXiv 2309.06180): each sequence has its own
/// number of new tokens, its own length and its own pages, which it may share with others.
/// </summary>
/// <remarks>
/// <para>
/// Sequences with few new tokens are bound by memory (<see cref="PagedDecode"/>), those with many by arithmetic (<see cref="PagedPrefill"/>). Both read the keys and values
/// of a head once for all query heads that share it, and both kinds run in one dispatch, so that a prompt being read and streams being continued balance the threads together.
/// </para>
/// <para>All results are the same bits for any number of threads.</para>
/// </remarks>
public static unsafe class PagedAttention
{
    /// <summary>Up to this many queries of a key-value head they are worked on one at a time, with D in the lanes; more fill a register with a query per lane.</summary>
    internal const int FewRows = 16;

    /// <summary>Values from which on the writing of keys and values is spread over threads: below, waking them costs more.</summary>
    private const int WorthThreads = 32 * 1024;

    /// <summary>Writes the new tokens' keys and values into their pages.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="sequences">The sequences of the batch; pages for all their keys must be there.</param>
    /// <param name="count">How many sequences.</param>
    /// <param name="k">Keys of the new tokens, (tokens, K, D).</param>
    /// <param name="v">Values of the new tokens, (tokens, K, D).</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public static void Append(WorkerPool pool, in PagedShape shape, PagedSequence* sequences, int count, float* k, float* v)
    {
        long tokens = Check(shape, sequences, count);
        int parts = tokens * shape.KeyValueHeads * shape.HeadWidth >= WorthThreads ? shape.KeyValueHeads : 1;
        VectorWidth.Run(pool, count > 0 ? parts : 0, new PagedAppend(shape, sequences, count, k, v, parts));
    }

    /// <summary>o = softmax(mask(scale q kᵀ)) v for the new tokens of every sequence.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="sequences">The sequences of the batch.</param>
    /// <param name="count">How many sequences.</param>
    /// <param name="q">Queries, (tokens, H, D).</param>
    /// <param name="o">Result, (tokens, H, D).</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public static void Forward(WorkerPool pool, in PagedShape shape, PagedSequence* sequences, int count, float* q, float* o)
    {
        Check(shape, sequences, count);
        bool emitted = VectorWidth.Bits == 512;
        Forward(pool, shape, sequences, count, emitted ? PageKernels.ForDecode(shape) : null, emitted ? PageKernels.ForPrefill(shape) : null, q, o);
    }

    /// <summary>The same, with these emitted kernels or, where they are null, without.</summary>
    internal static void Forward(
        WorkerPool pool, in PagedShape shape, PagedSequence* sequences, int count, PageKernels? decode, PageKernels? prefill, float* q, float* o)
    {
        if (count == 0)
        {
            return;
        }

        (int parts, int mergedRows, long partials) = PagedPlan.Measure(shape, sequences, count, together: decode is not null);
        long planFloats = (((long)count * sizeof(PagedPlan)) + sizeof(float) - 1) / sizeof(float);
        planFloats = (planFloats + PagedDecode.Line - 1) / PagedDecode.Line * PagedDecode.Line;
        float* memory = Scratch.ForCaller(planFloats + partials);
        var plans = (PagedPlan*)memory;
        PagedPlan.Fill(shape, sequences, count, decode is not null, plans, memory + planFloats);
        VectorWidth.Run(pool, parts, new Work(shape, sequences, plans, count, decode, prefill, q, o));
        if (mergedRows > 0)
        {
            RowLoop.Run(pool, mergedRows, shape.HeadWidth * 4, new PagedMerge(shape, sequences, plans, count, o));
        }
    }

    private static long Check(in PagedShape shape, PagedSequence* sequences, int count)
    {
        shape.Validate();
        long tokens = 0;
        for (int i = 0; i < count; i++)
        {
            if (sequences[i].Queries < 1 || sequences[i].Keys < sequences[i].Queries || sequences[i].FirstQuery < 0)
            {
                throw new ArgumentException($"Sequence {i} has {sequences[i].Queries} new tokens of {sequences[i].Keys}; it needs at least one, and no more than all.");
            }

            // Positions are compared as float32, which holds whole numbers exactly up to here.
            if (sequences[i].Keys > 1 << 24)
            {
                throw new ArgumentException($"A context of {sequences[i].Keys} tokens is longer than the {1 << 24} that attention can number.");
            }

            tokens += sequences[i].Queries;
        }

        return tokens;
    }

    private readonly struct Work(
        PagedShape shape, PagedSequence* sequences, PagedPlan* plans, int count, PageKernels? decode, PageKernels? prefill, float* q, float* o) : IVectorWork
    {
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            int i = PagedPlan.OfPart(plans, count, part);
            PagedPlan plan = plans[i];
            part -= plan.FirstPart;
            if (plan.Runs > 0)
            {
                new PagedDecode(shape, sequences[i], plan, decode, q, o).Execute<R>(part);
            }
            else if (prefill is not null)
            {
                new TiledPrefill(shape, sequences[i], prefill, q, o).Execute(part);
            }
            else
            {
                new PagedPrefill(shape, sequences[i], q, o).Execute<R>(part);
            }
        }
    }

    private readonly struct PagedAppend(
        PagedShape shape, PagedSequence* sequences, int count, float* k, float* v, int parts) : IVectorWork
    {
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            int first = part * shape.KeyValueHeads / parts;
            int end = (part + 1) * shape.KeyValueHeads / parts;
            for (int i = 0; i < count; i++)
            {
                PagedSequence sequence = sequences[i];
                for (int t = 0; t < sequence.Queries; t++)
                {
                    int key = sequence.Keys - sequence.Queries + t;
                    byte* page = sequence.Pages[key / PagedShape.TokensPerPage];
                    long row = (long)(sequence.FirstQuery + t) * shape.KeyValueHeads;
                    for (int head = first; head < end; head++)
                    {
                        byte* keys = page + ((long)head * shape.ChunkBytes);
                        byte* values = keys + (shape.PageBytes / 2);
                        PageRows.Write<R>(shape, k + ((row + head) * shape.HeadWidth), keys, values: false, key % PagedShape.TokensPerPage);
                        PageRows.Write<R>(shape, v + ((row + head) * shape.HeadWidth), values, values: true, key % PagedShape.TokensPerPage);
                    }
                }
            }
        }
    }
}
