using System.Buffers;
using System.Numerics;

namespace Gestalt.Text;

/// <summary>
/// Merging a word of any length. When every merge ranks behind those that make its parts (<see cref="MergeTable.ProductsMergeLater"/>), the places of each pair are
/// collected under its rank and the ranks are worked off in ascending order, each from left to right: linear, but for sorting the places of a rank when they were
/// found out of order. Other lists, which no training yields, go through a priority queue, O(n log n).
/// </summary>
internal sealed unsafe class LongWordMerge(MergeTable merges)
{
    private readonly int[] _newest = new int[merges.Merges.Length];
    private readonly ulong[] _waiting = new ulong[(merges.Merges.Length + 63) / 64];
    private Place[] _places = [];
    private int _placeCount;
    private int[] _sorted = [];

    /// <summary>A place where a pair was seen, and the one seen before it with the same rank.</summary>
    private readonly record struct Place(int Position, int Older);

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
            ReturnSorted();
        }
    }

    private void MergeAll(SymbolChain chain, int rank)
    {
        Merge merge = merges.Merges[rank];
        foreach (int position in InOrder(_newest[rank]))
        {
            if (chain[position] != merge.Left)
            {
                continue;
            }

            int next = chain.Next(position);
            if (chain[next] != merge.Right)
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

        ulong bit = 1UL << rank % 64;
        bool first = (_waiting[rank / 64] & bit) == 0;
        _waiting[rank / 64] |= bit;
        _places[_placeCount] = new Place(left, first ? -1 : _newest[rank]);
        _newest[rank] = _placeCount++;
    }

    // The list runs from the newest place to the oldest; most lists were noted from left to right.
    private ReadOnlySpan<int> InOrder(int newest)
    {
        int count = 0;
        bool ascending = true;
        for (int place = newest, last = int.MaxValue; place >= 0; place = _places[place].Older, count++)
        {
            ascending &= _places[place].Position < last;
            last = _places[place].Position;
        }

        if (_sorted.Length < count)
        {
            ReturnSorted();
            _sorted = ArrayPool<int>.Shared.Rent(count);
        }

        Span<int> positions = _sorted.AsSpan(0, count);
        for (int place = newest, i = count; place >= 0; place = _places[place].Older)
        {
            positions[--i] = _places[place].Position;
        }

        if (!ascending)
        {
            positions.Sort();
        }

        return positions;
    }

    private void ReturnSorted()
    {
        if (_sorted.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_sorted);
        }

        _sorted = [];
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
