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
    private const double Z = 1.959963984540054;

    /// <summary>The measured share; NaN when nothing was tried.</summary>
    public double Share => Trials == 0 ? double.NaN : (double)Successes / Trials;

    /// <summary>Lower end of the 95 % interval.</summary>
    public double Low => Trials == 0 ? 0 : Math.Max(0, Center - HalfWidth);

    /// <summary>Upper end of the 95 % interval.</summary>
    public double High => Trials == 0 ? 1 : Math.Min(1, Center + HalfWidth);

    private double Denominator => 1 + Z * Z / Trials;

    private double Center => (Share + Z * Z / (2.0 * Trials)) / Denominator;

    private double HalfWidth => Z * Math.Sqrt(Share * (1 - Share) / Trials + Z * Z / (4.0 * Trials * Trials)) / Denominator;

    /// <summary>"93.1 % [90.0, 95.3] of 320, chance 4.2 %".</summary>
    public override string ToString() => Trials == 0
        ? "not measured (0 trials)"
        : FormattableString.Invariant($"{Share * 100:0.0} % [{Low * 100:0.0}, {High * 100:0.0}] of {Trials}, chance {Chance * 100:0.0} %");
}
