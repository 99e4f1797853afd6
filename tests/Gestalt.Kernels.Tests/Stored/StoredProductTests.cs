using Gestalt.Kernels.Stored;
using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests.Stored;

public sealed unsafe class StoredProductTests
{
    public static TheoryData<WeightFormat, bool> FormatsAndWays
    {
        get
        {
            var data = new TheoryData<WeightFormat, bool>();
            foreach (WeightFormat format in Enum.GetValues<WeightFormat>())
            {
                data.Add(format, false);
                data.Add(format, true);
            }

            return data;
        }
    }

    public static TheoryData<WeightFormat> Quantized => [.. Enum.GetValues<WeightFormat>().Where(format => format.IsQuantized())];

    [Theory]
    [MemberData(nameof(FormatsAndWays))]
    public void Products_of_all_sizes_agree_with_sums_in_double(WeightFormat format, bool decodesEverything)
    {
        using var pool = new WorkerPool(2);
        int unit = Math.Max(32, format.BlockLength());
        (int M, int Rows, int Columns)[] sizes =
        [
            (1, 1, unit), (1, 5, 512), (2, 2, 512 + unit), (3, 33, 3 * unit), (1, 70, 1536), (6, 37, 1536 + unit), (8, 70, 4096 + unit), (7, 3, 1024), (16, 34, 768), (17, 33, 1024 + unit), (22, 96, 1024), (40, 65, 512), (131, 31, unit), (130, 40, 2048 + unit),
        ];
        foreach ((int m, int rows, int columns) in sizes)
        {
            using var problem = new Problem(format, m, rows, columns, m + (31 * rows));
            problem.Multiply(pool, decodesEverything, accumulate: false, withBias: m % 2 == 0);
            problem.AssertCorrect(accumulated: false, m % 2 == 0);
            problem.Multiply(pool, decodesEverything, accumulate: true, withBias: true);
            problem.AssertCorrect(accumulated: true, withBias: true);
        }
    }

    [Theory]
    [InlineData(WeightFormat.Q4_K)]
    [InlineData(WeightFormat.F16)]
    public void Any_number_of_threads_gives_the_same_bits(WeightFormat format)
    {
        foreach (int m in (int[])[1, 4, 50])
        {
            float[]? first = null;
            foreach (int threads in (int[])[1, 2, 5])
            {
                using var pool = new WorkerPool(threads);
                using var problem = new Problem(format, m, 300, 1024, 9);
                problem.Multiply(pool, decodesEverything: false, accumulate: false, withBias: true);
                first ??= problem.Y.ToArray();
                Assert.Equal(first, problem.Y.ToArray());
            }
        }
    }

    /// <summary>Rows of activations are taken in groups: which ones are in a group must not matter.</summary>
    [Theory]
    [InlineData(WeightFormat.Q8_0)]
    [InlineData(WeightFormat.Q2_K)]
    [InlineData(WeightFormat.Q4_K)]
    [InlineData(WeightFormat.Q6_K)]
    public void A_row_of_a_prompt_has_the_same_bits_among_any_others(WeightFormat format)
    {
        const int M = 41, Rows = 64, Columns = 1024, First = 3, Some = 18;
        using var pool = new WorkerPool(2);
        using var problem = new Problem(format, M, Rows, Columns, 7);
        problem.X.Pointer[(First + 5) * Columns] = float.PositiveInfinity;
        problem.X.Pointer[(First + Some - 1) * Columns] = float.NaN;
        new Span<float>(problem.X.Pointer + ((First + 9) * Columns), Columns).Clear();
        problem.Multiply(pool, decodesEverything: false, accumulate: false, withBias: true);
        float[] some = new float[Some * Rows];
        fixed (float* y = some)
        {
            StoredProduct.Multiply(pool, problem.W, problem.X.Pointer + (First * Columns), Some, Columns, y, Rows, bias: problem.Bias.Pointer);
        }

        Assert.Equal(problem.Y.ToArray()[(First * Rows)..((First + Some) * Rows)], some);
    }

