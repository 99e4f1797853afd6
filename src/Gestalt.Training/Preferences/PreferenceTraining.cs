using Gestalt.Evaluation;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Training.Preferences;

/// <summary>What a preference loop works on.</summary>
/// <param name="Model">The model, changed in place.</param>
/// <param name="Objective">What is made small.</param>
/// <param name="Options">The recipe; <see cref="TrainingOptions.Rows"/> are the answers of a step, two for each comparison.</param>
/// <param name="Folder">Where checkpoint and metrics go.</param>
/// <param name="Pairs">Comparisons to learn from.</param>
/// <param name="HeldOut">Comparisons to measure on.</param>
/// <param name="Padding">An id that fills rows up.</param>
public sealed record PreferenceJob(Transformer Model, PreferenceObjective Objective, TrainingOptions Options, string Folder,
    IReadOnlyList<RenderedPair> Pairs, IReadOnlyList<RenderedPair> HeldOut, int Padding)
{
    /// <summary>Conversations that each step learns from beside its comparisons, so that what the model knows besides stays; null for none.</summary>
    public IReadOnlyList<RenderedConversation>? Replay { get; init; }
}

/// <summary>What came out of it.</summary>
/// <param name="Steps">Optimizer steps done.</param>
/// <param name="StartingLoss">Loss of the first step.</param>
/// <param name="Loss">Loss, smoothed over recent steps.</param>
/// <param name="Before">How often the model that training began with ranks held-out comparisons as people do, by the likelihood of the answers.</param>
/// <param name="After">How often the trained model does: by implicit reward where the method has a reference, else by likelihood for each token.</param>
/// <param name="Seconds">Time, all sessions together.</param>
public sealed record PreferenceOutcome(int Steps, double StartingLoss, double Loss, Proportion Before, Proportion After, double Seconds);

/// <summary>Learning from comparisons, step by step: score both answers, ask the objective where to move them, move.</summary>
public static class PreferenceTraining
{
    /// <summary>Trains to the end of the schedule, going on from a checkpoint where there is one.</summary>
    /// <param name="job">Model, data and recipe.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know: damaged checkpoints, a loss that does not fall.</param>
    /// <param name="cancellation">Saves a checkpoint and stops.</param>
    /// <exception cref="DivergedException">The loss or the gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint was written.</exception>
    public static PreferenceOutcome Run(PreferenceJob job, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        (Transformer model, PreferenceObjective objective, TrainingOptions options) = (job.Model, job.Objective, job.Options);
        string data = Comparisons.Fingerprint(job.Pairs, job.HeldOut);
        var loop = new PairLoop("prefer", model, options, job.Folder, $"{objective} {data}", job.Pairs, beside: [], job.Padding) { Replay = job.Replay };
        int perStep = loop.PerStep;
        using var batch = new PairBatch();
        using var tape = new Tape(model.Device);
        // The reference is the model before its first step: it scores all answers once, so that only one model is in memory.
        var scorer = new PairScorer(model, batch, perStep, job.Padding);
        ReferenceScores reference = ReferenceScores.Keep(job.Folder, data, () => (scorer.Score(job.Pairs, cancellation), scorer.Score(job.HeldOut, cancellation)));
        var sums = new double[2 * perStep];
        var scores = new PairScore[perStep];
        var gradients = new PairGradient[perStep];
        (int steps, double starting, double loss, double seconds) = loop.Run(Learn, progress, report, cancellation);
        Proportion before = Comparisons.Agreement(job.HeldOut, i => reference.HeldOut[i].PerToken(job.HeldOut[i]));
        PairLikelihood[] scored = scorer.Score(job.HeldOut, cancellation);
        Proportion after = Comparisons.Agreement(job.HeldOut, i => objective.NeedsReference ? scored[i].Gap - reference.HeldOut[i].Gap : scored[i].PerToken(job.HeldOut[i]));
        // Where labels are noisy, each step's new comparisons can stay as surprising as the first while those held out are ranked better and better.
        if (objective.StartingLoss is { } untouched && steps >= 20 && loss > 0.98 * untouched && after.Low <= 0.5)
            report(FormattableString.Invariant($"The loss stayed at {loss:0.000}, where it began ({untouched:0.000}), and held-out comparisons are ranked at {after}: nothing shows that anything was learnt. ")
                + "A higher --learning-rate or more --steps may help, or the comparisons say nothing that the model can see.");
        return new PreferenceOutcome(steps, starting, loss, before, after, seconds);

        (double, int) Learn(ReadOnlySpan<int> chosen, ReadOnlySpan<RenderedPair> pairs)
        {
            batch.Fill(pairs, job.Padding);
            batch.LogProbabilities(model, sums);
            for (int i = 0; i < pairs.Length; i++) scores[i] = ScoreOf(batch, i, sums, reference.Pairs[chosen[i]]);
            PreferenceLoss.Evaluate(objective, scores, gradients, MeanDrift(scores));
            double mean = 0;
            for (int i = 0; i < pairs.Length; i++)
            {
                mean += gradients[i].Loss / pairs.Length;
                batch.Weigh(2 * i, gradients[i].Chosen / pairs.Length);
                batch.Weigh(2 * i + 1, gradients[i].Rejected / pairs.Length);
            }

            tape.Reset();
            batch.Tokens.LossNormalizer = 1;
            tape.Backward(model.Loss(tape, batch.Tokens));
            return (mean, batch.Tokens.Count);
        }
    }

    private static PairScore ScoreOf(PairBatch batch, int pair, ReadOnlySpan<double> sums, PairLikelihood reference) => new(
        new AnswerScore(sums[2 * pair], reference.Chosen, batch.AnswerTokens(2 * pair)),
        new AnswerScore(sums[2 * pair + 1], reference.Rejected, batch.AnswerTokens(2 * pair + 1)));

    /// <summary>
    /// How far the model has drifted on a step's answers. (The paper of KTO asks for answers of other prompts, which cost another pass; the answers at hand drift further, so the
    /// point from which good and bad are told apart is an upper estimate.)
    /// </summary>
    private static double MeanDrift(ReadOnlySpan<PairScore> scores)
    {
        double sum = 0;
        foreach (PairScore score in scores) sum += score.Chosen.Drift + score.Rejected.Drift;
        return sum / (2 * scores.Length);
    }
}
