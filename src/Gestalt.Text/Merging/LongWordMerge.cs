using System.Buffers;
using System.Numerics;

namespace Gestalt.Text;

/// <summary>
/// Merging a word of any length. When every merge ranks behind those that make its parts (<see cref="MergeTable.ProductsMergeLater"/>), the places of each pair are
/// collected under its rank and the ranks are worked off in ascending order, each from left to right: linear. Other lists, which no training yields, go through a priority
/// queue, O(n log n).
/// </summary>
/// <remarks>
/// Places need no sorting. A token is made by one merge only (see <see cref="ReachableMerges"/>), so all places of a pair are found while the later of its two tokens is
/// being made, and that happens from left to right.
/// </remarks>
internal sealed unsafe class LongWordMerge(MergeTable merges)
{
    private const int NoPlace = -1;

    private readonly (int Oldest, int Newest)[] _lists = new (int, int)[merges.Merges.Length];
    private readonly ulong[] _waiting = new ulong[(merges.Merges.Length + 63) / 64];
    private Place[] _places = [];
    private int _placeCount;

    /// <summary>A place where a pair was seen, and the next one seen with the same rank.</summary>
    private record struct Place(int Position, int Newer);

    /// <summary>Merges <paramref name="count"/> symbols in place and returns how many are left.</summary>
    /// <param name="slots">The symbols, with one free slot before and one after them.</param>
    /// <param name="count">The number of symbols.</param>
    public int Run(int* slots, int count)
    {
        slots[-1] = SymbolChain.Boundary;
        slots[count] = SymbolChain.Boundary;
        var chain = new SymbolChain(slots);
        if (merges.ProductsMergeLater)
        {
            RunByRank(chain, count);
        }
        else
        {
            RunByQueue(chain, count);
        }

        return Compact(slots, count);
    }

    private static int Compact(int* slots, int count)
    {
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (slots[i] >= 0)
            {
                slots[kept++] = slots[i];
            }
        }

        return kept;
    }

    private void RunByRank(SymbolChain chain, int count)
    {
        // Each of at most count - 1 merges makes two new pairs at most.
        _places = ArrayPool<Place>.Shared.Rent(3 * count);
        _placeCount = 0;
        try
        {
            for (int i = 0; i + 1 < count; i++)
            {
                Note(chain, i, i + 1);
            }

            for (int word = 0; word < _waiting.Length; word++)
            {
                while (_waiting[word] != 0)
                {
                    int rank = 64 * word + BitOperations.TrailingZeroCount(_waiting[word]);
                    _waiting[word] &= _waiting[word] - 1;
                    MergeAll(chain, rank);
                }
            }
        }
        finally
        {
            Array.Clear(_waiting);
            ArrayPool<Place>.Shared.Return(_places);
            _places = [];
        }
    }

    private void MergeAll(SymbolChain chain, int rank)
    {
        Merge merge = merges.Merges[rank];
        for (int place = _lists[rank].Oldest; place != NoPlace; place = _places[place].Newer)
        {
            int position = _places[place].Position;
            int next = chain[position] == merge.Left ? chain.Next(position) : position;
            if (next == position || chain[next] != merge.Right)
            {
                continue;
            }

            int after = chain.Merge(position, next, merge.Product);
            Note(chain, chain.Previous(position), position);
            Note(chain, position, after);
        }
    }

    private void Note(SymbolChain chain, int left, int right)
    {
        if (chain[left] < 0 || chain[right] < 0)
        {
            return;
        }

        int rank = merges.Rank(chain[left], chain[right]);
        if (rank == MergeTable.None)
        {
            return;
        }

        ref (int Oldest, int Newest) list = ref _lists[rank];
        ulong bit = 1UL << rank % 64;
        if ((_waiting[rank / 64] & bit) == 0)
        {
            _waiting[rank / 64] |= bit;
            list.Oldest = _placeCount;
        }
        else
        {
            _places[list.Newest].Newer = _placeCount;
        }

        list.Newest = _placeCount;
        _places[_placeCount++] = new Place(left, NoPlace);
    }

    private void RunByQueue(SymbolChain chain, int count)
    {
        var queue = new PriorityQueue<int, long>(count);
        for (int i = 0; i + 1 < count; i++)
        {
            Enqueue(queue, chain, i, i + 1);
        }

        while (queue.TryDequeue(out int position, out long priority))
        {
            Merge merge = merges.Merges[priority >> 32];
            int next = chain[position] == merge.Left ? chain.Next(position) : position;
            if (next == position || chain[next] != merge.Right)
            {
                continue;
            }

            int after = chain.Merge(position, next, merge.Product);
            Enqueue(queue, chain, chain.Previous(position), position);
            Enqueue(queue, chain, position, after);
        }
    }

    private void Enqueue(PriorityQueue<int, long> queue, SymbolChain chain, int left, int right)
    {
        if (chain[left] >= 0 && chain[right] >= 0 && merges.Rank(chain[left], chain[right]) is var rank and not MergeTable.None)
        {
            queue.Enqueue(left, (long)rank << 32 | (uint)left);
        }
    }
}
