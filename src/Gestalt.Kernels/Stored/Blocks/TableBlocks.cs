using System.Runtime.CompilerServices;

namespace Gestalt.Kernels.Stored;

/// <summary>Formats whose 4-bit codes index a table; what they unpack to is the table's value, moved up so that it is not negative.</summary>
internal static unsafe class TableBlock
{
    /// <summary>The 16 values of IQ4_NL and IQ4_XS, denser around zero, where most weights are.</summary>
    public static ReadOnlySpan<sbyte> Uneven => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>The same, moved up by 128.</summary>
    public static ReadOnlySpan<byte> UnevenCodes => [1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241];

    /// <summary>The 16 values of E2M1 (sign, 2 bits of exponent, 1 of fraction), doubled to be whole and moved up by 12.</summary>
    public static ReadOnlySpan<byte> E2M1Codes => [12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0];

    public static void LookUp(byte* source, ReadOnlySpan<byte> table, byte* codes)
    {
        for (int j = 0; j < SmallBlock.Length / 2; j++)
        {
            codes[j] = table[source[j] & 15];
            codes[j + (SmallBlock.Length / 2)] = table[source[j] >> 4];
        }
    }
}

/// <summary>float16 scale, 32 indices.</summary>
internal readonly unsafe struct Iq4NlBlock : IStoredBlock
{
    public static int Length => SmallBlock.Length;

    public static int Bytes => 18;

    public static int Piece => SmallBlock.Length;

    public static int Offset => 128;

    public static bool HasMinima => false;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        scales[0] = SmallBlock.Half(block);
        TableBlock.LookUp(block + 2, TableBlock.UnevenCodes, codes);
    }
}

/// <summary>float16 scale; 8 scales of 6 bits, their upper 2 bits in a 16-bit word and their lower 4 in 4 bytes; 256 indices.</summary>
internal readonly unsafe struct Iq4XsBlock : IStoredBlock
{
    public static int Length => 256;

    public static int Bytes => 136;

    public static int Piece => 32;

    public static int Offset => 128;

    public static bool HasMinima => false;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        float scale = SmallBlock.Half(block);
        int high = Unsafe.ReadUnaligned<ushort>(block + 2);
        for (int piece = 0; piece < 8; piece++)
        {
            int low = block[4 + (piece / 2)] >> (4 * (piece % 2)) & 15;
            scales[piece] = scale * ((low | ((high >> (2 * piece) & 3) << 4)) - 32);
            TableBlock.LookUp(block + 8 + (16 * piece), TableBlock.UnevenCodes, codes + (Piece * piece));
        }
    }
}

/// <summary>The exponent of a power of two, 32 E2M1 numbers.</summary>
internal readonly unsafe struct Mxfp4Block : IStoredBlock
{
    public static int Length => SmallBlock.Length;

    public static int Bytes => 17;

    public static int Piece => SmallBlock.Length;

    public static int Offset => 12;

    public static bool HasMinima => false;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        scales[0] = HalfPower(block[0]);
        TableBlock.LookUp(block + 1, TableBlock.E2M1Codes, codes);
    }

    /// <summary>2^(exponent - 128): half of what the exponent stands for, since the table holds doubled values. The two least are subnormal.</summary>
    public static float HalfPower(byte exponent) =>
        BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x0020_0000u << exponent : (uint)(exponent - 1) << 23);
}
