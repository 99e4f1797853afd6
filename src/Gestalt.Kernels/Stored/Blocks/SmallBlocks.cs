using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>What the blocks of 32 values have in common: a float16 scale first, then codes whose low halves are the first 16 values.</summary>
internal static unsafe class SmallBlock
{
    public const int Length = 32;

    public static float Half(byte* source) => (float)Unsafe.ReadUnaligned<Half>(source);

    /// <summary>Value j is in the low half of byte j, value j + 16 in its high half.</summary>
    public static void Nibbles(byte* source, byte* codes)
    {
        Vector128<byte> both = Vector128.Load(source);
        (both & Vector128.Create((byte)15)).Store(codes);
        (both >>> 4).Store(codes + (Length / 2));
    }

    /// <summary>The fifth bit of value j is bit j of a 32-bit word.</summary>
    public static void FifthBits(byte* source, byte* codes)
    {
        uint bits = Unsafe.ReadUnaligned<uint>(source);
        for (int j = 0; j < Length; j++)
        {
            codes[j] |= (byte)((bits >> j & 1) << 4);
        }
    }
}

/// <summary>float16 scale, 32 signed bytes.</summary>
internal readonly unsafe struct Q8_0Block : IStoredBlock
{
    public static int Length => SmallBlock.Length;

    public static int Bytes => 34;

    public static int Piece => SmallBlock.Length;

    public static int Offset => 128;

    public static bool HasMinima => false;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        scales[0] = SmallBlock.Half(block);
        (Vector256.Load(block + 2) ^ Vector256.Create((byte)0x80)).Store(codes);
    }
}

/// <summary>float16 scale, 32 nibbles.</summary>
internal readonly unsafe struct Q4_0Block : IStoredBlock
{
    public static int Length => SmallBlock.Length;

    public static int Bytes => 18;

    public static int Piece => SmallBlock.Length;

    public static int Offset => 8;

    public static bool HasMinima => false;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        scales[0] = SmallBlock.Half(block);
        SmallBlock.Nibbles(block + 2, codes);
    }
}

/// <summary>float16 scale, float16 least value, 32 nibbles.</summary>
internal readonly unsafe struct Q4_1Block : IStoredBlock
{
    public static int Length => SmallBlock.Length;

    public static int Bytes => 20;

    public static int Piece => SmallBlock.Length;

    public static int Offset => 0;

    public static bool HasMinima => true;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        scales[0] = SmallBlock.Half(block);
        minima[0] = -SmallBlock.Half(block + 2);
        SmallBlock.Nibbles(block + 4, codes);
    }
}

/// <summary>float16 scale, 32 fifth bits, 32 nibbles.</summary>
internal readonly unsafe struct Q5_0Block : IStoredBlock
{
    public static int Length => SmallBlock.Length;

    public static int Bytes => 22;

    public static int Piece => SmallBlock.Length;

    public static int Offset => 16;

    public static bool HasMinima => false;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        scales[0] = SmallBlock.Half(block);
        SmallBlock.Nibbles(block + 6, codes);
        SmallBlock.FifthBits(block + 2, codes);
    }
}

/// <summary>float16 scale, float16 least value, 32 fifth bits, 32 nibbles.</summary>
internal readonly unsafe struct Q5_1Block : IStoredBlock
{
    public static int Length => SmallBlock.Length;

    public static int Bytes => 24;

    public static int Piece => SmallBlock.Length;

    public static int Offset => 0;

    public static bool HasMinima => true;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        scales[0] = SmallBlock.Half(block);
        minima[0] = -SmallBlock.Half(block + 2);
        SmallBlock.Nibbles(block + 8, codes);
        SmallBlock.FifthBits(block + 4, codes);
    }
}
