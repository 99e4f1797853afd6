using Gestalt.Kernels.Stored;

namespace Gestalt.Kernels;

/// <content>Writing.</content>
public static unsafe partial class WeightCodec
{
    /// <summary>Whether <see cref="Encode"/> can write a form.</summary>
    /// <param name="format">The form.</param>
    public static bool CanEncode(WeightFormat format) => format is not (WeightFormat.IQ4_NL or WeightFormat.IQ4_XS or WeightFormat.MXFP4) && Enum.IsDefined(format);

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
            case WeightFormat.Q8_0:
                EncodeBlocks<Q8_0Encoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q4_0:
                EncodeBlocks<Q4_0Encoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q4_1:
                EncodeBlocks<Q4_1Encoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q5_0:
                EncodeBlocks<Q5_0Encoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q5_1:
                EncodeBlocks<Q5_1Encoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q2_K:
                EncodeBlocks<Q2KEncoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q3_K:
                EncodeBlocks<Q3KEncoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q4_K:
                EncodeBlocks<Q4KEncoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q5_K:
                EncodeBlocks<Q5KEncoder>(source, destination, count, importance);
                break;
            case WeightFormat.Q6_K:
                EncodeBlocks<Q6KEncoder>(source, destination, count, importance);
                break;
            default:
                throw new NotSupportedException($"Weights cannot be stored as {format}, only read.");
        }
    }
    private static void EncodeBlocks<TEncoder>(float* source, byte* destination, long count, float* importance)
        where TEncoder : struct, IBlockEncoder
    {
        BlockShape shape = TEncoder.Shape;
        for (long first = 0; first < count; first += shape.Length, destination += shape.Bytes)
        {
            new Span<byte>(destination, shape.Bytes).Clear();
            TEncoder.Encode(source + first, importance == null ? null : importance + first, destination);
        }
    }
}
