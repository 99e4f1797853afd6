using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests.Attention;

public sealed unsafe class PagedAttentionTests : IDisposable
{
    private const int PageTokens = PagedShape.TokensPerPage;
    private readonly WorkerPool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    /// <summary>Heads, key-value heads, head width, soft cap, window, and each sequence's new tokens and keys.</summary>
    public static TheoryData<int, int, int, float, int, int[]> Batches() => new()
    {
        { 1, 1, 8, 0, 0, [1, 1] },
        { 4, 2, 16, 0, 0, [1, 63, 1, 64, 1, 65, 1, 130] },
        { 8, 2, 64, 0, 0, [1, 700] },
        { 6, 2, 20, 0, 0, [1, 7, 3, 200, 2, 2, 40, 97] },
        { 3, 1, 33, 1.5f, 0, [2, 40, 30, 150] },
        { 4, 4, 32, 0, 0, [16, 16, 17, 17, 70, 260] },
        { 2, 1, 128, 0, 16, [1, 300, 3, 131, 33, 33, 90, 200] },
        { 2, 2, 80, 20, 100, [4, 99, 100, 350] },
        { 32, 8, 64, 0, 0, [1, 300, 5, 5, 1, 9] },
        { 5, 1, 7, 0, 70, [60, 131, 1, 141] },
    };

    [Theory]
    [MemberData(nameof(Batches))]
    [Trait("Speed", "Smoke")]
    public void A_ragged_batch_equals_the_formula(int heads, int keyValueHeads, int width, float softCap, int window, int[] lengths)
    {
        var shape = new PagedShape(heads, keyValueHeads, width, CacheFormat.F32, 1 / MathF.Sqrt(width), softCap, window);
        using var data = new Data(shape, lengths);
        double[] expected = data.Expected(exact: null);
        Widths.ForEach(() => Numbers.AssertClose(expected, data.Run(_pool, shape), 2e-5, 2e-6, "o"));
    }

    [Theory]
    [InlineData(CacheFormat.F16, 16, 0)]
    [InlineData(CacheFormat.F16, 20, 0)]
    [InlineData(CacheFormat.F16, 64, 50)]
    [InlineData(CacheFormat.Q8_0, 32, 0)]
    [InlineData(CacheFormat.Q8_0, 128, 90)]
    public void Compressed_pages_equal_the_formula_over_what_they_hold(CacheFormat format, int width, int window)
    {
        var shape = new PagedShape(6, 2, width, format, 1 / MathF.Sqrt(width), 0, window);
        using var data = new Data(shape, [1, 1, 1, 200, 3, 70, 50, 129]);
        double[] expected = data.Expected(exact: format);
        Widths.ForEach(() => Numbers.AssertClose(expected, data.Run(_pool, shape, emitted: false), 3e-5, 3e-6, "o"));
    }

    /// <summary>Format, heads, key-value heads, head width, soft cap, window, and each sequence's new tokens and keys.</summary>
    public static TheoryData<CacheFormat, int, int, int, float, int, int[]> FewQueries() => new()
    {
        { CacheFormat.F16, 8, 2, 64, 0, 0, [1, 1, 1, 64, 1, 65, 1, 700] },
        { CacheFormat.F16, 2, 2, 16, 0, 0, [1, 90, 3, 3] },
        { CacheFormat.F16, 3, 1, 80, 1.5f, 0, [1, 130, 2, 190, 5, 140] },
        { CacheFormat.F16, 7, 1, 128, 0, 70, [1, 300, 2, 131] },
        { CacheFormat.F16, 4, 1, 256, 20, 100, [4, 99, 1, 350] },
        { CacheFormat.Q8_0, 8, 2, 64, 0, 0, [1, 1, 1, 64, 1, 65, 1, 700] },
        { CacheFormat.Q8_0, 2, 2, 32, 0, 0, [1, 90, 3, 3] },
        { CacheFormat.Q8_0, 3, 1, 96, 1.5f, 0, [1, 130, 2, 190, 5, 140] },
        { CacheFormat.Q8_0, 7, 1, 128, 0, 70, [1, 300, 2, 131] },
        { CacheFormat.Q8_0, 4, 1, 256, 20, 100, [4, 99, 1, 350] },
    };

