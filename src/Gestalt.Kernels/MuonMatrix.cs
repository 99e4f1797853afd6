namespace Gestalt.Kernels;

/// <summary>A matrix for <see cref="Muon.StepAll"/> with what belongs to it.</summary>
public unsafe struct MuonMatrix
{
    /// <summary>The matrix, (rows, columns).</summary>
    public float* Parameter;

    /// <summary>Its gradient.</summary>
    public float* Gradient;

    /// <summary>Its momentum, zero before the first step.</summary>
    public float* Momentum;

    /// <summary>Rows.</summary>
    public int Rows;

    /// <summary>Columns.</summary>
    public int Columns;
}