    [Fact]
    public void Several_products_at_once_are_the_same_as_one_by_one()
    {
        using var pool = new WorkerPool(2);
        foreach (int m in (int[])[1, 20])
        {
            WeightFormat[] formats = [WeightFormat.Q4_K, WeightFormat.Q6_K, WeightFormat.Q4_K, WeightFormat.Q8_0];
            Problem[] problems = [.. formats.Select((format, i) => new Problem(format, m, 40 + i, 512, 5))];
            Problem[] alone = [.. formats.Select((format, i) => new Problem(format, m, 40 + i, 512, 5))];
            var matrices = new StoredMatrix[4];
            var outputs = new StoredOutput[4];
            for (int i = 0; i < 4; i++)
            {
                matrices[i] = problems[i].W;
                outputs[i] = new StoredOutput(problems[i].Y.Pointer, problems[i].W.Rows, problems[i].Bias.Pointer);
                alone[i].Multiply(pool, decodesEverything: false, accumulate: false, withBias: true);
            }

            // The activations depend on the seed and the number of columns alone.
            StoredProduct.MultiplyMany(pool, matrices, problems[0].X.Pointer, m, 512, outputs);
            for (int i = 0; i < 4; i++)
            {
                Assert.Equal(alone[i].Y.ToArray(), problems[i].Y.ToArray());
                problems[i].Dispose();
                alone[i].Dispose();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Quantized))]
    public void Rounding_activations_costs_little(WeightFormat format)
    {
        using var pool = new WorkerPool(2);
        foreach (int m in (int[])[2, 24])
        {
            using var problem = new Problem(format, m, 64, 1024, 3, exactInputs: false);
            problem.Multiply(pool, decodesEverything: false, accumulate: false, withBias: false);
            Assert.InRange(problem.Cosine(), 0.9999, 1);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void An_activation_that_is_no_number_shows_in_its_row_only(float bad)
    {
        using var pool = new WorkerPool(2);
        foreach (int m in (int[])[3, 30])
        {
            using var problem = new Problem(WeightFormat.Q4_0, m, 40, 512, 3);
            problem.X.Span[512 + 77] = bad;
            problem.Multiply(pool, decodesEverything: false, accumulate: false, withBias: false);
            for (int i = 0; i < m * 40; i++)
            {
                Assert.Equal(i / 40 != 1, float.IsFinite(problem.Y.Span[i]));
            }
        }
    }

    [Theory]
    [InlineData(WeightFormat.Q4_K, 1)]
    [InlineData(WeightFormat.Q4_K, 40)]
    [InlineData(WeightFormat.F16, 1)]
    [InlineData(WeightFormat.F16, 40)]
    public void Nothing_is_allocated_once_warm(WeightFormat format, int m)
    {
        using var pool = new WorkerPool(1);
        using var problem = new Problem(format, m, 64, 1024, 3);
        problem.Multiply(pool, decodesEverything: false, accumulate: false, withBias: true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            problem.Multiply(pool, decodesEverything: false, accumulate: false, withBias: true);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using var pool = new WorkerPool(1);
        using var problem = new Problem(WeightFormat.Q4_0, 2, 4, 64, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => StoredProduct.Multiply(pool, problem.W, problem.X.Pointer, 2, 63, problem.Y.Pointer, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => StoredProduct.Multiply(pool, problem.W, problem.X.Pointer, 2, 64, problem.Y.Pointer, 3));
        Assert.Throws<ArgumentException>(() => StoredProduct.Multiply(pool, new StoredMatrix(problem.W.Data, WeightFormat.Q4_0, 4, 33), problem.X.Pointer, 1, 64, problem.Y.Pointer, 4));
        Assert.Throws<ArgumentException>(() => StoredProduct.MultiplyMany(pool, [problem.W], problem.X.Pointer, 1, 64, []));
    }

    /// <summary>A product whose operands end where memory ends.</summary>
    private sealed class Problem : IDisposable
    {
        private readonly double[] _expected;
        private readonly double[] _magnitudes;
        private readonly Guarded<byte> _bytes;

        public Problem(WeightFormat format, int m, int rows, int columns, int seed, bool exactInputs = true)
        {
            var random = new Random(seed);
            _bytes = new Guarded<byte>((int)format.ByteLength((long)rows * columns));
            W = new StoredMatrix(_bytes.Pointer, format, rows, columns);
            FillWeights(random, format, rows * columns);
            random = new Random(seed);
            X = new Guarded<float>(m * columns);
            for (int i = 0; i < X.Count; i++)
            {
                // With a 127 in every block the whole numbers between are their own rounded values.
                X.Span[i] = exactInputs ? (i % 32 == 5 ? 127 : random.Next(-127, 128)) / 64f : (float)random.NextDouble() - 0.5f;
            }

            Bias = new Guarded<float>(rows);
            for (int i = 0; i < rows; i++)
            {
                Bias.Span[i] = (float)random.NextDouble();
            }

            Y = new Guarded<float>(m * rows);
            _expected = new double[m * rows];
            _magnitudes = new double[m * rows];
            float[] w = ScalarTwin.Decode(format, _bytes.Span, rows * columns);
            for (int i = 0; i < m * rows; i++)
            {
                for (int k = 0; k < columns; k++)
                {
                    double product = (double)X.Span[(i / rows * columns) + k] * w[(i % rows * columns) + k];
                    _expected[i] += product;
                    _magnitudes[i] += Math.Abs(product);
                }
            }
        }

        public StoredMatrix W { get; }

        public Guarded<float> X { get; }

        public Guarded<float> Y { get; }

        public Guarded<float> Bias { get; }

        public void Multiply(WorkerPool pool, bool decodesEverything, bool accumulate, bool withBias)
        {
            StoredProduct.DecodesEverything = decodesEverything;
            int m = Y.Count / W.Rows;
            StoredProduct.Multiply(pool, W, X.Pointer, m, W.Columns, Y.Pointer, W.Rows, accumulate, withBias ? Bias.Pointer : null);
            StoredProduct.DecodesEverything = false;
        }

        public void AssertCorrect(bool accumulated, bool withBias)
        {
            int m = Y.Count / W.Rows;
            for (int i = 0; i < Y.Count; i++)
            {
                float bias = Bias.Span[i % W.Rows];
                double expected = accumulated ? (2 * _expected[i]) + (m % 2 == 0 ? 2 * bias : bias) : _expected[i] + (withBias ? bias : 0);

                // Many rows of 16-bit weights are multiplied in bfloat16, which rounds each weight to 8 bits.
                double precision = W.Format is WeightFormat.F16 or WeightFormat.BF16 ? 0.003 : 1e-5;
                Assert.Equal(expected, Y.Span[i], (precision * _magnitudes[i]) + 1e-5);
            }
        }

        public double Cosine()
        {
            double dot = 0, a = 0, b = 0;
            for (int i = 0; i < Y.Count; i++)
            {
                dot += Y.Span[i] * _expected[i];
                a += (double)Y.Span[i] * Y.Span[i];
                b += _expected[i] * _expected[i];
            }

            return dot / Math.Sqrt(a * b);
        }

        public void Dispose()
        {
            _bytes.Dispose();
            X.Dispose();
            Y.Dispose();
            Bias.Dispose();
        }

        private void FillWeights(Random random, WeightFormat format, int count)
        {
            if (WeightCodec.CanEncode(format))
            {
                using var values = new Guarded<float>(count);
                for (int i = 0; i < count; i++)
                {
                    values.Span[i] = (float)(random.NextDouble() + random.NextDouble() - 1);
                }

                WeightCodec.Encode(format, values.Pointer, _bytes.Pointer, count);
                return;
            }

            // What cannot be written yet: any bytes, with scales that are ordinary numbers.
            random.NextBytes(_bytes.Span);
            int size = format.BlockBytes();
            for (int at = 0; at < _bytes.Count; at += size)
            {
                if (format == WeightFormat.MXFP4)
                {
                    _bytes.Span[at] = (byte)random.Next(120, 130);
                }
                else
                {
                    _bytes.Span[at + 1] = (byte)(0x20 + random.Next(8));
                }
            }
        }
    }
}
