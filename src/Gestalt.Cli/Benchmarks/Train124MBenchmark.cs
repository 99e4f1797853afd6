using System.Globalization;
using Gestalt.Kernels;
using Gestalt.Models;

namespace Gestalt.Cli.Benchmarks;

/// <summary>
/// Training a model of GPT-2's 124M shape, 4 rows of 256 tokens, AdamW: the size at which everybody compares. Against PyTorch
/// in its own bfloat16 (autocast) and in float32, all of them taking turns.
/// </summary>
internal sealed class Train124MBenchmark : Benchmark
{
    private const int Rows = 4, Context = 256, Vocabulary = 50304;

    public override string Name => "train-124m";

    public override string Meaning => "training a GPT-2 124M shape, B=4 T=256";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        // The peers load while our models are built; only then do the turns begin.
        using TorchSession? torchHalf = Torch(context, "bfloat16"), torchFull = Torch(context, "float32");
        using TrainingRig half = Rig(context, Precision.BFloat16), full = Rig(context, Precision.Float32);
        torchHalf?.WaitUntilReady();
        torchFull?.WaitUntilReady();
        Measured ourHalf = new(), ourFull = new(), theirHalf = new(), theirFull = new();
        for (int round = 0; round < BenchmarkContext.Rounds; round++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ourHalf.Add(half.TokensPerSecond(2));
            if (torchHalf is not null) theirHalf.Add(TokensPerSecond(torchHalf, 2));
            ourFull.Add(full.TokensPerSecond(1));
            if (torchFull is not null) theirFull.Add(TokensPerSecond(torchFull, 1));
        }

        double flops = half.FlopsPerToken;
        BenchmarkResult Result(string name, Precision precision, Measured ours, Measured theirs) => new(
            name, ours.Median, "tokens/s", ours.Median * flops / context.Ceilings.Of(precision), theirs.Any ? theirs.Median : null, theirs.Any ? ours.Median / theirs.Median : null);
        yield return Result(Name, Precision.BFloat16, ourHalf, theirHalf);
        if (theirFull.Any) yield return Result(Name + "/against-f32", Precision.BFloat16, ourHalf, theirFull);
        yield return Result(Name + "/f32", Precision.Float32, ourFull, theirFull);
    }

    private static TrainingRig Rig(BenchmarkContext context, Precision precision) =>
        new(TransformerConfig.Gpt2(vocabulary: Vocabulary), Rows, Context, context.Pool, precision, muon: false);

    private static TorchSession? Torch(BenchmarkContext context, string type) =>
        context.Peer?.Start("train_gpt2.py", "--dtype", type, "--vocabulary", Vocabulary.ToString(CultureInfo.InvariantCulture));

    private static double TokensPerSecond(TorchSession torch, int steps) => steps * Rows * Context / torch.Turn($"{steps}");
}
