namespace Gestalt.Text;

/// <summary>A binary heap of pairs: the most frequent on top, of those the one with the smaller left id, then right id.</summary>
internal sealed class PairHeap
{
    private Item[] _items = new Item[1 << 10];
    private int _count;

    /// <summary>A pair with the count that it had when it was pushed.</summary>
    internal readonly record struct Item(long Count, int Left, int Right, int Number)
    {
        public bool ComesBefore(in Item other) =>
            Count != other.Count ? Count > other.Count
            : Left != other.Left ? Left < other.Left
            : Right < other.Right;
    }

    /// <summary>Adds a pair.</summary>
    public void Push(Item item)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, 2 * _count);
        }

        int at = _count++;
        while (at > 0 && item.ComesBefore(in _items[(at - 1) / 2]))
        {
            _items[at] = _items[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _items[at] = item;
    }

    /// <summary>Takes the first pair off; false when there is none.</summary>
    public bool TryPop(out Item top)
    {
        top = _items[0];
        if (_count == 0)
        {
            return false;
        }

        Item last = _items[--_count];
        int at = 0;
        while (2 * at + 1 < _count)
        {
            int child = 2 * at + 1;
            if (child + 1 < _count && _items[child + 1].ComesBefore(in _items[child]))
            {
                child++;
            }

            if (!_items[child].ComesBefore(in last))
            {
                break;
            }

            _items[at] = _items[child];
            at = child;
        }

        _items[at] = last;
        return true;
    }
}
