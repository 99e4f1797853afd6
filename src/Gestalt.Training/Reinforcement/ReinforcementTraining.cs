using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Corpus;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Metrics;
using Gestalt.Training.Optimizers;
using Gestalt.World;

namespace Gestalt.Training.Reinforcement;

/// <summary>What a loop of reinforcement works on.</summary>
/// <param name="Model">The model, changed in place.</param>
/// <param name="Reference">The model that training began with, for the divergence from it; null where none is wanted.</param>
/// <param name="Objective">What is made small.</param>
/// <param name="Rollouts">How answers are drawn.</param>
/// <param name="Options">The optimizer's recipe; <see cref="TrainingOptions.Steps"/> are draws of answers, each with <see cref="ReinforcementOptions.Updates"/>.</param>
/// <param name="Folder">Where checkpoint and metrics go.</param>
/// <param name="Data">Names the problems.</param>
/// <param name="StopIds">Tokens that end an answer.</param>
/// <param name="Padding">An id that fills rows up.</param>
/// <param name="Prompt">A problem's prompt, by its number.</param>
/// <param name="Judge">What an answer to a problem is worth.</param>
/// <param name="Name">What a problem is called when its judge fails.</param>
public sealed record ReinforcementJob(Transformer Model, Transformer? Reference, PolicyObjective Objective, ReinforcementOptions Rollouts, TrainingOptions Options, string Folder, string Data,
    IReadOnlyList<int> StopIds, int Padding, Func<long, int[]> Prompt, Func<long, Rollout, Judgement> Judge, Func<long, string> Name)
{
    /// <summary>Conversations that are learned from beside the answers, so that what the model knows besides stays; null for none.</summary>
    public IReadOnlyList<RenderedConversation>? Replay { get; init; }
}

/// <summary>What came out of it.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Answers">Answers drawn.</param>
/// <param name="SetAside">Answers whose judge failed.</param>
/// <param name="Loss">Loss, smoothed over recent steps.</param>
/// <param name="LargestGap">The largest difference between a log-probability when it was drawn and the trainer's own, in nats.</param>
/// <param name="BusyShare">Share of the time in batched generation and training.</param>
/// <param name="Seconds">Time, all sessions together.</param>
public sealed record ReinforcementOutcome(int Steps, long Answers, long SetAside, double Loss, double LargestGap, double BusyShare, double Seconds);

/// <summary>Reinforcement on checkable problems: draw answers, see which are right, make those likelier (arXiv 2402.03300, 2503.20783, 2503.14476).</summary>
public static class ReinforcementTraining
{
    /// <summary>Trains to the end of the schedule, going on from a checkpoint where there is one, to the same bits.</summary>
    /// <param name="job">Model, problems and recipe.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know: damaged checkpoints, judges that fail.</param>
    /// <param name="cancellation">Saves a checkpoint and stops.</param>
    /// <exception cref="DivergedException">The loss or the gradient is not finite.</exception>
    /// <exception cref="InvalidDataException">A judge failed, and the job is strict.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint was written.</exception>
    public static ReinforcementOutcome Run(ReinforcementJob job, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        job.Rollouts.Validate();
        (Transformer model, TrainingOptions options) = (job.Model, job.Options);
        using var optimizer = new Optimizer(model.Device, model.TrainableParameters, options.Optimizer);
        var state = new TrainingState(model, optimizer, job.Folder, $"{model.Config} {options} {job.Objective} {job.Rollouts} {job.Data}{(job.Replay is null ? "" : $" beside {job.Replay.Count} conversations")}");
        var totals = Totals.From(state.TryRestore(report));
        optimizer.Steps = totals.Updates;
        using var metrics = new MetricsLog(job.Folder, state.Step);
        using var engine = new Engine(model, new EngineOptions { Context = Math.Min(model.Config.Context, options.Context) });
        using ConversationReplay? replay = job.Replay is null ? null : new ConversationReplay(job.Replay, job.Rollouts.ReplayTokens, options.Context, job.Rollouts.ReplayWeight, job.Padding, options.Seed, totals.Replay);
        using var learner = new PolicyUpdate(job, optimizer, replay);
        var sampler = new RolloutSampler(engine, job, report);
        var meter = new SpeedMeter(state, options, flopsPerToken: 0, flopsPeak: 0);
        while (state.Step < options.Steps)
        {
            meter.Begin();
            long begun = Stopwatch.GetTimestamp();
            (double generating, double training) = (sampler.Seconds, learner.Seconds);
            RolloutSampler.Harvest harvest;
            try
            {
                cancellation.ThrowIfCancellationRequested();
                harvest = sampler.Draw(totals.Problems, Dice.Mix(options.Seed ^ Dice.Mix((ulong)state.Step)), cancellation);
            }
            catch (OperationCanceledException)
            {
                state.Save(totals.ToJson(), meter.Seconds); // Nothing of this step has changed the model.
                throw;
            }

            float rate = options.Schedule.At(state.Step);
            PolicyUpdate.Result result = learner.Learn([.. harvest.Groups.SelectMany(group => group)], rate, state);
            state.Step++;
            state.Observe(result.Loss);
            int read = harvest.All.Sum(rollout => rollout.Length);
            meter.Tick(read);
            double all = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            (generating, training) = (sampler.Seconds - generating, learner.Seconds - training);
            totals = totals.Plus(harvest, result, generating + training, all, read) with { Replay = replay?.State };
            ReinforcementMetrics measured = Measure(harvest, result, generating / all, training / all);
            metrics.Write(new StepMetrics(state.Step, meter.Seconds, totals.Tokens, result.Loss, result.GradientNorm, rate, meter.TokensPerSecond, 0) { Reinforcement = measured });
            bool last = state.Step == options.Steps;
            if (last || meter.ReportDue)
                progress?.Report(meter.Progress("reinforce", FormattableString.Invariant($"solved {measured.PassRate * 100:0} %, reward {measured.Reward:0.00}, {measured.Length:0} tokens, entropy {measured.Entropy:0.00}")));
            if (last || meter.CheckpointDue) state.Save(totals.ToJson(), meter.CheckpointTaken());
        }

        return new ReinforcementOutcome(state.Step, totals.Answers, totals.SetAside, state.SmoothedLoss, totals.Gap, totals.AllSeconds > 0 ? totals.BusySeconds / totals.AllSeconds : 0, meter.Seconds);
    }

