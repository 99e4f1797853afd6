namespace Gestalt.Kernels.Tests;

public sealed class GemmTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);

    public static TheoryData<string, string> Backends
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (Precision precision in Enum.GetValues<Precision>())
            {
                foreach (GemmInstructions instructions in Enum.GetValues<GemmInstructions>())
                {
                    data.Add(precision.ToString(), instructions.ToString());
                }
            }

            return data;
        }
    }

    public void Dispose() => _pool.Dispose();

    /// <summary>Each of m, n and k takes every value from 0 to 70 while the others take a random one, for all transposes.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Whole_numbers_multiply_exactly_at_every_small_size(string precision, string instructions)
    {
        GemmBackend backend = Backend(precision, instructions);
        var random = new Random(1);
        for (int size = 0; size <= 70; size++)
        {
            for (int which = 0; which < 3; which++)
            {
                int m = which == 0 ? size : random.Next(71);
                int n = which == 1 ? size : random.Next(71);
                int k = which == 2 ? size : random.Next(71);
                CheckTransposes(backend, random, m, n, k);
            }
        }
    }

    /// <summary>An operand of which only a tile's worth of the other is multiplied with each piece, as in the gradients of low-rank updates, is packed in smaller pieces.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Whole_numbers_multiply_exactly_where_packed_operands_are_used_once(string precision, string instructions)
    {
        GemmBackend backend = Backend(precision, instructions);
        int k = GemmDepth.ChunkWords * backend.Tile.ValuesPerWord, many = (int)(GemmBlocked.WordsUsedOnce / GemmDepth.ChunkWords);
        CheckTransposes(backend, new Random(4), (2 * many) + 5, 3, k);
        CheckTransposes(backend, new Random(5), 3, (2 * many) + 5, k);
    }

    /// <summary>More rows, columns or depth than fit in one part, panel, block or chunk.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Whole_numbers_multiply_exactly_at_large_odd_sizes(string precision, string instructions)
    {
        GemmBackend backend = Backend(precision, instructions);
        var random = new Random(2);
        CheckTransposes(backend, random, 257, 131, 515);
        CheckTransposes(backend, random, 1, 1031, 259);
        CheckTransposes(backend, random, 1031, 1, 259);
        CheckTransposes(backend, random, 191, 65, 1027);
        CheckTransposes(backend, random, 13, 47, (2 * GemmDepth.ChunkWords * backend.Tile.ValuesPerWord) + 3);
        CheckTransposes(backend, random, GemmBlocked.FewRows + 5, 37, (GemmDepth.ChunkWords * backend.Tile.ValuesPerWord) + 3);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    [Trait("Speed", "Slow")]
    public void Whole_numbers_multiply_exactly_when_operands_are_packed_in_several_goes(string precision, string instructions)
    {
        GemmBackend backend = Backend(precision, instructions);
        int k = GemmDepth.ChunkWords * backend.Tile.ValuesPerWord;
        int n = (int)(GemmBlocked.SharedWords / GemmDepth.ChunkWords) + 77;
        CheckTransposes(backend, new Random(3), GemmBlocked.FewRows + 1, n, k);
        CheckTransposes(backend, new Random(3), (int)(GemmBlocked.SharedWordsA / GemmDepth.ChunkWords) + 5, 35, k);
    }

    /// <summary>Rows at these distances would fall on one another in the cache, and are packed although they need no conversion.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Row_distances_that_are_powers_of_two_are_right(string precision, string instructions)
    {
        GemmBackend backend = Backend(precision, instructions);
        var random = new Random(4);
        foreach (int k in (int[])[512, 1024])
        {
            using var test = new GemmCase(false, true, 210, 33, k, accumulate: false, bias: false, gap: 0, () => random.Next(-8, 9));
            test.Check(_pool, backend, rounded: false, tolerance: 0);
        }
    }

    /// <summary>Float32 sums err by no more than their length allows; bfloat16 products equal those of operands rounded beforehand.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Real_numbers_multiply_as_the_precision_promises(string precision, string instructions)
    {
        GemmBackend backend = Backend(precision, instructions);
        bool rounded = precision == nameof(Precision.BFloat16);
        var random = new Random(5);
        foreach ((int m, int n, int k) in ((int, int, int)[])[(3, 5, 7), (1, 300, 200), (40, 70, 301), (230, 45, 601)])
        {
            for (int transposes = 0; transposes < 4; transposes++)
            {
                using var test = new GemmCase(
                    (transposes & 1) != 0, (transposes & 2) != 0, m, n, k, accumulate: true, bias: true, gap: 1, () => (random.NextSingle() * 2) - 1);
                test.Check(_pool, backend, rounded, tolerance: 5e-7);
            }
        }
    }

    /// <summary>A bfloat16 ends in the middle of a float32: halfway cases go to the even neighbour, both ways and for both signs.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void BFloat16_operands_are_rounded_to_nearest_even(string precision, string instructions)
    {
        Assert.SkipWhen(precision != nameof(Precision.BFloat16), "float32 operands are not rounded");
        GemmBackend backend = Backend(precision, instructions);
        uint[] patterns = [0x3F80_8000, 0x3F81_8000, 0x3F80_8001, 0x3F80_7FFF, 0xBF80_8000, 0xBF81_8000, 0x7F7F_7FFF, 0x3FFF_FFFF];
        int next = 0;
        for (int transposes = 0; transposes < 4; transposes++)
        {
            // With k = 1 a row of ones brings out each rounded operand by itself.
            using var test = new GemmCase(
                (transposes & 1) != 0, (transposes & 2) != 0, 1, 40, 1, false, false, gap: 0,
                () => next++ == 0 ? 1 : BitConverter.UInt32BitsToSingle(patterns[next % patterns.Length]));
            test.Check(_pool, backend, rounded: true, tolerance: 0);
            next = 0;
        }
    }

    /// <summary>A NaN whose low bits alone are set must not be rounded to infinity, nor one with all bits set to zero: training watches for it.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public unsafe void Not_a_number_stays_so(string precision, string instructions)
    {
        GemmBackend backend = Backend(precision, instructions);
        foreach (uint pattern in (uint[])[0x7F80_0001, 0x7FC0_0000, 0x7FFF_FFFF, 0xFFFF_FFFF])
        {
            foreach (bool transposed in (bool[])[false, true])
            {
                foreach (int rows in (int[])[1, 20, 250])
                {
                    using var test = new GemmCase(transposed, transposed, rows, 40, 33, false, false, gap: 0, () => 1);
                    test.Problem.B[17] = BitConverter.UInt32BitsToSingle(pattern);
                    Gemm.Multiply(_pool, backend, test.Problem);
                    int wrong = transposed ? 0 : 17;
                    for (int row = 0; row < rows; row++)
                    {
                        Assert.True(float.IsNaN(test.Result[row, wrong]));
                        Assert.Equal(33, test.Result[row, wrong + 1]);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Results_have_the_same_bits_for_any_number_of_threads(string precision, string instructions)
    {
        GemmBackend backend = Backend(precision, instructions);
        using var one = new WorkerPool(1);
        using var three = new WorkerPool(3);
        foreach ((int m, int n, int k) in ((int, int, int)[])[(5, 200, 700), (100, 100, 900), (400, 100, 900)])
        {
            float[] single = Run(one, m, n, k);
            Assert.Equal(single, Run(_pool, m, n, k));
            Assert.Equal(single, Run(three, m, n, k));
        }

        float[] Run(WorkerPool pool, int m, int n, int k)
        {
            var random = new Random(6);
            using var test = new GemmCase(false, true, m, n, k, accumulate: true, bias: false, gap: 0, () => random.NextSingle() - 0.5f);
            Gemm.Multiply(pool, backend, test.Problem);
            return [.. Enumerable.Range(0, m).SelectMany(row => Enumerable.Range(0, n).Select(column => test.Result[row, column]))];
        }
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public unsafe void The_public_entry_uses_the_best_backend_of_the_machine()
    {
        var random = new Random(7);
        using var test = new GemmCase(false, true, 30, 50, 70, accumulate: false, bias: true, gap: 2, () => random.Next(-8, 9));
        double[] expected = test.Expected(rounded: false, out _);
        GemmProblem p = test.Problem;
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            Gemm.Multiply(
                _pool, precision, p.TransposeA, p.TransposeB, p.M, p.N, p.K,
                p.A, (int)p.StrideA, p.B, (int)p.StrideB, p.C, (int)p.StrideC, p.Accumulate, p.Bias);
            Assert.Equal(expected[(29 * 50) + 49], test.Result[29, 49]);
            Assert.Equal(expected[0], test.Result[0, 0]);
        }
    }

    [Fact]
    public unsafe void Impossible_sizes_are_refused_before_anything_is_touched()
    {
        float* nowhere = null;
        Assert.Equal("m", Refused(-1, 1, 1, 1, 1, 1));
        Assert.Equal("n", Refused(1, -1, 1, 1, 1, 1));
        Assert.Equal("k", Refused(1, 1, -1, 1, 1, 1));
        Assert.Equal("lda", Refused(2, 3, 4, 3, 4, 3));
        Assert.Equal("ldb", Refused(2, 3, 4, 4, 3, 3));
        Assert.Equal("ldc", Refused(2, 3, 4, 4, 4, 2));

        string? Refused(int m, int n, int k, int lda, int ldb, int ldc) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => Gemm.Multiply(
                _pool, Precision.Float32, false, true, m, n, k, nowhere, lda, nowhere, ldb, nowhere, ldc)).ParamName;
    }

    private static GemmBackend Backend(string precision, string instructions)
    {
        GemmBackend? backend = GemmBackend.TryGet(Enum.Parse<Precision>(precision), Enum.Parse<GemmInstructions>(instructions));
        if (backend is null)
        {
            Assert.Skip($"this machine has no {instructions} kernel for {precision}");
        }

        return backend!;
    }

    private void CheckTransposes(GemmBackend backend, Random random, int m, int n, int k)
    {
        for (int transposes = 0; transposes < 4; transposes++)
        {
            using var test = new GemmCase(
                (transposes & 1) != 0, (transposes & 2) != 0, m, n, k,
                accumulate: random.Next(2) == 0, bias: random.Next(2) == 0, gap: random.Next(4), () => random.Next(-8, 9));
            test.Check(_pool, backend, rounded: false, tolerance: 0);
        }
    }
}
