namespace Gestalt.Evaluation.Arena;

/// <summary>What is known of a fit: how strong each model is, and what length does.</summary>
/// <param name="Strength">By model, in natural units of log-odds, with mean 0.</param>
/// <param name="LengthEffect">Log-odds that an answer gains over one that is infinitely shorter; 0 where length was not looked at.</param>
internal readonly record struct Strengths(double[] Strength, double LengthEffect);

/// <summary>
/// The Bradley-Terry model: model i's answer is better than model j's with probability σ(θᵢ − θⱼ + β·x), where x is how much longer it is (left out unless length is controlled for). A tie counts
/// as half a point for both.
/// </summary>
/// <remarks>
/// <para>Sources: R. A. Bradley and M. E. Terry, "Rank analysis of incomplete block designs", Biometrika 39 (1952); its use for language models: Chatbot Arena, arXiv 2403.04132 (and the first
/// account of it, arXiv 2306.05685); length beside it: LMSYS, "Does style matter?" (2024).</para>
/// <para>The log-likelihood is concave: Newton's method, each step halved until it gains, finds its maximum. Strengths are only defined up to a common shift; the mean is 0. Where the maximum lies at
/// infinity (<see cref="ComparisonGraph"/>), a normal prior on each strength keeps it finite.</para>
/// </remarks>
internal sealed class BradleyTerry
{
    /// <summary>Elo's scale: a model that is 400 points ahead wins ten times as often as it loses.</summary>
    public const double PointsPerUnit = 400 / 2.302585092994046;

    /// <summary>The prior's standard deviation, in log-odds: 400 points. It is only used where no finite ratings exist.</summary>
    private const double PriorDeviation = 2.302585092994046;

    /// <summary>The prior on the effect of length: so wide (e^10 : 1) that it only matters where lengths never differ, or explain everything.</summary>
    private const double LengthDeviation = 10;

    private const int MaxSteps = 200;
    private const double Tolerance = 1e-10;

    private readonly int _models;
    private readonly bool _withLength;
    private readonly (int Left, int Right, double Length)[] _rows;

    /// <summary>Prepares to fit.</summary>
    /// <param name="models">How many models there are.</param>
    /// <param name="rows">Who is compared with whom, and how much longer the left answer is: a row for all comparisons that share these.</param>
    /// <param name="withLength">Whether the effect of length is fitted, too.</param>
    public BradleyTerry(int models, (int Left, int Right, double Length)[] rows, bool withLength) => (_models, _rows, _withLength) = (models, rows, withLength);

    /// <summary>The strengths that make what was seen most likely.</summary>
    /// <param name="points">By row, the points of the left model.</param>
    /// <param name="counts">By row, how many comparisons there were.</param>
    /// <param name="withPrior">Whether a prior keeps strengths finite.</param>
    public Strengths Fit(double[] points, double[] counts, bool withPrior)
    {
        int size = _models + (_withLength ? 1 : 0);
        double[] at = new double[size], gradient = new double[size], candidate = new double[size];
        var curvature = new SquareMatrix(size);
        double precision = withPrior ? 1 / (PriorDeviation * PriorDeviation) : 0;
        double value = Evaluate(at, points, counts, precision, gradient, curvature);
        for (int step = 0; step < MaxSteps; step++)
        {
            // A common shift of all strengths changes nothing: this makes it the one direction that is not taken.
            if (!withPrior)
                curvature.AddToBlock(_models, 1.0 / _models);
            curvature.SolveInPlace(gradient);
            double length = 1;
            double next;
            do
            {
                for (int i = 0; i < size; i++)
                    candidate[i] = at[i] + length * gradient[i];
                next = Value(candidate, points, counts, precision);
                length /= 2;
            }
            while (next < value - 1e-12 * Math.Abs(value) && length > 1e-9);
            double moved = 2 * length * gradient.Max(Math.Abs);
            candidate.CopyTo(at, 0);
            value = Evaluate(at, points, counts, precision, gradient, curvature);
            if (moved < Tolerance)
                break;
        }
        double mean = at.AsSpan(0, _models).ToArray().Average();
        return new Strengths([.. at[.._models].Select(strength => strength - mean)], _withLength ? at[^1] : 0);
    }

    private double Value(double[] at, double[] points, double[] counts, double precision)
    {
        double value = 0;
        for (int row = 0; row < _rows.Length; row++)
        {
            if (counts[row] == 0)
                continue;
            double odds = Odds(row, at);
            value += points[row] * odds - counts[row] * SoftPlus(odds);
        }
        for (int i = 0; i < _models; i++)
            value -= precision * at[i] * at[i] / 2;
        return _withLength ? value - at[^1] * at[^1] / (2 * LengthDeviation * LengthDeviation) : value;
    }

    /// <summary>The log-likelihood (with priors), its gradient, and its negative second derivatives.</summary>
    private double Evaluate(double[] at, double[] points, double[] counts, double precision, double[] gradient, SquareMatrix curvature)
    {
        Array.Clear(gradient);
        curvature.Clear();
        for (int row = 0; row < _rows.Length; row++)
        {
            if (counts[row] == 0)
                continue;
            (int left, int right, double length) = _rows[row];
            double probability = 1 / (1 + Math.Exp(-Odds(row, at)));
            double residual = points[row] - counts[row] * probability;
            double weight = counts[row] * probability * (1 - probability);
            gradient[left] += residual;
            gradient[right] -= residual;
            curvature.AddDifference(left, right, weight);
            if (_withLength)
            {
                gradient[^1] += residual * length;
                curvature.AddLast(left, weight * length);
                curvature.AddLast(right, -weight * length);
                curvature.AddDiagonal(_models, weight * length * length);
            }
        }
        for (int i = 0; i < _models; i++)
        {
            gradient[i] -= precision * at[i];
            curvature.AddDiagonal(i, precision);
        }
        if (_withLength)
        {
            gradient[^1] -= at[^1] / (LengthDeviation * LengthDeviation);
            curvature.AddDiagonal(_models, 1 / (LengthDeviation * LengthDeviation));
        }
        return Value(at, points, counts, precision);
    }

    private double Odds(int row, double[] at)
    {
        (int left, int right, double length) = _rows[row];
        return at[left] - at[right] + (_withLength ? at[^1] * length : 0);
    }

    private static double SoftPlus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
