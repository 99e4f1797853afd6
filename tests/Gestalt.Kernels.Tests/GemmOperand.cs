using System.Runtime.InteropServices;

namespace Gestalt.Kernels.Tests;

/// <summary>
/// A matrix whose last element is the last that may be read: the page after it is forbidden, so that a kernel reading or writing one
/// element too far ends the test run. With a gap between its rows filled with NaN, reading sideways shows, too.
/// </summary>
internal sealed unsafe partial class GemmOperand : IDisposable
{
    private const int PageBytes = 4096;
    private readonly byte* _memory;
    private readonly long _bytes;

    public GemmOperand(int rows, int columns, int gap)
    {
        Rows = rows;
        Columns = columns;
        Stride = columns + gap;
        long needed = rows == 0 ? 0 : ((((long)rows - 1) * Stride) + columns) * sizeof(float);
        long whole = (needed + PageBytes - 1) / PageBytes * PageBytes;
        _bytes = whole + (2 * PageBytes);
        _memory = Allocate(_bytes, whole);
        First = (float*)(_memory + PageBytes + whole - needed);
        new Span<float>(First, (int)(needed / sizeof(float))).Fill(float.NaN);
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Stride { get; }

    public float* First { get; }

    public ref float this[int row, int column] => ref First[((long)row * Stride) + column];

    /// <summary>Small whole numbers: sums of their products are exact in float32 and in bfloat16, in any order.</summary>
    public GemmOperand FillWhole(Random random) => Fill(() => random.Next(-8, 9));

    public GemmOperand Fill(Func<float> next)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                this[row, column] = next();
            }
        }

        return this;
    }

    /// <summary>True if nothing was written between the rows.</summary>
    public bool GapsAreUntouched()
    {
        for (int row = 0; row + 1 < Rows; row++)
        {
            for (int column = Columns; column < Stride; column++)
            {
                if (!float.IsNaN(this[row, column]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(_memory, (nuint)_bytes);
        }
        else
        {
            NativeMemory.AlignedFree(_memory);
        }
    }

    private static byte* Allocate(long bytes, long usable)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (byte*)NativeMemory.AlignedAlloc((nuint)bytes, PageBytes);
        }

        const int None = 0, ReadWrite = 3, PrivateAnonymous = 0x22;
        byte* memory = (byte*)Map(null, (nuint)bytes, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.True((nint)memory != -1, "mmap failed");
        Assert.Equal(0, Protect(memory, PageBytes, None));
        Assert.Equal(0, Protect(memory + PageBytes + usable, PageBytes, None));
        return memory;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
