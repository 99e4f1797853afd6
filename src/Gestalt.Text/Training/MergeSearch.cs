using System.Runtime.InteropServices;

namespace Gestalt.Text;

/// <summary>
/// Finds merges, the most frequent pair first, without ever counting all pairs again. All different words stand in one <see cref="SymbolChain"/>; each pair knows
/// its places there, so that a merge costs what it changes, however long the words are.
/// </summary>
/// <remarks>
/// What makes this simple: a pair holds at least one of its two tokens' latest product, so all its places arise in the one step that makes the later of the
/// two. Its list of places is thus complete at birth, and its count only falls afterwards. Places that merges have destroyed stay in the list
/// and are recognised when it is worked off; a count that has fallen is noticed when the pair comes to the top of the heap, and sinks to where it belongs.
/// </remarks>
internal sealed unsafe class MergeSearch
{
    private readonly int[] _slots;
    private readonly int[] _wordOf;
    private readonly long[] _wordCounts;
    private readonly long _minimumCount;
    private readonly PairMap _numbers = new(1 << 16);
    private readonly List<Pair> _pairs = [];
    private readonly List<int> _places = [];
    private readonly List<int> _merged = [];
    private readonly PairHeap _heap = new();
    private readonly Neighbours _neighbours;

    public MergeSearch(WordTable words, int vocabularySize, long minimumCount)
    {
        // A boundary before each word and one at the end.
        long length = (long)words.TotalBytes + words.Count + 1;
        if (length > Array.MaxLength)
        {
            throw new InvalidOperationException("The different words of this text are more than 2 GB. Filter the text, or train on a sample.");
        }

        _minimumCount = minimumCount;
        _neighbours = new Neighbours(vocabularySize);
        _slots = GC.AllocateUninitializedArray<int>((int)length, pinned: true);
        _wordOf = new int[length];
        _wordCounts = new long[words.Count];
        LayOut(words);
        CountBytePairs();
    }

    /// <summary>A pair, how often it occurs, and its places: <c>Places</c> entries of the common list from <c>FirstPlace</c> on.</summary>
    private record struct Pair(int Left, int Right, long Count, int FirstPlace, int Places);

    private SymbolChain Chain => new((int*)Marshal.UnsafeAddrOfPinnedArrayElement(_slots, 0));

    /// <summary>Merges the most frequent pair into <paramref name="product"/>; null when none occurs often enough.</summary>
    public Merge? TryNext(int product)
    {
        while (_heap.TryPop(out PairHeap.Item top))
        {
            ref Pair pair = ref CollectionsMarshal.AsSpan(_pairs)[top.Number];
            if (pair.Count == top.Count)
            {
                var merge = new Merge(pair.Left, pair.Right, product);
                Apply(merge, top.Number);
                return merge;
            }

            if (pair.Count >= _minimumCount)
            {
                _heap.Push(top with { Count = pair.Count });
            }
        }

        return null;
    }

    private void LayOut(WordTable words)
    {
        int at = 0, number = 0;
        foreach ((ReadOnlyMemory<byte> word, long count) in words.Words())
        {
            _slots[at++] = SymbolChain.Boundary;
            foreach (byte value in word.Span)
            {
                _wordOf[at] = number;
                _slots[at++] = value;
            }

            _wordCounts[number++] = count;
        }

        _slots[at] = SymbolChain.Boundary;
    }

    private void CountBytePairs()
    {
        var counts = new long[1 << 16];
        var cursors = new int[1 << 16];
        for (int at = 1; at < _slots.Length; at++)
        {
            if (_slots[at - 1] >= 0 && _slots[at] >= 0)
            {
                int pair = _slots[at - 1] << 8 | _slots[at];
                counts[pair] += _wordCounts[_wordOf[at]];
                cursors[pair]++;
            }
        }

        for (int pair = 0; pair < counts.Length; pair++)
        {
            cursors[pair] = counts[pair] == 0 ? -1 : AddPair(pair >> 8, pair & 0xFF, counts[pair], cursors[pair]);
        }

        Span<int> places = CollectionsMarshal.AsSpan(_places);
        for (int at = 1; at < _slots.Length; at++)
        {
            if (_slots[at - 1] >= 0 && _slots[at] >= 0 && cursors[_slots[at - 1] << 8 | _slots[at]] is >= 0 and int cursor)
            {
                places[cursor] = at - 1;
                cursors[_slots[at - 1] << 8 | _slots[at]]++;
            }
        }
    }

