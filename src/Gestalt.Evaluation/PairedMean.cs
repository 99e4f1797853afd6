namespace Gestalt.Evaluation;

/// <summary>A number that was measured on the same things before and after a change: the two means, and by how much the mean rose, with its 95 % interval over the things.</summary>
/// <remarks>The interval is mean ± z s/√n with the standard deviation s of the differences; n should be some dozens.</remarks>
/// <param name="Count">n, how many things were measured.</param>
/// <param name="Before">Their mean before; NaN where nothing was measured.</param>
/// <param name="After">Their mean after.</param>
/// <param name="HalfWidth">Half the width of the interval of the change; infinite for fewer than two.</param>
public readonly record struct PairedMean(int Count, double Before, double After, double HalfWidth)
{
    /// <summary>By how much the mean rose; negative where it fell.</summary>
    public double Change => After - Before;

    /// <summary>Lower end of the change's 95 % interval.</summary>
    public double Low => Change - HalfWidth;

    /// <summary>Upper end of the change's 95 % interval.</summary>
    public double High => Change + HalfWidth;

    /// <summary>Takes means.</summary>
    /// <param name="before">The numbers before.</param>
    /// <param name="after">The numbers after, in the same order.</param>
    /// <exception cref="ArgumentException">They are not as many.</exception>
    public static PairedMean Of(IReadOnlyList<double> before, IReadOnlyList<double> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Count != after.Count) throw new ArgumentException($"There are {before.Count} numbers before and {after.Count} after; pairs need as many.", nameof(after));
        if (before.Count == 0) return new PairedMean(0, double.NaN, double.NaN, double.PositiveInfinity);
        SampleMean change = SampleMean.Of([.. before.Zip(after, (was, now) => now - was)]);
        return new PairedMean(before.Count, before.Average(), after.Average(), before.Count < 2 ? double.PositiveInfinity : Proportion.Z * change.Error);
    }

    /// <summary>"0.312 → 0.320, +0.008 [+0.005, +0.011] over 100".</summary>
    public override string ToString() => Count == 0
        ? "not measured (of nothing)"
        : FormattableString.Invariant($"{Before:0.000} → {After:0.000}, {Change:+0.000;−0.000;0.000} [{Low:+0.000;−0.000;0.000}, {High:+0.000;−0.000;0.000}] over {Count}");
}
