using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>Rounds activations to signed bytes, a scale for each 32 of them: the largest magnitude becomes 127.</summary>
internal static unsafe class RoundedInputs
{
    /// <summary>Largest magnitude below which a block counts as zero: its scale's inverse would not be finite.</summary>
    private const float Nothing = 1e-30f;

    /// <summary>Rounds 32 values, nearest, ties to even.</summary>
    /// <param name="source">The values.</param>
    /// <param name="codes">Receives them as signed bytes.</param>
    /// <param name="sums">Receives the sums of the first and the second 16 codes.</param>
    /// <returns>The scale; NaN or infinite where a value is, so that the damage shows in the result.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Block(float* source, sbyte* codes, out (int First, int Second) sums)
    {
        Vector512<float> first = Vector512.Load(source);
        Vector512<float> second = Vector512.Load(source + 16);
        Vector512<float> magnitudes = Vector512.Max(Vector512.Abs(first), Vector512.Abs(second));
        Vector256<float> eight = Vector256.Max(magnitudes.GetLower(), magnitudes.GetUpper());
        Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        Vector128<float> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        float largest = Vector128.Max(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
        bool isNothing = largest < Nothing;
        Vector512<float> inverse = Vector512.Create(isNothing ? 0 : 127 / largest);
        Vector512<int> low = Vector512.ConvertToInt32(Vector512.Round(first * inverse));
        Vector512<int> high = Vector512.ConvertToInt32(Vector512.Round(second * inverse));
        sums = (Vector512.Sum(low), Vector512.Sum(high));
        Vector256.Narrow(Vector256.Narrow(low.GetLower(), low.GetUpper()), Vector256.Narrow(high.GetLower(), high.GetUpper())).Store(codes);
        return isNothing ? 0 : largest / 127;
    }

    /// <summary>Rounds a row to the records of a few rows' kernel.</summary>
    /// <param name="source">The row.</param>
    /// <param name="columns">Its values, whole blocks of 32.</param>
    /// <param name="records">Receives a record for each slab, the last one filled up.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row(float* source, int columns, byte* records)
    {
        byte* ordered = stackalloc byte[Slab.Length];
        for (int slab = 0; slab < Slab.Count(columns); slab++, records += Slab.Bytes)
        {
            int blocks = Math.Min(Slab.Blocks, (columns - (slab * Slab.Length)) / Slab.BlockLength);
            if (blocks < Slab.Blocks)
            {
                new Span<byte>(records, Slab.Bytes).Clear();
                new Span<byte>(ordered, Slab.Length).Clear();
            }

            float* scales = (float*)(records + Slab.InputScales);
            float* sums = (float*)(records + Slab.InputSums);
            float* pieceSums = (float*)(records + Slab.InputPieceSums);
            for (int block = 0; block < blocks; block++, source += Slab.BlockLength)
            {
                float scale = Block(source, (sbyte*)ordered + (block * Slab.BlockLength), out (int First, int Second) codes);
                scales[block] = scale;
                sums[block] = scale * (codes.First + codes.Second);
                pieceSums[block] = scale * codes.First;
                pieceSums[Slab.Blocks + block] = scale * codes.Second;
            }

            SlabReader.StoreTurned(ordered, records);
        }
    }
}
