using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>
/// Turns stored tensor values into float32 and back, with exactly ggml's rounding: to nearest, ties to even, for F16 and BF16;
/// for Q8_0 a scale of the largest magnitude / 127, kept as F16, and values rounded half away from zero.
/// </summary>
/// <remarks>
/// The loops work on 16 values at a time with <see cref="Vector512"/>, which .NET splits in narrower registers where the processor
/// has none that wide; the remainder goes through a padded block, so that there is one formula and not two.
/// </remarks>
public static unsafe class TensorConversion
{
    /// <summary>Values in one Q8_0 block.</summary>
    public const int Q8BlockLength = 32;

    /// <summary>Bytes of one Q8_0 block: a half-precision scale, then 32 signed bytes.</summary>
    public const int Q8BlockBytes = 34;

    private const int Lanes = 16;
    private const float TwoTo112 = 5.192296858534828e33f;

    /// <summary>Reads <paramref name="count"/> stored values.</summary>
    /// <param name="type">How they are stored.</param>
    /// <param name="source">The stored bytes, of any alignment.</param>
    /// <param name="destination">Receives float32 values.</param>
    /// <param name="count">Number of values, whole blocks of the type.</param>
    /// <exception cref="NotSupportedException">The type cannot be read by this version.</exception>
    public static void ToFloat32(TensorType type, byte* source, float* destination, long count)
    {
        switch (type)
        {
            case TensorType.F32:
                Buffer.MemoryCopy(source, destination, checked(count * sizeof(float)), count * sizeof(float));
                break;
            case TensorType.F16:
                WidenHalves((ushort*)source, destination, count);
                break;
            case TensorType.BF16:
                WidenBFloats((ushort*)source, destination, count);
                break;
            case TensorType.Q8_0:
                DequantizeQ8(source, destination, count);
                break;
            default:
                WeightCodec.Decode(type.TryGetFormat(out WeightFormat format) ? format : throw Unsupported(type), source, destination, count);
                break;
        }
    }

    /// <summary>Stores <paramref name="count"/> float32 values.</summary>
    /// <param name="type">How to store them.</param>
    /// <param name="source">Float32 values. Infinities and NaN keep their kind in F32, F16 and BF16; Q8_0 has none, so they must be finite there.</param>
    /// <param name="destination">Receives the stored bytes; any alignment.</param>
    /// <param name="count">Number of values, whole blocks of the type.</param>
    /// <exception cref="NotSupportedException">The type cannot be written by this version.</exception>
    public static void FromFloat32(TensorType type, float* source, byte* destination, long count)
    {
        switch (type)
        {
            case TensorType.F32:
                Buffer.MemoryCopy(source, destination, checked(count * sizeof(float)), count * sizeof(float));
                break;
            case TensorType.F16:
                Narrow<HalfRounding>(source, (ushort*)destination, count);
                break;
            case TensorType.BF16:
                Narrow<BFloatRounding>(source, (ushort*)destination, count);
                break;
            case TensorType.Q8_0:
                QuantizeQ8(source, destination, count);
                break;
            default:
                WeightCodec.Encode(type.TryGetFormat(out WeightFormat format) ? format : throw Unsupported(type), source, destination, count);
                break;
        }
    }

    private static NotSupportedException Unsupported(TensorType type) =>
        new($"tensors of type {type} hold no weights; {TensorTypes.Known} do");

