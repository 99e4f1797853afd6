using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels.Stored;

/// <summary>Rounds activations to signed bytes, a scale for each 32 of them: the largest magnitude becomes 127.</summary>
internal static unsafe class RoundedInputs
{
    /// <summary>Largest magnitude below which a block counts as zero: its scale's inverse would not be finite.</summary>
    private const float Nothing = 1e-30f;

    /// <summary>What the largest magnitude becomes.</summary>
    private const float LargestCode = 127;

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
        float largest = BitConverter.Int32BitsToSingle(Largest(Magnitudes(first, second)));
        bool isNothing = largest < Nothing;
        Vector256<sbyte> rounded = Codes(first, second, Vector512.Create(isNothing ? 0 : LargestCode / largest));
        rounded.Store(codes);
        Vector256<int> fours = SumsOfFour(rounded);
        sums = (Vector128.Sum(fours.GetLower()), Vector128.Sum(fours.GetUpper()));
        return isNothing ? 0 : largest / LargestCode;
    }

    /// <summary>Rounds 32 values of each of four rows as <see cref="Block"/> does, bit for bit; dividing and adding up are done for all four at once.</summary>
    /// <param name="source">The values of the first row.</param>
    /// <param name="stride">Distance of rows, in values.</param>
    /// <param name="codes">Receives four times 32 signed bytes.</param>
    /// <param name="firstSums">Receives the sums of the first 16 codes of each row.</param>
    /// <param name="secondSums">Receives those of the second 16.</param>
    /// <returns>A scale for each row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FourBlocks(float* source, long stride, sbyte* codes, out Vector128<int> firstSums, out Vector128<int> secondSums)
    {
        Vector512<float> first0 = Vector512.Load(source), second0 = Vector512.Load(source + 16);
        Vector512<float> first1 = Vector512.Load(source + stride), second1 = Vector512.Load(source + stride + 16);
        Vector512<float> first2 = Vector512.Load(source + (2 * stride)), second2 = Vector512.Load(source + (2 * stride) + 16);
        Vector512<float> first3 = Vector512.Load(source + (3 * stride)), second3 = Vector512.Load(source + (3 * stride) + 16);
        Vector128<int> magnitudes = Largest(
            Halved(Magnitudes(first0, second0)), Halved(Magnitudes(first1, second1)), Halved(Magnitudes(first2, second2)), Halved(Magnitudes(first3, second3)));
        Vector128<float> largest = magnitudes.AsSingle();
        Vector128<float> something = ~Vector128.LessThan(largest, Vector128.Create(Nothing));
        Vector128<float> inverse = (Vector128.Create(LargestCode) / largest) & something;
        Vector256<sbyte> codes0 = Codes(first0, second0, Avx512F.BroadcastScalarToVector512(inverse));
        Vector256<sbyte> codes1 = Codes(first1, second1, Avx512F.BroadcastScalarToVector512(Vector128.Shuffle(inverse, Vector128.Create(1, 1, 1, 1))));
        Vector256<sbyte> codes2 = Codes(first2, second2, Avx512F.BroadcastScalarToVector512(Vector128.Shuffle(inverse, Vector128.Create(2, 2, 2, 2))));
        Vector256<sbyte> codes3 = Codes(first3, second3, Avx512F.BroadcastScalarToVector512(Vector128.Shuffle(inverse, Vector128.Create(3, 3, 3, 3))));
        codes0.Store(codes);
        codes1.Store(codes + Slab.BlockLength);
        codes2.Store(codes + (2 * Slab.BlockLength));
        codes3.Store(codes + (3 * Slab.BlockLength));
        Vector256<int> sums = Avx2.HorizontalAdd(
            Avx2.HorizontalAdd(SumsOfFour(codes0), SumsOfFour(codes1)), Avx2.HorizontalAdd(SumsOfFour(codes2), SumsOfFour(codes3)));
        firstSums = sums.GetLower();
        secondSums = sums.GetUpper();
        return (largest / Vector128.Create(LargestCode)) & something;
    }

    /// <summary>The larger magnitude of each pair, as bits: in whole numbers NaN is larger than infinity, and that larger than all others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Magnitudes(Vector512<float> first, Vector512<float> second) =>
        Vector512.Max(first.AsInt32() & Vector512.Create(int.MaxValue), second.AsInt32() & Vector512.Create(int.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Largest(Vector512<int> magnitudes)
    {
        Vector128<int> four = Halved(magnitudes);
        Vector128<int> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>The largest lane of each of four vectors: a transposition in which lanes that meet are compared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Largest(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d)
    {
        Vector128<int> ab = Vector128.Max(Sse2.UnpackLow(a, b), Sse2.UnpackHigh(a, b)); // a b a b
        Vector128<int> cd = Vector128.Max(Sse2.UnpackLow(c, d), Sse2.UnpackHigh(c, d));
        return Vector128.Max(Sse2.UnpackLow(ab.AsInt64(), cd.AsInt64()).AsInt32(), Sse2.UnpackHigh(ab.AsInt64(), cd.AsInt64()).AsInt32());
    }

    /// <summary>The largest of lanes that are four apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Halved(Vector512<int> magnitudes)
    {
        Vector256<int> eight = Vector256.Max(magnitudes.GetLower(), magnitudes.GetUpper());
        return Vector128.Max(eight.GetLower(), eight.GetUpper());
    }

    /// <summary>What cannot be a number becomes 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Codes(Vector512<float> first, Vector512<float> second, Vector512<float> inverse) => Vector256.Create(
        Avx512F.ConvertToVector128SByte(Avx512F.ConvertToVector512Int32(first * inverse)),
        Avx512F.ConvertToVector128SByte(Avx512F.ConvertToVector512Int32(second * inverse)));

    /// <summary>Sums of four codes each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> SumsOfFour(Vector256<sbyte> codes) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Vector256<byte>.One, codes), Vector256<short>.One);

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
