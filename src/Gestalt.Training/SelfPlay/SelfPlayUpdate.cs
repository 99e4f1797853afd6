using System.Diagnostics;
using Gestalt.Tensors;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.SelfPlay;

/// <summary>Makes moves likelier that turned out better than expected (PPO's clipped objective), both sides' at once, and keeps the ends of games as text.</summary>
/// <param name="job">Model and sizes.</param>
/// <param name="optimizer">Its optimizer.</param>
internal sealed class SelfPlayUpdate(SelfPlayJob job, Optimizer optimizer) : IDisposable
{
    private readonly RolloutBatch _batch = new();
    private readonly Tape _tape = new(job.Model.Device);

    /// <summary>What a step's updates measured.</summary>
    public readonly record struct Result(double Loss, double GradientNorm, double ClipFraction, double? Gap);

    /// <summary>Time spent here, in seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>
    /// Does a step's updates. Before the first of them the model is the one that played, and its probabilities those with which moves were drawn; they are only computed again to measure how far the two
    /// part by rounding.
    /// </summary>
    public Result Learn(IReadOnlyList<SelfPlayGame> games, float rate, TrainingState state, bool measuresGap)
    {
        long begun = Stopwatch.GetTimestamp();
        var of = games.ToDictionary(game => game.Rollout);
        IReadOnlyList<Rollout[]> parts = RolloutBatch.Parts([.. games.Select(game => game.Rollout)], job.Play.TokensAtOnce);
        double moves = games.Sum(game => game.Advantages.Length), ends = Math.Max(1, games.Sum(game => game.Rollout.Answer.Length) - moves);
        Result result = default;
        for (int update = 0; update < job.Play.Updates; update++)
        {
            job.Model.ZeroGradients();
            double loss = 0, clipped = 0, gap = 0;
            foreach (Rollout[] part in parts)
            {
                _batch.Fill(part, job.Padding);
                float[][] now = update > 0 || measuresGap ? _batch.LogProbabilities(job.Model, part) : [.. part.Select(rollout => rollout.Drawn)];
                for (int row = 0; row < part.Length; row++)
                {
                    Span<float> weights = _batch.WeightsOf(row, part[row]);
                    double[] advantages = of[part[row]].Advantages;
                    for (int i = 0; i < weights.Length; i++)
                    {
                        if (i >= advantages.Length) // text behind the game: plain next-token prediction
                        {
                            weights[i] = (float)(job.Play.EndWeight / ends);
                            continue;
                        }

                        float drawn = part[row].Drawn[i];
                        (double cost, double slope, bool isClipped) = ClippedSurrogate.Evaluate(now[row][i], drawn, advantages[i], job.Play.Clip, job.Play.Clip);
                        weights[i] = (float)(-slope / moves);
                        (loss, clipped) = (loss + (cost / moves), clipped + (isClipped ? 1 : 0));
                        if (update == 0) gap = Math.Max(gap, Math.Abs((double)now[row][i] - drawn));
                    }
                }

                _batch.Tokens.LossNormalizer = 1;
                _tape.Reset();
                _tape.Backward(job.Model.Loss(_tape, _batch.Tokens));
            }

            double norm = optimizer.GradientNorm();
            if (!double.IsFinite(loss) || !double.IsFinite(norm)) throw new DivergedException(state.Step + 1, loss, norm, state.HasCheckpoint ? state.CheckpointPath : null);
            optimizer.Step(rate, norm);
            result = new Result(loss, norm, clipped / moves, measuresGap ? Math.Max(result.Gap ?? 0, gap) : null);
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
}
