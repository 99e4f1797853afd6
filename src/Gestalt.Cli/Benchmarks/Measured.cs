namespace Gestalt.Cli.Benchmarks;

/// <summary>The same thing measured several times; the median counts, since whatever else runs meanwhile strikes single measurements.</summary>
internal sealed class Measured
{
    private readonly List<double> _values = [];

    /// <summary>Whether there is a measurement.</summary>
    public bool Any => _values.Count > 0;

    /// <summary>The middle one.</summary>
    public double Median => _values.Order().ElementAt(_values.Count / 2);

    /// <summary>Adds one.</summary>
    public void Add(double value) => _values.Add(value);
}
