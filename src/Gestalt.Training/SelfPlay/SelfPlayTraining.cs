using System.Diagnostics;
using System.Text.Json.Nodes;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Training.Metrics;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training.SelfPlay;

/// <summary>What a loop of self-play works on.</summary>
/// <param name="Model">The model, changed in place.</param>
/// <param name="Vocabulary">The game and its tokens.</param>
/// <param name="Play">How it plays.</param>
/// <param name="Options">The optimizer's recipe; <see cref="TrainingOptions.Steps"/> are rounds of games, each with <see cref="SelfPlayOptions.Updates"/>.</param>
/// <param name="Folder">Where checkpoint and metrics go.</param>
/// <param name="Data">Identifies where the model came from.</param>
public sealed record SelfPlayJob(Transformer Model, GameVocabulary Vocabulary, SelfPlayOptions Play, TrainingOptions Options, string Folder, string Data)
{
    /// <summary>Told after each <see cref="TrainingOptions.ValidateEvery"/> steps and after the last: how many steps are done, and how many games have been played. Gives a sample to show, or null.</summary>
    public Func<int, long, string?>? Look { get; init; }

    /// <summary>An id that fills rows up.</summary>
    internal int Padding => GameVocabulary.EndOfText;
}

/// <summary>What came out of it.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Games">Games played.</param>
/// <param name="Illegal">How many of them ended by a move that is not allowed.</param>
/// <param name="LargestGap">The largest difference between a log-probability when it was drawn and the trainer's own, in nats.</param>
/// <param name="Seconds">Time, all sessions together.</param>
public sealed record SelfPlayOutcome(int Steps, long Games, long Illegal, double LargestGap, double Seconds);

/// <summary>
/// A model plays against itself, and learns from nothing but who won. After AlphaGo Zero (Silver et al., Nature 550, 2017) and AlphaZero (arXiv 1712.01815), with departures: there is no search and no value
/// network, as a language model has neither; moves are drawn from the model, and policy gradients with <see cref="PositionBaseline"/> take the search's place.
/// </summary>
public static class SelfPlayTraining
{
    /// <summary>Trains to the end of the schedule, going on from a checkpoint where there is one, to the same bits.</summary>
    /// <param name="job">Model, game and recipe.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told of damaged checkpoints.</param>
    /// <param name="cancellation">Saves a checkpoint and stops.</param>
    /// <exception cref="DivergedException">The loss or the gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint was written.</exception>
    public static SelfPlayOutcome Run(SelfPlayJob job, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        job.Play.Validate();
        (Transformer model, TrainingOptions options) = (job.Model, job.Options);
        using var optimizer = new Optimizer(model.Device, model.TrainableParameters, options.Optimizer);
        var state = new TrainingState(model, optimizer, job.Folder, $"{model.Config} {options} {job.Play} {job.Data}");
        var totals = Totals.From(state.TryRestore(report));
        optimizer.Steps = totals.Updates;
        using var metrics = new MetricsLog(job.Folder, state.Step);
        using var engine = new Engine(model) { BatchRows = Math.Min(256, job.Play.Openings * job.Play.Games) };
        using var learner = new SelfPlayUpdate(job, optimizer);
        var sampler = new SelfPlaySampler(engine, job);
        var meter = new SpeedMeter(state, options, flopsPerToken: 0, flopsPeak: 0);
        while (state.Step < options.Steps)
        {
            meter.Begin();
            long begun = Stopwatch.GetTimestamp();
            (double playing, double training) = (sampler.Seconds, learner.Seconds);
            SelfPlayGame[] games;
            try
            {
                cancellation.ThrowIfCancellationRequested();
                games = sampler.Play(state.Step, cancellation);
            }
            catch (OperationCanceledException)
            {
                state.Save(totals.ToJson(), meter.Seconds); // Nothing of this step has changed the model.
                throw;
            }

            PositionBaseline.Fill(games);
            float rate = options.Schedule.At(state.Step);
            SelfPlayUpdate.Result result = learner.Learn(games, rate, state, measuresGap: state.Step == 0 || (state.Step + 1) % options.ValidateEvery == 0 || state.Step + 1 == options.Steps);
            state.Step++;
            state.Observe(result.Loss);
            int read = games.Sum(game => game.Rollout.Length);
            meter.Tick(read);
            double all = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            var measured = SelfPlayMetrics.Of(games, result, (sampler.Seconds - playing) / all, (learner.Seconds - training) / all);
            totals = totals.Plus(games, result, job.Play.Updates, read);
            bool last = state.Step == options.Steps;
            string? sample = last || state.Step % options.ValidateEvery == 0 ? job.Look?.Invoke(state.Step, totals.Games) : null;
            metrics.Write(new StepMetrics(state.Step, meter.Seconds, totals.Tokens, result.Loss, result.GradientNorm, rate, meter.TokensPerSecond, 0, Sample: sample) { SelfPlay = measured });
            if (last || sample is not null || meter.ReportDue) progress?.Report(meter.Progress("self-play", sample));
            if (last || meter.CheckpointDue) state.Save(totals.ToJson(), meter.CheckpointTaken());
        }

        return new SelfPlayOutcome(state.Step, totals.Games, totals.Illegal, totals.Gap, meter.Seconds);
    }

    /// <summary>What a checkpoint remembers beside the model.</summary>
    private sealed record Totals(long Games, long Illegal, int Updates, long Tokens, double Gap)
    {
        public static Totals From(JsonNode? saved) => saved is null ? new(0, 0, 0, 0, 0) : new((long)saved["games"]!, (long)saved["illegal"]!, (int)saved["updates"]!, (long)saved["tokens"]!, (double)saved["gap"]!);

        public Totals Plus(SelfPlayGame[] games, SelfPlayUpdate.Result result, int updates, int tokens) =>
            new(Games + games.Length, Illegal + games.Count(game => game.Game.IsForfeit), Updates + updates, Tokens + tokens, Math.Max(Gap, result.Gap ?? 0));

        public JsonObject ToJson() => new() { ["games"] = Games, ["illegal"] = Illegal, ["updates"] = Updates, ["tokens"] = Tokens, ["gap"] = Gap };
    }
}
