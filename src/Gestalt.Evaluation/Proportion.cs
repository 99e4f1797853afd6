namespace Gestalt.Evaluation;

/// <summary>
/// A measured share with its 95 % Wilson score interval and its chance level: the only form in which Gestalt states how
/// often a model is right.
/// </summary>
/// <remarks>
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). Unlike
/// the normal approximation it stays inside [0, 1] and is sensible at 0 of n and n of n.
/// </remarks>
/// <param name="Successes">How many trials succeeded.</param>
/// <param name="Trials">How many trials there were; 0 gives an interval of [0, 1].</param>
/// <param name="Chance">The share that guessing without knowledge would reach, 0 to 1.</param>
public readonly record struct Proportion(int Successes, int Trials, double Chance = 0)
{
    /// <summary>The standard normal quantile of a two-sided 95 % interval.</summary>
    internal const double Z = 1.959963984540054;

    /// <summary>The measured share; NaN when nothing was tried.</summary>
    public double Share => Trials == 0 ? double.NaN : (double)Successes / Trials;

    /// <summary>Lower end of the 95 % interval.</summary>
    public double Low => Wilson(Share, Trials).Low;

    /// <summary>Upper end of the 95 % interval.</summary>
    public double High => Wilson(Share, Trials).High;

    /// <summary>The 95 % interval of a share that need not be a whole number of trials, such as a mean of points between 0 and 1.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    /// <param name="trials">How many trials there were; 0 gives [0, 1].</param>
    public static (double Low, double High) Wilson(double share, int trials)
    {
        if (trials == 0) return (0, 1);
        double denominator = 1 + Z * Z / trials, center = (share + Z * Z / (2.0 * trials)) / denominator;
        double halfWidth = Z * Math.Sqrt(share * (1 - share) / trials + Z * Z / (4.0 * trials * trials)) / denominator;
        return (Math.Max(0, center - halfWidth), Math.Min(1, center + halfWidth));
    }

    /// <summary>"93.1 % [90.0, 95.3] of 320, chance 4.2 %".</summary>
    public override string ToString() => Trials == 0
        ? "not measured (0 trials)"
        : FormattableString.Invariant($"{Share * 100:0.0} % [{Low * 100:0.0}, {High * 100:0.0}] of {Trials}, chance {Chance * 100:0.0} %");
}
