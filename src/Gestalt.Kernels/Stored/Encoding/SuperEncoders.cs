using System.Runtime.CompilerServices;

namespace Gestalt.Kernels.Stored;

/// <summary>Lays out what the K formats share.</summary>
internal static unsafe class SuperEncoder
{
    /// <summary>Writes both float16 numbers and the packed 6-bit scales and minima of Q4_K and Q5_K: the reverse of <see cref="SuperBlock.PackedScale"/>.</summary>
    public static void StoreScales(in SuperBlockFit fit, byte* block)
    {
        EncodedBlock.StoreHalf(block, fit.Scale);
        EncodedBlock.StoreHalf(block + 2, fit.Minimum);
        byte* packed = block + 4;
        for (int p = 0; p < 4; p++)
        {
            packed[p] = (byte)((byte)fit.Scales[p] | (fit.Scales[p + 4] >> 4 << 6));
            packed[p + 4] = (byte)(fit.Minima[p] | (fit.Minima[p + 4] >> 4 << 6));
            packed[p + 8] = (byte)((fit.Scales[p + 4] & 15) | (fit.Minima[p + 4] << 4));
        }
    }

    /// <summary>Writes the lower 4 bits of 256 codes, 32 bytes for two pieces of 32.</summary>
    public static void StoreNibbles(in SuperBlockFit fit, byte* target)
    {
        for (int i = 0; i < SuperBlock.Length; i++)
        {
            target[(i / 64 * 32) + (i % 32)] |= (byte)((fit.Codes[i] & 15) << (i / 32 % 2 * 4));
        }
    }
}

/// <summary>Writes Q2_K.</summary>
internal readonly unsafe struct Q2KEncoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q2KBlock>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        SuperBlockFit fit = default;
        fit.FitAffine(values, importance, Q2KBlock.Piece, 3, 15);
        EncodedBlock.StoreHalf(block + 80, fit.Scale);
        EncodedBlock.StoreHalf(block + 82, fit.Minimum);
        for (int p = 0; p < 16; p++)
        {
            block[p] = (byte)((byte)fit.Scales[p] | (fit.Minima[p] << 4));
        }

        for (int i = 0; i < SuperBlock.Length; i++)
        {
            block[16 + (i / 128 * 32) + (i % 32)] |= (byte)(fit.Codes[i] << (i / 32 % 4 * 2));
        }
    }
}

/// <summary>Writes Q3_K.</summary>
internal readonly unsafe struct Q3KEncoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q3KBlock>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        SuperBlockFit fit = default;
        fit.FitSymmetric(values, importance, Q3KBlock.Piece, 4, 32);
        EncodedBlock.StoreHalf(block + 108, fit.Scale);
        for (int p = 0; p < 16; p++)
        {
            int scale = fit.Scales[p] + 32;
            block[96 + (p % 8)] |= (byte)((scale & 15) << (p / 8 * 4));
            block[104 + (p % 4)] |= (byte)(scale >> 4 << (p / 4 * 2));
        }

        for (int i = 0; i < SuperBlock.Length; i++)
        {
            block[i % 32] |= (byte)(fit.Codes[i] >> 2 << (i / 32));
            block[32 + (i / 128 * 32) + (i % 32)] |= (byte)((fit.Codes[i] & 3) << (i / 32 % 4 * 2));
        }
    }
}

/// <summary>Writes Q4_K.</summary>
internal readonly unsafe struct Q4KEncoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q4KBlock>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        SuperBlockFit fit = default;
        fit.FitAffine(values, importance, Q4KBlock.Piece, 15, 63);
        SuperEncoder.StoreScales(fit, block);
        SuperEncoder.StoreNibbles(fit, block + 16);
    }
}

/// <summary>Writes Q5_K.</summary>
internal readonly unsafe struct Q5KEncoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q5KBlock>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        SuperBlockFit fit = default;
        fit.FitAffine(values, importance, Q5KBlock.Piece, 31, 63);
        SuperEncoder.StoreScales(fit, block);
        SuperEncoder.StoreNibbles(fit, block + 48);
        for (int i = 0; i < SuperBlock.Length; i++)
        {
            block[16 + (i % 32)] |= (byte)(fit.Codes[i] >> 4 << (i / 32));
        }
    }
}

/// <summary>Writes Q6_K.</summary>
internal readonly unsafe struct Q6KEncoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q6KBlock>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        SuperBlockFit fit = default;
        fit.FitSymmetric(values, importance, Q6KBlock.Piece, 32, 128);
        EncodedBlock.StoreHalf(block + 208, fit.Scale);
        for (int p = 0; p < 16; p++)
        {
            block[192 + p] = (byte)fit.Scales[p];
        }

        for (int i = 0; i < SuperBlock.Length; i++)
        {
            int inHalf = i % 128;
            block[(i / 128 * 64) + (inHalf % 64)] |= (byte)((fit.Codes[i] & 15) << (inHalf / 64 * 4));
            block[128 + (i / 128 * 32) + (i % 32)] |= (byte)(fit.Codes[i] >> 4 << (inHalf / 32 * 2));
        }
    }
}
