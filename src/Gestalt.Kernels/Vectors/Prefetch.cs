using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>Asks for memory ahead of its use, where a kernel visits it in an order in which the processor sees no stream.</summary>
internal static unsafe class Prefetch
{
    private const int FloatsPerLine = AlignedMemory.Alignment / sizeof(float);

    /// <summary>
    /// Starts to bring a stretch of memory into the first-level cache. The stretch may lie beyond the end of an array: nothing is read that does not
    /// exist. Does nothing on processors for which .NET offers no such instruction.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Stretch(float* first, long count)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (long i = 0; i < count; i += FloatsPerLine)
        {
            Sse.Prefetch0(first + i);
        }
    }
}
