using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>Writes rows of D values into the chunk of a head and expands them to float32 again.</summary>
/// <remarks>
/// Every format is spread to whole 32-bit lanes with a shift and a mask, and one multiplication does the rest:
/// <list type="bullet">
/// <item>A float16 shifted left by 13 bits is a float32 that is 2^112 times too small, for normal and subnormal numbers alike. Infinity and NaN
/// would not survive that; they are never written.</item>
/// <item>Of 32 quantized values the first 16 are the low, the others the high bytes of 16 words, 128 added. A byte put below the exponent of
/// 2^23 is that float plus the byte, so subtracting 2^23 + 128 gives the value without a conversion.</item>
/// </list>
/// </remarks>
internal static unsafe class PageRows
{
    private const float TwoTo112 = 5.192296858534828e+33f;
    private const float LargestHalf = 65504;
    private const uint ExponentOfTwoTo23 = 0x4B00_0000;
    private const float ByteOffset = (1 << 23) + 128;
    private const int HalfBlock = PagedShape.ScaleLength / 2;
    private const int LargestQuantum = 127;

    /// <summary>
    /// Expands rows <paramref name="from"/> to <paramref name="end"/> - 1 to (rows, <paramref name="stride"/>), of which D values of each row are written.
    /// Meanwhile the chunk that is wanted next is asked for.
    /// </summary>
    /// <returns>The rows: <paramref name="target"/>, or where they lie if they can be read in place.</returns>
    internal static float* Expand<R>(in PagedShape shape, byte* chunk, byte* next, int from, int end, float* target, int stride)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        if (shape.Format == CacheFormat.F32 && stride == d)
        {
            Ask(next, shape.ChunkBytes);
            return (float*)chunk + ((long)from * d);
        }

        switch (shape.Format)
        {
            case CacheFormat.F32:
                Copy<R>((float*)chunk + ((long)from * d), d, end - from, target, stride);
                break;
            case CacheFormat.F16:
                FromHalves<R>((ushort*)chunk + ((long)from * d), next, d, end - from, target, stride);
                break;
            default:
                FromBytes<R>(chunk, next, d, from, end, target, stride);
                break;
        }

        return target;
    }

    /// <summary>Writes one row of D values as row <paramref name="token"/> of a chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Write<R>(in PagedShape shape, float* source, byte* chunk, int token)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        switch (shape.Format)
        {
            case CacheFormat.F32:
                Copy<R>(source, d, 1, (float*)chunk + ((long)token * d), d);
                break;
            case CacheFormat.F16:
                ToHalves<R>(source, (ushort*)chunk + ((long)token * d), d);
                break;
            default:
                float* scales = (float*)(chunk + (PagedShape.TokensPerPage * d)) + (token * (d / PagedShape.ScaleLength));
                ToBytes<R>(source, (ushort*)(chunk + ((long)token * d)), scales, d);
                break;
        }
    }

    private static void Ask(byte* next, int bytes)
    {
        if (next != null)
        {
            Prefetch.Stretch((float*)next, bytes / sizeof(float));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Copy<R>(float* source, int d, int rows, float* target, int stride)
        where R : struct, IRegister<R>
    {
        for (int row = 0; row < rows; row++, source += d, target += stride)
        {
            for (int i = 0; i < d; i += R.Count)
            {
                RowEnds.Store(target + i, d - i, RowEnds.Load<R>(source + i, d - i));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FromHalves<R>(ushort* source, byte* next, int d, int rows, float* target, int stride)
        where R : struct, IRegister<R>
    {
        for (int row = 0; row < rows; row++, source += d, target += stride)
        {
            if (next != null)
            {
                Prefetch.Stretch((float*)(next + ((long)row * d * sizeof(ushort))), (d * sizeof(ushort)) / sizeof(float));
            }

            int i = 0;
            for (; i <= d - R.Count; i += R.Count)
            {
                FromHalf<R>(source + i).Store(target + i);
            }

            for (; i < d; i++)
            {
                FromHalf<Register32>(source + i).Store(target + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R FromHalf<R>(ushort* source)
        where R : struct, IRegister<R>
    {
        R bits = R.LoadWords(source);
        R magnitude = ((bits & R.BroadcastBits(0x7FFF)) << 13) * R.Broadcast(TwoTo112);
        return magnitude | ((bits & R.BroadcastBits(0x8000)) << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FromBytes<R>(byte* chunk, byte* next, int d, int from, int end, float* target, int stride)
        where R : struct, IRegister<R>
    {
        float* scales = (float*)(chunk + (PagedShape.TokensPerPage * d)) + ((long)from * (d / PagedShape.ScaleLength));
        byte* source = chunk + ((long)from * d);
        for (int row = from; row < end; row++, source += d, target += stride)
        {
            if (next != null)
            {
                Prefetch.Stretch((float*)(next + ((long)row * d)), d / sizeof(float));
            }

            for (int i = 0; i < d; i += PagedShape.ScaleLength, scales++)
            {
                R scale = R.Broadcast(*scales);
                ushort* words = (ushort*)(source + i);
                for (int j = 0; j < HalfBlock; j += R.Count)
                {
                    R pair = R.LoadWords(words + j);
                    FromByte(pair & R.BroadcastBits(0xFF), scale).Store(target + i + j);
                    FromByte(pair >>> 8, scale).Store(target + i + HalfBlock + j);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R FromByte<R>(R bits, R scale)
        where R : struct, IRegister<R> => ((bits | R.BroadcastBits(ExponentOfTwoTo23)) - R.Broadcast(ByteOffset)) * scale;

    private static void ToHalves<R>(float* source, ushort* target, int d)
        where R : struct, IRegister<R>
    {
        int i = 0;
        for (; i <= d - R.Count; i += R.Count)
        {
            Saturated<R>(source + i, target + i);
        }

        for (; i < d; i++)
        {
            Saturated<Register32>(source + i, target + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Saturated<R>(float* source, ushort* target)
        where R : struct, IRegister<R> =>
        Conversion.HalfWords(R.Max(R.Broadcast(-LargestHalf), R.Min(R.Load(source), R.Broadcast(LargestHalf)))).StoreWords(target);

    private static void ToBytes<R>(float* source, ushort* target, float* scales, int d)
        where R : struct, IRegister<R>
    {
        for (int i = 0; i < d; i += PagedShape.ScaleLength, source += PagedShape.ScaleLength, target += HalfBlock, scales++)
        {
            R largest = R.Zero;
            for (int j = 0; j < PagedShape.ScaleLength; j += R.Count)
            {
                R value = R.Load(source + j);
                largest = R.Max(largest, R.Max(value, R.Zero - value));
            }

            float reach = R.Maximum(largest);
            *scales = reach / LargestQuantum;
            R inverse = R.Broadcast(reach > 0 ? LargestQuantum / reach : 0);
            for (int j = 0; j < HalfBlock; j += R.Count)
            {
                R low = ToByte(R.Load(source + j), inverse);
                R high = ToByte(R.Load(source + HalfBlock + j), inverse);
                (low | (high << 8)).StoreWords(target + j);
            }
        }
    }

    // The sum rounds to a whole number, to even at the half, and its last byte is that number plus 128. Not fused: every width rounds alike.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R ToByte<R>(R value, R inverse)
        where R : struct, IRegister<R> => ((value * inverse) + R.Broadcast(ByteOffset)) & R.BroadcastBits(0xFF);
}
