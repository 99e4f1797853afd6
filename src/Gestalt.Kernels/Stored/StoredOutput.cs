namespace Gestalt.Kernels;

/// <summary>Where the product with a stored matrix goes.</summary>
/// <param name="data">First result.</param>
/// <param name="stride">Distance between rows, in values.</param>
/// <param name="bias">A value for each row of the matrix that is added to every row of results, or null.</param>
public readonly unsafe struct StoredOutput(float* data, int stride, float* bias = null)
{
    /// <summary>First result.</summary>
    public float* Data { get; } = data;

    /// <summary>Distance between rows, in values.</summary>
    public int Stride { get; } = stride;

    /// <summary>A value for each row of the matrix, or null.</summary>
    public float* Bias { get; } = bias;
}
