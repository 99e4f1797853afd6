namespace Gestalt.Training.Preferences;

/// <summary>An answer with two grades.</summary>
/// <param name="Proxy">The reward model's, which chooses.</param>
/// <param name="Gold">What it is really worth.</param>
public readonly record struct GradedAnswer(double Proxy, double Gold);

/// <summary>What choosing the best of several answers gives.</summary>
/// <param name="N">From how many one was chosen.</param>
/// <param name="Divergence">How far that is from the model's own answers: KL divergence in nats, ln n − (n − 1)/n, an upper bound that is reached where no two answers are alike (arXiv 2401.01879).</param>
/// <param name="Proxy">Mean proxy of the chosen.</param>
/// <param name="Gold">Mean gold of the chosen.</param>
/// <param name="GoldError">Half the width of its 95 % interval over prompts.</param>
public sealed record BestOfPoint(int N, double Divergence, double Proxy, double Gold, double GoldError);

/// <summary>
/// Choosing with a reward model instead of training on it: the simplest policy, and the cleanest picture of what over-optimization does, for its distance from the model is known exactly
/// (arXiv 2009.01325, 2210.10760).
/// </summary>
public static class BestOfN
{
    /// <summary>KL divergence of the best of <paramref name="n"/> from a single draw, in nats.</summary>
    /// <param name="n">How many are drawn.</param>
    public static double Divergence(int n) => Math.Log(n) - ((n - 1.0) / n);

    /// <summary>
    /// Expected grades of the best of n answers by proxy, for all n at once and without drawing again: over all subsets of size n of what was drawn, the answer in place i of the order by proxy (from 0)
    /// is the best of C(i, n−1) of C(N, n).
    /// </summary>
    /// <param name="prompts">The answers to each prompt; all prompts have equally many.</param>
    /// <param name="sizes">The n to compute, each from 1 to the number of answers.</param>
    /// <exception cref="ArgumentException">There is no prompt, the prompts differ in their number of answers, or n is out of range.</exception>
    public static IReadOnlyList<BestOfPoint> Curve(IReadOnlyList<IReadOnlyList<GradedAnswer>> prompts, IReadOnlyList<int> sizes)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(sizes);
        int drawn = prompts.Count > 0 ? prompts[0].Count : 0;
        if (drawn == 0 || prompts.Any(answers => answers.Count != drawn)) throw new ArgumentException("Every prompt needs equally many answers, at least one.", nameof(prompts));
        GradedAnswer[][] ordered = [.. prompts.Select(answers => answers.OrderBy(answer => answer.Proxy).ToArray())];
        return [.. sizes.Select(n => n >= 1 && n <= drawn ? Point(ordered, drawn, n) : throw new ArgumentException($"The best of {n} cannot be told from {drawn} answers.", nameof(sizes)))];
    }

    private static BestOfPoint Point(GradedAnswer[][] ordered, int drawn, int n)
    {
        var weights = new double[drawn];
        weights[drawn - 1] = (double)n / drawn;
        for (int i = drawn - 1; i > 0; i--) weights[i - 1] = weights[i] * (i - n + 1) / i; // C(i−1, n−1) / C(i, n−1)
        double[] gold = [.. ordered.Select(answers => answers.Select((answer, i) => weights[i] * answer.Gold).Sum())];
        double proxy = ordered.Average(answers => answers.Select((answer, i) => weights[i] * answer.Proxy).Sum()), mean = gold.Average();
        double spread = gold.Length < 2 ? double.NaN : Math.Sqrt(gold.Sum(value => (value - mean) * (value - mean)) / (gold.Length - 1) / gold.Length);
        return new BestOfPoint(n, Divergence(n), proxy, mean, 1.96 * spread);
    }
}
