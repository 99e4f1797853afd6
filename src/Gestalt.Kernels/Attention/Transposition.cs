using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <summary>Transposes small matrices, so that the queries of a block lie in the lanes of a register.</summary>
internal static unsafe class Transposition
{
    /// <summary>target[column, row] = source[row, column] * factor, or that added to it. Strides are in elements.</summary>
    /// <remarks>
    /// 4×4 blocks: four rows a b c d of four values are interleaved to a0 b0 a1 b1 …, and those again to a0 b0 c0 d0 …
    /// The rest, fewer than four rows or columns, goes value by value.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Copy(
        float* source, long sourceStride, int rows, int columns, float* target, long targetStride, float factor, bool accumulate)
    {
        Vector128<float> scale = Vector128.Create(factor);
        int row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            float* s = source + (row * sourceStride);
            float* t = target + row;
            int column = 0;
            for (; column + 4 <= columns; column += 4, t += 4 * targetStride)
            {
                Vector128<float> a = Vector128.Load(s + column);
                Vector128<float> b = Vector128.Load(s + sourceStride + column);
                Vector128<float> c = Vector128.Load(s + (2 * sourceStride) + column);
                Vector128<float> d = Vector128.Load(s + (3 * sourceStride) + column);
                Vector128<double> lowAb = Low(a, b).AsDouble();
                Vector128<double> lowCd = Low(c, d).AsDouble();
                Vector128<double> highAb = High(a, b).AsDouble();
                Vector128<double> highCd = High(c, d).AsDouble();
                Put(Vector128.Create(lowAb.GetLower(), lowCd.GetLower()).AsSingle() * scale, t, accumulate);
                Put(Vector128.Create(lowAb.GetUpper(), lowCd.GetUpper()).AsSingle() * scale, t + targetStride, accumulate);
                Put(Vector128.Create(highAb.GetLower(), highCd.GetLower()).AsSingle() * scale, t + (2 * targetStride), accumulate);
                Put(Vector128.Create(highAb.GetUpper(), highCd.GetUpper()).AsSingle() * scale, t + (3 * targetStride), accumulate);
            }

            Rest(source, sourceStride, row, row + 4, column, columns, target, targetStride, factor, accumulate);
        }

        Rest(source, sourceStride, row, rows, 0, columns, target, targetStride, factor, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        System.Runtime.Intrinsics.X86.Sse.IsSupported ? System.Runtime.Intrinsics.X86.Sse.UnpackLow(a, b)
        : System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        System.Runtime.Intrinsics.X86.Sse.IsSupported ? System.Runtime.Intrinsics.X86.Sse.UnpackHigh(a, b)
        : System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<float> value, float* target, bool accumulate) =>
        (accumulate ? Vector128.Load(target) + value : value).Store(target);

    private static void Rest(
        float* source, long sourceStride, int firstRow, int endRow, int firstColumn, int endColumn,
        float* target, long targetStride, float factor, bool accumulate)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            for (int column = firstColumn; column < endColumn; column++)
            {
                float value = source[(row * sourceStride) + column] * factor;
                float* t = target + (column * targetStride) + row;
                *t = accumulate ? *t + value : value;
            }
        }
    }
}
