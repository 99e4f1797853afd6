namespace Gestalt.Kernels;

/// <summary>How the values of a weight matrix are stored: the layouts of ggml, bit for bit, under the names that GGUF files use.</summary>
/// <remarks>
/// The quantized ones cut a row in blocks. Every value is <c>scale · (code - offset) - minimum</c>, where a code is a small whole number and
/// scale and minimum belong to 16 or 32 values; the formats differ in how many bits each of the three takes and where they lie.
/// </remarks>
public enum WeightFormat
{
    /// <summary>float32.</summary>
    F32,

    /// <summary>IEEE float16.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a float32.</summary>
    BF16,

    /// <summary>32 signed bytes and a scale: 8.5 bits a weight.</summary>
    Q8_0,

    /// <summary>32 values of 4 bits and a scale: 4.5 bits a weight.</summary>
    Q4_0,

    /// <summary>32 values of 4 bits, a scale and a minimum: 5 bits a weight.</summary>
    Q4_1,

    /// <summary>32 values of 5 bits and a scale: 5.5 bits a weight.</summary>
    Q5_0,

    /// <summary>32 values of 5 bits, a scale and a minimum: 6 bits a weight.</summary>
    Q5_1,

    /// <summary>256 values of 2 bits, 4-bit scales and minima for each 16: 2.625 bits a weight.</summary>
    Q2_K,

    /// <summary>256 values of 3 bits, 6-bit scales for each 16: 3.4375 bits a weight.</summary>
    Q3_K,

    /// <summary>256 values of 4 bits, 6-bit scales and minima for each 32: 4.5 bits a weight.</summary>
    Q4_K,

    /// <summary>256 values of 5 bits, 6-bit scales and minima for each 32: 5.5 bits a weight.</summary>
    Q5_K,

    /// <summary>256 values of 6 bits, 8-bit scales for each 16: 6.5625 bits a weight.</summary>
    Q6_K,

    /// <summary>32 values of 4 bits that index a table of 16 unevenly spaced values, and a scale: 4.5 bits a weight.</summary>
    IQ4_NL,

    /// <summary>256 values that index the table of <see cref="IQ4_NL"/>, 6-bit scales for each 32: 4.25 bits a weight.</summary>
    IQ4_XS,

    /// <summary>32 values of 4 bits in floating point (E2M1) and a power of two: 4.25 bits a weight (OCP Microscaling Formats 1.0).</summary>
    MXFP4,
}
