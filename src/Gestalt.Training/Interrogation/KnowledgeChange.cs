using Gestalt.Evaluation;
using Gestalt.World;

namespace Gestalt.Training.Interrogation;

/// <summary>A number with a 95 % interval from drawing facts anew.</summary>
/// <param name="Value">The number as measured.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Resampled(double Value, double Low, double High)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Value * 100:0.0} % [{Low * 100:0.0}, {High * 100:0.0}]");
}

/// <summary>What lies between two tests with the same questions, of a model before and after it learned to decline.</summary>
/// <param name="Before">The test before.</param>
/// <param name="After">The test after.</param>
public sealed record KnowledgeChange(KnowledgeTest Before, KnowledgeTest After)
{
    private const int Resamples = 2000;

    /// <summary>
    /// By what share confident answers to what was never told, of the well-known and of strangers, became fewer. The interval is the percentile bootstrap (Efron 1979) over facts, each with all of its
    /// questions, and over strangers.
    /// </summary>
    public Resampled Fall { get; } = FallOf(Before, After);

    /// <summary>The same for the well-known alone, which is the harder half.</summary>
    public Resampled FallOfNeverTold { get; } = FallOf(Before with { Strangers = [] }, After with { Strangers = [] });

    /// <summary>Of the questions about told facts that were answered rightly before, those that no longer are.</summary>
    public Proportion Lost
    {
        get
        {
            (int lost, int known, int _) = Moves();
            return new Proportion(lost, known);
        }
    }

    /// <summary>Of the questions about told facts that were not answered rightly before, those that now are.</summary>
    public Proportion Gained
    {
        get
        {
            (int _, int known, int gained) = Moves();
            return new Proportion(gained, Before.Told.Count - known);
        }
    }

    private (int Lost, int Known, int Gained) Moves()
    {
        (int lost, int known, int gained) = (0, 0, 0);
        for (int i = 0; i < Before.Told.Count; i++)
        {
            (bool before, bool after) = (Before.Told[i].Verdict == Verdict.Right, After.Told[i].Verdict == Verdict.Right);
            known += before ? 1 : 0;
            lost += before && !after ? 1 : 0;
            gained += !before && after ? 1 : 0;
        }

        return (lost, known, gained);
    }

    private static Resampled FallOf(KnowledgeTest before, KnowledgeTest after)
    {
        (int Before, int After)[] clusters =
        [
            .. before.NeverTold.Zip(after.NeverTold).GroupBy(pair => pair.First.Question.FactId)
                .Select(fact => (fact.Count(pair => KnowledgeTest.IsConfident(pair.First.Verdict)), fact.Count(pair => KnowledgeTest.IsConfident(pair.Second.Verdict)))),
            .. before.Strangers.Zip(after.Strangers, (was, now) => (KnowledgeTest.IsConfident(was) ? 1 : 0, KnowledgeTest.IsConfident(now) ? 1 : 0)),
        ];
        var random = new Random(1);
        var falls = new List<double>();
        for (int round = 0; round < Resamples; round++)
        {
            (int was, int now) = (0, 0);
            for (int i = 0; i < clusters.Length; i++)
            {
                (int one, int other) = clusters[random.Next(clusters.Length)];
                (was, now) = (was + one, now + other);
            }

            if (was > 0) falls.Add(1 - ((double)now / was));
        }

        falls.Sort();
        int all = clusters.Sum(cluster => cluster.Before);
        return all == 0 || falls.Count == 0
            ? new Resampled(double.NaN, double.NaN, double.NaN)
            : new Resampled(1 - ((double)clusters.Sum(cluster => cluster.After) / all), falls[(int)(0.025 * (falls.Count - 1))], falls[(int)(0.975 * (falls.Count - 1))]);
    }
}
