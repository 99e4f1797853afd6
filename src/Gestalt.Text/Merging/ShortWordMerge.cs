namespace Gestalt.Text;

/// <summary>
/// Merging a short word: look at all pairs, merge the leftmost one of the lowest rank, close the gap, repeat. Quadratic, and faster than anything
/// cleverer while a word fits in a few cache lines.
/// </summary>
internal static unsafe class ShortWordMerge
{
    /// <summary>The longest word, in symbols, that is merged this way.</summary>
    public const int MaximumLength = 64;

    private const long NoMerge = long.MaxValue;

    /// <summary>Merges <paramref name="count"/> symbols in place and returns how many are left.</summary>
    public static int Run(MergeTable merges, int* symbols, int count)
    {
        // The rank above the index of the merge: the lowest number is the lowest rank.
        long* pairs = stackalloc long[MaximumLength];
        for (int i = 0; i + 1 < count; i++)
        {
            pairs[i] = Pair(merges, symbols[i], symbols[i + 1]);
        }

        while (true)
        {
            int best = -1, lowest = MergeTable.None;
            for (int i = 0; i + 1 < count; i++)
            {
                int rank = (int)(pairs[i] >> 32);
                if (rank < lowest)
                {
                    (best, lowest) = (i, rank);
                }
            }

            if (best < 0)
            {
                return count;
            }

            symbols[best] = merges.Merges[(int)pairs[best]].Product;
            count--;
            for (int i = best + 1; i < count; i++)
            {
                symbols[i] = symbols[i + 1];
                pairs[i] = pairs[i + 1];
            }

            if (best > 0)
            {
                pairs[best - 1] = Pair(merges, symbols[best - 1], symbols[best]);
            }

            if (best + 1 < count)
            {
                pairs[best] = Pair(merges, symbols[best], symbols[best + 1]);
            }
        }
    }

    private static long Pair(MergeTable merges, int left, int right)
    {
        int index = merges.Find(left, right, out int rank);
        return rank == MergeTable.None ? NoMerge : (long)rank << 32 | (uint)index;
    }
}
