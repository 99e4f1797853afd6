namespace Gestalt.Evaluation.Arena;

/// <summary>Who was compared with whom, and who got points against whom.</summary>
/// <remarks>
/// Ratings that maximize the likelihood are finite and unique if and only if from each model a chain of points leads to each other one (L. R. Ford, "Solution of a ranking problem from binary
/// comparisons", American Mathematical Monthly 64, 1957). So this finds the sets within which that holds.
/// </remarks>
/// <param name="models">How many models there are.</param>
internal sealed class ComparisonGraph(int models)
{
    private readonly HashSet<int>[] _beats = [.. Enumerable.Range(0, models).Select(_ => new HashSet<int>())];
    private readonly HashSet<int>[] _losesTo = [.. Enumerable.Range(0, models).Select(_ => new HashSet<int>())];

    /// <summary>Takes note that a model got points, at least half of one, against another.</summary>
    public void Add(int winner, int loser)
    {
        _beats[winner].Add(loser);
        _losesTo[loser].Add(winner);
    }

    /// <summary>For each model the number of its group: models of different groups were never compared, not even by way of others.</summary>
    public int[] Groups() => Number(at => _beats[at].Concat(_losesTo[at]));

    /// <summary>For each model the number of its class: within a class, points go round, so that differences are finite.</summary>
    public int[] Classes()
    {
        // Two models are of one class if each reaches the other. Leaderboards are small: from each model once along the points and once against them.
        int[] classes = new int[models];
        Array.Fill(classes, -1);
        int count = 0;
        for (int model = 0; model < models; model++)
        {
            if (classes[model] >= 0)
                continue;
            HashSet<int> below = Reach(model, at => _beats[at]);
            foreach (int member in Reach(model, at => _losesTo[at]).Where(below.Contains))
                classes[member] = count;
            count++;
        }
        return classes;
    }

    /// <summary>What a model's comparisons with other classes say.</summary>
    public RatingBound Bound(int model, int[] classes)
    {
        int[] members = [.. Enumerable.Range(0, models).Where(other => classes[other] == classes[model])];
        bool above = members.Any(member => _beats[member].Any(other => classes[other] != classes[model]));
        bool below = members.Any(member => _losesTo[member].Any(other => classes[other] != classes[model]));
        return (above, below) switch
        {
            (false, false) => RatingBound.None,
            (true, false) => RatingBound.AtLeast,
            (false, true) => RatingBound.AtMost,
            _ => RatingBound.Between,
        };
    }

    private int[] Number(Func<int, IEnumerable<int>> neighbours)
    {
        int[] numbers = new int[models];
        Array.Fill(numbers, -1);
        int count = 0;
        for (int model = 0; model < models; model++)
        {
            if (numbers[model] >= 0)
                continue;
            foreach (int member in Reach(model, neighbours))
                numbers[member] = count;
            count++;
        }
        return numbers;
    }

    private static HashSet<int> Reach(int from, Func<int, IEnumerable<int>> neighbours)
    {
        var reached = new HashSet<int> { from };
        var open = new Stack<int>([from]);
        while (open.TryPop(out int at))
        {
            foreach (int next in neighbours(at).Where(reached.Add))
                open.Push(next);
        }
        return reached;
    }
}