    private static ReinforcementMetrics Measure(RolloutSampler.Harvest harvest, PolicyUpdate.Result result, double generating, double training)
    {
        List<Rollout> all = harvest.All;
        long tokens = all.Sum(rollout => (long)rollout.Answer.Length);
        return new ReinforcementMetrics(
            Mean(rollout => rollout.Judgement.Reward),
            Mean(rollout => rollout.Judgement.IsRight ? 1 : 0),
            Mean(rollout => rollout.Answer.Length),
            Mean(rollout => rollout.Answer.Length * rollout.Judgement.ThinkingShare),
            Mean(rollout => rollout.Judgement.ChecksItself ? 1 : 0),
            tokens > 0 ? -all.Sum(rollout => rollout.Drawn.Sum(x => (double)x)) / tokens : 0,
            result.Kl, result.ClipFraction, result.Gap,
            Mean(rollout => rollout.IsTruncated ? 1 : 0),
            Mean(rollout => rollout.Judgement.IsWellFormed ? 0 : 1),
            harvest.Drawn > 0 ? (double)harvest.AllEqual / harvest.Drawn : 0,
            harvest.SetAside, generating, training, Math.Max(0, 1 - generating - training))
        {
            Thinks = Mean(rollout => rollout.Judgement.ThinkingShare > 0 ? 1 : 0),
            BeginsAgain = Mean(rollout => rollout.Judgement.BeginsAgain ? 1 : 0),
            ReplayLoss = result.ReplayLoss,
            MemoryBytes = Environment.WorkingSet,
        };

        double Mean(Func<Rollout, double> of) => all.Count > 0 ? all.Average(of) : 0;
    }

    /// <summary>What a checkpoint remembers beside the model: where the next problem is, and what has been counted.</summary>
    private sealed record Totals(long Problems, int Updates, long Answers, long SetAside, long Tokens, double Gap, double BusySeconds, double AllSeconds)
    {
        public LoaderState? Replay { get; init; }

        public static Totals From(JsonNode? saved) => saved is null ? new(0, 0, 0, 0, 0, 0, 0, 0) : new((long)saved["problems"]!, (int)saved["updates"]!, (long)saved["answers"]!,
            (long)saved["set_aside"]!, (long)saved["tokens"]!, (double)saved["gap"]!, (double)saved["busy_seconds"]!, (double)saved["all_seconds"]!)
        {
            Replay = saved["replay"]?.Deserialize<LoaderState>(),
        };

        public Totals Plus(RolloutSampler.Harvest harvest, PolicyUpdate.Result result, double busy, double all, int tokens) => new(
            Problems + harvest.Drawn, Updates + result.Updates, Answers + harvest.All.Count + harvest.SetAside, SetAside + harvest.SetAside, Tokens + tokens,
            Math.Max(Gap, result.Gap), BusySeconds + busy, AllSeconds + all);

        public JsonObject ToJson() => new()
        {
            ["problems"] = Problems,
            ["updates"] = Updates,
            ["answers"] = Answers,
            ["set_aside"] = SetAside,
            ["tokens"] = Tokens,
            ["gap"] = Gap,
            ["busy_seconds"] = BusySeconds,
            ["all_seconds"] = AllSeconds,
            ["replay"] = Replay is null ? null : JsonSerializer.SerializeToNode(Replay),
        };
    }
}
