using Gestalt.Kernels;

namespace Gestalt.Training.Life;

/// <summary>What this machine can do, measured once when a life is planned.</summary>
/// <param name="Processor">The processor's name, as the system gives it.</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Float32Peak">FLOP/s of the float32 micro-kernel on all threads.</param>
/// <param name="BFloat16Peak">FLOP/s of the bfloat16 micro-kernel on all threads.</param>
/// <param name="Precision">The faster of the two, which training uses.</param>
public sealed record MachineSpeed(string Processor, int Threads, double Float32Peak, double BFloat16Peak, Precision Precision)
{
    /// <summary>bfloat16 must be this much faster than float32 to be worth its rounding; where it is emulated it is slower.</summary>
    private const double WorthRounding = 1.2;

    /// <summary>Measures this machine; takes about half a second.</summary>
    /// <param name="pool">The threads that will be used.</param>
    public static MachineSpeed Measure(WorkerPool pool)
    {
        double float32 = MachinePeak.MultiplyRate(pool, Precision.Float32);
        double bfloat16 = MachinePeak.MultiplyRate(pool, Precision.BFloat16);
        return new MachineSpeed(ProcessorName(), pool.Threads, float32, bfloat16,
            bfloat16 > WorthRounding * float32 ? Precision.BFloat16 : Precision.Float32);
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
