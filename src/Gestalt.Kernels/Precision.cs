namespace Gestalt.Kernels;

/// <summary>How the operands of a matrix product are rounded before they are multiplied. Sums are always float32.</summary>
public enum Precision
{
    /// <summary>Operands keep their 24 significant bits.</summary>
    Float32,

    /// <summary>Operands are rounded to 8 significant bits, to nearest, ties to even, while they are packed.</summary>
    BFloat16,
}
