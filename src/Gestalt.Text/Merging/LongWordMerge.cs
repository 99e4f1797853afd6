using System.Buffers;
using System.Numerics;

namespace Gestalt.Text;

/// <summary>
/// Merging a word of any length in linear time: the places of each rank are collected in a list, and the ranks are worked off in ascending order, each from left to right.
/// </summary>
/// <remarks>
/// While a rank is worked off no place of a lower one exists, except those that a merge has just brought about. These are beside the symbol that it made, so they are merged
/// on the spot, lowest rank first, until there are none; then nothing of a lower rank exists again, and what remains is noted under its rank. So the order is that of
/// a priority queue over all places, for any list of merges, and each merge costs a constant. Only a list that was not written from left to right is sorted.
/// </remarks>
internal sealed unsafe class LongWordMerge(MergeTable merges)
{
    private const int NoPlace = -1;

    private readonly (int Oldest, int Newest)[] _lists = new (int, int)[merges.RankCount];
    private readonly ulong[] _waiting = new ulong[(merges.RankCount + 63) / 64];
    private readonly PriorityQueue<int, long> _late = new();
    private Place[] _places = [];
    private long[] _batch = [];
    private int _placeCount;
    private int _rank;

    /// <summary>A place where a pair was seen, the merge of the pair, and the next place seen with the same rank.</summary>
    private record struct Place(int Position, int Merge, int Newer);

    /// <summary>Merges <paramref name="count"/> symbols in place and returns how many are left.</summary>
    /// <param name="slots">The symbols, with one free slot before and one after them.</param>
    /// <param name="count">The number of symbols.</param>
    public int Run(int* slots, int count)
    {
        slots[-1] = SymbolChain.Boundary;
        slots[count] = SymbolChain.Boundary;
        var chain = new SymbolChain(slots);

        // Each of at most count - 1 merges makes two new pairs at most.
        _places = ArrayPool<Place>.Shared.Rent(3 * count);
        _batch = ArrayPool<long>.Shared.Rent(3 * count);
        _placeCount = 0;
        _rank = NoPlace;
        try
        {
            for (int i = 0; i + 1 < count; i++)
            {
                Note(i, merges.Find(slots[i], slots[i + 1], out int rank), rank);
            }

            for (int word = 0; word < _waiting.Length; word++)
            {
                while (_waiting[word] != 0)
                {
                    _rank = 64 * word + BitOperations.TrailingZeroCount(_waiting[word]);
                    _waiting[word] &= _waiting[word] - 1;
                    MergeAll(chain);
                }
            }
        }
        finally
        {
            Array.Clear(_waiting);
            _late.Clear();
            ArrayPool<Place>.Shared.Return(_places);
            ArrayPool<long>.Shared.Return(_batch);
            _places = [];
            _batch = [];
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

    /// <summary>Works off one rank.</summary>
    private void MergeAll(SymbolChain chain)
    {
        int count = Gather();
        for (int i = 0; i < count || _late.Count > 0;)
        {
            long place;
            if (_late.TryPeek(out _, out long late) && (i == count || late < _batch[i]))
            {
                _late.Dequeue();
                place = late;
            }
            else
            {
                place = _batch[i++];
            }

            MergeAt(chain, (int)(place >> 32), merges.Merges[(int)place]);
        }
    }

    /// <summary>Writes the places of the rank into the batch, each as its position and its merge, from left to right; returns how many there are.</summary>
    private int Gather()
    {
        int count = 0;
        bool isInOrder = true;
        for (int place = _lists[_rank].Oldest; place != NoPlace; place = _places[place].Newer)
        {
            _batch[count] = Pack(_places[place].Position, _places[place].Merge);
            isInOrder &= count == 0 || _batch[count - 1] <= _batch[count];
            count++;
        }

        if (!isInOrder)
        {
            Array.Sort(_batch, 0, count);
        }

        return count;
    }

    private void MergeAt(SymbolChain chain, int position, Merge merge)
    {
        int next = chain[position] == merge.Left ? chain.Next(position) : position;
        if (next == position || chain[next] != merge.Right)
        {
            return;
        }

        int after = chain.Merge(position, next, merge.Product);
        while (true)
        {
            int previous = chain.Previous(position);
            int left = Find(chain, previous, position, out int leftRank), right = Find(chain, position, after, out int rightRank);
            if (Math.Min(leftRank, rightRank) >= _rank)
            {
                Note(previous, left, leftRank);
                Note(position, right, rightRank);
                return;
            }

            if (leftRank <= rightRank)
            {
                chain.Merge(previous, position, merges.Merges[left].Product);
                position = previous;
            }
            else
            {
                after = chain.Merge(position, after, merges.Merges[right].Product);
            }
        }
    }

    private int Find(SymbolChain chain, int left, int right, out int rank)
    {
        if (chain[left] < 0 || chain[right] < 0)
        {
            rank = MergeTable.None;
            return NoPlace;
        }

        return merges.Find(chain[left], chain[right], out rank);
    }

    private void Note(int position, int merge, int rank)
    {
        if (rank == MergeTable.None)
        {
            return;
        }

        if (rank == _rank)
        {
            _late.Enqueue(position, Pack(position, merge));
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
        _places[_placeCount++] = new Place(position, merge, NoPlace);
    }

    private static long Pack(int position, int merge) => (long)position << 32 | (uint)merge;
}
