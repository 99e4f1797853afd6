using System.Diagnostics;
using Gestalt.Corpus;
using Gestalt.Kernels;
using Gestalt.Models;

namespace Gestalt.Cli.Benchmarks;

/// <summary>Training a model of about 5M parameters, the size that a ten-minute life chooses, as a life trains it; and what the garbage collector has to do with it.</summary>
internal sealed class Train5MBenchmark : Benchmark
{
    /// <summary>T: tokens of a row.</summary>
    public const int Context = 256;

    /// <summary>V: tokens there are.</summary>
    public const int Vocabulary = 4096;

    private const int Rows = 16, Steps = 12;

    public override string Name => "train-5m";

    public override string Meaning => "training a 5M model of our own shape with Muon, B=16 T=256";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        foreach ((string name, Precision precision) in ((string, Precision)[])[(Name, Precision.BFloat16), (Name + "/f32", Precision.Float32)])
        {
            using TrainingRig rig = Rig(context, precision);
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            TimeSpan paused = GC.GetTotalPauseDuration();
            long begun = Stopwatch.GetTimestamp();
            double ours = context.InTurns(() => rig.TokensPerSecond(Steps), null).Ours;
            TimeSpan took = Stopwatch.GetElapsedTime(begun);
            // Of the float32 ceiling in either precision: that is what a life reports.
            yield return new BenchmarkResult(name, ours, "tokens/s", ours * rig.FlopsPerToken / context.Ceilings.Of(Precision.Float32));
            yield return new BenchmarkResult(name + "/allocated", (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)(BenchmarkContext.Rounds * Steps), "bytes/step");
            yield return new BenchmarkResult(name + "/collecting", 100 * (GC.GetTotalPauseDuration() - paused) / took, "% of time");
        }
    }

    /// <summary>The model in training, on random tokens or on conversations, wholly or by an adapter.</summary>
    public static TrainingRig Rig(BenchmarkContext context, Precision precision, IBatchLoader? conversations = null, AdapterOptions? adapter = null) => new(
        TransformerConfig.Qwen3Shaped(layers: 6, width: 256, heads: 4, keyValueHeads: 2, headWidth: 64, feedForward: 704, Vocabulary, context: Context, tied: true),
        Rows, Context, context.Pool, precision, muon: adapter is null, conversations, adapter);
}
