using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Gestalt.Tensors;

/// <summary>The groups in which <see cref="KernelProfile"/> reports.</summary>
public enum KernelKind
{
    /// <summary>Matrix products.</summary>
    MatrixProduct,

    /// <summary>Attention, forward.</summary>
    AttentionForward,

    /// <summary>Attention, backward.</summary>
    AttentionBackward,

    /// <summary>RMSNorm, LayerNorm and QK-norm, both directions.</summary>
    Norm,

    /// <summary>Rotary positions.</summary>
    Rotary,

    /// <summary>SwiGLU, GELU and ReLU².</summary>
    Activation,

    /// <summary>Softmax and cross-entropy.</summary>
    CrossEntropy,

    /// <summary>Lookups and their gradient.</summary>
    Embedding,

    /// <summary>Sums, scaling, copies, clearing.</summary>
    Elementwise,
}

/// <summary>Where a step's time goes: seconds, calls and floating-point operations by kind of kernel. Set it as <see cref="Device.Profile"/>.</summary>
public sealed class KernelProfile
{
    private readonly long[] _ticks = new long[Enum.GetValues<KernelKind>().Length];
    private readonly long[] _calls = new long[Enum.GetValues<KernelKind>().Length];
    private readonly double[] _operations = new double[Enum.GetValues<KernelKind>().Length];

    /// <summary>Seconds spent in one kind of kernel.</summary>
    /// <param name="kind">Which kind.</param>
    public double Seconds(KernelKind kind) => (double)_ticks[(int)kind] / Stopwatch.Frequency;

    /// <summary>How often that kind was called.</summary>
    /// <param name="kind">Which kind.</param>
    public long Calls(KernelKind kind) => _calls[(int)kind];

    /// <summary>Multiplications and additions done by that kind; counted for matrix products and attention.</summary>
    /// <param name="kind">Which kind.</param>
    public double Operations(KernelKind kind) => _operations[(int)kind];

    /// <summary>Starts counting anew.</summary>
    public void Clear()
    {
        Array.Clear(_ticks);
        Array.Clear(_calls);
        Array.Clear(_operations);
    }

    /// <summary>A table: milliseconds, share, calls and GFLOP/s by kind.</summary>
    public override string ToString()
    {
        StringBuilder table = new();
        double total = 0;
        foreach (long ticks in _ticks)
        {
            total += (double)ticks / Stopwatch.Frequency;
        }

        foreach (KernelKind kind in Enum.GetValues<KernelKind>().OrderByDescending(Seconds))
        {
            double seconds = Seconds(kind);
            if (seconds > 0)
            {
                table.Append(CultureInfo.InvariantCulture, $"{kind,-18} {seconds * 1e3,10:0.0} ms {seconds / total,7:P1} {Calls(kind),8} calls");
                table.AppendLine(Operations(kind) > 0
                    ? string.Create(CultureInfo.InvariantCulture, $" {Operations(kind) / seconds / 1e9,8:0.0} GFLOP/s")
                    : string.Empty);
            }
        }

        return table.ToString();
    }

    internal void Add(KernelKind kind, long ticks, double operations)
    {
        _ticks[(int)kind] += ticks;
        _calls[(int)kind]++;
        _operations[(int)kind] += operations;
    }
}
