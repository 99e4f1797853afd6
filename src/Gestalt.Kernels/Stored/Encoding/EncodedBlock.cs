using System.Runtime.CompilerServices;

namespace Gestalt.Kernels.Stored;

/// <summary>A format that can be written.</summary>
internal unsafe interface IBlockEncoder
{
    /// <summary>The format's layout.</summary>
    static abstract BlockShape Shape { get; }

    /// <summary>Writes one block.</summary>
    /// <param name="values">Its values.</param>
    /// <param name="importance">How much the error of each matters, or null.</param>
    /// <param name="block">Receives its bytes, which are zero.</param>
    static abstract void Encode(float* values, float* importance, byte* block);
}

/// <summary>What writing blocks needs.</summary>
internal static unsafe class EncodedBlock
{
    private const float LargestHalf = 65504;

    /// <summary>Writes a scale as float16, which is never infinite, and returns what was written.</summary>
    public static float StoreHalf(byte* target, float value)
    {
        var half = (Half)Math.Clamp(value, -LargestHalf, LargestHalf);
        Unsafe.WriteUnaligned(target, half);
        return (float)half;
    }

    /// <summary>Rounds x / scale to a code; a scale of zero gives the code of zero.</summary>
    public static int Code(float value, float scale, int lowest, int highest) =>
        scale == 0 ? Math.Clamp(0, lowest, highest) : (int)Math.Clamp(MathF.Round(value / scale), lowest, highest);

    /// <summary>Puts nibbles in pairs of value j and j + 16.</summary>
    public static void StoreNibbles(byte* codes, byte* target)
    {
        for (int j = 0; j < SmallBlock.Length / 2; j++)
        {
            target[j] = (byte)((codes[j] & 15) | (codes[j + (SmallBlock.Length / 2)] << 4));
        }
    }

    /// <summary>Puts the fifth bits of 32 codes in a word.</summary>
    public static void StoreFifthBits(byte* codes, byte* target)
    {
        uint bits = 0;
        for (int j = 0; j < SmallBlock.Length; j++)
        {
            bits |= (uint)(codes[j] >> 4 & 1) << j;
        }

        Unsafe.WriteUnaligned(target, bits);
    }
}
