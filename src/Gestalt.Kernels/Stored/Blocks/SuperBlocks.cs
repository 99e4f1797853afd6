namespace Gestalt.Kernels.Stored;

/// <summary>What the blocks of 256 values have in common.</summary>
internal static unsafe class SuperBlock
{
    public const int Length = 256;

    /// <summary>Bytes of eight 6-bit scales and eight 6-bit minima.</summary>
    public const int PackedScaleBytes = 12;

    /// <summary>
    /// Scale and minimum of one of eight pieces. The first four scales are the lower 6 bits of bytes 0 to 3, the first four minima those of bytes
    /// 4 to 7; the others have their lower 4 bits in bytes 8 to 11 and their upper 2 in the upper bits of bytes 0 to 7.
    /// </summary>
    public static (int Scale, int Minimum) PackedScale(byte* packed, int piece) => piece < 4
        ? (packed[piece] & 63, packed[piece + 4] & 63)
        : ((packed[piece + 4] & 15) | (packed[piece - 4] >> 6 << 4), (packed[piece + 4] >> 4) | (packed[piece] >> 6 << 4));

    /// <summary>Scales and minima of the eight pieces of Q4_K and Q5_K, whose blocks begin with two float16 and the packed ones.</summary>
    public static void Scales(byte* block, float* scales, float* minima)
    {
        float scale = SmallBlock.Half(block);
        float minimum = SmallBlock.Half(block + 2);
        for (int piece = 0; piece < 8; piece++)
        {
            (int s, int m) = PackedScale(block + 4, piece);
            scales[piece] = scale * s;
            minima[piece] = minimum * m;
        }
    }
}

/// <summary>16 bytes of 4-bit scale and 4-bit minimum, 64 bytes of 2-bit codes, float16 scale of scales and of minima.</summary>
internal readonly unsafe struct Q2KBlock : IStoredBlock
{
    public static int Length => SuperBlock.Length;

    public static int Bytes => 84;

    public static int Piece => 16;

    public static int Offset => 0;

    public static bool HasMinima => true;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        float scale = SmallBlock.Half(block + 80);
        float minimum = SmallBlock.Half(block + 82);
        for (int piece = 0; piece < 16; piece++)
        {
            scales[piece] = scale * (block[piece] & 15);
            minima[piece] = minimum * (block[piece] >> 4);
        }

        for (int i = 0; i < Length; i++)
        {
            // 32 bytes hold 128 values: the lowest two bits of all of them first.
            int half = i / 128, plane = i / 32 % 4;
            codes[i] = (byte)(block[16 + (32 * half) + (i % 32)] >> (2 * plane) & 3);
        }
    }
}

/// <summary>32 bytes of third bits, 64 bytes of 2-bit codes, 16 scales of 6 bits, float16 scale of scales.</summary>
internal readonly unsafe struct Q3KBlock : IStoredBlock
{
    public static int Length => SuperBlock.Length;

    public static int Bytes => 110;

    public static int Piece => 16;

    public static int Offset => 4;

    public static bool HasMinima => false;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        byte* packed = block + 96;
        float scale = SmallBlock.Half(block + 108);
        for (int piece = 0; piece < 16; piece++)
        {
            int low = packed[piece % 8] >> (piece / 8 * 4) & 15;
            int high = packed[8 + (piece % 4)] >> (piece / 4 * 2) & 3;
            scales[piece] = scale * ((low | (high << 4)) - 32);
        }

        for (int i = 0; i < Length; i++)
        {
            int half = i / 128, plane = i / 32 % 4;
            int low = block[32 + (32 * half) + (i % 32)] >> (2 * plane) & 3;
            int high = block[i % 32] >> ((4 * half) + plane) & 1;
            codes[i] = (byte)(low | (high << 2));
        }
    }
}

/// <summary>float16 scale of scales and of minima, 8 scales and minima of 6 bits, 128 bytes of nibbles: 32 bytes hold a piece in their low halves and the next in their high ones.</summary>
internal readonly unsafe struct Q4KBlock : IStoredBlock
{
    public static int Length => SuperBlock.Length;

    public static int Bytes => 144;

    public static int Piece => 32;

    public static int Offset => 0;

    public static bool HasMinima => true;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        SuperBlock.Scales(block, scales, minima);
        for (int i = 0; i < Length; i++)
        {
            int pair = i / 64, high = i / 32 % 2;
            codes[i] = (byte)(block[16 + (32 * pair) + (i % 32)] >> (4 * high) & 15);
        }
    }
}

/// <summary>As <see cref="Q4KBlock"/>, with 32 bytes of fifth bits before the nibbles: bit p for piece p.</summary>
internal readonly unsafe struct Q5KBlock : IStoredBlock
{
    public static int Length => SuperBlock.Length;

    public static int Bytes => 176;

    public static int Piece => 32;

    public static int Offset => 0;

    public static bool HasMinima => true;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        SuperBlock.Scales(block, scales, minima);
        for (int i = 0; i < Length; i++)
        {
            int pair = i / 64, high = i / 32 % 2;
            int low = block[48 + (32 * pair) + (i % 32)] >> (4 * high) & 15;
            codes[i] = (byte)(low | ((block[16 + (i % 32)] >> (i / 32) & 1) << 4));
        }
    }
}

/// <summary>128 bytes of lower 4 bits, 64 bytes of upper 2 bits, 16 signed bytes of scales, float16 scale of scales.</summary>
internal readonly unsafe struct Q6KBlock : IStoredBlock
{
    public static int Length => SuperBlock.Length;

    public static int Bytes => 210;

    public static int Piece => 16;

    public static int Offset => 32;

    public static bool HasMinima => false;

    public static void Unpack(byte* block, byte* codes, float* scales, float* minima)
    {
        float scale = SmallBlock.Half(block + 208);
        for (int piece = 0; piece < 16; piece++)
        {
            scales[piece] = scale * (sbyte)block[192 + piece];
        }

        for (int i = 0; i < Length; i++)
        {
            // In each half: 64 bytes hold the first 64 values in their low halves and the last 64 in their high ones.
            int half = i / 128, inHalf = i % 128;
            int low = block[(64 * half) + (inHalf % 64)] >> (inHalf / 64 * 4) & 15;
            int high = block[128 + (32 * half) + (i % 32)] >> (inHalf / 32 * 2) & 3;
            codes[i] = (byte)(low | (high << 4));
        }
    }
}
