using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <summary>The cosines and sines that rotary positions need, (positions, D/2) each, computed once and shared by all layers.</summary>
public sealed unsafe class RotaryTable : IDisposable
{
    private readonly AlignedMemory _memory;

    /// <summary>Computes the table.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="positions">How many positions it covers.</param>
    /// <param name="headWidth">Width D of a head; even.</param>
    /// <param name="theta">Base of the wavelengths; 10,000 in the paper.</param>
    public RotaryTable(Device device, int positions, int headWidth, double theta)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        if (headWidth < 2 || headWidth % 2 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(headWidth), headWidth, "Rotary positions turn pairs: the head width must be even.");
        }

        Positions = positions;
        HeadWidth = headWidth;
        _memory = device.Allocate((long)positions * headWidth);
        Kernels.Rotary.FillTables(Cosines, Sines, positions, headWidth, theta);
    }

    /// <summary>How many positions the table covers.</summary>
    public int Positions { get; }

    /// <summary>Width D of a head.</summary>
    public int HeadWidth { get; }

    internal float* Cosines => _memory.Floats;

    internal float* Sines => _memory.Floats + ((long)Positions * (HeadWidth / 2));

    /// <summary>Returns the memory to the system.</summary>
    public void Dispose() => _memory.Dispose();
}
