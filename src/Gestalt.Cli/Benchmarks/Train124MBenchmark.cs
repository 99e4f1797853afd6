using Gestalt.Kernels;
using Gestalt.Models;

namespace Gestalt.Cli.Benchmarks;

/// <summary>
/// Training a model of GPT-2's 124M shape, 4 rows of 256 tokens, AdamW: the size at which everybody compares. Against PyTorch
/// in float32 and in its own bfloat16 (autocast).
/// </summary>
internal sealed class Train124MBenchmark : Benchmark
{
    private const int Rows = 4, Context = 256, Vocabulary = 50304;

    public override string Name => "train-124m";

    public override string Meaning => "training a GPT-2 124M shape, B=4 T=256";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        foreach ((string name, Precision precision, string? dtype) in ((string, Precision, string?)[])
        [
            (Name, Precision.BFloat16, "bfloat16"), (Name + "/bf16-against-f32", Precision.BFloat16, "float32"), (Name + "/f32", Precision.Float32, "float32"),
        ])
        {
            if (context.Peer is null && name.EndsWith("against-f32", StringComparison.Ordinal)) continue;
            using TorchSession? torch = context.Peer?.Start("train_gpt2.py", "--dtype", dtype!, "--vocabulary", FormattableString.Invariant($"{Vocabulary}"));
            using var rig = new TrainingRig(TransformerConfig.Gpt2(vocabulary: Vocabulary), Rows, Context, context.Pool, precision, muon: false);
            int steps = precision == Precision.BFloat16 ? 3 : 2, torchSteps = dtype == "bfloat16" ? 2 : 1;
            (double ours, double? theirs) = context.InTurns(
                () => rig.TokensPerSecond(steps),
                torch is null ? null : () => torchSteps * Rows * Context / torch.Turn($"{torchSteps}"));
            yield return new BenchmarkResult(name, ours, "tokens/s", ours * rig.FlopsPerToken / context.Ceilings.Of(precision), theirs, ours / theirs);
        }
    }
}
