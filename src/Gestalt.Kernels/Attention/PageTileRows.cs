using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>Turns queries and probabilities into the words of a <see cref="PageTile"/>. For processors with AVX-512, without which there are no kernels to read them.</summary>
internal static unsafe class PageTileRows
{
    private const int PageTokens = PagedShape.TokensPerPage;
    private const int ScaleLength = PagedShape.ScaleLength;
    private const int Lanes = 16;

    // Steps of a query: upper and lower bytes have signs, and 127 · 256 leaves the lower one room to round the upper one.
    private const float OneLevelSteps = 127;
    private const float TwoLevelSteps = 127 * 256;

    // Steps of a probability, which has no sign.
    private const float OneLevelParts = 255;
    private const float TwoLevelParts = 65535;

    // Scales below this are of values that are nothing beside any others, and their inverses might be infinite.
    private const float Negligible = 1e-30f;

    // Just below 1, so that the largest value with the largest threshold is still a byte.
    private const float MostDither = 0.99f;

    /// <summary>
    /// Thresholds for rounding to 8 bits, (64): a probability below half a part would always vanish, and many of them are much. With
    /// another threshold for each token (multiples of the golden ratio, which spread evenly) what is lost here is won there.
    /// </summary>
    /// <remarks>Fetch it once: in code that is compiled optimised from the start each access asks whether the class is ready.</remarks>
    internal static readonly float* Thresholds = MakeThresholds();

    /// <summary>Bytes of the queries of a tile.</summary>
    internal static int QueryBytes(PageTile tile, int headWidth) => tile.WordRows * QueryStride(tile, headWidth);

    /// <summary>Bytes of a row of queries.</summary>
    internal static int QueryStride(PageTile tile, int headWidth) => headWidth / tile.ValuesPerWord * sizeof(float);

    /// <summary>Bytes of the probabilities of a tile and a page.</summary>
    internal static int ProbabilityBytes(PageTile tile, int headWidth) => tile.Blocks(headWidth) * tile.WordRows * ProbabilityStride(tile);

    /// <summary>Bytes of a row of probabilities.</summary>
    internal static int ProbabilityStride(PageTile tile) => PageTokens / tile.ValuesPerWord * sizeof(float);

    /// <summary>Writes a query as a row of a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="headWidth">D.</param>
    /// <param name="source">The query.</param>
    /// <param name="row">Which row.</param>
    /// <param name="words">The tile's words.</param>
    /// <param name="factors">Receives what products of bytes are to be multiplied by, (D / 32, rows).</param>
    /// <param name="offsets">Receives what sums of bytes begin at, (D / 32, rows).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void WriteQuery(PageTile tile, int headWidth, float* source, int row, byte* words, float* factors, int* offsets)
    {
        int stride = QueryStride(tile, headWidth);
        byte* target = words + (row * stride);
        if (tile.Words == PageWords.Bytes)
        {
            for (int i = 0; i < headWidth; i += ScaleLength)
            {
                int at = (i / ScaleLength * tile.Rows) + row;
                (factors[at], offsets[at]) = WriteBytes(tile, source + i, target + i, target + i + (tile.Rows * stride));
            }

            return;
        }

        for (int i = 0; i < headWidth; i += Lanes)
        {
            Vector512<float> value = Vector512.Load(source + i);
            if (tile.Words == PageWords.Halves)
            {
                value.Store((float*)target + i);
            }
            else
            {
                Avx512F.ConvertToVector256UInt16(Rounded(value) >>> 16).Store((ushort*)target + i);
            }
        }
    }

    /// <summary>What a page's scales of values and a probability make together: parts of the largest scale of a block.</summary>
    /// <param name="tile">The tile, of bytes.</param>
    /// <param name="chunk">The values.</param>
    /// <param name="headWidth">D.</param>
    /// <param name="parts">Receives (D / 32, 64): how many parts a probability of 1 has.</param>
    /// <param name="factors">Receives the factor of each block: what a part is.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void ReadScales(PageTile tile, byte* chunk, int headWidth, float* parts, float* factors)
    {
        float most = tile.Levels == 1 ? OneLevelParts : TwoLevelParts;
        ushort* scales = PageLayout.Scales(chunk, headWidth);
        for (int block = 0; block < headWidth / ScaleLength; block++, scales += PageTokens, parts += PageTokens)
        {
            Vector512<float> s0 = Scales(scales), s1 = Scales(scales + Lanes), s2 = Scales(scales + (2 * Lanes)), s3 = Scales(scales + (3 * Lanes));
            float largest = Largest(Vector512.MaxNative(Vector512.MaxNative(s0, s1), Vector512.MaxNative(s2, s3)));
            bool counts = largest > Negligible;
            factors[block] = counts ? largest / most : 0;
            Vector512<float> inverse = Vector512.Create(counts ? most / largest : 0);
            (s0 * inverse).Store(parts);
            (s1 * inverse).Store(parts + Lanes);
            (s2 * inverse).Store(parts + (2 * Lanes));
            (s3 * inverse).Store(parts + (3 * Lanes));
        }
    }

