namespace Gestalt.Cli.Benchmarks;

/// <summary>One measured number.</summary>
/// <param name="Name">The benchmark, with what exactly behind a slash where it gives several numbers.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="CeilingFraction">Share of what the machine was measured to be capable of, where there is such a ceiling.</param>
/// <param name="Peer">What the peer reached in the same run, in the same unit.</param>
/// <param name="Ratio">How many times better than the peer; above 1 is better, whichever way the unit points.</param>
/// <param name="RatioLow">Where the ratio lies with 95 % confidence, at least; where enough turns were taken to say so.</param>
/// <param name="RatioHigh">And at most.</param>
internal sealed record BenchmarkResult(
    string Name, double Value, string Unit, double? CeilingFraction = null, double? Peer = null, double? Ratio = null, double? RatioLow = null, double? RatioHigh = null);

/// <summary>Something that is measured.</summary>
internal abstract class Benchmark
{
    /// <summary>What it is called on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it measures, in a few words.</summary>
    public abstract string Meaning { get; }

    /// <summary>Whether it is left out unless it is named, because it takes minutes.</summary>
    public virtual bool OnlyWhenNamed => false;

    /// <summary>Measures; results are shown as they come.</summary>
    public abstract IEnumerable<BenchmarkResult> Run(BenchmarkContext context);
}

/// <summary>All benchmarks, in the order in which they run.</summary>
internal static class BenchmarkList
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new GemmBenchmark(Kernels.Precision.Float32), new GemmBenchmark(Kernels.Precision.BFloat16),
        new Train124MBenchmark(), new Train5MBenchmark(), new Finetune5MBenchmark(),
        new ShakespeareBenchmark(ShakespeareRecipe.Example), new ShakespeareBenchmark(ShakespeareRecipe.Best),
        new BpeTrainBenchmark(), new BpeEncodeBenchmark(), new SamplingBenchmark(), new ConstraintBenchmark(),
        new DecodeBenchmark(), new PrefillBenchmark(), new LongContextBenchmark(), new BatchBenchmark(), new FirstTokenBenchmark(),
        .. SpeculationBenchmark.All,
    ];
}
