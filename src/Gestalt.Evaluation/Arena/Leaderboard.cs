namespace Gestalt.Evaluation.Arena;

/// <summary>
/// Ranks models by comparisons of their answers: ratings by maximum likelihood (<see cref="BradleyTerry"/>), with intervals from drawing the comparisons anew (percentile bootstrap), as Chatbot
/// Arena does (arXiv 2403.04132, 2306.05685).
/// </summary>
/// <remarks>
/// What no number can say is said in words: groups that were never compared, and models that won or lost everything (<see cref="RatingBound"/>), for which the likelihood has no maximum. A draw in
/// which a model happens to win everything gets the same prior; a draw in which it does not occur says nothing of it.
/// </remarks>
public sealed class Leaderboard
{
    private Leaderboard(IReadOnlyList<Standing> standings, int comparisons, int leftOut, LengthEffect? length) =>
        (Standings, Comparisons, LeftOut, Length) = (standings, comparisons, leftOut, length);

    /// <summary>The models; larger groups first, within a group the best first.</summary>
    public IReadOnlyList<Standing> Standings { get; }

    /// <summary>How many comparisons were counted.</summary>
    public int Comparisons { get; }

    /// <summary>How many were left out because both answers were bad.</summary>
    public int LeftOut { get; }

    /// <summary>What length does; null where it was not looked at.</summary>
    public LengthEffect? Length { get; }

    /// <summary>How many groups there are that were never compared with each other.</summary>
    public int Groups => Standings.Count == 0 ? 0 : Standings.Max(standing => standing.Group);

    /// <summary>Sentences about what the numbers cannot say; none if all is well.</summary>
    public IEnumerable<string> Remarks()
    {
        if (Groups > 1)
            yield return $"There are {Groups} groups of models that were never compared with each other: ratings of different groups say nothing of each other.";
        foreach (Standing standing in Standings.Where(standing => standing.Bound != RatingBound.None))
        {
            string what = standing.Bound switch
            {
                RatingBound.AtLeast => "never lost a point to those below it: it may be better by any amount",
                RatingBound.AtMost => "never won a point from those above it: it may be worse by any amount",
                _ => "never lost a point to some and never won one from others: it may lie anywhere between them",
            };
            yield return $"{standing.Model} {what}. More comparisons are needed.";
        }
    }

    /// <summary>Ranks models.</summary>
    /// <param name="comparisons">The comparisons, in any order.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">A model is compared with itself, or length is to be controlled for and a comparison does not say how long the answers were.</exception>
    public static Leaderboard Of(IEnumerable<Comparison> comparisons, LeaderboardOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(comparisons);
        options ??= new LeaderboardOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Resamples);
        if (options.Confidence is not (> 0 and < 1))
            throw new ArgumentException($"An interval holds a share between 0 and 1 of the draws, not {options.Confidence}.", nameof(options));
        Comparison[] all = [.. comparisons];
        Comparison[] counted = options.CountBothBad ? all : [.. all.Where(one => one.Outcome != ComparisonOutcome.BothBad)];
        Check(counted, options.ControlLength);
        string[] models = [.. counted.SelectMany(one => new[] { one.Left, one.Right }).Distinct().Order(StringComparer.Ordinal)];
        var numbers = models.Index().ToDictionary(model => model.Item, model => model.Index);

        var graph = new ComparisonGraph(models.Length);
        foreach (Comparison one in counted)
            Note(graph, numbers[one.Left], numbers[one.Right], one.LeftPoints);
        int[] groups = graph.Groups(), classes = graph.Classes();

        var standings = new List<Standing>();
        LengthEffect? length = null;
        int number = 0;
        foreach (IGrouping<int, string> group in models.GroupBy(model => groups[numbers[model]]).OrderByDescending(group => group.Count()))
        {
            number++;
            string[] members = [.. group];
            var rated = new GroupRatings(members, [.. counted.Where(one => groups[numbers[one.Left]] == group.Key)], options, cancellation);
            length ??= rated.Length;
            standings.AddRange(rated.Standings(number, model => graph.Bound(numbers[model], classes)));
        }
        return new Leaderboard(standings, counted.Length, all.Length - counted.Length, length);
    }

    /// <summary>Takes note of who got points against whom.</summary>
    internal static void Note(ComparisonGraph graph, int left, int right, double leftPoints)
    {
        if (leftPoints > 0)
            graph.Add(left, right);
        if (leftPoints < 1)
            graph.Add(right, left);
    }

    private static void Check(Comparison[] comparisons, bool needsLength)
    {
        if (comparisons.FirstOrDefault(one => one.Left == one.Right) is { } same)
            throw new ArgumentException($"'{same.Left}' is compared with itself: that says nothing of anybody.", nameof(comparisons));
        int without = comparisons.Count(one => !(one.LeftLength >= 0 && one.RightLength >= 0));
        if (needsLength && without > 0)
            throw new ArgumentException($"{without} of {comparisons.Length} comparisons do not say how long the answers were: length cannot be controlled for.", nameof(comparisons));
    }
}

/// <summary>What an answer gains by its length alone, in points of the leaderboard of the largest group.</summary>
/// <param name="PointsForTwice">Points that an answer gains by being twice as long as the other one.</param>
/// <param name="Low">Lower end of the interval; NaN where none was made.</param>
/// <param name="High">Upper end of the interval; NaN where none was made.</param>
public readonly record struct LengthEffect(double PointsForTwice, double Low, double High);
