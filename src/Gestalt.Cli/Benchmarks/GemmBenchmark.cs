using System.Diagnostics;
using Gestalt.Kernels;

namespace Gestalt.Cli.Benchmarks;

/// <summary>
/// The matrix products of a training step at the shapes of a GPT-2 124M and of a 5M model: for every weight (out,in) the
/// forward product X Wᵀ, the gradient of the input dY W, and the gradient of the weight dYᵀ X.
/// </summary>
internal sealed class GemmBenchmark(Precision precision) : Benchmark
{
    /// <summary>Each product repeats for about this long a round.</summary>
    private const double SecondsEach = 0.08;

    /// <summary>A weight matrix, how many times a model has it, and how many tokens pass through it at once.</summary>
    private sealed record Weight(int Out, int In, int Count, int Tokens);

    private static readonly (string Model, Weight[] Weights)[] Models =
    [
        ("124m", [new(2304, 768, 12, 1024), new(768, 768, 12, 1024), new(3072, 768, 12, 1024), new(768, 3072, 12, 1024), new(50257, 768, 1, 1024)]),
        ("5m", [new(512, 256, 6, 4096), new(256, 256, 6, 4096), new(704, 256, 12, 4096), new(256, 704, 6, 4096), new(4096, 256, 1, 4096)]),
    ];

    public override string Name => precision == Precision.Float32 ? "gemm-f32" : "gemm-bf16";

    public override string Meaning => $"matrix products of a training step, {(precision == Precision.Float32 ? "float32" : "bfloat16 operands, float32 sums")}";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        using TorchSession? torch = context.Peer?.Start("gemm.py", "--dtype", precision == Precision.Float32 ? "float32" : "bfloat16");
        double ceiling = context.Ceilings.Of(precision);
        foreach ((string model, Weight[] weights) in Models)
        {
            double step = context.InTurns(() => Rate(context.Pool, weights, forwardOnly: false), null).Ours;
            yield return new BenchmarkResult($"{Name}/{model}", step / 1e9, "GFLOP/s", step / ceiling);
            if (torch is null) continue;
            (double forward, double? theirs) = context.InTurns(() => Rate(context.Pool, weights, forwardOnly: true), () => TorchRate(torch, weights));
            yield return new BenchmarkResult($"{Name}/{model}-forward", forward / 1e9, "GFLOP/s", forward / ceiling, theirs / 1e9, forward / theirs);
        }
    }

    private double Rate(WorkerPool pool, Weight[] weights, bool forwardOnly)
    {
        double flops = 0, seconds = 0;
        foreach (Weight weight in weights)
        {
            using var operands = new Operands(weight);
            for (int product = 0; product < (forwardOnly ? 1 : 3); product++)
            {
                flops += weight.Count * Gemm.FlopCount(weight.Tokens, weight.Out, weight.In);
                seconds += weight.Count * operands.SecondsOf(product, pool, precision);
            }
        }
        return flops / seconds;
    }

    private static double TorchRate(TorchSession torch, Weight[] weights)
    {
        double flops = 0, seconds = 0;
        foreach (Weight weight in weights)
        {
            double one = Gemm.FlopCount(weight.Tokens, weight.Out, weight.In);
            int repeats = Math.Max(2, (int)(SecondsEach / (one / 300e9)));
            flops += weight.Count * one;
            seconds += weight.Count * torch.Turn($"{weight.Tokens} {weight.Out} {weight.In} {repeats}") / repeats;
        }
        return flops / seconds;
    }

    /// <summary>Input, weight and output of one linear layer.</summary>
    private sealed unsafe class Operands : IDisposable
    {
        private readonly Weight _weight;
        private readonly AlignedMemory _input, _matrix, _output;

        public Operands(Weight weight)
        {
            _weight = weight;
            _input = AlignedMemory.OfFloats((long)weight.Tokens * weight.In);
            _matrix = AlignedMemory.OfFloats((long)weight.Out * weight.In);
            _output = AlignedMemory.OfFloats((long)weight.Tokens * weight.Out);
            // Any ordinary numbers will do: time does not depend on them, except that zeros and denormals would be no test.
            var random = new Random(1);
            foreach (AlignedMemory memory in (AlignedMemory[])[_input, _matrix, _output])
                for (long index = 0, count = memory.Bytes / sizeof(float); index < count; index++)
                    memory.Floats[index] = random.NextSingle() - 0.5f;
        }

        public double SecondsOf(int product, WorkerPool pool, Precision precision)
        {
            Multiply(product, pool, precision);
            int repeats = 0;
            long begun = Stopwatch.GetTimestamp();
            do
            {
                Multiply(product, pool, precision);
                repeats++;
            }
            while (Stopwatch.GetElapsedTime(begun).TotalSeconds < SecondsEach);
            return Stopwatch.GetElapsedTime(begun).TotalSeconds / repeats;
        }

        public void Dispose()
        {
            _input.Dispose();
            _matrix.Dispose();
            _output.Dispose();
        }

        private void Multiply(int product, WorkerPool pool, Precision precision)
        {
            (int tokens, int outputs, int inputs) = (_weight.Tokens, _weight.Out, _weight.In);
            float* x = _input.Floats, w = _matrix.Floats, y = _output.Floats;
            switch (product)
            {
                case 0: Gemm.Multiply(pool, precision, false, true, tokens, outputs, inputs, x, inputs, w, inputs, y, outputs); break;
                case 1: Gemm.Multiply(pool, precision, false, false, tokens, inputs, outputs, y, outputs, w, inputs, x, inputs); break;
                default: Gemm.Multiply(pool, precision, true, false, outputs, inputs, tokens, y, outputs, x, inputs, w, inputs); break;
            }
        }
    }
}
