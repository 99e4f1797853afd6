using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels.Stored;

/// <summary>What the readers of two blocks of 256 share: lanes 0 to 7 are the pieces of the first, 8 to 15 those of the second.</summary>
internal static unsafe class SuperReader
{
    /// <summary>A number for the lanes of each block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Both(float first, float second) => Vector512.Create(Vector256.Create(first), Vector256.Create(second));

    /// <summary>Scales and minima of Q4_K and Q5_K: see <see cref="SuperBlock.PackedScale"/>; here four of them are taken out of a word at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScales(byte* first, byte* second, byte* record)
    {
        (ulong scales0, ulong minima0) = Packed(first + 4);
        (ulong scales1, ulong minima1) = Packed(second + 4);
        Store(scales0, scales1, Both(SlabReader.Half(first), SlabReader.Half(second)), record + Slab.Scales);
        Store(minima0, minima1, Both(SlabReader.Half(first + 2), SlabReader.Half(second + 2)), record + Slab.Minima);
    }

    /// <summary>Eight whole numbers of each block, as bytes, times the block's number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ulong first, ulong second, Vector512<float> unit, byte* target) =>
        (Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Create(first, second).AsByte())) * unit).Store((float*)target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Scales, ulong Minima) Packed(byte* packed)
    {
        uint a = Unsafe.ReadUnaligned<uint>(packed);
        uint b = Unsafe.ReadUnaligned<uint>(packed + 4);
        uint c = Unsafe.ReadUnaligned<uint>(packed + 8);
        const uint Six = 0x3F3F_3F3F, Four = 0x0F0F_0F0F, Upper = 0x3030_3030;
        ulong scales = (a & Six) | ((ulong)((c & Four) | ((a >> 2) & Upper)) << 32);
        ulong minima = (b & Six) | ((ulong)(((c >> 4) & Four) | ((b >> 2) & Upper)) << 32);
        return (scales, minima);
    }

    /// <summary>Scales of pieces of 16, signed bytes of which the even ones belong to the first halves of the blocks of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePieceScales(Vector128<sbyte> first, Vector128<sbyte> second, Vector512<float> unit, float offset, byte* record)
    {
        Vector256<short> pairs = Vector256.Create(first, second).AsInt16();
        Vector512<float> low = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32((pairs << 8) >> 8)) * unit;
        Vector512<float> high = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(pairs >> 8)) * unit;
        low.Store((float*)(record + Slab.Scales));
        high.Store((float*)(record + Slab.Scales + Slab.VectorBytes));
        (low * Vector512.Create(offset)).Store((float*)(record + Slab.Minima));
        (high * Vector512.Create(offset)).Store((float*)(record + Slab.Minima + Slab.VectorBytes));
    }
}

/// <summary>Reads Q4_K.</summary>
internal readonly unsafe struct Q4KReader : ISlabReader
{
    public static BlockShape Shape => BlockShape.Of<Q4KBlock>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* source, byte* record)
    {
        Vector512<byte> low = Vector512.Create((byte)15);
        byte* first = source + 16;
        byte* second = first + Q4KBlock.Bytes;
        for (int half = 0; half < 2; half++)
        {
            // Pieces 0 and 1 of a block share 32 bytes, then 2 and 3, and so on: quarter q of a vector takes pieces 4q to 4q+3.
            int at = 16 * half;
            Vector512<byte> z01 = SlabReader.Four(first + at, first + 64 + at, second + at, second + 64 + at);
            Vector512<byte> z23 = SlabReader.Four(first + 32 + at, first + 96 + at, second + 32 + at, second + 96 + at);
            SlabReader.StoreTurned(
                z01 & low, NibbleReader.Upper(z01, low), z23 & low, NibbleReader.Upper(z23, low), record + (4 * half * Slab.VectorBytes));
        }

        SuperReader.StoreScales(source, source + Q4KBlock.Bytes, record);
    }
}

/// <summary>Reads Q5_K.</summary>
internal readonly unsafe struct Q5KReader : ISlabReader
{
    public static BlockShape Shape => BlockShape.Of<Q5KBlock>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* source, byte* record)
    {
        Vector512<byte> low = Vector512.Create((byte)15);
        byte* first = source + 48;
        byte* second = first + Q5KBlock.Bytes;
        for (int half = 0; half < 2; half++)
        {
            int at = 16 * half;
            Vector512<byte> z01 = SlabReader.Four(first + at, first + 64 + at, second + at, second + 64 + at);
            Vector512<byte> z23 = SlabReader.Four(first + 32 + at, first + 96 + at, second + 32 + at, second + 96 + at);

            // Bit p of these bytes is the fifth bit of piece p: bits 0 to 3 for a block's first quarter, 4 to 7 for its second.
            Vector512<ushort> fifth = SlabReader.Four(source + 16 + at, source + 16 + at, second - 32 + at, second - 32 + at).AsUInt16();
            Vector512<ushort> shifts = Vector512.Create(
                Vector256.Create(Vector128<ushort>.Zero, Vector128.Create((ushort)4)), Vector256.Create(Vector128<ushort>.Zero, Vector128.Create((ushort)4)));
            fifth = Avx512BW.ShiftRightLogicalVariable(fifth, shifts);
            Vector512<ushort> bit = Vector512.Create((ushort)0x1010);
            SlabReader.StoreTurned(
                (z01 & low) | ((fifth << 4) & bit).AsByte(),
                NibbleReader.Upper(z01, low) | ((fifth << 3) & bit).AsByte(),
                (z23 & low) | ((fifth << 2) & bit).AsByte(),
                NibbleReader.Upper(z23, low) | ((fifth << 1) & bit).AsByte(),
                record + (4 * half * Slab.VectorBytes));
        }

        SuperReader.StoreScales(source, source + Q5KBlock.Bytes, record);
    }
}

/// <summary>Reads Q6_K.</summary>
internal readonly unsafe struct Q6KReader : ISlabReader
{
    public static BlockShape Shape => BlockShape.Of<Q6KBlock>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* source, byte* record)
    {
        Vector512<byte> low = Vector512.Create((byte)15);
        Vector512<byte> upper = Vector512.Create((byte)0x30);
        byte* second = source + Q6KBlock.Bytes;
        for (int half = 0; half < 2; half++)
        {
            // Quarter q of a vector takes half q % 2 of block q / 2: four blocks of 32, the first two in lower nibbles, the others in upper ones.
            int at = 16 * half;
            Vector512<byte> z02 = SlabReader.Four(source + at, source + 64 + at, second + at, second + 64 + at);
            Vector512<byte> z13 = SlabReader.Four(source + 32 + at, source + 96 + at, second + 32 + at, second + 96 + at);
            Vector512<ushort> bits = SlabReader.Four(source + 128 + at, source + 160 + at, second + 128 + at, second + 160 + at).AsUInt16();
            SlabReader.StoreTurned(
                (z02 & low) | ((bits << 4).AsByte() & upper),
                (z13 & low) | ((bits << 2).AsByte() & upper),
                NibbleReader.Upper(z02, low) | (bits.AsByte() & upper),
                NibbleReader.Upper(z13, low) | ((bits >>> 2).AsByte() & upper),
                record + (4 * half * Slab.VectorBytes));
        }

        SuperReader.StorePieceScales(
            Vector128.Load((sbyte*)source + 192),
            Vector128.Load((sbyte*)second + 192),
            SuperReader.Both(SlabReader.Half(source + 208), SlabReader.Half(second + 208)),
            Q6KBlock.Offset,
            record);
    }
}
