namespace Gestalt.Evaluation;

/// <summary>
/// The same trials before and after a change, each of which succeeded or failed: what was lost and what was gained, and by how much the share changed, with its 95 % interval. Trials that did not change cancel out, so
/// that the interval is far narrower than that of two shares side by side.
/// </summary>
/// <remarks>
/// The interval is the adjusted Wald interval for paired proportions: D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data", Journal of
/// Educational and Behavioral Statistics 37 (2012). With l = (lost + 1)/(n + 2) and g = (gained + 1)/(n + 2) it is g − l ± z √((g + l − (g − l)²)/(n + 2)); unlike the plain one it stays honest where nothing changed.
/// </remarks>
/// <param name="Both">Trials that succeeded before and after.</param>
/// <param name="Lost">Trials that succeeded before only.</param>
/// <param name="Gained">Trials that succeeded after only.</param>
/// <param name="Neither">Trials that failed both times.</param>
public readonly record struct PairedProportion(int Both, int Lost, int Gained, int Neither)
{
    /// <summary>How many trials there were.</summary>
    public int Trials => Both + Lost + Gained + Neither;

    /// <summary>Those that succeeded before.</summary>
    public Proportion Before => new(Both + Lost, Trials);

    /// <summary>Those that succeeded after.</summary>
    public Proportion After => new(Both + Gained, Trials);

    /// <summary>By how much the share rose; negative where it fell, NaN where nothing was tried.</summary>
    public double Change => Trials == 0 ? double.NaN : (double)(Gained - Lost) / Trials;

    /// <summary>Lower end of the change's 95 % interval.</summary>
    public double Low => Math.Max(-1, Center - HalfWidth);

    /// <summary>Upper end of the change's 95 % interval.</summary>
    public double High => Math.Min(1, Center + HalfWidth);

    private double AdjustedLost => (Lost + 1.0) / (Trials + 2);

    private double AdjustedGained => (Gained + 1.0) / (Trials + 2);

    private double Center => AdjustedGained - AdjustedLost;

    private double HalfWidth => Proportion.Z * Math.Sqrt((AdjustedGained + AdjustedLost - (Center * Center)) / (Trials + 2));

    /// <summary>Counts trials.</summary>
    /// <param name="trials">Whether each succeeded before and after.</param>
    public static PairedProportion Of(IEnumerable<(bool Before, bool After)> trials)
    {
        ArgumentNullException.ThrowIfNull(trials);
        Span<int> counts = stackalloc int[4];
        foreach ((bool before, bool after) in trials) counts[(before ? 2 : 0) + (after ? 1 : 0)]++;
        return new PairedProportion(counts[3], counts[2], counts[1], counts[0]);
    }

    /// <summary>"+12.0 points [+8.1, +15.9] of 320: 40 gained, 2 lost".</summary>
    public override string ToString() => Trials == 0
        ? "not measured (0 trials)"
        : FormattableString.Invariant($"{Change * 100:+0.0;−0.0;0.0} points [{Low * 100:+0.0;−0.0;0.0}, {High * 100:+0.0;−0.0;0.0}] of {Trials}: {Gained} gained, {Lost} lost");
}
