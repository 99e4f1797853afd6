using Gestalt.Evaluation;
using Gestalt.Tensors;

namespace Gestalt.Training.Preferences;

/// <summary>What reward training works on.</summary>
/// <param name="Model">Body and head, changed in place.</param>
/// <param name="Options">The recipe; two rows are a comparison.</param>
/// <param name="Folder">Where checkpoint and metrics go.</param>
/// <param name="Pairs">Comparisons to learn from.</param>
/// <param name="HeldOut">Comparisons to measure on.</param>
/// <param name="Padding">An id that fills rows up.</param>
/// <param name="Margin">By how much the better answer has to win.</param>
public sealed record RewardJob(RewardModel Model, TrainingOptions Options, string Folder,
    IReadOnlyList<RenderedPair> Pairs, IReadOnlyList<RenderedPair> HeldOut, int Padding, double Margin = 0);

/// <summary>What came out of it.</summary>
/// <param name="Steps">Optimizer steps done.</param>
/// <param name="Loss">Loss, smoothed over recent steps; ln 2 where nothing is known.</param>
/// <param name="Agreement">How often it ranks held-out comparisons as people did.</param>
/// <param name="ByLength">How often a judge does who looks at nothing but length.</param>
/// <param name="LengthCorrelation">Correlation of reward and length over held-out answers: far from 0, the model has learnt to count.</param>
/// <param name="Seconds">Time, all sessions together.</param>
public sealed record RewardOutcome(int Steps, double Loss, Proportion Agreement, Proportion ByLength, double LengthCorrelation, double Seconds);

/// <summary>Learning what people like: −log σ(r(better) − r(worse) − margin) over comparisons, after Bradley and Terry (arXiv 2203.02155; the margin as in arXiv 2307.09288).</summary>
public static class RewardTraining
{
    /// <summary>Trains to the end of the schedule, going on from a checkpoint where there is one.</summary>
    /// <param name="job">Model, data and recipe.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <param name="cancellation">Saves a checkpoint and stops.</param>
    /// <exception cref="DivergedException">The loss or the gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint was written.</exception>
    public static RewardOutcome Run(RewardJob job, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        RewardModel model = job.Model;
        var loop = new PairLoop("reward", model.Body, job.Options, job.Folder, FormattableString.Invariant($"reward {job.Margin} {Comparisons.Fingerprint(job.Pairs, job.HeldOut)}"), job.Pairs, [model.Head], job.Padding);
        using var batch = new PairBatch();
        using var tape = new Tape(model.Body.Device);
        var rewards = new double[2 * loop.PerStep];
        (int steps, double _, double loss, double seconds) = loop.Run((_, some) =>
        {
            batch.Fill(some, job.Padding);
            return (model.Learn(tape, batch, rewards, Derive), batch.Tokens.Count);
        }, progress, report, cancellation);
        double[] grades = new double[2 * job.HeldOut.Count];
        foreach (int[] some in Enumerable.Range(0, job.HeldOut.Count).OrderBy(i => job.HeldOut[i].Length).Chunk(loop.PerStep))
        {
            batch.Fill([.. some.Select(i => job.HeldOut[i])], job.Padding);
            model.Grade(batch, rewards);
            for (int i = 0; i < some.Length; i++) (grades[2 * some[i]], grades[2 * some[i] + 1]) = (rewards[2 * i], rewards[2 * i + 1]);
        }

        return new RewardOutcome(steps, loss, Comparisons.Agreement(job.HeldOut, i => grades[2 * i] - grades[2 * i + 1]), Comparisons.ByLength(job.Pairs, job.HeldOut),
            Correlation(grades, [.. job.HeldOut.SelectMany(pair => (double[])[pair.Chosen.Tokens, pair.Rejected.Tokens])]), seconds);

        double Derive(double[] given)
        {
            double mean = 0;
            int pairs = given.Length / 2;
            for (int i = 0; i < pairs; i++)
            {
                (double cost, double slope) = PreferenceLoss.Logistic(given[2 * i] - given[2 * i + 1] - job.Margin, smoothing: 0);
                mean += cost / pairs;
                (given[2 * i], given[2 * i + 1]) = (slope / pairs, -slope / pairs);
            }

            return mean;
        }
    }

    /// <summary>Pearson's correlation; 0 where one of both never changes.</summary>
    private static double Correlation(double[] x, double[] y)
    {
        if (x.Length == 0) return 0;
        double meanX = x.Average(), meanY = y.Average(), product = 0, squareX = 0, squareY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            (double dx, double dy) = (x[i] - meanX, y[i] - meanY);
            (product, squareX, squareY) = (product + dx * dy, squareX + dx * dx, squareY + dy * dy);
        }

        return squareX > 0 && squareY > 0 ? product / Math.Sqrt(squareX * squareY) : 0;
    }
}
