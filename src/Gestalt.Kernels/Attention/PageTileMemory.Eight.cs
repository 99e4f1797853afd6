using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <content>The softmax of prompts: eight queries with a page, whose probabilities are rounded to 8 or 16 bits, so that 2^x need not be exact.</content>
internal readonly unsafe partial struct PageTileMemory
{
    /// <summary>What <see cref="Soften"/> does, for tiles of eight queries in one level.</summary>
    /// <remarks>
    /// Sixteen probabilities take a multiply-add, <see cref="Exp2"/>, an addition and what rounds them. All else is done for the eight rows at once: one by one it took as long
    /// as half of that (2026-11-long-contexts.md).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void SoftenEight(int tile, float exponent)
    {
        float* highest = stackalloc float[Stride];
        float* weights = stackalloc float[Stride];
        Vector256<float> largest = LargestOfRows(Scores) * Vector256.Create(exponent);
        Vector256.MaxNative(largest, Vector256.Create(SoftmaxTiles.Nothing)).Store(highest);
        Weigh(_maxima + (tile * Stride), highest, weights);

        float* sums = _sums + ((long)tile * Stride * Lanes);
        if (Tile.Words == PageWords.BFloats)
        {
            ToBFloats(Scores, exponent, highest, _shrinks, weights, sums, _probabilities);
        }
        else
        {
            ToBytes(Scores, exponent, highest, _shrinks, weights, sums, _probabilities, _parts, _thresholds, _blocks);
        }

        Vector256<float> weight = Vector256.Load(weights);
        for (int block = 0; block < _blocks; block++)
        {
            float part = Tile.Words == PageWords.Bytes ? _partFactors[block] : 1;
            (weight * Vector256.Create(part)).Store(_factors + (block * Stride));
        }
    }

    /// <summary>Two vectors of probabilities at a time become one of bfloat16: half a unit is added, then the upper halves are picked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ToBFloats(float* scores, float exponent, float* highest, float* shrinks, float* weights, float* sums, byte* words)
    {
        Vector512<float> scale = Vector512.Create(exponent);
        Vector512<uint> half = Vector512.Create(0x8000u);
        Vector512<ushort> upper = (Vector512<ushort>.Indices * 2) + Vector512<ushort>.One;
        for (int row = 0; row < Stride; row++, scores += PageTokens, sums += Lanes, words += PageTokens * sizeof(ushort))
        {
            Vector512<float> shift = Vector512.Create(-highest[row]);
            Vector512<float> p0 = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(scores), scale, shift));
            Vector512<float> p1 = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(scores + Lanes), scale, shift));
            Vector512<float> p2 = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(scores + (2 * Lanes)), scale, shift));
            Vector512<float> p3 = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(scores + (3 * Lanes)), scale, shift));
            Avx512BW.PermuteVar32x16x2((p0.AsUInt32() + half).AsUInt16(), upper, (p1.AsUInt32() + half).AsUInt16()).Store((ushort*)words);
            Avx512BW.PermuteVar32x16x2((p2.AsUInt32() + half).AsUInt16(), upper, (p3.AsUInt32() + half).AsUInt16()).Store((ushort*)words + (2 * Lanes));
            AddUp(p0, p1, p2, p3, sums, shrinks[row], weights[row]);
        }
    }

    /// <summary>Parts of the page's largest scale, rounded at another threshold for each token: see <see cref="PageTileRows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ToBytes(
        float* scores, float exponent, float* highest, float* shrinks, float* weights, float* sums, byte* words, float* parts, float* thresholds, int blocks)
    {
        Vector512<float> scale = Vector512.Create(exponent);
        for (int row = 0; row < Stride; row++, scores += PageTokens, sums += Lanes, words += PageTokens)
        {
            Vector512<float> shift = Vector512.Create(-highest[row]);
            Vector512<float> p0 = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(scores), scale, shift));
            Vector512<float> p1 = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(scores + Lanes), scale, shift));
            Vector512<float> p2 = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(scores + (2 * Lanes)), scale, shift));
            Vector512<float> p3 = Exp2(Vector512.FusedMultiplyAdd(Vector512.Load(scores + (3 * Lanes)), scale, shift));
            for (int block = 0; block < blocks; block++)
            {
                float* part = parts + (block * PageTokens);
                byte* target = words + (block * Stride * PageTokens);
                Parts(p0, part, thresholds).Store(target);
                Parts(p1, part + Lanes, thresholds + Lanes).Store(target + Lanes);
                Parts(p2, part + (2 * Lanes), thresholds + (2 * Lanes)).Store(target + (2 * Lanes));
                Parts(p3, part + (3 * Lanes), thresholds + (3 * Lanes)).Store(target + (3 * Lanes));
            }

            AddUp(p0, p1, p2, p3, sums, shrinks[row], weights[row]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Parts(Vector512<float> p, float* parts, float* thresholds) => Avx512F.ConvertToVector128Byte(
        Avx512F.ConvertToVector512Int32WithTruncation(Vector512.FusedMultiplyAdd(p, Vector512.Load(parts), Vector512.Load(thresholds))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddUp(Vector512<float> p0, Vector512<float> p1, Vector512<float> p2, Vector512<float> p3, float* sums, float shrink, float weight)
    {
        Vector512<float> before = Vector512.Load(sums) * Vector512.Create(shrink);
        Vector512.FusedMultiplyAdd((p0 + p1) + (p2 + p3), Vector512.Create(weight), before).Store(sums);
    }

    /// <summary>The largest of 64 scores of each of eight rows: a transposition in which lanes that meet are compared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LargestOfRows(float* scores)
    {
        Vector256<float> ab = LargerOfPairs(LargestOfRow(scores), LargestOfRow(scores + PageTokens));
        Vector256<float> cd = LargerOfPairs(LargestOfRow(scores + (2 * PageTokens)), LargestOfRow(scores + (3 * PageTokens)));
        Vector256<float> ef = LargerOfPairs(LargestOfRow(scores + (4 * PageTokens)), LargestOfRow(scores + (5 * PageTokens)));
        Vector256<float> gh = LargerOfPairs(LargestOfRow(scores + (6 * PageTokens)), LargestOfRow(scores + (7 * PageTokens)));
        Vector256<float> first = LargerOfFours(ab, cd);
        Vector256<float> second = LargerOfFours(ef, gh);
        return Vector256.MaxNative(Avx.Permute2x128(first, second, 0x20), Avx.Permute2x128(first, second, 0x31));
    }

    /// <summary>The largest of lanes that are eight apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LargestOfRow(float* scores)
    {
        Vector512<float> low = Vector512.MaxNative(Vector512.Load(scores), Vector512.Load(scores + Lanes));
        Vector512<float> all = Vector512.MaxNative(low, Vector512.MaxNative(Vector512.Load(scores + (2 * Lanes)), Vector512.Load(scores + (3 * Lanes))));
        return Vector256.MaxNative(all.GetLower(), all.GetUpper());
    }

    /// <summary>In each half: the lanes of a and b in turns, two of each left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LargerOfPairs(Vector256<float> a, Vector256<float> b) => Vector256.MaxNative(Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));

    /// <summary>In each half: one lane of each of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LargerOfFours(Vector256<float> ab, Vector256<float> cd) =>
        Vector256.MaxNative(Avx.UnpackLow(ab.AsDouble(), cd.AsDouble()).AsSingle(), Avx.UnpackHigh(ab.AsDouble(), cd.AsDouble()).AsSingle());

    /// <summary>2^x within 1e-4, which is less than what the words of probabilities keep. For x up to 0; -∞ gives 0.</summary>
    /// <remarks>
    /// 2^x = 2^n 2^r with n the whole number below x: <c>vreduceps</c> gives r = x - n (0 for -∞), and <c>vscalefps</c> multiplies by 2^n without being told n. The polynomial of degree 3 for
    /// 0 ≤ r &lt; 1 is fitted with Remez' exchange.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exp2(Vector512<float> x)
    {
        const byte Down = 1;
        Vector512<float> r = Avx512DQ.Reduce(x, Down);
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(0.078024523f), r, Vector512.Create(0.22606716f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.69583354f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.99992522f));
        return Avx512F.Scale(p, x);
    }
}
