using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <summary>
/// A small change to a frozen weight matrix W (out,in): W + s B A with A (r,in) and B (out,r), r far smaller than either (LoRA, Hu et al., arXiv 2106.09685); or, with
/// magnitudes m (out), the rows of that matrix brought to these lengths: m (W + s B A) / ‖W + s B A‖ (DoRA, Liu et al., arXiv 2402.09353).
/// </summary>
/// <remarks>
/// As in section 4.3 of the DoRA paper, the lengths ‖·‖ count as constants in backward: its gradients are those of y = g (x Wᵀ + s x Aᵀ Bᵀ) with g = m / ‖·‖ held. They are brought up to
/// date by <see cref="Refresh"/> before a forward pass.
/// </remarks>
public sealed unsafe class LowRankUpdate : IDisposable
{
    private readonly Device _device;
    private readonly AlignedMemory? _lengths;
    private bool _hasLengths;

    /// <summary>Describes an update of a weight; its parameters have memory, and are zeros.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="weight">The matrix (out,in) that it changes.</param>
    /// <param name="rank">r.</param>
    /// <param name="scale">s; α/r as a rule.</param>
    /// <param name="hasMagnitude">Whether it has magnitudes: DoRA.</param>
    public LowRankUpdate(Device device, Parameter weight, int rank, float scale, bool hasMagnitude = false)
        : this(device, weight, scale, New(device, weight, "a", new Shape(rank, weight.Shape[1])), New(device, weight, "b", new Shape(weight.Shape[0], rank)),
            hasMagnitude ? New(device, weight, "m", new Shape(weight.Shape[0])) : null)
    {
    }

    /// <summary>An update of parameters that are there already; it disposes of them.</summary>
    internal LowRankUpdate(Device device, Parameter weight, float scale, Parameter down, Parameter up, Parameter? magnitude)
    {
        (_device, Weight, Scale, Down, Up, Magnitude) = (device, weight, scale, down, up, magnitude);
        _lengths = magnitude is null ? null : device.Allocate(weight.Shape[0]);
    }

    /// <summary>W: what it changes.</summary>
    public Parameter Weight { get; }

    /// <summary>A (r,in).</summary>
    public Parameter Down { get; }

    /// <summary>B (out,r).</summary>
    public Parameter Up { get; }

    /// <summary>m (out): the lengths of the changed matrix's rows; null for LoRA.</summary>
    public Parameter? Magnitude { get; }

    /// <summary>r.</summary>
    public int Rank => Down.Shape[0];

    /// <summary>s: what B A is multiplied by.</summary>
    public float Scale { get; }

    /// <summary>Share of the inputs of A that are left out while training (arXiv 2106.09685, section 5); 0 for none.</summary>
    public float Dropout { get; set; }

    /// <summary>A, B and, where there is one, m.</summary>
    public IEnumerable<Parameter> Parameters => Magnitude is null ? [Down, Up] : [Down, Up, Magnitude];

    /// <summary>‖W + s B A‖ of each row, as of the last <see cref="Refresh"/>.</summary>
    internal float* Lengths => _lengths!.Floats;

    /// <summary>Measures the rows of W + s B A anew, if there are magnitudes and anything can have changed since. To be called before a forward pass.</summary>
    public void Refresh()
    {
        if (Magnitude is null || (_hasLengths && !Down.Trainable && !Up.Trainable))
        {
            return;
        }

        MeasureRows(Lengths, withUpdate: true);
        _hasLengths = true;
    }

    /// <summary>Gives the magnitudes the lengths of W's own rows, so that an update with B = 0 changes nothing.</summary>
    public void StartMagnitudes()
    {
        if (Magnitude is not null)
        {
            MeasureRows(Magnitude.Data, withUpdate: false);
        }
    }

    /// <summary>Replaces a float32 W by what the update makes of it.</summary>
    public void Merge() => EachPanel((row, rows, panel) =>
    {
        AddUpdate(row, rows, panel, Scale);
        if (Magnitude is not null)
        {
            using AlignedMemory lengths = _device.Allocate(rows);
            _device.RowLengths(panel, rows, Weight.Shape[1], lengths.Floats);
            for (int i = 0; i < rows; i++)
            {
                _device.Scale(panel + ((long)i * Weight.Shape[1]), Magnitude.Data[row + i] / lengths.Floats[i], Weight.Shape[1]);
            }
        }
    });

    /// <summary>Takes s B A from a float32 W again: the reverse of <see cref="Merge"/>, up to rounding.</summary>
    /// <exception cref="NotSupportedException">There are magnitudes: how long the rows were is not known any more.</exception>
    public void Unmerge()
    {
        if (Magnitude is not null)
        {
            throw new NotSupportedException("A DoRA adapter cannot be taken out again: the lengths that its rows had are lost. Keep the model from before.");
        }

        EachPanel((row, rows, panel) => AddUpdate(row, rows, panel, -Scale));
    }

    /// <summary>Returns the memory to the system.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Dispose();
        }

        _lengths?.Dispose();
    }

    private delegate void PanelAction(int row, int rows, float* panel);

    /// <summary>A stretch of W's rows at a time, in place.</summary>
    private void EachPanel(PanelAction change)
    {
        int inputs = Weight.Shape[1], step = PanelRows(inputs);
        for (int row = 0; row < Weight.Shape[0]; row += step)
        {
            change(row, Math.Min(step, Weight.Shape[0] - row), Weight.Data + ((long)row * inputs));
        }
    }

    /// <summary>panel (rows,in) += factor B[row..] A, in float32.</summary>
    private void AddUpdate(int row, int rows, float* panel, float factor)
    {
        using AlignedMemory scaled = _device.Allocate((long)rows * Rank);
        for (long i = 0; i < (long)rows * Rank; i++)
        {
            scaled.Floats[i] = factor * Up.Data[((long)row * Rank) + i];
        }

        Gemm.Multiply(_device.Pool, Precision.Float32, false, false, rows, Weight.Shape[1], Rank, scaled.Floats, Rank, Down.Data, Weight.Shape[1], panel, Weight.Shape[1], accumulate: true);
    }

    private void MeasureRows(float* lengths, bool withUpdate)
    {
        int inputs = Weight.Shape[1], step = PanelRows(inputs);
        using AlignedMemory panel = _device.Allocate((long)step * inputs);
        for (int row = 0; row < Weight.Shape[0]; row += step)
        {
            int rows = Math.Min(step, Weight.Shape[0] - row);
            _device.DecodeRows(Weight, row, rows, panel.Floats);
            if (withUpdate)
            {
                AddUpdate(row, rows, panel.Floats, Scale);
            }

            _device.RowLengths(panel.Floats, rows, inputs, lengths + row);
        }
    }

    /// <summary>Rows that are worked on at a time: half a megabyte of them, which stays in cache.</summary>
    private static int PanelRows(int inputs) => Math.Max(1, (1 << 17) / inputs);

    private static Parameter New(Device device, Parameter weight, string leaf, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfZero(shape.Length, nameof(shape));
        string name = weight.Name.EndsWith(".weight", StringComparison.Ordinal) ? weight.Name[..^".weight".Length] : weight.Name;
        var parameter = new Parameter(device, $"{name}.lora_{leaf}", shape, shape.Rank == 1 ? ParameterRole.Vector : ParameterRole.Matrix);
        parameter.Allocate();
        return parameter;
    }
}
