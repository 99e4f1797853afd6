using Gestalt.Kernels.Stored;

namespace Gestalt.Kernels;

/// <summary>Sizes of the stored forms.</summary>
public static class WeightFormats
{
    /// <summary>Values in a block; a row holds whole blocks. 1 for the forms without blocks.</summary>
    /// <param name="format">The form.</param>
    /// <exception cref="ArgumentOutOfRangeException">The form is none of the named ones.</exception>
    public static int BlockLength(this WeightFormat format) => format switch
    {
        WeightFormat.F32 or WeightFormat.F16 or WeightFormat.BF16 => 1,
        _ => WeightCodec.Shape(format).Length,
    };

    /// <summary>Bytes of a block.</summary>
    /// <param name="format">The form.</param>
    /// <exception cref="ArgumentOutOfRangeException">The form is none of the named ones.</exception>
    public static int BlockBytes(this WeightFormat format) => format switch
    {
        WeightFormat.F32 => sizeof(float),
        WeightFormat.F16 or WeightFormat.BF16 => sizeof(ushort),
        _ => WeightCodec.Shape(format).Bytes,
    };

    /// <summary>Bytes that values take.</summary>
    /// <param name="format">The form.</param>
    /// <param name="values">How many values, whole blocks.</param>
    /// <exception cref="ArgumentException">The values are not whole blocks.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The form is none of the named ones, or there are fewer than 0 values.</exception>
    public static long ByteLength(this WeightFormat format, long values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(values);
        int length = format.BlockLength();
        return values % length == 0
            ? checked(values / length * format.BlockBytes())
            : throw new ArgumentException($"{values} values are no whole blocks of {format}, which have {length}. Store rows like these as F16 or Q8_0.", nameof(values));
    }

    /// <summary>Whether values share scales, so that products round their other operand to 8 bits.</summary>
    internal static bool IsQuantized(this WeightFormat format) => format > WeightFormat.BF16;
}
