using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>
/// Memory for keys and values, reserved once and handed out in pages that count how many sequences hold them. Pages that nobody has used yet are only addresses: the
/// system gives them memory when they are first written.
/// </summary>
internal sealed unsafe class PagePool : IDisposable
{
    private readonly AlignedMemory _memory;
    private readonly byte* _start;
    private readonly int[] _holders;
    private readonly int[] _free;

    public PagePool(long pageBytes, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (PageBytes, Count) = (pageBytes, checked((int)count));
        _memory = AlignedMemory.Untouched(checked(pageBytes * count));
        _start = _memory.Pointer;
        _holders = new int[Count];
        _free = new int[Count];
        FreeCount = Count;
        for (int i = 0; i < Count; i++)
        {
            _free[i] = Count - 1 - i; // low addresses first
        }
    }

    public long PageBytes { get; }

    public int Count { get; }

    /// <summary>Pages that nobody holds.</summary>
    public int FreeCount { get; private set; }

    /// <summary>Hands out a page with one holder; there must be a free one.</summary>
    public byte* Take()
    {
        int page = _free[--FreeCount];
        _holders[page] = 1;
        return _start + (page * PageBytes);
    }

    /// <summary>Adds a holder.</summary>
    public void Hold(byte* page) => _holders[NumberOf(page)]++;

    /// <summary>Takes a holder away; the last one frees the page.</summary>
    public void Release(byte* page)
    {
        int number = NumberOf(page);
        if (--_holders[number] == 0)
        {
            _free[FreeCount++] = number;
        }
    }

    /// <summary>Whether several hold the page, so that nobody may write to it.</summary>
    public bool IsShared(byte* page) => _holders[NumberOf(page)] > 1;

    public void Dispose() => _memory.Dispose();

    private int NumberOf(byte* page) => checked((int)((page - _start) / PageBytes));
}
