using System.Runtime.InteropServices;

namespace Gestalt.Kernels.Tests.Support;

/// <summary>
/// An array that ends exactly where readable memory ends: a kernel that reads or writes one value too far ends the test run on the
/// spot. In front of it stand marks, checked on disposal. Since it is placed by its end, odd lengths also start at unaligned addresses.
/// </summary>
internal sealed unsafe class Guarded<T> : IDisposable
    where T : unmanaged
{
    private const int MarkBytes = 256;
    private const byte Mark = 0xA5;
    private static readonly int Page = Environment.SystemPageSize;

    private readonly byte* _block;
    private readonly nuint _blockBytes;
    private readonly byte* _start;
    private bool _disposed;

    public Guarded(int count)
    {
        Count = count;
        int bytes = count * sizeof(T);
        int pages = (bytes + MarkBytes + Page - 1) / Page;
        _blockBytes = (nuint)((pages + 1) * Page);
        _block = (byte*)NativeMemory.AlignedAlloc(_blockBytes, (nuint)Page);
        byte* wall = _block + ((long)pages * Page);
        _start = wall - bytes;
        new Span<byte>(_start - MarkBytes, MarkBytes).Fill(Mark);
        new Span<byte>(_start, bytes).Clear();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(0, PageProtection.Set(wall, (nuint)Page, 0));
        }
    }

    public Guarded(ReadOnlySpan<T> values)
        : this(values.Length) => values.CopyTo(Span);

    public int Count { get; }

    public T* Pointer => (T*)_start;

    public Span<T> Span => new(_start, Count);

    public T[] ToArray() => Span.ToArray();

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        bool intact = new ReadOnlySpan<byte>(_start - MarkBytes, MarkBytes).IndexOfAnyExcept(Mark) < 0;
        if (!OperatingSystem.IsWindows())
        {
            _ = PageProtection.Set(_block + _blockBytes - Page, (nuint)Page, 1 | 2);
        }

        NativeMemory.AlignedFree(_block);
        Assert.True(intact, "a kernel wrote in front of an array");
    }
}

internal static unsafe partial class PageProtection
{
    [LibraryImport("libc", EntryPoint = "mprotect")]
    public static partial int Set(void* address, nuint length, int protection);
}
