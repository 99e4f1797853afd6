using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <summary>
/// Where a model computes: its threads, its memory and the precision of its matrix products. Operations reach kernels only through it,
/// which makes it the seam where accelerators will come in; today it is the processor.
/// </summary>
/// <remarks>One device may serve several models and tapes, but runs one kernel at a time: its pool is not re-entrant.</remarks>
public sealed unsafe partial class Device
{
    /// <summary>A device on this machine's processor.</summary>
    /// <param name="pool">Its threads; <see cref="WorkerPool.Shared"/> if omitted.</param>
    /// <param name="precision">How operands of matrix products are rounded; sums are float32 either way.</param>
    public Device(WorkerPool? pool = null, Precision precision = Precision.Float32)
    {
        Pool = pool ?? WorkerPool.Shared;
        Precision = precision;
    }

    /// <summary>The threads that kernels are spread over.</summary>
    public WorkerPool Pool { get; }

    /// <summary>How operands of matrix products are rounded.</summary>
    public Precision Precision { get; set; }

    /// <summary>Counts time and arithmetic by kernel while set; null costs nothing.</summary>
    public KernelProfile? Profile { get; set; }

    /// <summary>Takes zeroed memory that stays where it is.</summary>
    /// <param name="count">How many float32 values.</param>
    public AlignedMemory Allocate(long count) => AlignedMemory.OfFloats(count);

    /// <summary>Takes memory whose contents are undefined and which costs nothing where it is never written.</summary>
    /// <param name="bytes">Its length.</param>
    internal AlignedMemory Reserve(long bytes) => AlignedMemory.Untouched(bytes);
}