    /// <summary>Makes room for the places of a new pair and returns the first; -1 when the pair is too rare to be kept.</summary>
    private int AddPair(int left, int right, long count, int places)
    {
        if (count < _minimumCount)
        {
            return -1;
        }

        int first = _places.Count;
        CollectionsMarshal.SetCount(_places, first + places);
        _numbers.Add(left, right, _pairs.Count);
        _heap.Push(new PairHeap.Item(count, left, right, _pairs.Count));
        _pairs.Add(new Pair(left, right, count, first, places));
        return first;
    }

    private void Apply(Merge merge, int number)
    {
        SymbolChain chain = Chain;
        Span<Pair> pairs = CollectionsMarshal.AsSpan(_pairs);
        Pair pair = pairs[number];
        _merged.Clear();
        foreach (int at in CollectionsMarshal.AsSpan(_places).Slice(pair.FirstPlace, pair.Places))
        {
            int right = chain[at] == merge.Left ? chain.Next(at) : at;
            if (right == at || chain[right] != merge.Right)
            {
                continue;
            }

            // Pairs with the product are not there yet: they are counted when all places are merged.
            long count = _wordCounts[_wordOf[at]];
            int before = chain[chain.Previous(at)];
            int after = chain[chain.Merge(at, right, merge.Product)];
            if (before >= 0)
            {
                Reduce(pairs, before, merge.Left, count);
            }

            if (after >= 0)
            {
                Reduce(pairs, merge.Right, after, count);
            }

            _merged.Add(at);
        }

        pairs[number].Count = 0;
        AddNewPairs(merge.Product);
    }

    private void Reduce(Span<Pair> pairs, int left, int right, long count)
    {
        int number = _numbers.Find(left, right);
        if (number != PairMap.None)
        {
            pairs[number].Count -= count;
        }
    }

    // Once to count, once to write down the places. Two products side by side are the pair of the left one.
    private void AddNewPairs(int product)
    {
        SymbolChain chain = Chain;
        foreach (int at in CollectionsMarshal.AsSpan(_merged))
        {
            long count = _wordCounts[_wordOf[at]];
            int before = chain[chain.Previous(at)], after = chain[chain.Next(at)];
            if (before >= 0 && before != product)
            {
                _neighbours.Count(before, isBefore: true, count);
            }

            if (after >= 0)
            {
                _neighbours.Count(after, isBefore: false, count);
            }
        }

        foreach ((int symbol, bool isBefore) in _neighbours.Seen)
        {
            ref Neighbours.Tally tally = ref _neighbours[symbol, isBefore];
            (int left, int right) = isBefore ? (symbol, product) : (product, symbol);
            tally.Cursor = AddPair(left, right, tally.Total, tally.Places);
        }

        Span<int> places = CollectionsMarshal.AsSpan(_places);
        foreach (int at in CollectionsMarshal.AsSpan(_merged))
        {
            int previous = chain.Previous(at), before = chain[previous], after = chain[chain.Next(at)];
            if (before >= 0 && before != product && _neighbours[before, isBefore: true].Cursor >= 0)
            {
                places[_neighbours[before, isBefore: true].Cursor++] = previous;
            }

            if (after >= 0 && _neighbours[after, isBefore: false].Cursor >= 0)
            {
                places[_neighbours[after, isBefore: false].Cursor++] = at;
            }
        }

        _neighbours.Clear();
    }
}
