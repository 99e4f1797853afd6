namespace Gestalt.Kernels;

/// <summary>Memory for packed operands. Each thread keeps its own and reuses it, so that products allocate nothing once they have grown it.</summary>
/// <remarks>Whole huge pages: packing writes to hundreds of rows in turn, each on a page of its own if pages are small.</remarks>
internal sealed unsafe class GemmBuffers
{
    [ThreadStatic]
    private static GemmBuffers? t_ofThread;

    private AlignedMemory? _a;
    private AlignedMemory? _b;
    private AlignedMemory? _rows;
    private AlignedMemory? _panel;

    public static GemmBuffers OfThread => t_ofThread ??= new GemmBuffers();

    /// <summary>Rows of A that the calling thread has packed for all threads.</summary>
    public float* A(long words) => Grow(ref _a, words);

    /// <summary>Panels of B that the calling thread has packed for all threads.</summary>
    public float* B(long words) => Grow(ref _b, words);

    /// <summary>Rows of A that a thread packs for itself.</summary>
    public float* Rows(long words) => Grow(ref _rows, words);

    /// <summary>A panel of B that a thread packs for itself.</summary>
    public float* Panel(long words) => Grow(ref _panel, words);

    private static float* Grow(ref AlignedMemory? memory, long words)
    {
        if (memory is null || memory.Bytes < words * sizeof(float))
        {
            memory?.Dispose();
            memory = null;
            long bytes = words * sizeof(float);
            memory = new AlignedMemory((bytes + AlignedMemory.HugePage - 1) / AlignedMemory.HugePage * AlignedMemory.HugePage);
        }

        return memory.Floats;
    }
}
