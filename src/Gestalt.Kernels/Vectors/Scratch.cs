namespace Gestalt.Kernels;

/// <summary>
/// Working memory of one thread that kernels reuse from call to call, so that nothing is allocated in steady state. Its contents are
/// undefined at the start.
/// </summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static AlignedMemory? t_forCaller;

    [ThreadStatic]
    private static AlignedMemory? t_forPart;

    /// <summary>Memory that a kernel's calling thread hands to all parts. Valid until the same thread asks again.</summary>
    internal static float* ForCaller(long floats) => Grow(ref t_forCaller, floats);

    /// <summary>Memory of the thread that executes a part. Valid until the part ends or asks again.</summary>
    internal static float* ForPart(long floats) => Grow(ref t_forPart, floats);

    private static float* Grow(ref AlignedMemory? memory, long floats)
    {
        if (memory is null || memory.Bytes < floats * sizeof(float))
        {
            memory?.Dispose();
            memory = null;
            memory = AlignedMemory.OfFloats(floats);
        }

        return memory.Floats;
    }
}
