using Gestalt.Inference;

namespace Gestalt.Evaluation.Arena;

/// <summary>The ratings of models that were all compared with each other, be it by way of others, and how sure they are.</summary>
internal sealed class GroupRatings
{
    private const double Mean = 1000;

    /// <summary>(2 − 1) / (2 + 1): how much longer an answer of twice the length is, as <see cref="Comparison.LengthDifference"/> counts.</summary>
    private const double Twice = 1.0 / 3;

    private readonly string[] _models;
    private readonly Comparison[] _comparisons;
    private readonly LeaderboardOptions _options;
    private readonly (int Left, int Right, double Length)[] _rows;
    private readonly int[] _rowOf;
    private readonly double[] _points;
    private readonly BradleyTerry _model;
    private readonly Strengths _best;
    private readonly double[][] _draws;
    private readonly double[] _lengthDraws;

    /// <summary>Fits and draws.</summary>
    public GroupRatings(string[] models, Comparison[] comparisons, LeaderboardOptions options, CancellationToken cancellation)
    {
        (_models, _comparisons, _options) = (models, comparisons, options);
        var numbers = models.Index().ToDictionary(model => model.Item, model => model.Index);
        var rows = new Dictionary<(int, int, double), int>();
        _rowOf = new int[comparisons.Length];
        _points = new double[comparisons.Length];
        for (int i = 0; i < comparisons.Length; i++)
        {
            Comparison one = comparisons[i];
            (int left, int right) = (numbers[one.Left], numbers[one.Right]);
            bool swap = left > right;
            double length = options.ControlLength ? one.LengthDifference : 0;
            var key = swap ? (right, left, -length) : (left, right, length);
            if (!rows.TryGetValue(key, out int row))
                rows.Add(key, row = rows.Count);
            (_rowOf[i], _points[i]) = (row, swap ? 1 - one.LeftPoints : one.LeftPoints);
        }
        _rows = [.. rows.OrderBy(row => row.Value).Select(row => row.Key)];
        _model = new BradleyTerry(models.Length, _rows, options.ControlLength);
        _best = Fit(i => i);
        (_draws, _lengthDraws) = (new double[options.Resamples][], new double[options.Resamples]);
        Parallel.For(0, options.Resamples, new ParallelOptions { CancellationToken = cancellation }, Draw);
    }

    /// <summary>What length does; null where it was not looked at.</summary>
    public LengthEffect? Length
    {
        get
        {
            if (!_options.ControlLength)
                return null;
            (double low, double high) = Interval(_lengthDraws);
            return new LengthEffect(Scale(_best.LengthEffect), Scale(low), Scale(high));

            static double Scale(double effect) => effect * Twice * BradleyTerry.PointsPerUnit;
        }
    }

    /// <summary>The models, the best first.</summary>
    public IEnumerable<Standing> Standings(int group, Func<string, RatingBound> bound)
    {
        Standing[] standings = [.. _models.Select((model, i) =>
        {
            RatingBound its = bound(model);
            // Drawn anew, what was won is won again each time: draws know nothing of how sure such a rating is.
            (double low, double high) = its == RatingBound.None ? Interval([.. _draws.Select(draw => draw[i]).Where(double.IsFinite)]) : (double.NaN, double.NaN);
            Comparison[] own = [.. _comparisons.Where(one => one.Left == model || one.Right == model)];
            double points = own.Sum(one => one.Left == model ? one.LeftPoints : 1 - one.LeftPoints);
            return new Standing(model, 0, Points(_best.Strength[i]), Points(low), Points(high), its, group, own.Length, points);
        })];
        return standings
            .Select(one => one with { Rank = 1 + standings.Count(other => double.IsNaN(one.High) ? other.Rating > one.Rating : other.Low > one.High) })
            .OrderByDescending(one => one.Rating).ThenBy(one => one.Model, StringComparer.Ordinal);
    }

    private void Draw(int number)
    {
        var random = Xoshiro256.ForStream(_options.Seed, (ulong)number);
        int[] drawn = new int[_comparisons.Length];
        for (int i = 0; i < drawn.Length; i++)
            drawn[i] = (int)Math.BigMul(random.NextUInt64(), (ulong)drawn.Length, out _);
        Strengths strengths = Fit(i => drawn[i]);
        _lengthDraws[number] = strengths.LengthEffect;
        bool[] occurs = new bool[_models.Length];
        foreach (int comparison in drawn)
            (occurs[_rows[_rowOf[comparison]].Left], occurs[_rows[_rowOf[comparison]].Right]) = (true, true);
        double mean = strengths.Strength.Where((_, i) => occurs[i]).Average();
        _draws[number] = [.. strengths.Strength.Select((strength, i) => occurs[i] ? strength - mean : double.NaN)];
    }

    /// <summary>Fits as many comparisons as there are, chosen by number.</summary>
    private Strengths Fit(Func<int, int> chosen)
    {
        double[] points = new double[_rows.Length], counts = new double[_rows.Length];
        var graph = new ComparisonGraph(_models.Length);
        for (int i = 0; i < _comparisons.Length; i++)
        {
            int comparison = chosen(i);
            points[_rowOf[comparison]] += _points[comparison];
            counts[_rowOf[comparison]]++;
        }
        for (int row = 0; row < _rows.Length; row++)
        {
            if (counts[row] > 0)
                Leaderboard.Note(graph, _rows[row].Left, _rows[row].Right, points[row] / counts[row]);
        }
        return _model.Fit(points, counts, withPrior: graph.Classes().Any(number => number != 0));
    }

    private (double Low, double High) Interval(double[] draws)
    {
        if (draws.Length == 0)
            return (double.NaN, double.NaN);
        Array.Sort(draws = [.. draws]);
        double tail = (1 - _options.Confidence) / 2;
        return (Quantile(draws, tail), Quantile(draws, 1 - tail));
    }

    /// <summary>Between the two nearest draws, linearly: the usual definition 7 of Hyndman and Fan (1996).</summary>
    private static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }

    private static double Points(double strength) => Mean + strength * BradleyTerry.PointsPerUnit;
}
