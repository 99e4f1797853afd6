using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests.Attention;

public sealed unsafe class AttentionTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    public static TheoryData<AttentionShape, string> Shapes() => new()
    {
        { new(1, 1, 1, 1, 1, 1, 8, 0.35f), "none" },
        { new(2, 5, 5, 5, 2, 1, 5, 0.4f), "none" },
        { new(1, 33, 33, 33, 4, 2, 16, 0.25f), "none" },
        { new(2, 64, 64, 64, 2, 2, 32, 0.18f), "documents" },
        { new(1, 97, 97, 97, 6, 2, 20, 0.22f), "documents" },
        { new(2, 70, 70, 70, 2, 1, 64, 0.125f), "window" },
        { new(1, 260, 260, 260, 1, 1, 64, 0.125f), "documents" },
        { new(1, 150, 150, 150, 2, 1, 128, 0.09f), "none" },
        { new(1, 40, 40, 40, 3, 3, 7, 0.4f), "alone" },
        { new(2, 45, 45, 50, 2, 2, 16, 0.25f, 2.5f), "documents" },
        { new(2, 9, 30, 40, 4, 2, 24, 0.2f), "padding" },
        { new(1, 100, 301, 320, 2, 1, 32, 0.18f), "window" },
        { new(3, 1, 1, 8, 4, 2, 16, 0.25f), "none" },
        { new(3, 1, 29, 64, 8, 2, 64, 0.125f), "padding" },
        { new(1, 1, 700, 900, 3, 1, 128, 0.09f), "window" },
        { new(2, 3, 131, 131, 4, 4, 20, 0.22f), "padding" },
        { new(2, 2, 40, 41, 4, 1, 33, 0.2f, 1.5f), "none" },
        { new(1, 4, 300, 300, 2, 2, 80, 0.11f, 20f), "none" },
        { new(0, 4, 4, 4, 1, 1, 8, 0.3f), "none" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("Speed", "Smoke")]
    public void Forward_equals_the_formula(AttentionShape shape, string visible)
    {
        var data = new Data(shape, visible);
        (double[] output, double[] logSumExp) = AttentionTwin.Forward(shape, data.Wide(data.Q), data.Wide(data.K), data.Wide(data.V), data.KeyStart);
        Widths.ForEach(() =>
        {
            using Guarded<float> o = new(data.Q.Count);
            using Guarded<float> lse = new(shape.Batch * shape.Heads * shape.Queries);
            Kernels.Attention.Forward(_pool, shape, data.Q.Pointer, data.K.Pointer, data.V.Pointer, o.Pointer, lse.Pointer, data.StartPointer);
            Numbers.AssertClose(output, o.Span, 2e-5, 2e-6, "o");
            Numbers.AssertClose(logSumExp, lse.Span, 2e-6, 2e-6, "logSumExp");

            o.Span.Fill(float.NaN);
            Kernels.Attention.Forward(_pool, shape, data.Q.Pointer, data.K.Pointer, data.V.Pointer, o.Pointer, null, data.StartPointer);
            Numbers.AssertClose(output, o.Span, 2e-5, 2e-6, "o without logSumExp");
        });
        data.Dispose();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Backward_equals_the_formula_and_adds_to_what_is_there(AttentionShape shape, string visible)
    {
        var data = new Data(shape, visible);
        (double[] q, double[] k, double[] v) = (data.Wide(data.Q), data.Wide(data.K), data.Wide(data.V));
        (double[] dQ, double[] dK, double[] dV) = AttentionTwin.Backward(shape, q, k, v, data.KeyStart, Numbers.Widen(data.OutputGradient.Span));
        Widths.ForEach(() =>
        {
            using Guarded<float> o = new(data.Q.Count);
            using Guarded<float> lse = new(shape.Batch * shape.Heads * shape.Queries);
            using Guarded<float> gradientQ = new(data.Q.Count);
            using Guarded<float> gradientK = new(data.K.Count);
            using Guarded<float> gradientV = new(data.K.Count);
            gradientQ.Span.Fill(1);
            gradientK.Span.Fill(2);
            gradientV.Span.Fill(3);
            Kernels.Attention.Forward(_pool, shape, data.Q.Pointer, data.K.Pointer, data.V.Pointer, o.Pointer, lse.Pointer, data.StartPointer);
            Kernels.Attention.Backward(
                _pool, shape, data.Q.Pointer, data.K.Pointer, data.V.Pointer, o.Pointer, lse.Pointer, data.StartPointer,
                data.OutputGradient.Pointer, gradientQ.Pointer, gradientK.Pointer, gradientV.Pointer);
            Numbers.AssertClose([.. dQ.Select(x => x + 1)], gradientQ.Span, 1e-5, 5e-6, "dQ");
            Numbers.AssertClose([.. dK.Select(x => x + 2)], gradientK.Span, 1e-5, 1e-5, "dK");
            Numbers.AssertClose([.. dV.Select(x => x + 3)], gradientV.Span, 1e-5, 1e-5, "dV");
        });
        data.Dispose();
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1.2f)]
    public void Backward_of_the_twin_equals_its_finite_differences(float softCap)
    {
        var shape = new AttentionShape(2, 4, 6, 7, 4, 2, 3, 0.6f, softCap);
        var data = new Data(shape, "padding");
        (double[] q, double[] k, double[] v) = (data.Wide(data.Q), data.Wide(data.K), data.Wide(data.V));
        double[] dO = Numbers.Widen(data.OutputGradient.Span);
        (double[] dQ, double[] dK, double[] dV) = AttentionTwin.Backward(shape, q, k, v, data.KeyStart, dO);
        double Loss(double[] a, double[] b, double[] c) => Numbers.Dot(AttentionTwin.Forward(shape, a, b, c, data.KeyStart).Output, dO);
        AssertEqual(Numbers.Gradient(q, x => Loss(x, k, v)), dQ);
        AssertEqual(Numbers.Gradient(k, x => Loss(q, x, v)), dK);
        AssertEqual(Numbers.Gradient(v, x => Loss(q, k, x)), dV);
        data.Dispose();

        static void AssertEqual(double[] expected, double[] actual)
        {
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], actual[i], 1e-8);
            }
        }
    }

    [Fact]
    public void The_result_is_the_same_bits_for_any_number_of_threads()
    {
        var shape = new AttentionShape(3, 200, 200, 200, 4, 2, 32, 0.18f);
        using var data = new Data(shape, "documents");
        float[]? first = null;
        for (int threads = 1; threads <= 3; threads++)
        {
            using var pool = new WorkerPool(threads);
            float[] result = data.ForwardAndBackward(pool, shape);
            first ??= result;
            Assert.Equal(first, result);
        }
    }

    [Fact]
    public void A_query_that_sees_nothing_gets_zeros_and_gives_none_away()
    {
        var shape = new AttentionShape(1, 40, 40, 40, 2, 1, 16, 0.25f);
        using var data = new Data(shape, "none", withStarts: true);
        data.KeyStart![7] = 8;
        data.StartPointer[7] = 8;
        Widths.ForEach(() =>
        {
            float[] result = data.ForwardAndBackward(_pool, shape);
            Assert.DoesNotContain(result, x => !float.IsFinite(x));
            Assert.All(result[(7 * 32)..(8 * 32)], x => Assert.Equal(0, x));
            Assert.All(result[(data.Q.Count + (7 * 32))..(data.Q.Count + (8 * 32))], x => Assert.Equal(0, x));
        });
    }

    [Fact]
    public void Packed_documents_give_the_bits_of_separate_ones()
    {
        const int Tokens = 96;
        var packed = new AttentionShape(1, 2 * Tokens, 2 * Tokens, 2 * Tokens, 2, 2, 32, 0.18f);
        using var data = new Data(packed, "none", withStarts: true);
        for (int t = Tokens; t < 2 * Tokens; t++)
        {
            data.StartPointer[t] = Tokens;
        }

        float[] together = data.ForwardAndBackward(_pool, packed);
        float[] apart = data.ForwardAndBackward(_pool, packed with { Batch = 2, Queries = Tokens, Keys = Tokens, KeyCapacity = Tokens }, ignoreStarts: true);
        Assert.Equal(together, apart);
    }

    [Fact]
    public void Cached_decoding_continues_what_the_whole_sequence_gives()
    {
        const int Tokens = 70;
        var whole = new AttentionShape(2, Tokens, Tokens, Tokens, 4, 2, 32, 0.18f);
        using var data = new Data(whole, "window");
        var expected = new float[data.Q.Count];
        fixed (float* o = expected)
        {
            Kernels.Attention.Forward(_pool, whole, data.Q.Pointer, data.K.Pointer, data.V.Pointer, o, null, data.StartPointer);
        }

        int row = 4 * 32;
        using Guarded<float> q = new(2 * row);
        using Guarded<float> one = new(2 * row);
        using Guarded<int> start = new(2);
        for (int t = 0; t < Tokens; t++)
        {
            for (int b = 0; b < 2; b++)
            {
                data.Q.Span.Slice(((b * Tokens) + t) * row, row).CopyTo(q.Span[(b * row)..]);
                start.Span[b] = data.KeyStart![(b * Tokens) + t];
            }

            var step = whole with { Queries = 1, Keys = t + 1 };
            Kernels.Attention.Forward(_pool, step, q.Pointer, data.K.Pointer, data.V.Pointer, one.Pointer, null, start.Pointer);
            for (int b = 0; b < 2; b++)
            {
                Numbers.AssertClose(
                    Numbers.Widen(expected.AsSpan(((b * Tokens) + t) * row, row)), one.Span.Slice(b * row, row), 1e-5, 1e-6, $"token {t}");
            }
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Call(new(1, 1, 1, 1, 3, 2, 8, 1)));
        Assert.Throws<ArgumentException>(() => Call(new(1, 1, 5, 4, 2, 2, 8, 1)));
        Assert.Throws<ArgumentException>(() => Call(new(1, 1, 1, 1, 1, 1, 0, 1)));

        void Call(AttentionShape shape) => Kernels.Attention.Forward(_pool, shape, null, null, null, null, null, null);
    }

    /// <summary>Random inputs with one of several ways to restrict what queries see.</summary>
    private sealed class Data : IDisposable
    {
        private readonly Guarded<int>? _starts;

        public Data(AttentionShape s, string visible, bool withStarts = false)
        {
            var random = new Random(HashCode(s));
            Q = new(Numbers.Normal(random, s.Batch * s.Queries * s.Heads * s.HeadWidth));
            K = new(Numbers.Normal(random, s.Batch * s.KeyCapacity * s.KeyValueHeads * s.HeadWidth));
            V = new(Numbers.Normal(random, s.Batch * s.KeyCapacity * s.KeyValueHeads * s.HeadWidth));
            OutputGradient = new(Numbers.Normal(random, Q.Count));
            if (visible == "none" && !withStarts)
            {
                return;
            }

            KeyStart = new int[s.Batch * s.Queries];
            for (int b = 0; b < s.Batch; b++)
            {
                int document = 0;
                int padding = random.Next(Math.Max(1, s.Keys - s.Queries));
                for (int t = 0; t < s.Queries; t++)
                {
                    int own = s.Keys - s.Queries + t;
                    document = random.Next(20) == 0 ? own : document;
                    KeyStart[(b * s.Queries) + t] = visible switch
                    {
                        "documents" => document,
                        "window" => Math.Max(0, own - 16),
                        "alone" => own,
                        "padding" => Math.Min(own, padding),
                        _ => 0,
                    };
                }
            }

            _starts = new(KeyStart);
        }

        public Guarded<float> Q { get; }

        public Guarded<float> K { get; }

        public Guarded<float> V { get; }

        public Guarded<float> OutputGradient { get; }

        public int[]? KeyStart { get; }

        public int* StartPointer => _starts is null ? null : _starts.Pointer;

        public double[] Wide(Guarded<float> values) => Numbers.Widen(values.Span);

        /// <summary>Output and all three gradients, one after the other.</summary>
        public float[] ForwardAndBackward(WorkerPool pool, AttentionShape shape, bool ignoreStarts = false)
        {
            using Guarded<float> o = new(Q.Count);
            using Guarded<float> lse = new(shape.Batch * shape.Heads * shape.Queries);
            using Guarded<float> dQ = new(Q.Count);
            using Guarded<float> dK = new(K.Count);
            using Guarded<float> dV = new(K.Count);
            int* starts = ignoreStarts ? null : StartPointer;
            Kernels.Attention.Forward(pool, shape, Q.Pointer, K.Pointer, V.Pointer, o.Pointer, lse.Pointer, starts);
            Kernels.Attention.Backward(
                pool, shape, Q.Pointer, K.Pointer, V.Pointer, o.Pointer, lse.Pointer, starts,
                OutputGradient.Pointer, dQ.Pointer, dK.Pointer, dV.Pointer);
            return [.. o.Span, .. dQ.Span, .. dK.Span, .. dV.Span];
        }

        public void Dispose()
        {
            Q.Dispose();
            K.Dispose();
            V.Dispose();
            OutputGradient.Dispose();
            _starts?.Dispose();
        }

        // HashCode.Combine differs from process to process; the inputs must not.
        private static int HashCode(AttentionShape s) => (((((s.Queries * 31) + s.Keys) * 31) + s.Heads) * 31) + s.HeadWidth;
    }
}
