using System.Text.Json;
using Gestalt.Corpus;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Metrics;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training;

/// <summary>What a training loop works on.</summary>
/// <param name="Stage"><c>pretrain</c> or <c>finetune</c>.</param>
/// <param name="Model">The model, changed in place.</param>
/// <param name="Options">The recipe.</param>
/// <param name="Folder">Where checkpoint and metrics go.</param>
/// <param name="Data">Identifies the data, so that a checkpoint of other data is refused.</param>
/// <param name="FlopsPeak">The machine's float32 peak in FLOP/s, to compare with; 0 if unknown.</param>
public sealed record TrainingJob(string Stage, Transformer Model, TrainingOptions Options, string Folder, string Data, double FlopsPeak = 0)
{
    /// <summary>What can be done where the folder has a checkpoint of other data or options, beside going back to them: the end of a sentence; null for what can always be done.</summary>
    public string? Instead { get; init; }
}

/// <summary>What came out of a training loop.</summary>
/// <param name="Steps">Optimizer steps done, all sessions together.</param>
/// <param name="Loss">Training loss in nats per token, smoothed.</param>
/// <param name="BitsPerByte">On the held-out text, where there was some.</param>
/// <param name="Seconds">Time, all sessions together.</param>
/// <param name="Tokens">Tokens read.</param>
public sealed record TrainingOutcome(int Steps, double Loss, double? BitsPerByte, double Seconds, long Tokens);

/// <summary>
/// Next-word prediction, step by step. Pretraining and fine-tuning are this same loop: what differs is the loader, which for
/// fine-tuning gives weight only to what the assistant says.
/// </summary>
public static class TrainingLoop
{
    /// <summary>Trains to the end of the schedule, going on from a checkpoint where there is one.</summary>
    /// <param name="job">Model, recipe and folder.</param>
    /// <param name="open">Opens the data at the position of the checkpoint, or at the beginning for null.</param>
    /// <param name="heldOut">Text for validation, or null.</param>
    /// <param name="dream">Lets the model write a sample, or null.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told about damaged checkpoints.</param>
    /// <param name="cancellation">Saves a checkpoint and stops.</param>
    /// <exception cref="DivergedException">The loss or the gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint was written.</exception>
    public static TrainingOutcome Run(TrainingJob job, Func<LoaderState?, IBatchLoader> open, HeldOutText? heldOut, Func<string>? dream,
        IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        (Transformer model, TrainingOptions options) = (job.Model, job.Options);
        using var optimizer = new Optimizer(model.Device, model.TrainableParameters, options.Optimizer);
        var state = new TrainingState(model, optimizer, job.Folder, $"{model.Config} {options} {job.Data}", instead: job.Instead);
        LoaderState? position = state.TryRestore(report)?.Deserialize<LoaderState>();
        IBatchLoader loader = open(position);
        using var metrics = new MetricsLog(job.Folder, state.Step);
        using var tape = new Tape(model.Device) { LendsGradients = model.Recompute && options.Accumulation == 1 };
        TokenBatch[] batches = [.. Enumerable.Range(0, options.Accumulation).Select(_ => new TokenBatch(options.Rows, options.Context))];
        var meter = new SpeedMeter(state, options, model.Config.FlopsPerToken(options.Context), job.FlopsPeak);
        try
        {
            while (state.Step < options.Steps)
            {
                if (cancellation.IsCancellationRequested)
                {
                    state.Save(JsonSerializer.SerializeToNode(loader.State)!, meter.Seconds);
                    throw new OperationCanceledException(cancellation);
                }

                meter.Begin();
                double counted = 0;
                foreach (TokenBatch batch in batches)
                {
                    loader.Fill(batch.AsRows());
                    counted += batch.WeightSum;
                }

                double loss = 0;
                model.ZeroGradients();
                for (int i = 0; i < batches.Length; i++)
                {
                    TokenBatch batch = batches[i];
                    batch.LossNormalizer = counted;
                    batch.NoiseKey = RandomBits.Key(options.Seed, ((ulong)state.Step * (ulong)options.Accumulation) + (ulong)i);
                    tape.Reset();
                    Tensor mean = model.Loss(tape, batch);
                    loss += mean.Scalar;
                    tape.Backward(mean);
                }

                double norm = optimizer.GradientNorm();
                if (!double.IsFinite(loss) || !double.IsFinite(norm))
                    throw new DivergedException(state.Step + 1, loss, norm, state.HasCheckpoint ? state.CheckpointPath : null);
                float rate = options.Schedule.At(state.Step);
                optimizer.Step(rate, norm);
                state.Step++;
                state.Observe(loss);
                meter.Tick();

                bool last = state.Step == options.Steps;
                bool validated = heldOut is not null && (last || state.Step % options.ValidateEvery == 0);
                if (validated) state.BitsPerByte = heldOut!.BitsPerByte(model);
                bool dreamt = dream is not null && options.DreamEvery > 0 && (last || state.Step % options.DreamEvery == 0);
                string? sample = dreamt ? dream!() : null;
                metrics.Write(new StepMetrics(state.Step, meter.Seconds, (long)state.Step * options.TokensPerStep, loss, norm, rate,
                    meter.TokensPerSecond, meter.FractionOfPeak, validated ? state.BitsPerByte : null, sample));
                if (validated || dreamt || last || meter.ReportDue) progress?.Report(meter.Progress(job.Stage, sample));
                if (last || meter.CheckpointDue) state.Save(JsonSerializer.SerializeToNode(loader.State)!, meter.CheckpointTaken());
            }

            return new TrainingOutcome(state.Step, state.SmoothedLoss, state.BitsPerByte, meter.Seconds, (long)state.Step * options.TokensPerStep);
        }
        finally
        {
            foreach (TokenBatch batch in batches) batch.Dispose();
        }
    }
}