    [Theory]
    [MemberData(nameof(FewQueries))]
    public void Emitted_kernels_decode_as_exactly_as_their_words(CacheFormat format, int heads, int keyValueHeads, int width, float softCap, int window, int[] lengths)
    {
        var shape = new PagedShape(heads, keyValueHeads, width, format, 1 / MathF.Sqrt(width), softCap, window);
        Assert.SkipWhen(PageKernels.ForDecode(shape) is null, "This processor has no AVX-512 with VNNI.");
        using var data = new Data(shape, lengths);
        double[] expected = data.Expected(exact: format);
        AssertNear(expected, data.Run(_pool, shape).ToArray(), format == CacheFormat.F16 ? 1e-5 : 2e-2);
    }

    [Theory]
    [InlineData(CacheFormat.F16, 64, 0, 0, 100, 6e-3)]
    [InlineData(CacheFormat.F16, 16, 2f, 0, 70, 6e-3)]
    [InlineData(CacheFormat.F16, 80, 0, 90, 130, 6e-3)]
    [InlineData(CacheFormat.F16, 128, 0, 0, 200, 6e-3)]
    [InlineData(CacheFormat.Q8_0, 64, 0, 0, 100, 2e-4)]
    [InlineData(CacheFormat.Q8_0, 32, 2f, 0, 70, 2e-4)]
    [InlineData(CacheFormat.Q8_0, 96, 0, 90, 120, 2e-4)]
    [InlineData(CacheFormat.Q8_0, 64, 0, 0, 130, 2e-2)]
    [InlineData(CacheFormat.Q8_0, 96, 2f, 50, 200, 2e-2)]
    [InlineData(CacheFormat.Q8_0, 128, 0, 0, 150, 2e-2)]
    public void Emitted_kernels_read_prompts_as_exactly_as_their_words(CacheFormat format, int width, float softCap, int window, int queries, double tolerance)
    {
        var shape = new PagedShape(6, 2, width, format, 1 / MathF.Sqrt(width), softCap, window);
        Assert.SkipWhen(PageKernels.ForPrefill(shape) is null, "This processor has no AVX-512 with VNNI and BF16.");
        using var data = new Data(shape, [queries, queries, queries, queries + 130, 20, 40]);
        double[] expected = data.Expected(exact: format);
        float[] actual = data.Run(_pool, shape).ToArray();
        AssertNear(expected, actual, tolerance);
    }

    /// <summary>Compares as vectors, since words are rounded beside the largest of many, and each value roughly.</summary>
    private static void AssertNear(double[] expected, float[] actual, double tolerance)
    {
        double norm = Math.Sqrt(expected.Sum(x => x * x));
        double distance = Math.Sqrt(expected.Zip(actual, (x, y) => (x - y) * (x - y)).Sum());
        Assert.True(distance <= tolerance * norm, $"a distance of {distance / norm:e2}");
        Numbers.AssertClose(expected, actual, 0, 20 * tolerance, "o");
    }

    [Theory]
    [InlineData(CacheFormat.F16)]
    [InlineData(CacheFormat.Q8_0)]
    public void Rows_come_back_as_their_format_rounds_them(CacheFormat format)
    {
        var random = new Random(3);
        const int Width = 96;
        float[] values = [.. Numbers.Normal(random, Width)];
        (values[0], values[1], values[2], values[3], values[4]) = (0, -0f, 1e-6f, -3e-8f, format == CacheFormat.F16 ? 1e6f : 2.5f);
        values.AsSpan(32, 32).Clear(); // a block of zeros has no scale
        var shape = new PagedShape(1, 1, Width, format, 1);
        Widths.ForEach(() =>
        {
            using Guarded<byte> chunk = new(shape.ChunkBytes);
            using Guarded<float> source = new(values);
            using Guarded<float> keys = new(Width);
            using Guarded<float> back = new(Width);
            float[] expected = Data.Rounded(format, values);
            for (int token = 0; token < PageTokens; token++)
            {
                VectorWidth.Run(_pool, 1, new RoundTrip(shape, source.Pointer, chunk.Pointer, keys.Pointer, back.Pointer, token));
                Assert.Equal(expected, keys.ToArray());
                Assert.Equal(expected, back.ToArray());
            }
        });
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var shape = new PagedShape(8, 2, 64, CacheFormat.F16, 0.125f);
        using var data = new Data(shape, [1, 1200, 70, 300, 4, 33]);
        float[] expected = data.Run(_pool, shape).ToArray();
        using WorkerPool alone = new(1);
        using WorkerPool many = new(5);
        Assert.Equal(expected, data.Run(alone, shape).ToArray());
        Assert.Equal(expected, data.Run(many, shape).ToArray());
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Contains("evenly", Refused(new PagedShape(5, 2, 8, CacheFormat.F32, 1), 1, 1), StringComparison.Ordinal);
        Assert.Contains("multiple", Refused(new PagedShape(2, 2, 40, CacheFormat.Q8_0, 1), 1, 1), StringComparison.Ordinal);
        Assert.Contains("at least one", Refused(new PagedShape(2, 2, 8, CacheFormat.F32, 1), 0, 1), StringComparison.Ordinal);
        Assert.Contains("no more than all", Refused(new PagedShape(2, 2, 8, CacheFormat.F32, 1), 3, 2), StringComparison.Ordinal);
        Assert.Contains("16777216", Refused(new PagedShape(2, 2, 8, CacheFormat.F32, 1), 1, (1 << 24) + 1), StringComparison.Ordinal);

        string Refused(PagedShape shape, int queries, int keys)
        {
            var sequence = new PagedSequence { Pages = null, Queries = queries, Keys = keys, FirstQuery = 0 };
            return Assert.Throws<ArgumentException>(() => Forward(shape, sequence)).Message;
        }

        void Forward(PagedShape shape, PagedSequence sequence) => PagedAttention.Forward(_pool, shape, &sequence, 1, null, null);
    }

