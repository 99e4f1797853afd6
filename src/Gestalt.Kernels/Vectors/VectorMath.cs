using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Exponential, sigmoid and tanh for whole registers. The same operations in the same order whatever the width, so that a value does
/// not depend on where in an array it stands.
/// </summary>
/// <remarks>
/// e^x = 2^n e^r with n = round(x / ln 2), so that |r| ≤ 0.347, where a polynomial of degree 6 is exact to 3.1e-9 (relative; fitted
/// with Remez' exchange, the first two coefficients held at 1). Rounding adds the rest: measured over all float32 values, <see cref="Exp"/> and
/// <see cref="Exp2"/> are within 1.5 ulp of the true value wherever that is a normal number.
/// </remarks>
internal static class VectorMath
{
    /// <summary>log2(e), the factor from natural exponents to powers of two.</summary>
    internal const float Log2E = 1.44269504f;

    /// <summary>ln 2, the factor from powers of two to natural exponents.</summary>
    internal const double Ln2 = 0.6931471805599453;

    // ln 2 in two pieces: the first has few bits, so that n * High is exact and x - n * High loses nothing.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // e^-87.33 is just above 2^-126, the smallest normal number; e^88.376 just below 2^127.5, where n would round to 128.
    private const float ExpLowest = -87.33f;
    private const float ExpHighest = 88.376f;
    private const float Exp2Lowest = -126f;
    private const float Exp2Highest = 127.49f;

    /// <summary>e^x. Below -87.33 (e^x &lt; 1.2e-38) exactly 0; above 88.376 (2.4e38) it stays there; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R Exp<R>(R x)
        where R : struct, IRegister<R>
    {
        R lowest = R.Broadcast(ExpLowest);
        R inside = R.Max(lowest, R.Min(R.Broadcast(ExpHighest), x));
        R n = R.Round(inside * R.Broadcast(Log2E));
        R r = R.MultiplyAdd(n, R.Broadcast(-Ln2High), inside);
        r = R.MultiplyAdd(n, R.Broadcast(-Ln2Low), r);

        R p = R.MultiplyAdd(R.Broadcast(0.001381459647f), r, R.Broadcast(0.00836871685026f));
        p = R.MultiplyAdd(p, r, R.Broadcast(0.0416683880722f));
        p = R.MultiplyAdd(p, r, R.Broadcast(0.166665206322f));
        p = R.MultiplyAdd(p, r, R.Broadcast(0.499999934478f));
        p = R.MultiplyAdd(p, r, R.Broadcast(1f));
        p = R.MultiplyAdd(p, r, R.Broadcast(1f));
        return R.WhereAtLeast(lowest, x, R.Zero, R.ScaleByPowerOfTwo(p, n));
    }

    /// <summary>2^x. Below -126 exactly 0; above 127.49 it stays there; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R Exp2<R>(R x)
        where R : struct, IRegister<R>
    {
        R lowest = R.Broadcast(Exp2Lowest);
        R inside = R.Max(lowest, R.Min(R.Broadcast(Exp2Highest), x));
        R n = R.Round(inside);
        R r = inside - n;

        R p = R.MultiplyAdd(R.Broadcast(0.000155946770151f), r, R.Broadcast(0.00134066438475f));
        p = R.MultiplyAdd(p, r, R.Broadcast(0.00961769297614f));
        p = R.MultiplyAdd(p, r, R.Broadcast(0.0555031055121f));
        p = R.MultiplyAdd(p, r, R.Broadcast(0.240226527829f));
        p = R.MultiplyAdd(p, r, R.Broadcast(0.693147214968f));
        p = R.MultiplyAdd(p, r, R.Broadcast(1f));
        return R.WhereAtLeast(lowest, x, R.Zero, R.ScaleByPowerOfTwo(p, n));
    }

    /// <summary>log2 x of positive normal numbers, within 4 ulp; of others something finite or NaN.</summary>
    /// <remarks>
    /// x = 2^e f with f from √½ to √2; log2 f = 2 / ln 2 · (s + s³/3 + s⁵/5 + …) with s = (f - 1) / (f + 1), |s| ≤ 0.172: five terms leave 4e-9.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R Log2<R>(R x)
        where R : struct, IRegister<R>
    {
        // Subtracting the bits of √½ first makes the exponent field count from √½ rather than from 1.
        R shifted = R.AddBits(x, R.BroadcastBits(0x3F80_0000 - 0x3F35_04F3));
        R exponent = ((shifted >>> 23) | R.BroadcastBits(0x4B00_0000)) - R.Broadcast(8388608f + 127f);
        R f = R.AddBits(shifted & R.BroadcastBits(0x007F_FFFF), R.BroadcastBits(0x3F35_04F3));
        R one = R.Broadcast(1f);
        R s = (f - one) / (f + one);
        R square = s * s;
        R p = R.MultiplyAdd(R.Broadcast(1f / 9), square, R.Broadcast(1f / 7));
        p = R.MultiplyAdd(p, square, R.Broadcast(1f / 5));
        p = R.MultiplyAdd(p, square, R.Broadcast(1f / 3));
        p = R.MultiplyAdd(p, square, one);
        return R.MultiplyAdd(s * R.Broadcast((float)(2 / Ln2)), p, exponent);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R Sigmoid<R>(R x)
        where R : struct, IRegister<R>
    {
        R one = R.Broadcast(1f);
        return one / (one + Exp(R.Zero - x));
    }

    /// <summary>tanh x: 1 - 2 / (e^2x + 1) for |x| ≥ 0.55; below, where that difference would cancel, an odd polynomial exact to 1.1e-9. Within 3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R Tanh<R>(R x)
        where R : struct, IRegister<R>
    {
        R one = R.Broadcast(1f);
        R two = R.Broadcast(2f);
        R large = one - (two / (Exp(two * x) + one));
        R square = x * x;
        R p = R.MultiplyAdd(R.Broadcast(-0.00627423291125f), square, R.Broadcast(0.0210716739675f));
        p = R.MultiplyAdd(p, square, R.Broadcast(-0.0538523085407f));
        p = R.MultiplyAdd(p, square, R.Broadcast(0.133325861236f));
        p = R.MultiplyAdd(p, square, R.Broadcast(-0.333333175591f));
        R small = R.MultiplyAdd(p * square, x, x);
        return R.WhereAtLeast(square, R.Broadcast(0.55f * 0.55f), large, small);
    }
}
