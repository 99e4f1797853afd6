using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests.Stored;

public sealed unsafe class WeightCodecTests
{
    public static TheoryData<WeightFormat> All => [.. Enum.GetValues<WeightFormat>()];

    /// <summary>Relative root-mean-square error of Gaussian values that each form may have, a little above what was measured.</summary>
    public static TheoryData<WeightFormat, double> ErrorBounds => new()
    {
        { WeightFormat.F16, 0.0003 },
        { WeightFormat.BF16, 0.002 },
        { WeightFormat.Q8_0, 0.006 },
        { WeightFormat.Q6_K, 0.020 },
        { WeightFormat.Q5_K, 0.036 },
        { WeightFormat.Q5_1, 0.036 },
        { WeightFormat.Q5_0, 0.042 },
        { WeightFormat.Q4_K, 0.073 },
        { WeightFormat.Q4_1, 0.073 },
        { WeightFormat.Q4_0, 0.085 },
        { WeightFormat.Q3_K, 0.17 },
        { WeightFormat.Q2_K, 0.32 },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Decoding_agrees_with_the_scalar_twin_on_any_bytes(WeightFormat format)
    {
        const int Count = 2048;
        int length = format.BlockLength();
        var random = new Random(17);
        for (int blocks = 1; blocks * length <= Count; blocks = (blocks * 3) + 1)
        {
            using var bytes = new Guarded<byte>((int)format.ByteLength(blocks * length));
            random.NextBytes(bytes.Span);
            using var values = new Guarded<float>(blocks * length);
            WeightCodec.Decode(format, bytes.Pointer, values.Pointer, values.Count);
            float[] expected = ScalarTwin.Decode(format, bytes.Span, values.Count);
            for (int i = 0; i < expected.Length; i++)
            {
                // Random scales are huge, tiny, infinite or NaN as they fall.
                if (float.IsFinite(expected[i]))
                {
                    Assert.Equal(expected[i], values.Span[i], MathF.Abs(expected[i]) * 1e-5f + 1e-4f * SpreadOf(expected));
                }
                else
                {
                    Assert.False(float.IsFinite(values.Span[i]));
                }
            }
        }
    }

    [Theory]
    [InlineData(WeightFormat.Q8_0, 0, 0x7E00)]
    [InlineData(WeightFormat.Q4_0, 0, 0x7C00)]
    [InlineData(WeightFormat.Q4_K, 0, 0xFC00)]
    [InlineData(WeightFormat.Q6_K, 208, 0x7E00)]
    public void A_hostile_scale_spoils_its_own_block_only(WeightFormat format, int at, int half)
    {
        int length = format.BlockLength(), size = format.BlockBytes();
        using var bytes = new Guarded<byte>(2 * size);
        bytes.Span.Fill(0x11);
        bytes.Span[at] = (byte)half;
        bytes.Span[at + 1] = (byte)(half >> 8);
        using var values = new Guarded<float>(2 * length);
        WeightCodec.Decode(format, bytes.Pointer, values.Pointer, values.Count);
        Assert.All(values.Span[..length].ToArray(), value => Assert.False(float.IsFinite(value)));
        Assert.All(values.Span[length..].ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(ErrorBounds))]
    public void A_round_trip_costs_no_more_than_the_bits_demand(WeightFormat format, double bound)
    {
        using Guarded<float> values = Gaussian(64 * 256, 3);
        double error = RoundTripError(format, values, null);
        Assert.InRange(error, bound / 3, bound);
    }

    [Theory]
    [InlineData(WeightFormat.Q4_0)]
    [InlineData(WeightFormat.Q4_K)]
    [InlineData(WeightFormat.Q6_K)]
    public void Importance_moves_the_error_to_where_it_matters_less(WeightFormat format)
    {
        using Guarded<float> values = Gaussian(64 * 256, 5);
        using var importance = new Guarded<float>(values.Count);
        for (int i = 0; i < importance.Count; i++)
        {
            importance.Span[i] = i % 4 == 0 ? 100 : 1;
        }

        double plain = RoundTripError(format, values, null, i => i % 4 == 0);
        double weighted = RoundTripError(format, values, importance, i => i % 4 == 0);
        Assert.True(weighted < 0.97 * plain, $"{weighted} is not clearly below {plain}");
    }

    [Theory]
    [MemberData(nameof(ErrorBounds))]
    public void Zeros_constants_and_extremes_survive(WeightFormat format, double bound)
    {
        _ = bound;
        int length = Math.Max(256, format.BlockLength());
        float[][] rows = [new float[length], [.. Enumerable.Repeat(0.5f, length)], [.. Enumerable.Repeat(-0.5f, length)], [.. Enumerable.Repeat(1e-38f, length)], [.. Enumerable.Repeat(float.NaN, length)]];
        foreach (float[] row in rows)
        {
            using var values = new Guarded<float>(row);
            using var bytes = new Guarded<byte>((int)format.ByteLength(length));
            using var back = new Guarded<float>(length);
            WeightCodec.Encode(format, values.Pointer, bytes.Pointer, length);
            WeightCodec.Decode(format, bytes.Pointer, back.Pointer, length);
            if (float.IsFinite(row[0]))
            {
                Assert.All(back.ToArray(), value => Assert.Equal(row[0], value, 0.06f * MathF.Abs(row[0]) + 1e-30f));
            }
        }
    }

    [Fact]
    public void What_is_no_whole_block_is_refused()
    {
        float* values = stackalloc float[64];
        byte* bytes = stackalloc byte[64];
        Assert.Throws<ArgumentException>(() => WeightFormat.Q4_0.ByteLength(33));
        Assert.Throws<ArgumentException>(() => WeightFormat.Q6_K.ByteLength(128));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((WeightFormat)99).BlockBytes());
        float* v = values;
        byte* b = bytes;
        Assert.Throws<NotSupportedException>(() => WeightCodec.Encode(WeightFormat.IQ4_NL, v, b, 32));
        Assert.False(WeightCodec.CanEncode(WeightFormat.IQ4_NL));
    }

    private static double RoundTripError(WeightFormat format, Guarded<float> values, Guarded<float>? importance, Func<int, bool>? counts = null)
    {
        using var bytes = new Guarded<byte>((int)format.ByteLength(values.Count));
        using var back = new Guarded<float>(values.Count);
        WeightCodec.Encode(format, values.Pointer, bytes.Pointer, values.Count, importance is null ? null : importance.Pointer);
        WeightCodec.Decode(format, bytes.Pointer, back.Pointer, values.Count);
        double error = 0, power = 0;
        for (int i = 0; i < values.Count; i++)
        {
            if (counts is null || counts(i))
            {
                error += Math.Pow(values.Span[i] - back.Span[i], 2);
                power += Math.Pow(values.Span[i], 2);
            }
        }

        return Math.Sqrt(error / power);
    }

    private static float SpreadOf(float[] values) => values.Where(float.IsFinite).Select(MathF.Abs).DefaultIfEmpty(0).Max();

    private static Guarded<float> Gaussian(int count, int seed)
    {
        var random = new Random(seed);
        var values = new Guarded<float>(count);
        for (int i = 0; i < count; i++)
        {
            values.Span[i] = (float)(0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
