using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>Writes rows of D values into the chunk of a head and expands them to float32 rows again, for processors without emitted kernels and for checks.</summary>
/// <remarks>
/// Where the words of a chunk lie is told by <see cref="PageLayout"/>. Every format is spread to whole 32-bit lanes with a shift and a mask, and one multiplication does the rest:
/// <list type="bullet">
/// <item>A float16 shifted left by 13 bits is a float32 that is 2^112 times too small, for normal and subnormal numbers alike. Infinity and NaN
/// would not survive that; they are never written.</item>
/// <item>A byte put below the exponent of 2^23 is that float plus the byte, so subtracting 2^23 + 128 gives a value to which 128 was added without a conversion.</item>
/// </list>
/// </remarks>
internal static unsafe class PageRows
{
    private const float TwoTo112 = 5.192296858534828e+33f;
    private const float LargestHalf = 65504;
    private const uint ExponentOfTwoTo23 = 0x4B00_0000;
    private const float ByteOffset = (1 << 23) + 128;
    private const float SmallestNormal = 1.17549435e-38f;
    private const int LargestQuantum = 127;
    private const int KeyLanes = PageLayout.KeyLanes;
    private const int ScaleLength = PagedShape.ScaleLength;
    private const int PageTokens = PagedShape.TokensPerPage;

    /// <summary>
    /// Expands the first rows of a chunk to (rows, <paramref name="stride"/>), of which D values of each row are written; there must be room for all rows of a page.
    /// Meanwhile the chunk that is wanted next is asked for.
    /// </summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="values">Whether it holds values rather than keys.</param>
    /// <param name="next">The chunk that is wanted next, or null.</param>
    /// <param name="end">How many rows.</param>
    /// <param name="target">Room for the rows.</param>
    /// <param name="stride">Distance of rows, in floats.</param>
    /// <returns>The rows: <paramref name="target"/>, or where they lie if they can be read in place.</returns>
    internal static float* Expand<R>(in PagedShape shape, byte* chunk, bool values, byte* next, int end, float* target, int stride)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        if (next != null)
        {
            Prefetch.Stretch((float*)next, shape.ChunkBytes / sizeof(float));
        }

        if (shape.Format == CacheFormat.F32 && stride == d)
        {
            return (float*)chunk;
        }

        switch (shape.Format)
        {
            case CacheFormat.F32:
                Copy<R>((float*)chunk, d, end, target, stride);
                break;
            case CacheFormat.F16 when values:
                HalfValues<R>((ushort*)chunk, d, end, target, stride);
                break;
            case CacheFormat.F16:
                HalfKeys<R>((ushort*)chunk, d, end, target, stride);
                break;
            default:
                if (values)
                {
                    ByteValues<R>(chunk, d, end, target, stride);
                }
                else
                {
                    ByteKeys<R>(chunk, d, end, target, stride);
                }

                break;
        }

