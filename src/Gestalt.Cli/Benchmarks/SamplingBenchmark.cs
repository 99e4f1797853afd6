using System.Diagnostics;
using Gestalt.Inference;

namespace Gestalt.Cli.Benchmarks;

/// <summary>Drawing one token out of 150,000 nearly equally likely ones: the worst case of every step, since nothing can be left out early.</summary>
internal sealed class SamplingBenchmark : Benchmark
{
    private const int Vocabulary = 150_000;

    private static readonly (string Name, SamplingOptions Options)[] Chains =
    [
        ("greedy", SamplingOptions.Greedy), ("temperature", new()), ("usual", new() { TopK = 40, TopP = 0.95f, MinP = 0.05f }), ("top-p", new() { TopP = 0.95f }), ("min-p", new() { MinP = 0.1f }),
        ("typical", new() { TypicalP = 0.9f }), ("top-n-sigma", new() { TopNSigma = 1 }), ("xtc", new() { XtcProbability = 0.5f, MinP = 0.02f }), ("mirostat-1", new() { Mirostat = 1 }), ("mirostat-2", new() { Mirostat = 2 }),
        ("everything", new() { RepetitionPenalty = 1.1f, DryMultiplier = 0.8f, TopNSigma = 3, TypicalP = 0.98f, TopP = 0.95f, MinP = 0.01f, XtcProbability = 0.5f, XtcThreshold = 0.1f }),
    ];

    public override string Name => "sampling";

    public override string Meaning => "drawing from 150,000 nearly equal logits";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        var random = new Random(2);
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(0.3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
        int[] history = [.. Enumerable.Range(0, 4000).Select(_ => random.Next(Vocabulary))];
        foreach ((string name, SamplingOptions options) in Chains)
        {
            var sampler = new Sampler(options, Vocabulary);
            double rate = context.InTurns(() =>
            {
                const int Draws = 100;
                long begun = Stopwatch.GetTimestamp();
                for (int i = 0; i < Draws; i++)
                    sampler.Next(logits, history);
                return Draws / Stopwatch.GetElapsedTime(begun).TotalSeconds;
            }, null).Ours;
            yield return new BenchmarkResult($"{Name}/{name}", 1e3 / rate, "ms");
        }
    }
}
