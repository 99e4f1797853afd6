using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels.Stored;

/// <summary>Unpacks stored weights to slabs.</summary>
internal unsafe interface ISlabReader
{
    /// <summary>The format it reads.</summary>
    static abstract BlockShape Shape { get; }

    /// <summary>Reads 512 values into a record.</summary>
    static abstract void Read(byte* source, byte* record);
}

/// <summary>What readers of slabs share.</summary>
internal static unsafe class SlabReader
{
    /// <summary>How far ahead of reading memory is asked for: some ten slabs of 4 bits.</summary>
    private const int AheadBytes = 3072;

    /// <summary>Reads a whole row.</summary>
    /// <param name="row">Its stored bytes.</param>
    /// <param name="columns">Its values.</param>
    /// <param name="records">Receives a record for each slab.</param>
    /// <typeparam name="TReader">Who reads.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void ReadRow<TReader>(byte* row, int columns, byte* records)
        where TReader : struct, ISlabReader
    {
        int slabBytes = Slab.Length / TReader.Shape.Length * TReader.Shape.Bytes;
        for (int slab = 0; slab < columns / Slab.Length; slab++, row += slabBytes, records += Slab.Bytes)
        {
            for (int line = 0; line < slabBytes; line += Slab.VectorBytes)
            {
                Sse.Prefetch0(row + AheadBytes + line);
            }

            TReader.Read(row, records);
        }

        if (columns % Slab.Length != 0)
        {
            ReadRest<TReader>(row, columns % Slab.Length, records);
        }
    }

    /// <summary>The last slab, filled up with zero bytes, which all formats read as weights of no account.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadRest<TReader>(byte* row, int columns, byte* record)
        where TReader : struct, ISlabReader
    {
        const int MostBytes = Slab.Length / 32 * 34;
        byte* filled = stackalloc byte[MostBytes];
        int bytes = columns / TReader.Shape.Length * TReader.Shape.Bytes;
        new Span<byte>(row, bytes).CopyTo(new Span<byte>(filled, MostBytes));
        new Span<byte>(filled + bytes, MostBytes - bytes).Clear();
        TReader.Read(filled, record);
    }

    /// <summary>16 bytes each from four places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Four(byte* first, long stride) => Four(first, first + stride, first + (2 * stride), first + (3 * stride));