    /// <summary>Writes 16 probabilities, at most 1, as words of a row.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="headWidth">D.</param>
    /// <param name="p">The probabilities.</param>
    /// <param name="row">Which row.</param>
    /// <param name="token">The first token.</param>
    /// <param name="parts">Of the page's scales.</param>
    /// <param name="thresholds"><see cref="Thresholds"/>.</param>
    /// <param name="words">The tile's words.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void WriteProbabilities(PageTile tile, int headWidth, Vector512<float> p, int row, int token, float* parts, float* thresholds, byte* words)
    {
        if (tile.Words == PageWords.BFloats)
        {
            Avx512F.ConvertToVector256UInt16(Rounded(p) >>> 16).Store((ushort*)words + (row * PageTokens) + token);
            return;
        }

        if (tile.Words == PageWords.Halves)
        {
            p.Store((float*)words + (row * PageTokens) + token);
            return;
        }

        byte* target = words + (row * PageTokens) + token;
        for (int block = 0; block < headWidth / ScaleLength; block++, parts += PageTokens, target += tile.WordRows * PageTokens)
        {
            if (tile.Levels == 1)
            {
                Vector512<float> dithered = Vector512.FusedMultiplyAdd(p, Vector512.Load(parts + token), Vector512.Load(thresholds + token));
                Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32WithTruncation(dithered)).Store(target);
            }
            else
            {
                Vector512<int> both = Avx512F.ConvertToVector512Int32(p * Vector512.Load(parts + token));
                Avx512F.ConvertToVector128Byte(both >>> 8).Store(target);
                Avx512F.ConvertToVector128Byte(both).Store(target + (tile.Rows * PageTokens));
            }
        }
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Largest(Vector512<float> value) => Register512.Maximum(new Register512(value));

    /// <summary>Repacks a page of float16 as bfloat16, two values or two tokens in a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Repack(ushort* chunk, bool values, int headWidth, uint* target)
    {
        // Keys lie (tokens / 16, D, 16) and are paired along D, values (tokens, D) and are paired along the tokens.
        int run = values ? headWidth : Lanes;
        for (int pair = 0; pair < PageTokens * headWidth / (2 * run); pair++, chunk += 2 * run)
        {
            for (int i = 0; i < run; i += Lanes, target += Lanes)
            {
                Register512 low = RoundedBits(PageRows.FromHalf<Register512>(chunk + i)) >>> 16;
                Register512 high = RoundedBits(PageRows.FromHalf<Register512>(chunk + run + i)) & Register512.BroadcastBits(0xFFFF_0000);
                (low | high).Store((float*)target);
            }
        }
    }

    private static float* MakeThresholds()
    {
        const double GoldenRatio = 0.6180339887498949;
        var thresholds = (float*)NativeMemory.AlignedAlloc(PageTokens * sizeof(float), AlignedMemory.Alignment); // for as long as the process lives
        for (int i = 0; i < PageTokens; i++)
        {
            thresholds[i] = MostDither * (float)((i + 1) * GoldenRatio % 1);
        }

        return thresholds;
    }

    private static (float Factor, int Offset) WriteBytes(PageTile tile, float* source, byte* upper, byte* lower)
    {
        Vector512<float> v0 = Vector512.Load(source), v1 = Vector512.Load(source + Lanes);
        float reach = Largest(Vector512.MaxNative(Vector512.Abs(v0), Vector512.Abs(v1)));
        float steps = tile.Levels == 1 ? OneLevelSteps : TwoLevelSteps;
        Vector512<float> inverse = Vector512.Create(reach > Negligible ? steps / reach : 0);
        Vector512<int> c0 = Avx512F.ConvertToVector512Int32(v0 * inverse), c1 = Avx512F.ConvertToVector512Int32(v1 * inverse);
        int offset = -128 * Vector512.Sum(c0 + c1);
        if (tile.Levels == 2)
        {
            Avx512F.ConvertToVector128Byte(c0).Store(lower);
            Avx512F.ConvertToVector128Byte(c1).Store(lower + Lanes);
            Vector512<int> half = Vector512.Create(128); // the lower byte has a sign
            c0 = (c0 + half) >> 8;
            c1 = (c1 + half) >> 8;
        }

        Avx512F.ConvertToVector128Byte(c0).Store(upper);
        Avx512F.ConvertToVector128Byte(c1).Store(upper + Lanes);
        return (reach > Negligible ? reach / steps : 0, offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Scales(ushort* scales) => (Avx512F.ConvertToVector512UInt32(Vector256.Load(scales)) << 16).AsSingle();

    /// <summary>Bits rounded to bfloat16 in their upper halves; for finite values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rounded(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        return bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Register512 RoundedBits(Register512 bits) =>
        Register512.AddBits(bits, Register512.AddBits((bits >>> 16) & Register512.BroadcastBits(1), Register512.BroadcastBits(0x7FFF)));
}
