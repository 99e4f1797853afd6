using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Corpus;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Metrics;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training.Preferences;

/// <summary>Takes comparisons, step by step, lets somebody turn them into gradients, and moves the model: what all learning from comparisons shares.</summary>
/// <param name="stage">What metrics and progress call it.</param>
/// <param name="model">The model.</param>
/// <param name="options">The recipe; two rows are a comparison.</param>
/// <param name="folder">Where checkpoint and metrics go.</param>
/// <param name="fingerprint">Names data and objective.</param>
/// <param name="pairs">The comparisons.</param>
/// <param name="beside">Parameters beside the model's own.</param>
/// <param name="padding">An id that fills rows up.</param>
internal sealed class PairLoop(string stage, Transformer model, TrainingOptions options, string folder, string fingerprint, IReadOnlyList<RenderedPair> pairs,
    IReadOnlyList<Parameter> beside, int padding)
{
    /// <summary>Comparisons of a step.</summary>
    public int PerStep { get; } = options.Rows >= 2 ? options.Rows / 2 : throw new ArgumentException($"A step of {options.Rows} answer has no comparison: give at least 2.", nameof(options));

    /// <summary>Conversations that each step learns from beside its comparisons; null for none.</summary>
    public IReadOnlyList<RenderedConversation>? Replay { get; init; }

    /// <summary>Tokens of them in a step: about a third of what its comparisons have.</summary>
    private const int ReplayTokens = 1024;

    /// <summary>Computes gradients for some comparisons.</summary>
    /// <param name="chosen">Their places in the list.</param>
    /// <param name="some">The comparisons.</param>
    /// <returns>Their mean loss, and how many tokens were read.</returns>
    public delegate (double Loss, int Tokens) Learn(ReadOnlySpan<int> chosen, ReadOnlySpan<RenderedPair> some);

    /// <summary>Runs to the end of the schedule, going on from a checkpoint where there is one.</summary>
    public (int Steps, double StartingLoss, double Loss, double Seconds) Run(Learn learn, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        Parameter[] parameters = [.. model.Parameters, .. beside];
        using var optimizer = new Optimizer(model.Device, parameters, options.Optimizer);
        var state = new TrainingState(model, optimizer, folder, $"{model.Config} {options} {fingerprint}{(Replay is null ? "" : $" beside {Replay.Count} conversations")}", (IReadOnlyList<Tensors.Parameter>?)beside);
        JsonNode? saved = state.TryRestore(report);
        double starting = (double?)saved?["starting_loss"] ?? double.NaN;
        long tokens = (long?)saved?["tokens"] ?? 0;
        using ConversationReplay? replay = Replay is null ? null : new ConversationReplay(Replay, ReplayTokens, Math.Min(options.Context, model.Config.Context), weight: 1, padding, options.Seed, saved?["replay"]?.Deserialize<LoaderState>());
        using var tape = new Tape(model.Device);
        using var metrics = new MetricsLog(folder, state.Step);
        var meter = new SpeedMeter(state, options, flopsPerToken: 0, flopsPeak: 0);
        var order = new PairOrder(pairs.Count, PerStep, options.Seed);
        var chosen = new int[PerStep];
        var some = new RenderedPair[PerStep];
        while (state.Step < options.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                state.Save(Extra(), meter.Seconds);
                throw new OperationCanceledException(cancellation);
            }

            meter.Begin();
            order.Of(state.Step, chosen);
            for (int i = 0; i < PerStep; i++) some[i] = pairs[chosen[i]];
            Array.ForEach(parameters, p => p.ZeroGradient());
            (double loss, int read) = learn(chosen, some);
            replay?.Accumulate(model, tape);
            double norm = optimizer.GradientNorm();
            if (!double.IsFinite(loss) || !double.IsFinite(norm)) throw new DivergedException(state.Step + 1, loss, norm, state.HasCheckpoint ? state.CheckpointPath : null);
            float rate = options.Schedule.At(state.Step);
            optimizer.Step(rate, norm);
            state.Step++;
            if (state.Step == 1) starting = loss;
            state.Observe(loss);
            meter.Tick(read);
            tokens += read;
            bool last = state.Step == options.Steps;
            metrics.Write(new StepMetrics(state.Step, meter.Seconds, tokens, loss, norm, rate, meter.TokensPerSecond, meter.FractionOfPeak));
            if (last || meter.ReportDue) progress?.Report(meter.Progress(stage, null));
            if (last || meter.CheckpointDue) state.Save(Extra(), meter.CheckpointTaken());
        }

        return (state.Step, starting, state.SmoothedLoss, meter.Seconds);

        JsonObject Extra() => new() { ["starting_loss"] = double.IsNaN(starting) ? null : starting, ["tokens"] = tokens, ["replay"] = replay is null ? null : JsonSerializer.SerializeToNode(replay.State) };
    }
}
