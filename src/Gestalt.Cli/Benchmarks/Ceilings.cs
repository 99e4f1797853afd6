using Gestalt.Kernels;

namespace Gestalt.Cli.Benchmarks;

/// <summary>What this machine can do at most: everything else is a share of it.</summary>
/// <param name="Threads">Threads used.</param>
/// <param name="Float32">FLOP/s of the float32 micro-kernel on one thread.</param>
/// <param name="BFloat16">FLOP/s of the bfloat16 micro-kernel on one thread.</param>
/// <param name="Float32Together">FLOP/s of the float32 micro-kernel on all threads.</param>
/// <param name="BFloat16Together">FLOP/s of the bfloat16 micro-kernel on all threads.</param>
/// <param name="Bandwidth">Bytes per second one thread reads from memory.</param>
/// <param name="BandwidthTogether">Bytes per second all threads read from memory.</param>
internal sealed record Ceilings(
    int Threads, double Float32, double BFloat16, double Float32Together, double BFloat16Together, double Bandwidth, double BandwidthTogether)
{
    /// <summary>Measures them; takes about two seconds.</summary>
    public static Ceilings Measure(WorkerPool pool)
    {
        using var one = new WorkerPool(1);
        return new Ceilings(
            pool.Threads,
            MachinePeak.MultiplyRate(one, Precision.Float32), MachinePeak.MultiplyRate(one, Precision.BFloat16),
            MachinePeak.MultiplyRate(pool, Precision.Float32), MachinePeak.MultiplyRate(pool, Precision.BFloat16),
            MachinePeak.ReadBandwidth(one), MachinePeak.ReadBandwidth(pool));
    }

    /// <summary>FLOP/s that all threads would reach if none disturbed another: the ceiling for everything that multiplies.</summary>
    public double Of(Precision precision) => Threads * (precision == Precision.Float32 ? Float32 : BFloat16);

    /// <summary>The ceilings themselves as results.</summary>
    public IEnumerable<BenchmarkResult> Results()
    {
        yield return new("peak-f32/one-thread", Float32 / 1e9, "GFLOP/s");
        yield return new("peak-f32", Float32Together / 1e9, "GFLOP/s", Float32Together / (Threads * Float32));
        yield return new("peak-bf16/one-thread", BFloat16 / 1e9, "GFLOP/s");
        yield return new("peak-bf16", BFloat16Together / 1e9, "GFLOP/s", BFloat16Together / (Threads * BFloat16));
        yield return new("memory-read/one-thread", Bandwidth / 1e9, "GB/s");
        yield return new("memory-read", BandwidthTogether / 1e9, "GB/s");
    }
}
