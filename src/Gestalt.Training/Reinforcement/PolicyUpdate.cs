using System.Diagnostics;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training.Reinforcement;

/// <summary>
/// Moves a model towards its better answers. Two passes for each part: log-probabilities without a tape, then the model's loss with the objective's derivatives as weights, so that no
/// logits are stored and the objective is a few lines of arithmetic in double precision.
/// </summary>
/// <param name="job">Model, objective, sizes.</param>
/// <param name="optimizer">Its optimizer.</param>
/// <param name="replay">Conversations that are learned from beside the answers; null for none.</param>
internal sealed class PolicyUpdate(ReinforcementJob job, Optimizer optimizer, ConversationReplay? replay) : IDisposable
{
    private readonly RolloutBatch _batch = new();
    private readonly Tape _tape = new(job.Model.Device);

    /// <summary>What a step's updates measured.</summary>
    public readonly record struct Result(double Loss, double GradientNorm, int Updates, double ClipFraction, double? Kl, double Gap, double? ReplayLoss = null);

    /// <summary>Time spent here, in seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>Does a step's updates. Where no answer is better than another and no divergence is wanted, nothing is moved at all.</summary>
    public Result Learn(IReadOnlyList<Rollout> rollouts, float rate, TrainingState state)
    {
        long begun = Stopwatch.GetTimestamp();
        bool hasKl = job.Objective.KlWeight > 0;
        var result = new Result(0, 0, 0, 0, hasKl ? 0 : null, 0);
        if (rollouts.Count == 0 || (!hasKl && rollouts.All(rollout => rollout.Advantage == 0)))
            return result;
        // Without a divergence, what has no advantage has no gradient.
        Rollout[][] parts = [.. RolloutBatch.Parts([.. rollouts.Where(rollout => hasKl || rollout.Advantage != 0)], job.Rollouts.TokensAtOnce)];
        if (hasKl) AskReference(parts);
        double tokens = rollouts.Sum(rollout => (double)rollout.Answer.Length);
        for (int update = 0; update < job.Rollouts.Updates; update++)
        {
            job.Model.ZeroGradients();
            Sums sums = default;
            foreach (Rollout[] part in parts) sums = Accumulate(part, rollouts.Count, tokens, sums, measuresGap: update == 0);
            double? kept = replay?.Accumulate(job.Model, _tape);
            double norm = optimizer.GradientNorm();
            if (!double.IsFinite(sums.Loss) || !double.IsFinite(norm)) throw new DivergedException(state.Step + 1, sums.Loss, norm, state.HasCheckpoint ? state.CheckpointPath : null);
            optimizer.Step(rate, norm);
            result = new Result(sums.Loss, norm, update + 1, sums.Clipped / sums.Tokens, hasKl ? sums.Kl / sums.Tokens : null, Math.Max(result.Gap, sums.Gap), kept);
        }

        Seconds += Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _tape.Dispose();
    }

    private record struct Sums(double Loss, double Clipped, double Kl, double Tokens, double Gap);

    private Sums Accumulate(Rollout[] part, int answers, double tokens, Sums sums, bool measuresGap)
    {
        _batch.Fill(part, job.Padding);
        float[][] now = _batch.LogProbabilities(job.Model, part);
        for (int row = 0; row < part.Length; row++)
        {
            Rollout rollout = part[row];
            double weight = job.Objective.Weighting switch
            {
                LossWeighting.Answers => 1.0 / (answers * (double)rollout.Answer.Length),
                LossWeighting.Tokens => 1.0 / tokens,
                _ => 1.0 / (answers * (double)job.Rollouts.MaxTokens),
            };
            Span<float> weights = _batch.WeightsOf(row, rollout);
            for (int i = 0; i < weights.Length; i++)
            {
                TokenLoss token = job.Objective.Evaluate(now[row][i], rollout.Drawn[i], rollout.Reference?[i] ?? 0, rollout.Advantage);
                weights[i] = (float)(-weight * token.Slope);
                sums.Loss += weight * token.Loss;
                sums.Clipped += token.IsClipped ? 1 : 0;
                sums.Kl += token.Kl;
                sums.Tokens++;
                if (measuresGap) sums.Gap = Math.Max(sums.Gap, Math.Abs((double)now[row][i] - rollout.Drawn[i]));
            }
        }

        _batch.Tokens.LossNormalizer = 1;
        _tape.Reset();
        _tape.Backward(job.Model.Loss(_tape, _batch.Tokens));
        return sums;
    }

    private void AskReference(Rollout[][] parts)
    {
        Transformer reference = job.Reference ?? throw new InvalidOperationException("A divergence is asked for, and there is no reference model.");
        foreach (Rollout[] part in parts)
        {
            _batch.Fill(part, job.Padding);
            float[][] scores = _batch.LogProbabilities(reference, part);
            for (int row = 0; row < part.Length; row++) part[row].Reference = scores[row];
        }
    }
}
