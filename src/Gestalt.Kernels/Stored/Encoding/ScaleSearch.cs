using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Finds the scale, and the minimum where there is one, with which a few values are stored with the least weighted square error.
/// </summary>
/// <remarks>
/// Which code each value gets depends on the scale, and for given codes the best scale is a least-squares fit. So a row of scales around the one that
/// just covers the range is tried; each gives codes, the codes give the fitted scale, and the pair with the least error wins.
/// Pieces are 16 or 32 values: one or two vectors.
/// </remarks>
internal static unsafe class ScaleSearch
{
    /// <summary>Values of a piece whose largest magnitude is below this are stored as zero.</summary>
    private const float Nothing = 1e-30f;

    private const int Lanes = 16;

    // How far around the covering scale is searched, in codes. Wider or finer grids gained less than 0.2 % of error on Gaussian values.
    private const int SymmetricSteps = 9;
    private const float SymmetricStep = 0.1f;
    private const int AffineSteps = 36;
    private const float AffineFirst = -0.9f;
    private const float AffineStep = 0.05f;

    /// <summary>The weight of each value's error: its importance, more for large values, which move results most.</summary>
    /// <param name="values">The values.</param>
    /// <param name="importance">Their importance, or null.</param>
    /// <param name="weights">Receives the weights.</param>
    /// <param name="count">How many, a multiple of 16.</param>
    public static void Weigh(float* values, float* importance, float* weights, int count)
    {
        Vector512<float> squares = Vector512<float>.Zero;
        for (int i = 0; i < count; i += Lanes)
        {
            Vector512<float> x = Vector512.Load(values + i);
            squares += x * x;
        }

        Vector512<float> mean = Vector512.Create(Vector512.Sum(squares) / count);
        for (int i = 0; i < count; i += Lanes)
        {
            Vector512<float> x = Vector512.Load(values + i);
            Vector512<float> weight = Vector512.Sqrt(mean + (x * x));
            (importance == null ? weight : weight * Vector512.Load(importance + i)).Store(weights + i);
        }
    }

    /// <summary>The scale for codes from <paramref name="lowest"/> to <paramref name="highest"/>: negative where the largest value is positive, since codes reach further down than up.</summary>
    public static float Symmetric(float* values, float* weights, int count, int lowest, int highest) =>
        Symmetric(values, weights, count, lowest, lowest, highest);

    /// <summary>The scale for codes from <paramref name="lowest"/> to <paramref name="highest"/>, searched around the one that gives the largest value the code <paramref name="furthest"/>.</summary>
    public static float Symmetric(float* values, float* weights, int count, int furthest, int lowest, int highest)
    {
        float extreme = 0;
        for (int i = 0; i < count; i++)
        {
            extreme = MathF.Abs(values[i]) > MathF.Abs(extreme) ? values[i] : extreme;
        }

        if (!(MathF.Abs(extreme) >= Nothing))
        {
            return 0;
        }

        float best = 0;
        float scale = extreme / furthest;
        for (int step = -SymmetricSteps; step <= SymmetricSteps; step++)
        {
            (float xl, float ll) = Project(values, weights, count, (furthest + (SymmetricStep * step)) / extreme, lowest, highest);
            if (ll > 0 && xl * xl > best * ll)
            {
                scale = xl / ll;
                best = xl * scale;
            }
        }

        return scale;
    }

    /// <summary>Scale and minimum for codes from 0 to <paramref name="highest"/>: values are scale · code - minimum with a minimum of at least 0.</summary>
    public static (float Scale, float Minimum) Affine(float* values, float* weights, int count, int highest)
    {
        float least = 0;
        float most = float.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            least = MathF.Min(least, values[i]);
            most = MathF.Max(most, values[i]);
        }

        if (!(most - least >= Nothing))
        {
            return (0, -least);
        }

        float covering = (most - least) / highest;
        float bestScale = covering;
        float bestLeast = least;
        float bestError = AffineError(values, weights, count, highest, 1 / covering, least, covering, least);
        for (int step = 0; step <= AffineSteps; step++)
        {
            float inverse = (highest + AffineFirst + (AffineStep * step)) / (most - least);
            (float scale, float offset) = FitAffine(values, weights, count, highest, inverse, least);
            if (scale <= 0)
            {
                continue;
            }

            float error = AffineError(values, weights, count, highest, inverse, least, scale, offset);
            if (error < bestError)
            {
                (bestError, bestScale, bestLeast) = (error, scale, offset);
            }
        }

        return (bestScale, -bestLeast);
    }

    /// <summary>Rounds values to codes, nearest, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Codes(Vector512<float> values, float inverse, float lowest, float highest) =>
        Vector512.Min(Vector512.Max(Vector512.Round(values * Vector512.Create(inverse)), Vector512.Create(lowest)), Vector512.Create(highest));

    private static (float XL, float LL) Project(float* values, float* weights, int count, float inverse, int lowest, int highest)
    {
        Vector512<float> xl = Vector512<float>.Zero, ll = Vector512<float>.Zero;
        for (int i = 0; i < count; i += Lanes)
        {
            Vector512<float> x = Vector512.Load(values + i);
            Vector512<float> l = Codes(x, inverse, lowest, highest);
            Vector512<float> wl = Vector512.Load(weights + i) * l;
            xl += wl * x;
            ll += wl * l;
        }

        return (Vector512.Sum(xl), Vector512.Sum(ll));
    }

    private static (float Scale, float Least) FitAffine(float* values, float* weights, int count, int highest, float inverse, float least)
    {
        Vector512<float> sw = Vector512<float>.Zero, sx = sw, sl = sw, sll = sw, sxl = sw;
        for (int i = 0; i < count; i += Lanes)
        {
            Vector512<float> x = Vector512.Load(values + i);
            Vector512<float> w = Vector512.Load(weights + i);
            Vector512<float> l = Codes(x - Vector512.Create(least), inverse, 0, highest);
            Vector512<float> wl = w * l;
            sw += w;
            sx += w * x;
            sl += wl;
            sll += wl * l;
            sxl += wl * x;
        }

        float weight = Vector512.Sum(sw), wx = Vector512.Sum(sx), l1 = Vector512.Sum(sl), l2 = Vector512.Sum(sll), xl = Vector512.Sum(sxl);
        float determinant = (weight * l2) - (l1 * l1);
        if (!(determinant > 0))
        {
            return (0, 0);
        }

        float offset = ((l2 * wx) - (l1 * xl)) / determinant;
        return offset > 0 ? (xl / l2, 0) : (((weight * xl) - (wx * l1)) / determinant, offset);
    }

    private static float AffineError(
        float* values, float* weights, int count, int highest, float inverse, float least, float scale, float offset)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < count; i += Lanes)
        {
            Vector512<float> x = Vector512.Load(values + i);
            Vector512<float> l = Codes(x - Vector512.Create(least), inverse, 0, highest);
            Vector512<float> error = (Vector512.Create(scale) * l) + Vector512.Create(offset) - x;
            sum += Vector512.Load(weights + i) * error * error;
        }

        return Vector512.Sum(sum);
    }
}
