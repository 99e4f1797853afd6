using System.Diagnostics;
using Gestalt.Kernels;
using Gestalt.Models;

namespace Gestalt.Cli.Benchmarks;

/// <summary>Training a model of about 5M parameters, the size that a ten-minute life chooses, as a life trains it; and what the garbage collector has to do with it.</summary>
internal sealed class Train5MBenchmark : Benchmark
{
    private const int Rows = 16, Context = 256, Steps = 12;

    public override string Name => "train-5m";

    public override string Meaning => "training a 5M model of our own shape with Muon, B=16 T=256";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        TransformerConfig config = TransformerConfig.Qwen3Shaped(layers: 6, width: 256, heads: 4, keyValueHeads: 2, headWidth: 64, feedForward: 704, vocabulary: 4096, context: Context, tied: true);
        foreach ((string name, Precision precision) in ((string, Precision)[])[(Name, Precision.BFloat16), (Name + "/f32", Precision.Float32)])
        {
            using var rig = new TrainingRig(config, Rows, Context, context.Pool, precision, muon: true);
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
}
