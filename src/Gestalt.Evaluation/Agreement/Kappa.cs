namespace Gestalt.Evaluation.Agreement;

/// <summary>
/// How far people agree beyond what chance alone would give: κ = (observed − expected) / (1 − expected). 1 is full agreement, 0 is that of people who choose blindly, each in their own proportions;
/// below 0 they contradict each other.
/// </summary>
/// <param name="Value">κ; NaN where there is nothing to compare, or only one category was ever chosen.</param>
/// <param name="Low">Lower end of the 95 % interval: percentile bootstrap over items (Efron 1979).</param>
/// <param name="High">Upper end.</param>
/// <param name="Observed">Share of agreement, 0 to 1.</param>
/// <param name="Expected">The share that chance alone would give.</param>
/// <param name="Items">How many items were compared.</param>
/// <param name="Raters">How many people judged each.</param>
public sealed record Kappa(double Value, double Low, double High, double Observed, double Expected, int Items, int Raters)
{
    private const int Resamples = 1000;

    /// <summary>Cohen's κ of two people (J. Cohen, "A coefficient of agreement for nominal scales", 1960): each keeps their own proportions.</summary>
    /// <param name="first">What the one chose for each item: categories from 0.</param>
    /// <param name="second">What the other chose.</param>
    /// <param name="categories">How many categories there are.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or a category is out of range.</exception>
    public static Kappa Cohen(IReadOnlyList<int> first, IReadOnlyList<int> second, int categories)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count) throw new ArgumentException($"One person judged {first.Count} items and the other {second.Count}; give those that both judged.", nameof(second));
        Check(first.Concat(second), categories);
        return Measured(first.Count, raters: 2, items =>
        {
            Span<int> one = stackalloc int[categories], other = stackalloc int[categories];
            int same = 0;
            foreach (int item in items)
            {
                one[first[item]]++;
                other[second[item]]++;
                same += first[item] == second[item] ? 1 : 0;
            }

            double expected = 0;
            for (int category = 0; category < categories; category++) expected += (double)one[category] / items.Length * other[category] / items.Length;
            return ((double)same / items.Length, expected);
        });
    }

    /// <summary>Fleiss' κ of any fixed number of people for each item (J. L. Fleiss, "Measuring nominal scale agreement among many raters", 1971): proportions are those of all together.</summary>
    /// <param name="choices">For each item what each person chose; as many for each item.</param>
    /// <param name="categories">How many categories there are.</param>
    /// <exception cref="ArgumentException">Items have different numbers of judgements, or fewer than two, or a category is out of range.</exception>
    public static Kappa Fleiss(IReadOnlyList<IReadOnlyList<int>> choices, int categories)
    {
        ArgumentNullException.ThrowIfNull(choices);
        int raters = choices.Count == 0 ? 2 : choices[0].Count;
        if (raters < 2 || choices.Any(item => item.Count != raters)) throw new ArgumentException("Each item needs as many judgements as every other, and at least two.", nameof(choices));
        Check(choices.SelectMany(item => item), categories);
        return Measured(choices.Count, raters, items =>
        {
            Span<int> counts = stackalloc int[categories], all = stackalloc int[categories];
            all.Clear();
            double observed = 0;
            foreach (int item in items)
            {
                counts.Clear();
                foreach (int choice in choices[item]) counts[choice]++;
                int pairs = 0;
                for (int category = 0; category < categories; category++)
                {
                    pairs += counts[category] * (counts[category] - 1);
                    all[category] += counts[category];
                }

                observed += (double)pairs / (raters * (raters - 1));
            }

            double expected = 0;
            foreach (int count in all) expected += Math.Pow((double)count / (items.Length * raters), 2);
            return (observed / items.Length, expected);
        });
    }

    /// <inheritdoc/>
    public override string ToString() => double.IsNaN(Value)
        ? $"not measured ({Items} items of {Raters} people, all in one category or none)"
        : FormattableString.Invariant($"κ {Value:0.00} [{Low:0.00}, {High:0.00}] of {Items} items, {Raters} people: {Observed * 100:0.0} % agree, chance {Expected * 100:0.0} %");

    private delegate (double Observed, double Expected) Shares(ReadOnlySpan<int> items);

    private static Kappa Measured(int items, int raters, Shares shares)
    {
        if (items == 0) return new Kappa(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, 0, raters);
        int[] drawn = [.. Enumerable.Range(0, items)];
        (double observed, double expected) = shares(drawn);
        var random = new Random(1);
        var values = new List<double>();
        for (int round = 0; round < Resamples; round++)
        {
            for (int i = 0; i < items; i++) drawn[i] = random.Next(items);
            (double again, double chance) = shares(drawn);
            if (chance < 1) values.Add((again - chance) / (1 - chance));
        }

        values.Sort();
        return expected < 1 && values.Count > 0
            ? new Kappa((observed - expected) / (1 - expected), values[(int)(0.025 * (values.Count - 1))], values[(int)(0.975 * (values.Count - 1))], observed, expected, items, raters)
            : new Kappa(double.NaN, double.NaN, double.NaN, observed, expected, items, raters);
    }

    private static void Check(IEnumerable<int> choices, int categories)
    {
        foreach (int choice in choices)
            if (choice < 0 || choice >= categories) throw new ArgumentException($"A choice is {choice}; there are the categories 0 to {categories - 1}.", nameof(choices));
    }
}
