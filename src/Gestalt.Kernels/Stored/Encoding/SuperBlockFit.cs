using System.Runtime.CompilerServices;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Codes, whole-numbered scales and minima of the pieces of a block of 256 values, and the two float16 numbers that scales and minima are
/// multiples of: what the K formats store, before it is laid out.
/// </summary>
internal unsafe struct SuperBlockFit
{
    private const int Length = SuperBlock.Length;

    /// <summary>Times that the common scales are fitted again to the codes and the codes to the scales; a third time changes nothing.</summary>
    private const int Refinements = 2;

    public fixed byte Codes[Length];
    public fixed sbyte Scales[16];
    public fixed byte Minima[16];
    public float Scale;
    public float Minimum;

    private fixed float _weights[Length];

    /// <summary>Fits scale · code - minimum.</summary>
    /// <param name="values">256 values.</param>
    /// <param name="importance">How much the error of each matters, or null.</param>
    /// <param name="piece">Values in a piece.</param>
    /// <param name="highest">The highest code.</param>
    /// <param name="highestScale">The highest scale and minimum of a piece.</param>
    [SkipLocalsInit]
    public void FitAffine(float* values, float* importance, int piece, int highest, int highestScale)
    {
        int pieces = Length / piece;
        float* scales = stackalloc float[16];
        float* minima = stackalloc float[16];
        float* pieceWeights = stackalloc float[16];
        new Span<float>(scales, 16).Clear();
        new Span<float>(minima, 16).Clear();
        new Span<float>(pieceWeights, 16).Clear();
        fixed (float* weights = _weights)
        {
            ScaleSearch.Weigh(values, importance, weights, Length);
            for (int p = 0; p < pieces; p++)
            {
                (scales[p], minima[p]) = ScaleSearch.Affine(values + (p * piece), weights + (p * piece), piece, highest);
                for (int i = 0; i < piece; i++)
                {
                    pieceWeights[p] += weights[(p * piece) + i];
                }
            }

            Scale = Rounded(ScaleSearch.Symmetric(scales, pieceWeights, 16, highestScale, 0, highestScale));
            Minimum = Rounded(ScaleSearch.Symmetric(minima, pieceWeights, 16, highestScale, 0, highestScale));
            for (int p = 0; p < pieces; p++)
            {
                Scales[p] = (sbyte)EncodedBlock.Code(scales[p], Scale, 0, highestScale);
                Minima[p] = (byte)EncodedBlock.Code(minima[p], Minimum, 0, highestScale);
            }

            Refine(values, weights, piece, 0, highest);
        }
    }

    /// <summary>Fits scale · code.</summary>
    /// <param name="values">256 values.</param>
    /// <param name="importance">How much the error of each matters, or null.</param>
    /// <param name="piece">Values in a piece.</param>
    /// <param name="half">Codes run from minus this to one less than this.</param>
    /// <param name="halfScale">So do the scales of pieces from minus this.</param>
    [SkipLocalsInit]
    public void FitSymmetric(float* values, float* importance, int piece, int half, int halfScale)
    {
        int pieces = Length / piece;
        float* scales = stackalloc float[16];
        float extreme = 0;
        fixed (float* weights = _weights)
        {
            ScaleSearch.Weigh(values, importance, weights, Length);
            for (int p = 0; p < pieces; p++)
            {
                scales[p] = ScaleSearch.Symmetric(values + (p * piece), weights + (p * piece), piece, -half, half - 1);
                extreme = MathF.Abs(scales[p]) > MathF.Abs(extreme) ? scales[p] : extreme;
            }

            Scale = Rounded(extreme / -halfScale);
            Minimum = 0;
            for (int p = 0; p < pieces; p++)
            {
                Scales[p] = (sbyte)EncodedBlock.Code(scales[p], Scale, -halfScale, halfScale - 1);
                Minima[p] = 0;
            }

            Refine(values, weights, piece, -half, half - 1);
        }
    }

    private static float Rounded(float value)
    {
        Half half;
        return EncodedBlock.StoreHalf((byte*)&half, value);
    }

    /// <summary>
    /// Rounds values to codes; then, the codes being what they are, fits the two common numbers to them, rounds again, and keeps that if it is
    /// better. Codes are stored from 0 on.
    /// </summary>
    private void Refine(float* values, float* weights, int piece, int lowest, int highest)
    {
        double error = Assign(values, weights, piece, lowest, highest);
        for (int i = 0; i < Refinements && error > 0; i++)
        {
            SuperBlockFit before = this;
            FitCommon(values, weights, piece, lowest);
            double now = Assign(values, weights, piece, lowest, highest);
            if (!(now < error))
            {
                this = before;
                return;
            }

            error = now;
        }
    }

    /// <summary>Rounds values to codes and returns the weighted square error.</summary>
    private double Assign(float* values, float* weights, int piece, int lowest, int highest)
    {
        double error = 0;
        for (int i = 0; i < Length; i++)
        {
            float scale = Scale * Scales[i / piece];
            float minimum = Minimum * Minima[i / piece];
            int code = EncodedBlock.Code(values[i] + minimum, scale, lowest, highest);
            Codes[i] = (byte)(code - lowest);
            float difference = (scale * code) - minimum - values[i];
            error += weights[i] * difference * difference;
        }

        return error;
    }

    /// <summary>Least squares for Scale and Minimum: two equations, or one where there are no minima.</summary>
    private void FitCommon(float* values, float* weights, int piece, int lowest)
    {
        double aa = 0, ab = 0, bb = 0, ax = 0, bx = 0;
        for (int i = 0; i < Length; i++)
        {
            double a = Scales[i / piece] * (Codes[i] + lowest);
            double b = -Minima[i / piece];
            double w = weights[i];
            aa += w * a * a;
            ab += w * a * b;
            bb += w * b * b;
            ax += w * a * values[i];
            bx += w * b * values[i];
        }

        double determinant = (aa * bb) - (ab * ab);
        if (bb > 0 && determinant > 1e-9 * aa * bb)
        {
            Scale = Rounded((float)(((bb * ax) - (ab * bx)) / determinant));
            Minimum = Rounded(MathF.Max(0, (float)(((aa * bx) - (ab * ax)) / determinant)));
        }
        else if (aa > 0)
        {
            Scale = Rounded((float)((ax - (ab * Minimum)) / aa));
        }
    }
}
