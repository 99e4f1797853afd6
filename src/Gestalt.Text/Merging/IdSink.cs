using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gestalt.Text;

/// <summary>Appends to a list of ids without the list's bookkeeping for each of them. Until <see cref="Close"/> the list holds more than was written.</summary>
internal ref struct IdSink(List<int> ids)
{
    private const int Slack = 256;

    private Span<int> _slots = CollectionsMarshal.AsSpan(ids);
    private int _count = ids.Count;

    /// <summary>How many ids the list has by now.</summary>
    public readonly int Count => _count;

    /// <summary>The ids written since there were <paramref name="count"/>.</summary>
    public readonly ReadOnlySpan<int> Since(int count) => _slots[count.._count];

    /// <summary>Where the next ids go, of which at least <paramref name="slots"/> can be written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int Reserve(int slots)
    {
        if (_slots.Length - _count < slots)
        {
            Grow(slots);
        }

        return ref Unsafe.Add(ref MemoryMarshal.GetReference(_slots), _count);
    }

    /// <summary>Counts ids written at <see cref="Reserve"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int count) => _count += count;

    /// <summary>Appends ids.</summary>
    public void Append(scoped ReadOnlySpan<int> more)
    {
        Reserve(more.Length);
        more.CopyTo(_slots[_count..]);
        _count += more.Length;
    }

    /// <summary>Cuts the list to what was written.</summary>
    public readonly void Close() => CollectionsMarshal.SetCount(ids, _count);

    private void Grow(int slots)
    {
        int size = (int)Math.Min(Array.MaxLength, Math.Max((long)_count + slots + Slack, Math.Max(ids.Capacity, 2L * _count)));
        CollectionsMarshal.SetCount(ids, size);
        _slots = CollectionsMarshal.AsSpan(ids);
    }
}
