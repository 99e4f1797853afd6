using System.Runtime.InteropServices;

namespace Gestalt.Kernels;

/// <summary>
/// A block of native memory for parameters, activations and packed operands: aligned for the widest vectors, zeroed, never moved
/// or scanned by the garbage collector. Freed by <see cref="Dispose"/>, or by the finalizer when it was forgotten.
/// </summary>
/// <remarks>
/// Blocks of 2 MiB and more start on a 2 MiB boundary and ask Linux for huge pages: a matrix with long rows touches one page per
/// row, and 4 KiB pages then miss the address translation cache on every one of them.
/// </remarks>
public sealed unsafe partial class AlignedMemory : IDisposable
{
    /// <summary>Alignment of every block, in bytes: one cache line, one 512-bit vector.</summary>
    public const int Alignment = 64;

    internal const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    private byte* _pointer;

    /// <summary>Allocates a zeroed block.</summary>
    /// <param name="bytes">Its length in bytes; 0 is allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has no such block left.</exception>
    public AlignedMemory(long bytes)
        : this(bytes, clear: true)
    {
    }

    private AlignedMemory(long bytes, bool clear)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        bool huge = bytes >= HugePage;
        _pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), huge ? (nuint)HugePage : Alignment);
        Bytes = bytes;
        if (huge && OperatingSystem.IsLinux())
        {
            // Advice only: a kernel that refuses leaves ordinary pages, which are slower and just as correct.
            _ = Advise(_pointer, (nuint)bytes, AdviseHugePages);
        }

        if (clear)
        {
            NativeMemory.Clear(_pointer, (nuint)bytes);
        }
    }

    /// <summary>Returns a forgotten block to the system.</summary>
    ~AlignedMemory() => Free();

    /// <summary>Length of the block in bytes.</summary>
    public long Bytes { get; }

    /// <summary>First byte of the block.</summary>
    /// <exception cref="ObjectDisposedException">The block has been freed.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer is null, this);
            return _pointer;
        }
    }

    /// <summary>The block seen as float32 values.</summary>
    /// <exception cref="ObjectDisposedException">The block has been freed.</exception>
    public float* Floats => (float*)Pointer;

    /// <summary>Reserves a block whose contents are undefined: what is large and never written costs addresses, not memory.</summary>
    /// <param name="bytes">Its length in bytes.</param>
    /// <exception cref="OutOfMemoryException">The system has no such block left.</exception>
    public static AlignedMemory Untouched(long bytes) => new(bytes, clear: false);

    /// <summary>Allocates a zeroed block of float32 values.</summary>
    /// <param name="count">How many values.</param>
    public static AlignedMemory OfFloats(long count) => new(checked(count * sizeof(float)));

    /// <summary>The block as a span of values; blocks beyond 2^31 values have to go through <see cref="Pointer"/>.</summary>
    /// <typeparam name="T">Type of the values.</typeparam>
    /// <exception cref="OverflowException">The block holds more values than a span can.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged => new(Pointer, checked((int)(Bytes / sizeof(T))));

    /// <summary>Frees the block. No pointer into it may be used afterwards.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
