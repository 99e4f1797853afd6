namespace Gestalt.Kernels;

/// <content>Writing.</content>
public static unsafe partial class WeightCodec
{
    /// <summary>Whether <see cref="Encode"/> can write a form.</summary>
    /// <param name="format">The form.</param>
    public static bool CanEncode(WeightFormat format) => format is WeightFormat.F32 or WeightFormat.F16 or WeightFormat.BF16;

    /// <summary>Stores values.</summary>
    /// <param name="format">How to store them.</param>
    /// <param name="source">The values, finite where the form is quantized.</param>
    /// <param name="destination">Receives the stored bytes; any alignment.</param>
    /// <param name="count">How many, whole blocks.</param>
    /// <param name="importance">How much each value's error matters, one number of at least 0 per value, or null if all matter alike.</param>
    /// <exception cref="NotSupportedException">The form can only be read.</exception>
    public static void Encode(WeightFormat format, float* source, byte* destination, long count, float* importance = null)
    {
        _ = format.ByteLength(count);
        switch (format)
        {
            case WeightFormat.F32:
                Buffer.MemoryCopy(source, destination, count * sizeof(float), count * sizeof(float));
                break;
            case WeightFormat.F16:
                Conversion.ToHalf(Alone, source, (ushort*)destination, count);
                break;
            case WeightFormat.BF16:
                Conversion.ToBFloat16(Alone, source, (ushort*)destination, count);
                break;
            default:
                throw new NotSupportedException($"Weights cannot be stored as {format}, only read.");
        }
    }
}
