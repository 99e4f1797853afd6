namespace Gestalt.Evaluation;

/// <summary>The mean of a sample of numbers, and its standard error s/√n with the sample's standard deviation s.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Error">The standard error; 0 for one number, of which nothing can be said.</param>
public readonly record struct SampleMean(double Mean, double Error)
{
    /// <summary>Takes the mean.</summary>
    /// <param name="values">The numbers, at least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SampleMean Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) throw new ArgumentException("Nothing has no mean.", nameof(values));
        double mean = values.Average();
        return new SampleMean(mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, values.Count - 1) / values.Count));
    }
}