    /// <summary>16 bytes each from four places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Four(byte* a, byte* b, byte* c, byte* d) => Vector512.Create(
        Vector256.Create(Vector128.Load(a), Vector128.Load(b)), Vector256.Create(Vector128.Load(c), Vector128.Load(d)));

    /// <summary>
    /// Four vectors of codes from four vectors whose quarter q holds 16 values of block 4q, 4q+1, 4q+2 and 4q+3: within each quarter that is the
    /// transposition of 4×4 words.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTurned(Vector512<byte> z0, Vector512<byte> z1, Vector512<byte> z2, Vector512<byte> z3, byte* codes)
    {
        Vector512<long> low01 = Avx512F.UnpackLow(z0.AsInt32(), z1.AsInt32()).AsInt64();
        Vector512<long> high01 = Avx512F.UnpackHigh(z0.AsInt32(), z1.AsInt32()).AsInt64();
        Vector512<long> low23 = Avx512F.UnpackLow(z2.AsInt32(), z3.AsInt32()).AsInt64();
        Vector512<long> high23 = Avx512F.UnpackHigh(z2.AsInt32(), z3.AsInt32()).AsInt64();
        Avx512F.UnpackLow(low01, low23).AsByte().Store(codes);
        Avx512F.UnpackHigh(low01, low23).AsByte().Store(codes + Slab.VectorBytes);
        Avx512F.UnpackLow(high01, high23).AsByte().Store(codes + (2 * Slab.VectorBytes));
        Avx512F.UnpackHigh(high01, high23).AsByte().Store(codes + (3 * Slab.VectorBytes));
    }

    /// <summary>Turns codes that lie in the order of the values, or signed bytes that do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTurned(byte* ordered, byte* codes)
    {
        for (int half = 0; half < 2; half++)
        {
            byte* first = ordered + (16 * half);
            StoreTurned(Four(first, 128), Four(first + 32, 128), Four(first + 64, 128), Four(first + 96, 128), codes + (4 * half * Slab.VectorBytes));
        }
    }

    /// <summary>Stores the scales of blocks without pieces or minima, and what the code of zero times them takes away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScales(Vector512<float> scales, float offset, byte* record)
    {
        scales.Store((float*)(record + Slab.Scales));
        (scales * Vector512.Create(offset)).Store((float*)(record + Slab.Minima));
    }

    /// <summary>float16 numbers in the lower halves of the lanes, as float32; the upper halves do not count.</summary>
    /// <remarks>Exponent and fraction in their new places are the number times 2^-112. Infinity and NaN need their exponent filled up.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen(Vector512<uint> halves)
    {
        Vector512<uint> magnitude = (halves & Vector512.Create(0x7FFFu)) << 13;
        Vector512<uint> special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x7C00u << 13)) & Vector512.Create(0x7F80_0000u);
        Vector512<float> scaled = magnitude.AsSingle() * Vector512.Create(5.192296858534828e33f);
        return (scaled.AsUInt32() | special | ((halves & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }

    /// <summary>Words of 32 bits, the first of each of 16 blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> FirstWords(byte* source, int stride) => Vector512.Create(
        Vector256.Create(Words4(source, stride), Words4(source + (4 * stride), stride)),
        Vector256.Create(Words4(source + (8 * stride), stride), Words4(source + (12 * stride), stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Words4(byte* source, int stride)
    {
        // One load and three insertions straight from memory.
        Vector128<uint> words = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(source));
        words = Sse41.Insert(words, Unsafe.ReadUnaligned<uint>(source + stride), 1);
        words = Sse41.Insert(words, Unsafe.ReadUnaligned<uint>(source + (2 * stride)), 2);
        return Sse41.Insert(words, Unsafe.ReadUnaligned<uint>(source + (3 * stride)), 3);
    }

    /// <summary>A float16 as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Half(byte* source)
    {
        uint half = Unsafe.ReadUnaligned<ushort>(source);
        uint magnitude = (half & 0x7FFF) << 13;
        float scaled = BitConverter.UInt32BitsToSingle(magnitude) * 5.192296858534828e33f;
        uint special = magnitude >= 0x7C00u << 13 ? 0x7F80_0000u : 0;
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(scaled) | special | ((half & 0x8000) << 16));
    }
}

/// <summary>Reads any format through its description, one block after the other.</summary>
internal readonly unsafe struct PlainReader<TBlock> : ISlabReader
    where TBlock : struct, IStoredBlock
{
    public static BlockShape Shape => BlockShape.Of<TBlock>();

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(byte* source, byte* record)
    {
        byte* ordered = stackalloc byte[Slab.Length];
        float* scales = stackalloc float[2 * Slab.Blocks];
        float* minima = stackalloc float[2 * Slab.Blocks];
        int pieces = Slab.Length / TBlock.Piece;
        for (int first = 0; first < Slab.Length; first += TBlock.Length, source += TBlock.Bytes)
        {
            int piece = first / TBlock.Piece;
            TBlock.Unpack(source, ordered + first, scales + piece, minima + piece);
        }

        SlabReader.StoreTurned(ordered, record);
        float* toScales = (float*)(record + Slab.Scales);
        float* toMinima = (float*)(record + Slab.Minima);
        int perBlock = pieces / Slab.Blocks;
        for (int piece = 0; piece < pieces; piece++)
        {
            int to = (piece % perBlock * Slab.Blocks) + (piece / perBlock);
            toScales[to] = scales[piece];
            toMinima[to] = TBlock.HasMinima ? minima[piece] : scales[piece] * TBlock.Offset;
        }
    }
}
