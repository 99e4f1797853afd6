using System.Diagnostics;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Optimizers;

namespace Gestalt.Cli.Benchmarks;

/// <summary>How one of the two Shakespeare benchmarks trains.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Meaning">In a few words.</param>
/// <param name="Config">The model's shape, for a number of characters.</param>
/// <param name="Rows">Rows of a batch.</param>
/// <param name="Context">Characters of a row.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Optimizer">Rates.</param>
internal sealed record ShakespeareRecipe(string Name, string Meaning, Func<int, TransformerConfig> Config, int Rows, int Context, int Steps, OptimizerOptions Optimizer)
{
    /// <summary>nanoGPT's CPU example: its data, split, characters, size, batch and steps; dropout 0. The optimizer is ours.</summary>
    public static ShakespeareRecipe Example { get; } = new(
        "shakespeare", "nanoGPT's CPU example: characters, 4 layers of width 128, 2,000 batches of 12 × 64 (--data shakespeare.txt)",
        characters => TransformerConfig.Gpt2(layers: 4, width: 128, heads: 4, vocabulary: characters, context: 64), 12, 64, 2000,
        new OptimizerOptions(0.02f, 0.005f, 0.005f));

    /// <summary>A model of that size, trained as we would.</summary>
    public static ShakespeareRecipe Best { get; } = new(
        "shakespeare-best", "a model of the same size with whatever serves it, within three minutes (--data shakespeare.txt)",
        characters => TransformerConfig.Qwen3Shaped(layers: 4, width: 128, heads: 4, keyValueHeads: 4, headWidth: 32, feedForward: 384, vocabulary: characters, context: 256, tied: true), 16, 256, 2500,
        new OptimizerOptions(0.02f, 0.005f, 0.005f));
}

/// <summary>Trains on characters of Shakespeare and measures the loss on the whole validation set, the last tenth of the text.</summary>
internal sealed class ShakespeareBenchmark(ShakespeareRecipe recipe) : Benchmark
{
    private const double TrainingShare = 0.9, DecayShare = 0.6;
    private const int WarmUp = 100;

    public override string Name => recipe.Name;

    public override string Meaning => recipe.Meaning;

    public override bool OnlyWhenNamed => recipe == ShakespeareRecipe.Best;

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        string? path = context.Data is null ? null : Directory.Exists(context.Data) ? Path.Combine(context.Data, "shakespeare.txt") : context.Data;
        if (path is null || !File.Exists(path))
        {
            BenchmarkContext.Skip(Name, $"It needs the text that nanoGPT trains on: gestalt bench {Name} --data shakespeare.txt");
            yield break;
        }

        string text = File.ReadAllText(path);
        char[] characters = [.. text.Distinct().Order()];
        int[] ids = [.. text.Select(c => Array.BinarySearch(characters, c))];
        int split = (int)(TrainingShare * ids.Length);
        var device = new Device(context.Pool, FasterPrecision(context.Ceilings));
        using var model = new Transformer(recipe.Config(characters.Length), device);
        model.Initialize(1);
        long begun = Stopwatch.GetTimestamp();
        Train(model, device, ids.AsMemory(0, split), context.Cancellation);
        double loss = Validate(model, ids.AsSpan(split));
        yield return new BenchmarkResult(Name + "/val_loss", loss, "nats/character");
        yield return new BenchmarkResult(Name + "/seconds", Stopwatch.GetElapsedTime(begun).TotalSeconds, "s");
    }

    private static Precision FasterPrecision(Ceilings ceilings) => ceilings.BFloat16 > 1.2 * ceilings.Float32 ? Precision.BFloat16 : Precision.Float32;

    private void Train(Transformer model, Device device, ReadOnlyMemory<int> ids, CancellationToken cancellation)
    {
        using var optimizer = new Optimizer(device, model.Parameters, recipe.Optimizer);
        using var tape = new Tape(device);
        using var batch = new TokenBatch(recipe.Rows, recipe.Context);
        var schedule = new LearningRateSchedule(recipe.Steps, WarmUp, DecayShare);
        var random = new Random(1);
        for (int step = 0; step < recipe.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int row = 0; row < recipe.Rows; row++) Fill(batch, row, ids.Span, random.Next(ids.Length - recipe.Context));
            tape.Reset();
            model.ZeroGradients();
            tape.Backward(model.Loss(tape, batch));
            optimizer.Step(schedule.At(step), optimizer.GradientNorm());
        }
    }

    /// <summary>The mean loss of every character but the first, in windows side by side of the context's length.</summary>
    private double Validate(Transformer model, ReadOnlySpan<int> ids)
    {
        const int rows = 32;
        double sum = 0;
        int predicted = 0;
        using var batch = new TokenBatch(rows, recipe.Context);
        float[] losses = new float[batch.Count];
        for (int start = 0; start < ids.Length - 1; start += rows * recipe.Context)
        {
            batch.Resize(rows, recipe.Context);
            for (int row = 0; row < rows; row++) Fill(batch, row, ids, start + row * recipe.Context);
            model.Losses(batch, losses);
            for (int index = 0; index < losses.Length; index++)
            {
                if (batch.Targets[index] < 0) continue;
                sum += losses[index];
                predicted++;
            }
        }
        return sum / predicted;
    }

    /// <summary>A row of characters and what follows each; behind the end of the text nothing is predicted.</summary>
    private void Fill(TokenBatch batch, int row, ReadOnlySpan<int> ids, int start)
    {
        for (int t = 0; t < recipe.Context; t++)
        {
            int at = start + t;
            batch.Inputs[row * recipe.Context + t] = at < ids.Length ? ids[at] : 0;
            batch.Targets[row * recipe.Context + t] = at + 1 < ids.Length ? ids[at + 1] : -1;
        }
    }
}
