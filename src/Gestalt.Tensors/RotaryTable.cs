using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <summary>Which values of a head turn together.</summary>
public enum RotaryPairs
{
    /// <summary>(x[i], x[i + R/2]): GPT-NeoX, Qwen, Gemma, Phi, and everything that Hugging Face stores.</summary>
    Halves,

    /// <summary>(x[2i], x[2i + 1]): the paper's order, and Llama's in GGUF files.</summary>
    Neighbours,
}

/// <summary>The cosines and sines that rotary positions need, (positions, R/2) each, computed once and shared by all layers.</summary>
public sealed unsafe class RotaryTable : IDisposable
{
    private readonly AlignedMemory _memory;

    /// <summary>Computes the table of the paper: pair i turns by θ^(−2i/D) from one position to the next.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="positions">How many positions it covers.</param>
    /// <param name="headWidth">Width D of a head; even.</param>
    /// <param name="theta">Base of the wavelengths; 10,000 in the paper.</param>
    public RotaryTable(Device device, int positions, int headWidth, double theta)
        : this(device, positions, headWidth, Frequencies(headWidth, theta))
    {
    }

    /// <summary>Computes a table for any frequencies.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="positions">How many positions it covers.</param>
    /// <param name="headWidth">Width D of a head.</param>
    /// <param name="frequencies">The angle that each pair turns by from one position to the next; fewer than D/2 leave the rest of a head as it is.</param>
    /// <param name="magnitude">Factor of everything that turns.</param>
    /// <param name="pairs">Which values turn together.</param>
    public RotaryTable(Device device, int positions, int headWidth, ReadOnlySpan<double> frequencies, double magnitude = 1, RotaryPairs pairs = RotaryPairs.Halves)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        if (frequencies.Length < 1 || 2 * frequencies.Length > headWidth)
        {
            throw new ArgumentOutOfRangeException(nameof(frequencies), frequencies.Length, $"A head of {headWidth} values has 1 to {headWidth / 2} pairs to turn.");
        }

        (Positions, HeadWidth, RotatedWidth, Pairs) = (positions, headWidth, 2 * frequencies.Length, pairs);
        _memory = device.Allocate((long)positions * RotatedWidth);
        Kernels.Rotary.FillTables(Cosines, Sines, positions, frequencies, magnitude);
    }

    /// <summary>How many positions the table covers.</summary>
    public int Positions { get; }

    /// <summary>Width D of a head.</summary>
    public int HeadWidth { get; }

    /// <summary>R: how many values of a head turn, from the first.</summary>
    public int RotatedWidth { get; }

    /// <summary>Which values turn together.</summary>
    public RotaryPairs Pairs { get; }

    internal float* Cosines => _memory.Floats;

    internal float* Sines => _memory.Floats + ((long)Positions * (RotatedWidth / 2));

    /// <summary>Returns the memory to the system.</summary>
    public void Dispose() => _memory.Dispose();

    private static double[] Frequencies(int headWidth, double theta) => headWidth < 2 || headWidth % 2 != 0
        ? throw new ArgumentOutOfRangeException(nameof(headWidth), headWidth, "Rotary positions turn pairs: the head width must be even.")
        : [.. Enumerable.Range(0, headWidth / 2).Select(i => Math.Pow(theta, -2.0 * i / headWidth))];
}
