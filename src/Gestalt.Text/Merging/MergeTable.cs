using System.Runtime.CompilerServices;

namespace Gestalt.Text;

/// <summary>The merges of a vocabulary, found by their pair. A merge's rank is its place in the list: the lower, the earlier it is applied.</summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge: above all others.</summary>
    public const int None = int.MaxValue;

    private readonly PairMap _ranks;

    /// <exception cref="InvalidDataException">Two merges have the same pair.</exception>
    public MergeTable(IReadOnlyList<Merge> merges, Vocabulary vocabulary)
    {
        Merges = [.. merges];
        _ranks = new PairMap(Merges.Length);
        for (int rank = 0; rank < Merges.Length; rank++)
        {
            (int left, int right, _) = Merges[rank];
            int earlier = _ranks.Find(left, right);
            if (earlier != PairMap.None)
            {
                throw new InvalidDataException($"Merge {rank} repeats merge {earlier}: both join tokens {left} and {right}. Remove one of them.");
            }

            _ranks.Add(left, right, rank);
        }

        ProductsMergeLater = IsOrdered(Enumerable.Range(0, Merges.Length), vocabulary.Count) || IsOrdered(ReachableMerges.Of(this, vocabulary), vocabulary.Count);
    }

    /// <summary>The merges in the order of their ranks.</summary>
    public Merge[] Merges { get; }

    /// <summary>
    /// Whether every merge ranks behind all those that make its parts, not counting merges that never come up. Training yields such lists; merging a long word
    /// is then linear, since no merge gives rise to one that should have come first.
    /// </summary>
    public bool ProductsMergeLater { get; }

    /// <summary>The rank of a pair; <see cref="None"/> when it does not merge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Rank(int left, int right) => (int)Math.Min((uint)_ranks.Find(left, right), None);

    private bool IsOrdered(IEnumerable<int> ranks, int vocabularySize)
    {
        var lastMade = new int[vocabularySize];
        Array.Fill(lastMade, -1);
        foreach (int rank in ranks)
        {
            lastMade[Merges[rank].Product] = rank;
        }

        return ranks.All(rank => Math.Max(lastMade[Merges[rank].Left], lastMade[Merges[rank].Right]) < rank);
    }
}
