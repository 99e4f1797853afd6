using System.Runtime.CompilerServices;

namespace Gestalt.Text;

/// <summary>
/// The merges of a vocabulary, found by their pair. The lower a merge's rank, the earlier it is applied; of two places with the same rank the left one comes first.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge: above all others.</summary>
    public const int None = int.MaxValue;

    private readonly PairMap _pairs;
    private readonly int[] _ranks;

    /// <summary>Makes a table of merges whose place in the list is their rank.</summary>
    /// <exception cref="InvalidDataException">Two merges have the same pair.</exception>
    public MergeTable(IReadOnlyList<Merge> merges)
        : this(merges, [.. Enumerable.Range(0, merges.Count)])
    {
    }

    /// <summary>Makes a table of merges with their ranks, of which several may be the same.</summary>
    /// <exception cref="InvalidDataException">Two merges have the same pair.</exception>
    public MergeTable(IReadOnlyList<Merge> merges, int[] ranks)
    {
        Merges = [.. merges];
        _ranks = ranks;
        RankCount = ranks.Length == 0 ? 0 : ranks.Max() + 1;
        _pairs = new PairMap(Merges.Length);
        for (int index = 0; index < Merges.Length; index++)
        {
            (int left, int right, _) = Merges[index];
            int earlier = _pairs.Find(left, right);
            if (earlier != PairMap.None)
            {
                throw new InvalidDataException($"Merge {index} repeats merge {earlier}: both join tokens {left} and {right}. Remove one of them.");
            }

            _pairs.Add(left, right, index);
        }
    }

    /// <summary>The merges in the order of the list.</summary>
    public Merge[] Merges { get; }

    /// <summary>All ranks are below this.</summary>
    public int RankCount { get; }

    /// <summary>The index of the merge of a pair and its rank; <see cref="None"/> for a pair that does not merge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int left, int right, out int rank)
    {
        int index = _pairs.Find(left, right);
        rank = index == PairMap.None ? None : _ranks[index];
        return index;
    }
}
