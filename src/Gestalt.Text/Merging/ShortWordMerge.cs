namespace Gestalt.Text;

/// <summary>
/// Merging a short word: look at all pairs, merge the leftmost one of the lowest rank, close the gap, repeat. Quadratic, and faster than anything
/// cleverer while a word fits in a few cache lines.
/// </summary>
internal static unsafe class ShortWordMerge
{
    /// <summary>The longest word, in bytes, that is merged this way.</summary>
    public const int MaximumLength = 64;

    /// <summary>Merges <paramref name="count"/> symbols in place and returns how many are left.</summary>
    public static int Run(MergeTable merges, int* symbols, int count) => Run(merges, symbols, count, out _);

    /// <summary>Merges <paramref name="count"/> symbols in place and returns how many are left and the rank of the last merge.</summary>
    public static int Run(MergeTable merges, int* symbols, int count, out int last)
    {
        last = MergeTable.None;
        int* ranks = stackalloc int[MaximumLength];
        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = merges.Rank(symbols[i], symbols[i + 1]);
        }

        while (true)
        {
            int best = -1, lowest = MergeTable.None;
            for (int i = 0; i + 1 < count; i++)
            {
                if (ranks[i] < lowest)
                {
                    (best, lowest) = (i, ranks[i]);
                }
            }

            if (best < 0)
            {
                return count;
            }

            last = lowest;
            symbols[best] = merges.Merges[lowest].Product;
            count--;
            for (int i = best + 1; i < count; i++)
            {
                symbols[i] = symbols[i + 1];
                ranks[i] = ranks[i + 1];
            }

            if (best > 0)
            {
                ranks[best - 1] = merges.Rank(symbols[best - 1], symbols[best]);
            }

            if (best + 1 < count)
            {
                ranks[best] = merges.Rank(symbols[best], symbols[best + 1]);
            }
        }
    }
}
