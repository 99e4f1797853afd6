using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>Reads Q8_0.</summary>
internal readonly unsafe struct Q8_0Reader : ISlabReader
{
    private const int Stride = 34;

    public static BlockShape Shape => BlockShape.Of<Q8_0Block>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* source, byte* record)
    {
        Vector512<byte> sign = Vector512.Create((byte)0x80);
        for (int half = 0; half < 2; half++)
        {
            byte* first = source + 2 + (16 * half);
            SlabReader.StoreTurned(
                SlabReader.Four(first, 4 * Stride) ^ sign,
                SlabReader.Four(first + Stride, 4 * Stride) ^ sign,
                SlabReader.Four(first + (2 * Stride), 4 * Stride) ^ sign,
                SlabReader.Four(first + (3 * Stride), 4 * Stride) ^ sign,
                record + (4 * half * Slab.VectorBytes));
        }

        SlabReader.StoreScales(SlabReader.Widen(SlabReader.FirstWords(source, Stride)), Q8_0Block.Offset, record);
    }
}

/// <summary>Blocks of 32 nibbles: the lower halves of 16 bytes, then the upper ones.</summary>
internal static unsafe class NibbleReader
{
    /// <summary>Stores the codes of 16 blocks; <typeparamref name="TCode"/> makes a code of a nibble.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TCode>(byte* nibbles, int stride, byte* record)
        where TCode : struct, INibbleCode
    {
        Vector512<byte> low = Vector512.Create((byte)15);
        Vector512<byte> z0 = SlabReader.Four(nibbles, 4 * stride);
        Vector512<byte> z1 = SlabReader.Four(nibbles + stride, 4 * stride);
        Vector512<byte> z2 = SlabReader.Four(nibbles + (2 * stride), 4 * stride);
        Vector512<byte> z3 = SlabReader.Four(nibbles + (3 * stride), 4 * stride);
        SlabReader.StoreTurned(TCode.Of(z0 & low), TCode.Of(z1 & low), TCode.Of(z2 & low), TCode.Of(z3 & low), record);
        SlabReader.StoreTurned(
            TCode.Of(Upper(z0, low)), TCode.Of(Upper(z1, low)), TCode.Of(Upper(z2, low)), TCode.Of(Upper(z3, low)), record + (4 * Slab.VectorBytes));
    }

    /// <summary>The upper halves of bytes: shifted as 16-bit words, what crosses over is cut off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Upper(Vector512<byte> bytes, Vector512<byte> low) => (bytes.AsUInt16() >>> 4).AsByte() & low;
}

/// <summary>Makes codes of nibbles.</summary>
internal interface INibbleCode
{
    static abstract Vector512<byte> Of(Vector512<byte> nibbles);
}

/// <summary>The nibble is the code.</summary>
internal readonly struct PlainNibble : INibbleCode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Of(Vector512<byte> nibbles) => nibbles;
}

/// <summary>The nibble is an index into IQ4's table.</summary>
internal readonly struct UnevenNibble : INibbleCode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Of(Vector512<byte> nibbles) => System.Runtime.Intrinsics.X86.Avx512BW.Shuffle(
        Vector512.Create(Vector256.Create(Table, Table), Vector256.Create(Table, Table)), nibbles);

    private static Vector128<byte> Table
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241);
    }
}

/// <summary>Reads Q4_0.</summary>
internal readonly unsafe struct Q4_0Reader : ISlabReader
{
    public static BlockShape Shape => BlockShape.Of<Q4_0Block>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* source, byte* record)
    {
        NibbleReader.Store<PlainNibble>(source + 2, 18, record);
        SlabReader.StoreScales(SlabReader.Widen(SlabReader.FirstWords(source, 18)), Q4_0Block.Offset, record);
    }
}

/// <summary>Reads IQ4_NL.</summary>
internal readonly unsafe struct Iq4NlReader : ISlabReader
{
    public static BlockShape Shape => BlockShape.Of<Iq4NlBlock>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* source, byte* record)
    {
        NibbleReader.Store<UnevenNibble>(source + 2, 18, record);
        SlabReader.StoreScales(SlabReader.Widen(SlabReader.FirstWords(source, 18)), Iq4NlBlock.Offset, record);
    }
}

/// <summary>Reads Q4_1.</summary>
internal readonly unsafe struct Q4_1Reader : ISlabReader
{
    public static BlockShape Shape => BlockShape.Of<Q4_1Block>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* source, byte* record)
    {
        NibbleReader.Store<PlainNibble>(source + 4, 20, record);
        Vector512<uint> both = SlabReader.FirstWords(source, 20);
        SlabReader.Widen(both).Store((float*)(record + Slab.Scales));
        (-SlabReader.Widen(both >>> 16)).Store((float*)(record + Slab.Minima));
    }
}