    private readonly struct RoundTrip(PagedShape shape, float* source, byte* chunk, float* keysBack, float* valuesBack, int token) : IVectorWork
    {
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            float* expanded = stackalloc float[PageTokens * shape.HeadWidth];
            foreach (bool values in (ReadOnlySpan<bool>)[false, true])
            {
                PageRows.Write<R>(shape, source, chunk, values, token);
                float* rows = PageRows.Expand<R>(shape, chunk, values, null, token + 1, expanded, shape.HeadWidth);
                Assert.True(rows == expanded);
                new ReadOnlySpan<float>(rows + (token * shape.HeadWidth), shape.HeadWidth).CopyTo(new Span<float>(values ? valuesBack : keysBack, shape.HeadWidth));
            }
        }
    }

    /// <summary>Sequences with random keys and values whose pages lie scattered, each at the very end of readable memory.</summary>
    private sealed class Data : IDisposable
    {
        private readonly int[] _lengths;
        private readonly PagedShape _shape;
        private readonly float[][] _k;
        private readonly float[][] _v;
        private readonly Guarded<float> _q;

        public Data(PagedShape shape, int[] lengths)
        {
            (_shape, _lengths) = (shape, lengths);
            var random = new Random(5);
            _k = [.. Enumerable.Range(0, Count).Select(i => Numbers.Normal(random, Keys(i) * shape.KeyValueHeads * shape.HeadWidth))];
            _v = [.. Enumerable.Range(0, Count).Select(i => Numbers.Normal(random, Keys(i) * shape.KeyValueHeads * shape.HeadWidth))];
            _q = new(Numbers.Normal(random, Tokens * shape.Heads * shape.HeadWidth));
        }

        private int Count => _lengths.Length / 2;

        private int Tokens => Enumerable.Range(0, Count).Sum(Queries);

        public void Dispose() => _q.Dispose();

        /// <summary>Writes all keys in two pieces (what came before, then the new tokens) and asks for the new tokens' results.</summary>
        public Span<float> Run(WorkerPool pool, PagedShape shape, bool emitted = true)
        {
            using var pages = new PageSet(shape, _lengths);
            int row = shape.KeyValueHeads * shape.HeadWidth;
            float[] k = [.. Enumerable.Range(0, Count).SelectMany(i => _k[i].TakeLast(Queries(i) * row))];
            float[] v = [.. Enumerable.Range(0, Count).SelectMany(i => _v[i].TakeLast(Queries(i) * row))];
            for (int i = 0; i < Count; i++)
            {
                if (Keys(i) > Queries(i))
                {
                    var before = new PagedSequence { Pages = pages.Table(i), Queries = Keys(i) - Queries(i), Keys = Keys(i) - Queries(i), FirstQuery = 0 };
                    Append(pool, shape, &before, 1, _k[i], _v[i]);
                }
            }

            var sequences = stackalloc PagedSequence[Count];
            int first = 0;
            for (int i = 0; i < Count; first += Queries(i), i++)
            {
                sequences[i] = new PagedSequence { Pages = pages.Table(i), Queries = Queries(i), Keys = Keys(i), FirstQuery = first };
            }

            Append(pool, shape, sequences, Count, k, v);
            for (int i = 0; i < Count; i++)
            {
                pages.DropBefore(i, shape.Window > 0 ? Math.Max(0, Keys(i) - Queries(i) - shape.Window + 1) / PageTokens : 0);
            }

            using Guarded<float> o = new(_q.Count);
            o.Span.Fill(float.NaN);
            if (emitted)
            {
                PagedAttention.Forward(pool, shape, sequences, Count, _q.Pointer, o.Pointer);
            }
            else
            {
                PagedAttention.Forward(pool, shape, sequences, Count, null, null, _q.Pointer, o.Pointer);
            }

            return o.ToArray();
        }

        /// <summary>What the twin says, over keys and values as a format rounds them.</summary>
        public double[] Expected(CacheFormat? exact)
        {
            var all = new List<double>();
            int first = 0;
            for (int i = 0; i < Count; first += Queries(i), i++)
            {
                var shape = new AttentionShape(1, Queries(i), Keys(i), Keys(i), _shape.Heads, _shape.KeyValueHeads, _shape.HeadWidth, _shape.Scale, _shape.SoftCap);
                int offset = Keys(i) - Queries(i);
                int[]? starts = _shape.Window == 0 ? null : [.. Enumerable.Range(0, Queries(i)).Select(t => Math.Max(0, offset + t - _shape.Window + 1))];
                int queryWidth = _shape.Heads * _shape.HeadWidth;
                double[] q = Numbers.Widen(_q.Span.Slice(first * queryWidth, Queries(i) * queryWidth));
                all.AddRange(AttentionTwin.Forward(shape, q, Wide(_k[i], exact), Wide(_v[i], exact), starts).Output);
            }

            return [.. all];
        }

        /// <summary>A row of one head as a format keeps it.</summary>
        public static float[] Rounded(CacheFormat format, float[] row)
        {
            if (format == CacheFormat.F16)
            {
                return [.. row.Select(x => (float)(Half)Math.Clamp(x, -65504f, 65504f))];
            }

            var rounded = new float[row.Length];
            for (int block = 0; block < row.Length; block += 32)
            {
                float reach = row.Skip(block).Take(32).Max(MathF.Abs);
                // A scale in bfloat16, rounded up.
                float scale = BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(reach / 127) + 0xFFFF) & 0xFFFF_0000);
                for (int i = block; i < block + 32 && reach > 0; i++)
                {
                    rounded[i] = MathF.Round(row[i] * (1 / scale), MidpointRounding.ToEven) * scale;
                }
            }

            return rounded;
        }

        private int Queries(int i) => _lengths[2 * i];

        private int Keys(int i) => _lengths[(2 * i) + 1];

        private static void Append(WorkerPool pool, PagedShape shape, PagedSequence* sequences, int count, float[] k, float[] v)
        {
            using Guarded<float> keys = new(k);
            using Guarded<float> values = new(v);
            PagedAttention.Append(pool, shape, sequences, count, keys.Pointer, values.Pointer);
        }

        private double[] Wide(float[] values, CacheFormat? exact) => exact is null
            ? Numbers.Widen(values)
            : [.. values.Chunk(_shape.HeadWidth).SelectMany(row => Rounded(exact.Value, row)).Select(x => (double)x)];
    }

    private sealed class PageSet : IDisposable
    {
        private readonly List<Guarded<byte>> _pages = [];
        private readonly List<Guarded<nint>> _tables = [];

        public PageSet(PagedShape shape, int[] lengths)
        {
            for (int i = 0; i < lengths.Length / 2; i++)
            {
                int count = (lengths[(2 * i) + 1] + PageTokens - 1) / PageTokens;
                var table = new Guarded<nint>(count);
                for (int page = 0; page < count; page++)
                {
                    var memory = new Guarded<byte>((int)shape.PageBytes);
                    memory.Span.Fill(0xFF); // NaN, in float32
                    _pages.Add(memory);
                    table.Span[page] = (nint)memory.Pointer;
                }

                _tables.Add(table);
            }
        }

        public byte** Table(int sequence) => (byte**)_tables[sequence].Pointer;

        public void DropBefore(int sequence, int page) => _tables[sequence].Span[..page].Clear();

        public void Dispose()
        {
            _pages.ForEach(page => page.Dispose());
            _tables.ForEach(table => table.Dispose());
        }
    }
}
