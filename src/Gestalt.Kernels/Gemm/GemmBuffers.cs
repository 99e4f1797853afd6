namespace Gestalt.Kernels;

/// <summary>Memory for packed operands. Each thread keeps its own and reuses it, so that products allocate nothing once they have grown it.</summary>
internal sealed class GemmBuffers
{
    [ThreadStatic]
    private static GemmBuffers? t_ofThread;

    private AlignedMemory? _shared;
    private AlignedMemory? _private;

    public static GemmBuffers OfThread => t_ofThread ??= new GemmBuffers();

    /// <summary>The operand that the calling thread packs for all threads.</summary>
    public unsafe float* Shared(long words) => Grow(ref _shared, words);

    /// <summary>The part of an operand that a thread packs for itself.</summary>
    public unsafe float* Private(long words) => Grow(ref _private, words);

    private static unsafe float* Grow(ref AlignedMemory? memory, long words)
    {
        if (memory is null || memory.Bytes < words * sizeof(float))
        {
            memory?.Dispose();
            memory = null;
            memory = AlignedMemory.OfFloats(words);
        }

        return memory.Floats;
    }
}