        return target;
    }

    /// <summary>Writes one row of D values as row <paramref name="token"/> of a chunk. The first row of a page clears what nobody has written yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Write<R>(in PagedShape shape, float* source, byte* chunk, bool values, int token)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        if (shape.Format == CacheFormat.F32)
        {
            Copy<R>(source, d, 1, (float*)chunk + ((long)token * d), d);
            return;
        }

        if (token == 0)
        {
            // Products are made of whole pages, and what is left out is multiplied with zero, which a leftover infinity would survive.
            Unsafe.InitBlockUnaligned(chunk, 0, (uint)shape.ChunkBytes);
        }

        if (shape.Format == CacheFormat.Q8_0)
        {
            ToBytes<R>(source, d, chunk, values, token);
        }
        else if (values)
        {
            ToHalves<R>(source, d, (ushort*)chunk + ((long)token * d), 1);
        }
        else
        {
            ToHalves<R>(source, d, (ushort*)chunk + PageLayout.HalfKey(d, token), KeyLanes);
        }
    }

    /// <summary>Spreads float16 to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R FromHalf<R>(ushort* source)
        where R : struct, IRegister<R>
    {
        R bits = R.LoadWords(source);
        R magnitude = ((bits & R.BroadcastBits(0x7FFF)) << 13) * R.Broadcast(TwoTo112);
        return magnitude | ((bits & R.BroadcastBits(0x8000)) << 16);
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
    private static void HalfValues<R>(ushort* source, int d, int rows, float* target, int stride)
        where R : struct, IRegister<R>
    {
        for (int row = 0; row < rows; row++, source += d, target += stride)
        {
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void HalfKeys<R>(ushort* source, int d, int rows, float* target, int stride)
        where R : struct, IRegister<R>
    {
        float* turned = stackalloc float[KeyLanes * KeyLanes]; // (values, tokens)
        for (int row = 0; row < rows; row += KeyLanes, target += (long)KeyLanes * stride)
        {
            for (int first = 0; first < d; first += KeyLanes)
            {
                int count = Math.Min(KeyLanes, d - first);
                for (int i = 0; i < count * KeyLanes; i += R.Count)
                {
                    FromHalf<R>(source + i).Store(turned + i);
                }

                source += count * KeyLanes;
                Transposition.Copy<R>(turned, KeyLanes, count, KeyLanes, target + first, stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ByteKeys<R>(byte* chunk, int d, int rows, float* target, int stride)
        where R : struct, IRegister<R>
    {
        float* turned = stackalloc float[KeyLanes * KeyLanes]; // (values, tokens)
        ushort* scales = PageLayout.Scales(chunk, d);
        float* words = (float*)chunk;
        for (int row = 0; row < rows; row += KeyLanes, target += (long)KeyLanes * stride)
        {
            for (int first = 0; first < d; first += KeyLanes)
            {
                for (int word = 0; word < KeyLanes / PageLayout.BytesPerWord; word++, words += KeyLanes)
                {
                    float* four = turned + (word * PageLayout.BytesPerWord * KeyLanes);
                    for (int lane = 0; lane < KeyLanes; lane += R.Count)
                    {
                        R bytes = R.Load(words + lane);
                        R scale = R.LoadWords(scales + ((first / ScaleLength) * PageTokens) + row + lane) << 16;
                        FromByte(bytes, scale).Store(four + lane);
                        FromByte(bytes >>> 8, scale).Store(four + KeyLanes + lane);
                        FromByte(bytes >>> 16, scale).Store(four + (2 * KeyLanes) + lane);
                        FromByte(bytes >>> 24, scale).Store(four + (3 * KeyLanes) + lane);
                    }
                }

                Transposition.Copy<R>(turned, KeyLanes, KeyLanes, KeyLanes, target + first, stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ByteValues<R>(byte* chunk, int d, int rows, float* target, int stride)
        where R : struct, IRegister<R>
    {
        ushort* scales = PageLayout.Scales(chunk, d);
        float* words = (float*)chunk;
        for (int row = 0; row < rows; row += PageLayout.BytesPerWord, words += d, target += (long)PageLayout.BytesPerWord * stride)
        {
            for (int i = 0; i < d; i += R.Count)
            {
                ushort* scale = scales + ((i / ScaleLength) * PageTokens) + row;
                R bytes = R.Load(words + i);
                for (int token = 0; token < PageLayout.BytesPerWord; token++, bytes >>>= 8)
                {
                    R offset = R.AddBits(bytes, R.BroadcastBits(128));
                    FromByte(offset, R.BroadcastBits((uint)scale[token] << 16)).Store(target + ((long)token * stride) + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R FromByte<R>(R bits, R scale)
        where R : struct, IRegister<R> =>
        (((bits & R.BroadcastBits(0xFF)) | R.BroadcastBits(ExponentOfTwoTo23)) - R.Broadcast(ByteOffset)) * scale;

    private static void ToHalves<R>(float* source, int d, ushort* target, int step)
        where R : struct, IRegister<R>
    {
        ushort* words = stackalloc ushort[R.Count];
        int i = 0;
        for (; i <= d - R.Count; i += R.Count)
        {
            Saturated<R>(source + i, words);
            for (int lane = 0; lane < R.Count; lane++, target += step)
            {
                *target = words[lane];
            }
        }

        for (; i < d; i++, target += step)
        {
            Saturated<Register32>(source + i, target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Saturated<R>(float* source, ushort* target)
        where R : struct, IRegister<R> =>
        Conversion.HalfWords(R.Max(R.Broadcast(-LargestHalf), R.Min(R.Load(source), R.Broadcast(LargestHalf)))).StoreWords(target);

    private static void ToBytes<R>(float* source, int d, byte* chunk, bool values, int token)
        where R : struct, IRegister<R>
    {
        uint* words = stackalloc uint[ScaleLength];
        ushort* scales = PageLayout.Scales(chunk, d) + token;
        byte* target = chunk + (values ? PageLayout.ByteValue(d, token) : PageLayout.ByteKey(d, token));
        for (int i = 0; i < d; i += ScaleLength, source += ScaleLength, scales += PageTokens)
        {
            R largest = R.Zero;
            for (int j = 0; j < ScaleLength; j += R.Count)
            {
                R value = R.Load(source + j);
                largest = R.Max(largest, R.Max(value, R.Zero - value));
            }

            // Rounded up, so that the largest value is 127 quanta or a little less.
            uint bits = (BitConverter.SingleToUInt32Bits(R.Maximum(largest) / LargestQuantum) + 0xFFFF) >> 16;
            *scales = (ushort)bits;
            float scale = BitConverter.UInt32BitsToSingle(bits << 16);
            R inverse = R.Broadcast(scale >= SmallestNormal ? 1 / scale : 0);
            for (int j = 0; j < ScaleLength; j += R.Count)
            {
                // The sum rounds to a whole number, to even at the half, and its last byte is that number plus 128. Not fused: every width rounds alike.
                ((R.Load(source + j) * inverse) + R.Broadcast(ByteOffset)).Store((float*)words + j);
            }

            if (values)
            {
                for (int j = 0; j < ScaleLength; j++, target += PageLayout.BytesPerWord)
                {
                    *target = (byte)(words[j] - 128);
                }
            }
            else
            {
                for (int j = 0; j < ScaleLength; j += PageLayout.BytesPerWord, target += KeyLanes * PageLayout.BytesPerWord)
                {
                    *(uint*)target = (words[j] & 0xFF) | ((words[j + 1] & 0xFF) << 8) | ((words[j + 2] & 0xFF) << 16) | (words[j + 3] << 24);
                }
            }
        }
    }
}
