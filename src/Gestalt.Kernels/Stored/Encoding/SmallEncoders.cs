using System.Runtime.CompilerServices;

namespace Gestalt.Kernels.Stored;

/// <summary>Writes Q8_0 as ggml does, without a search: at 8 bits the scale that covers the range is as good as any.</summary>
internal readonly unsafe struct Q8_0Encoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q8_0Block>();

    public static void Encode(float* values, float* importance, byte* block)
    {
        float largest = 0;
        for (int i = 0; i < SmallBlock.Length; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(values[i]));
        }

        float scale = largest / 127;
        float inverse = scale != 0 ? 1 / scale : 0;
        EncodedBlock.StoreHalf(block, scale);
        for (int i = 0; i < SmallBlock.Length; i++)
        {
            block[2 + i] = (byte)(sbyte)Math.Clamp(MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero), -127, 127);
        }
    }
}

/// <summary>The search for a scale that Q4_0 and Q5_0 share.</summary>
internal static unsafe class SymmetricEncoder
{
    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* scale, byte* codes, int half)
    {
        float* weights = stackalloc float[SmallBlock.Length];
        ScaleSearch.Weigh(values, importance, weights, SmallBlock.Length);
        float stored = EncodedBlock.StoreHalf(scale, ScaleSearch.Symmetric(values, weights, SmallBlock.Length, -half, half - 1));
        for (int i = 0; i < SmallBlock.Length; i++)
        {
            codes[i] = (byte)(half + EncodedBlock.Code(values[i], stored, -half, half - 1));
        }
    }
}

/// <summary>The search for a scale and a least value that Q4_1 and Q5_1 share.</summary>
internal static unsafe class AffineEncoder
{
    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* scale, byte* least, byte* codes, int highest)
    {
        float* weights = stackalloc float[SmallBlock.Length];
        float* lifted = stackalloc float[SmallBlock.Length];
        ScaleSearch.Weigh(values, importance, weights, SmallBlock.Length);

        // These formats can store a least value above zero, the search cannot: lift the values to where their least is not above it.
        float lift = float.PositiveInfinity;
        for (int i = 0; i < SmallBlock.Length; i++)
        {
            lift = MathF.Min(lift, values[i]);
        }

        lift = MathF.Max(lift, 0);
        for (int i = 0; i < SmallBlock.Length; i++)
        {
            lifted[i] = values[i] - lift;
        }

        (float best, float minimum) = ScaleSearch.Affine(lifted, weights, SmallBlock.Length, highest);
        float storedScale = EncodedBlock.StoreHalf(scale, best);
        float storedLeast = EncodedBlock.StoreHalf(least, lift - minimum);
        for (int i = 0; i < SmallBlock.Length; i++)
        {
            codes[i] = (byte)EncodedBlock.Code(values[i] - storedLeast, storedScale, 0, highest);
        }
    }
}

/// <summary>Writes Q4_0.</summary>
internal readonly unsafe struct Q4_0Encoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q4_0Block>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        byte* codes = stackalloc byte[SmallBlock.Length];
        SymmetricEncoder.Encode(values, importance, block, codes, Q4_0Block.Offset);
        EncodedBlock.StoreNibbles(codes, block + 2);
    }
}

/// <summary>Writes Q5_0.</summary>
internal readonly unsafe struct Q5_0Encoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q5_0Block>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        byte* codes = stackalloc byte[SmallBlock.Length];
        SymmetricEncoder.Encode(values, importance, block, codes, Q5_0Block.Offset);
        EncodedBlock.StoreFifthBits(codes, block + 2);
        EncodedBlock.StoreNibbles(codes, block + 6);
    }
}

/// <summary>Writes Q4_1.</summary>
internal readonly unsafe struct Q4_1Encoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q4_1Block>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        byte* codes = stackalloc byte[SmallBlock.Length];
        AffineEncoder.Encode(values, importance, block, block + 2, codes, 15);
        EncodedBlock.StoreNibbles(codes, block + 4);
    }
}

/// <summary>Writes Q5_1.</summary>
internal readonly unsafe struct Q5_1Encoder : IBlockEncoder
{
    public static BlockShape Shape => BlockShape.Of<Q5_1Block>();

    [SkipLocalsInit]
    public static void Encode(float* values, float* importance, byte* block)
    {
        byte* codes = stackalloc byte[SmallBlock.Length];
        AffineEncoder.Encode(values, importance, block, block + 2, codes, 31);
        EncodedBlock.StoreFifthBits(codes, block + 4);
        EncodedBlock.StoreNibbles(codes, block + 8);
    }
}
