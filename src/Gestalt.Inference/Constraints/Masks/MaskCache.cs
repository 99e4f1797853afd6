namespace Gestalt.Inference.Constraints;

/// <summary>The latest masks of a sequence by the places that they belong to: within a string, place and mask stay the same for token after token.</summary>
internal sealed class MaskCache
{
    private const int Capacity = 16;

    private readonly List<Entry> _entries = new(Capacity);
    private int _oldest;

    public bool TryCopy(ReadOnlySpan<Item> places, Span<uint> mask)
    {
        foreach (Entry entry in _entries)
        {
            if (!entry.Places.Span(0, entry.Places.Count).SequenceEqual(places))
                continue;
            entry.Mask.CopyTo(mask);
            return true;
        }
        return false;
    }

    public void Add(ReadOnlySpan<Item> places, ReadOnlySpan<uint> mask)
    {
        Entry entry;
        if (_entries.Count < Capacity)
        {
            entry = new Entry(new ItemList(), new uint[mask.Length]);
            _entries.Add(entry);
        }
        else
        {
            entry = _entries[_oldest];
            _oldest = (_oldest + 1) % Capacity;
        }
        entry.Places.Count = 0;
        foreach (Item place in places)
            entry.Places.Add(place);
        mask.CopyTo(entry.Mask);
    }

    private sealed record Entry(ItemList Places, uint[] Mask);
}