    private static void WidenHalves(ushort* source, float* destination, long count)
    {
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
            WidenHalves(Vector256.Load(source + i)).Store(destination + i);
        for (; i < count; i++)
            destination[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

    // A half's fraction and exponent, moved into a float's place, is the number times 2^-112 (also when it is subnormal), because the
    // exponent biases are 15 and 127: one multiplication puts that right. Only infinity and NaN need their exponent filled up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> WidenHalves(Vector256<ushort> halves)
    {
        Vector512<uint> bits = Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves));
        Vector512<uint> magnitude = (bits & Vector512.Create(0x7FFFu)) << 13;
        Vector512<uint> special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x7C00u << 13)) & Vector512.Create(0x7F800000u);
        Vector512<float> scaled = magnitude.AsSingle() * Vector512.Create(TwoTo112);
        return (scaled.AsUInt32() | special | ((bits & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }

    private static void WidenBFloats(ushort* source, float* destination, long count)
    {
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            Vector256<ushort> stored = Vector256.Load(source + i);
            (Vector512.Create(Vector256.WidenLower(stored), Vector256.WidenUpper(stored)) << 16).AsSingle().Store(destination + i);
        }
        for (; i < count; i++)
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    private static void Narrow<TRounding>(float* source, ushort* destination, long count)
        where TRounding : struct, IRounding
    {
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
            Store(TRounding.Round(Vector512.Load(source + i)), destination + i);
        if (i == count)
            return;
        float* padded = stackalloc float[Lanes];
        ushort* rounded = stackalloc ushort[Lanes];
        int rest = (int)(count - i);
        for (int lane = 0; lane < Lanes; lane++)
            padded[lane] = lane < rest ? source[i + lane] : 0;
        Store(TRounding.Round(Vector512.Load(padded)), rounded);
        for (int lane = 0; lane < rest; lane++)
            destination[i + lane] = rounded[lane];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<uint> values, ushort* destination) =>
        Vector256.Narrow(values.GetLower(), values.GetUpper()).Store(destination);

    private static void DequantizeQ8(byte* source, float* destination, long count)
    {
        for (long block = 0; block < count / Q8BlockLength; block++, source += Q8BlockBytes, destination += Q8BlockLength)
        {
            var scale = Vector512.Create((float)Unsafe.ReadUnaligned<Half>(source));
            for (int half = 0; half < Q8BlockLength; half += Lanes)
            {
                (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load((sbyte*)source + 2 + half));
                Vector512<int> values = Vector512.Create(
                    Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)),
                    Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high)));
                (Vector512.ConvertToSingle(values) * scale).Store(destination + half);
            }
        }
    }

    private static void QuantizeQ8(float* source, byte* destination, long count)
    {
        // The largest float below a half: adding it and cutting the fraction rounds half away from zero, also just below a half.
        Vector512<float> almostHalf = Vector512.Create(0.49999997f);
        for (long block = 0; block < count / Q8BlockLength; block++, source += Q8BlockLength, destination += Q8BlockBytes)
        {
            Vector512<float> first = Vector512.Load(source), second = Vector512.Load(source + Lanes);
            float scale = Largest(Vector512.Max(Vector512.Abs(first), Vector512.Abs(second))) / 127f;
            float inverse = scale != 0 ? 1f / scale : 0f;
            Unsafe.WriteUnaligned(destination, (Half)scale);
            Vector512<int> low = Rounded(first * Vector512.Create(inverse), almostHalf);
            Vector512<int> high = Rounded(second * Vector512.Create(inverse), almostHalf);
            Vector256.Narrow(
                Vector256.Narrow(low.GetLower(), low.GetUpper()),
                Vector256.Narrow(high.GetLower(), high.GetUpper())).Store((sbyte*)destination + 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Rounded(Vector512<float> values, Vector512<float> almostHalf)
    {
        Vector512<uint> sign = values.AsUInt32() & Vector512.Create(0x80000000u);
        return Vector512.ConvertToInt32(values + (almostHalf.AsUInt32() | sign).AsSingle());
    }

    private static float Largest(Vector512<float> values)
    {
        Vector256<float> eight = Vector256.Max(values.GetLower(), values.GetUpper());
        Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }

    private interface IRounding
    {
        static abstract Vector512<uint> Round(Vector512<float> values);
    }

    private readonly struct BFloatRounding : IRounding
    {
        // Adding 0x7FFF plus the lowest kept bit carries into the kept half exactly when nearest-even rounds up. A NaN must not be
        // carried into infinity: its upper half is kept and made quiet.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> Round(Vector512<float> values)
        {
            Vector512<uint> bits = values.AsUInt32();
            Vector512<uint> lowestKept = (bits >>> 16) & Vector512.Create(1u);
            Vector512<uint> rounded = (bits + lowestKept + Vector512.Create(0x7FFFu)) >>> 16;
            Vector512<uint> quiet = (bits >>> 16) | Vector512.Create(0x40u);
            Vector512<uint> isNaN = Vector512.GreaterThan(bits & Vector512.Create(0x7FFFFFFFu), Vector512.Create(0x7F800000u));
            return Vector512.ConditionalSelect(isNaN, quiet, rounded);
        }
    }

    private readonly struct HalfRounding : IRounding
    {
        // Three cases by magnitude, each computed for every lane and then chosen: normal, subnormal, and infinite or not a number.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> Round(Vector512<float> values)
        {
            Vector512<uint> bits = values.AsUInt32();
            Vector512<uint> magnitude = bits & Vector512.Create(0x7FFFFFFFu);
            Vector512<uint> sign = (bits >>> 16) & Vector512.Create(0x8000u);

            // Normal halves: rebias the exponent, round the 13 lost bits to nearest even; a carry moves into the exponent, as it should.
            Vector512<uint> lowestKept = (magnitude >>> 13) & Vector512.Create(1u);
            Vector512<uint> normal = (magnitude + Vector512.Create(unchecked((uint)((15 - 127) << 23)) + 0xFFFu) + lowestKept) >>> 13;

            // Subnormal halves: 0.5's last bit is 2^-24, which is the spacing of subnormal halves.
            Vector512<uint> half = Vector512.Create(0.5f).AsUInt32();
            Vector512<uint> subnormal = (magnitude.AsSingle() + Vector512.Create(0.5f)).AsUInt32() - half;

            Vector512<uint> isNaN = Vector512.GreaterThan(magnitude, Vector512.Create(0x7F800000u));
            Vector512<uint> special = Vector512.ConditionalSelect(isNaN, Vector512.Create(0x7E00u) | (magnitude >>> 13 & Vector512.Create(0x3FFu)), Vector512.Create(0x7C00u));
            Vector512<uint> overflows = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x477FF000u)); // 65520: rounds past the largest half
            Vector512<uint> isSmall = Vector512.LessThan(magnitude, Vector512.Create(0x38800000u)); // below 2^-14, the smallest normal half
            Vector512<uint> finite = Vector512.ConditionalSelect(isSmall, subnormal, normal);
            return Vector512.ConditionalSelect(overflows, special, finite) | sign;
        }
    }
}
