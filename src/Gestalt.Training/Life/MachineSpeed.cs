using Gestalt.Kernels;

namespace Gestalt.Training.Life;

/// <summary>What this machine can do, measured once when a life is planned.</summary>
/// <param name="Processor">The processor's name, as the system gives it.</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Float32Peak">FLOP/s of the float32 micro-kernel on all threads.</param>
/// <param name="BFloat16Peak">FLOP/s of the bfloat16 micro-kernel on all threads.</param>
/// <param name="Precision">What training uses: bfloat16 where the processor multiplies it itself, float32 elsewhere.</param>
public sealed record MachineSpeed(string Processor, int Threads, double Float32Peak, double BFloat16Peak, Precision Precision)
{
    /// <summary>Best of this many measurements: whatever else the machine does can only make one slower.</summary>
    private const int Measurements = 3;

    /// <summary>The faster precision here: by what the processor has and not by what was measured, so that two lives on one machine have the same bits.</summary>
    public static Precision FasterPrecision => CpuFeatures.HasAvx512BFloat16 ? Precision.BFloat16 : Precision.Float32;

    /// <summary>Measures this machine; takes about a second.</summary>
    /// <param name="pool">The threads that will be used.</param>
    public static MachineSpeed Measure(WorkerPool pool)
    {
        double Best(Precision precision) => Enumerable.Range(0, Measurements).Max(_ => MachinePeak.MultiplyRate(pool, precision));

        return new MachineSpeed(ProcessorName(), pool.Threads, Best(Precision.Float32), Best(Precision.BFloat16), FasterPrecision);
    }

    /// <summary>The processor's name.</summary>
    public static string ProcessorName()
    {
        try
        {
            string? line = File.Exists("/proc/cpuinfo")
                ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                : null;
            if (line is not null) return line[(line.IndexOf(':') + 1)..].Trim();
        }
        catch (IOException)
        {
            // A name is a courtesy; nothing depends on it.
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();
    }
}
