namespace Gestalt.Kernels;

/// <summary>How the attention of one sequence is cut into parts.</summary>
internal unsafe struct PagedPlan
{
    /// <summary>Keys and values of a decoding part: enough to make claiming it cheap.</summary>
    private const int PartBytes = 64 * 1024;

    /// <summary>The same where all heads of a part are worked on together.</summary>
    private const int TogetherBytes = 256 * 1024;

    /// <summary>More runs than this only lengthen the merging.</summary>
    private const int MostRuns = 64;

    /// <summary>The same where all heads of a part are worked on together, so that runs are all the parts there are.</summary>
    private const int MostRunsTogether = 16;

    /// <summary>Number of its first part among those of all sequences.</summary>
    public int FirstPart;

    /// <summary>First page that one of its queries sees.</summary>
    public int FirstPage;

    /// <summary>Pages of a run.</summary>
    public int RunPages;

    /// <summary>Key-value heads of a part: several where a sequence is short, so that a part is worth claiming.</summary>
    public int PartHeads;

    /// <summary>Runs of pages for a sequence with few queries; 0 for one with many.</summary>
    public int Runs;

    /// <summary>Number of its first row (a query of a head) among those that are merged from several runs.</summary>
    public int FirstMergedRow;

    /// <summary>Its partial results, (runs, K, rows of a key-value head, <see cref="PagedDecode.PartialLength"/>); null where one run sees all.</summary>
    public float* Partials;

    /// <summary>Parts, rows to merge and floats of partial results of all sequences.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="count">How many.</param>
    /// <param name="together">Whether the heads of a part are worked on together page by page, or one after the other.</param>
    public static (int Parts, int MergedRows, long Partials) Measure(in PagedShape shape, PagedSequence* sequences, int count, bool together)
    {
        (int parts, int rows, long partials) = (0, 0, 0);
        for (int i = 0; i < count; i++)
        {
            PagedPlan plan = default;
            parts += plan.Cut(shape, sequences[i], together);
            if (plan.Runs > 1)
            {
                rows += sequences[i].Queries * shape.Heads;
                partials += plan.PartialFloats(shape, sequences[i]);
            }
        }

        return (parts, rows, partials);
    }

    /// <summary>Fills the plans in, with the partial results one behind the other.</summary>
    public static void Fill(in PagedShape shape, PagedSequence* sequences, int count, bool together, PagedPlan* plans, float* partials)
    {
        (int parts, int rows) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            plans[i] = default;
            plans[i].FirstPart = parts;
            plans[i].FirstMergedRow = rows;
            parts += plans[i].Cut(shape, sequences[i], together);
            if (plans[i].Runs > 1)
            {
                plans[i].Partials = partials;
                partials += plans[i].PartialFloats(shape, sequences[i]);
                rows += sequences[i].Queries * shape.Heads;
            }
        }
    }

    /// <summary>The sequence that a part belongs to.</summary>
    public static int OfPart(PagedPlan* plans, int count, int part)
    {
        (int low, int high) = (0, count - 1);
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = plans[middle].FirstPart <= part ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>The sequence that a merged row belongs to: the last one that begins at or before it, which those without such rows never are.</summary>
    public static int OfMergedRow(PagedPlan* plans, int count, long row)
    {
        int found = 0;
        for (int i = 0; i < count && plans[i].FirstMergedRow <= row; i++)
        {
            found = plans[i].Runs > 1 ? i : found;
        }

        return found;
    }

    /// <summary>Parts of a run of pages.</summary>
    public readonly int HeadParts(in PagedShape shape) => (shape.KeyValueHeads + PartHeads - 1) / PartHeads;

    private int Cut(in PagedShape shape, in PagedSequence sequence, bool together)
    {
        if (sequence.Queries * shape.HeadsPerKeyValueHead > PagedAttention.FewRows)
        {
            return PagedPrefill.Parts(shape, sequence);
        }

        int firstKey = shape.Window > 0 ? Math.Max(0, sequence.Keys - sequence.Queries - shape.Window + 1) : 0;
        FirstPage = firstKey / PagedShape.TokensPerPage;
        int pages = ((sequence.Keys + PagedShape.TokensPerPage - 1) / PagedShape.TokensPerPage) - FirstPage;
        if (together)
        {
            PartHeads = Math.Clamp(TogetherBytes / (2 * shape.ChunkBytes), 1, shape.KeyValueHeads);
            RunPages = Math.Max(Math.Max(1, TogetherBytes / (2 * shape.ChunkBytes * PartHeads)), (pages + MostRunsTogether - 1) / MostRunsTogether);
        }
        else
        {
            int enough = Math.Max(1, PartBytes / (2 * shape.ChunkBytes));
            RunPages = Math.Max(enough, (pages + MostRuns - 1) / MostRuns);
            PartHeads = Math.Clamp(enough / Math.Min(pages, RunPages), 1, shape.KeyValueHeads);
        }

        Runs = (pages + RunPages - 1) / RunPages;
        return Runs * HeadParts(shape);
    }

    private readonly long PartialFloats(in PagedShape shape, in PagedSequence sequence) =>
        (long)Runs * sequence.Queries * shape.Heads * PagedDecode.PartialLength(shape);
}
