using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>
/// How the numbers of a tensor are stored, by ggml's numbering. Values come in blocks that share a scale; plain types are blocks of one.
/// <see cref="TensorTypes"/> knows their sizes; <see cref="TensorConversion"/> reads and writes those of which
/// <see cref="TensorTypes.IsReadable"/> is true.
/// </summary>
public enum TensorType
{
    /// <summary>IEEE single precision.</summary>
    F32 = 0,

    /// <summary>IEEE half precision.</summary>
    F16 = 1,

    /// <summary>32 4-bit values and a scale.</summary>
    Q4_0 = 2,

    /// <summary>32 4-bit values, a scale and a minimum.</summary>
    Q4_1 = 3,

    /// <summary>32 5-bit values and a scale.</summary>
    Q5_0 = 6,

    /// <summary>32 5-bit values, a scale and a minimum.</summary>
    Q5_1 = 7,

    /// <summary>32 8-bit values and a half-precision scale: 34 bytes.</summary>
    Q8_0 = 8,

    /// <summary>256 2-bit values in groups of 16 with 4-bit scales and minima.</summary>
    Q2_K = 10,

    /// <summary>256 3-bit values in groups of 16 with 6-bit scales.</summary>
    Q3_K = 11,

    /// <summary>256 4-bit values in groups of 32 with 6-bit scales and minima.</summary>
    Q4_K = 12,

    /// <summary>256 5-bit values in groups of 32 with 6-bit scales and minima.</summary>
    Q5_K = 13,

    /// <summary>256 6-bit values in groups of 16 with 8-bit scales.</summary>
    Q6_K = 14,

    /// <summary>32 4-bit indices into a fixed table, and a scale.</summary>
    IQ4_NL = 20,

    /// <summary>256 4-bit indices into a fixed table in groups of 32 with 6-bit scales.</summary>
    IQ4_XS = 23,

    /// <summary>8-bit integers.</summary>
    I8 = 24,

    /// <summary>16-bit integers.</summary>
    I16 = 25,

    /// <summary>32-bit integers.</summary>
    I32 = 26,

    /// <summary>64-bit integers.</summary>
    I64 = 27,

    /// <summary>IEEE double precision.</summary>
    F64 = 28,

    /// <summary>The upper half of an IEEE single: 8 bits of exponent, 7 of fraction.</summary>
    BF16 = 30,

    /// <summary>32 4-bit floating-point values (E2M1) and a power-of-two scale.</summary>
    MXFP4 = 39,
}

/// <summary>Sizes and names of the <see cref="TensorType"/>s.</summary>
public static class TensorTypes
{
    /// <summary>Values in a block, or 0 for a number that is no type known here.</summary>
    /// <param name="type">The type.</param>
    public static int BlockLength(this TensorType type) => Block(type).Length;

    /// <summary>Bytes of a block, or 0 for a number that is no type known here.</summary>
    /// <param name="type">The type.</param>
    public static int BlockBytes(this TensorType type) => Block(type).Bytes;

    /// <summary>The types that hold weights, as messages list them.</summary>
    internal static string Known { get; } = string.Join(", ", Enum.GetValues<WeightFormat>());

    /// <summary>Whether <see cref="TensorConversion"/> turns this type into float32: all that hold weights.</summary>
    /// <param name="type">The type.</param>
    public static bool IsReadable(this TensorType type) => type.TryGetFormat(out _);

    /// <summary>The form of weights with which models compute, or false for numbers that are no weights.</summary>
    /// <param name="type">The type.</param>
    /// <param name="format">The same under the kernels' name.</param>
    public static bool TryGetFormat(this TensorType type, out WeightFormat format)
    {
        WeightFormat? found = type switch
        {
            TensorType.F32 => WeightFormat.F32,
            TensorType.F16 => WeightFormat.F16,
            TensorType.BF16 => WeightFormat.BF16,
            TensorType.Q8_0 => WeightFormat.Q8_0,
            TensorType.Q4_0 => WeightFormat.Q4_0,
            TensorType.Q4_1 => WeightFormat.Q4_1,
            TensorType.Q5_0 => WeightFormat.Q5_0,
            TensorType.Q5_1 => WeightFormat.Q5_1,
            TensorType.Q2_K => WeightFormat.Q2_K,
            TensorType.Q3_K => WeightFormat.Q3_K,
            TensorType.Q4_K => WeightFormat.Q4_K,
            TensorType.Q5_K => WeightFormat.Q5_K,
            TensorType.Q6_K => WeightFormat.Q6_K,
            TensorType.IQ4_NL => WeightFormat.IQ4_NL,
            TensorType.IQ4_XS => WeightFormat.IQ4_XS,
            TensorType.MXFP4 => WeightFormat.MXFP4,
            _ => null,
        };
        format = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>The file's name of a form of weights.</summary>
    /// <param name="format">The form.</param>
    public static TensorType ToTensorType(this WeightFormat format) => Enum.Parse<TensorType>(format.ToString());

    /// <summary>Bytes of <paramref name="count"/> values, which must be whole blocks.</summary>
    /// <param name="type">The type.</param>
    /// <param name="count">Number of values.</param>
    /// <exception cref="ArgumentException">The values do not divide into blocks.</exception>
    public static long ByteLength(this TensorType type, long count)
    {
        (int length, int bytes) = Block(type);
        if (length == 0 || count % length != 0)
            throw new ArgumentException($"{count} values do not divide into {type} blocks of {length}", nameof(count));
        return checked(count / length * bytes);
    }

    private static (int Length, int Bytes) Block(TensorType type) => type switch
    {
        TensorType.F32 or TensorType.I32 => (1, 4),
        TensorType.F16 or TensorType.BF16 or TensorType.I16 => (1, 2),
        TensorType.F64 or TensorType.I64 => (1, 8),
        TensorType.I8 => (1, 1),
        TensorType.Q4_0 or TensorType.IQ4_NL => (32, 18),
        TensorType.Q4_1 => (32, 20),
        TensorType.Q5_0 => (32, 22),
        TensorType.Q5_1 => (32, 24),
        TensorType.Q8_0 => (32, 34),
        TensorType.Q2_K => (256, 84),
        TensorType.Q3_K => (256, 110),
        TensorType.Q4_K => (256, 144),
        TensorType.Q5_K => (256, 176),
        TensorType.Q6_K => (256, 210),
        TensorType.IQ4_XS => (256, 136),
        TensorType.MXFP4 => (32, 17),
        _ => (0, 0),
    };
}
