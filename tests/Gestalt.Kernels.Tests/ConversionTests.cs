using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class ConversionTests
{
    private static readonly WorkerPool Pool = WorkerPool.Shared;

    [Fact]
    public void Every_half_widens_exactly_and_comes_back() => Widths.ForEach(() =>
    {
        using Guarded<ushort> words = new(65536);
        using Guarded<float> floats = new(65536);
        using Guarded<ushort> back = new(65536);
        for (int i = 0; i < 65536; i++)
        {
            words.Span[i] = (ushort)i;
        }

        Conversion.FromHalf(Pool, words.Pointer, floats.Pointer, 65536);
        Conversion.ToHalf(Pool, floats.Pointer, back.Pointer, 65536);
        for (int i = 0; i < 65536; i++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)i);
            if (Half.IsNaN(half))
            {
                Assert.True(float.IsNaN(floats.Span[i]));
                Assert.True(Half.IsNaN(BitConverter.UInt16BitsToHalf(back.Span[i])));
            }
            else
            {
                Assert.Equal(BitConverter.SingleToUInt32Bits((float)half), BitConverter.SingleToUInt32Bits(floats.Span[i]));
                Assert.Equal((ushort)i, back.Span[i]);
            }
        }
    });

    [Fact]
    public void Floats_round_to_the_nearest_half_ties_to_even() => Widths.ForEach(() =>
    {
        float[] values = Patterns();
        using Guarded<float> floats = new(values);
        using Guarded<ushort> words = new(values.Length);
        Conversion.ToHalf(Pool, floats.Pointer, words.Pointer, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Half expected = (Half)values[i];
            Half actual = BitConverter.UInt16BitsToHalf(words.Span[i]);
            Assert.True(
                Half.IsNaN(expected) ? Half.IsNaN(actual) : BitConverter.HalfToUInt16Bits(expected) == words.Span[i],
                $"{values[i]:r} became {actual}, not {expected}");
        }
    });

    [Fact]
    public void Floats_round_to_the_nearest_bfloat16_ties_to_even() => Widths.ForEach(() =>
    {
        float[] values = Patterns();
        using Guarded<float> floats = new(values);
        using Guarded<ushort> words = new(values.Length);
        using Guarded<float> back = new(values.Length);
        Conversion.ToBFloat16(Pool, floats.Pointer, words.Pointer, values.Length);
        Conversion.FromBFloat16(Pool, words.Pointer, back.Pointer, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal((uint)words.Span[i] << 16, BitConverter.SingleToUInt32Bits(back.Span[i]));
            if (float.IsNaN(values[i]))
            {
                Assert.True(float.IsNaN(back.Span[i]));
                continue;
            }

            // Of the two neighbours, the nearer; halfway, the one with the even pattern. Beyond the largest finite one the step goes on.
            uint below = BitConverter.SingleToUInt32Bits(values[i]) >> 16;
            double down = Widen(below);
            double up = Widen(below + 1);
            double middle = (down + up) / 2;
            double size = Math.Abs((double)values[i]);
            uint expected = float.IsInfinity(values[i]) || size < Math.Abs(middle) || (size == Math.Abs(middle) && (below & 1) == 0) ? below : below + 1;
            Assert.Equal((ushort)expected, words.Span[i]);
        }

        static double Widen(uint word)
        {
            float value = BitConverter.UInt32BitsToSingle(word << 16);
            return float.IsInfinity(value) ? Math.CopySign(Math.Pow(2, 128), value) : value;
        }
    });

    /// <summary>Bit patterns at random, at and around halfway points, and the odd ones out; an odd number of them.</summary>
    private static float[] Patterns()
    {
        var random = new Random(11);
        var values = new List<float> { 0, -0f, 1, float.MaxValue, float.MinValue, float.Epsilon, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 65504, 65519.996f, 65520, 65536, 6.1e-5f, 5.96e-8f, 2.98e-8f, 2.99e-8f };
        values.Add(BitConverter.UInt32BitsToSingle(0x7F800001));
        values.Add(BitConverter.UInt32BitsToSingle(0xFFFFFFFF));
        for (int i = 0; i < 20_000; i++)
        {
            uint pattern = (uint)random.NextInt64(1L << 32);
            uint half = (pattern & 0xFFFF_0000) | 0x8000;
            uint halfOfHalf = (BitConverter.SingleToUInt32Bits((float)BitConverter.UInt16BitsToHalf((ushort)pattern)) & 0xFFFF_E000) | 0x1000;
            values.Add(BitConverter.UInt32BitsToSingle(pattern));
            values.Add(BitConverter.UInt32BitsToSingle(half));
            values.Add(BitConverter.UInt32BitsToSingle(half + 1));
            values.Add(BitConverter.UInt32BitsToSingle(halfOfHalf));
            values.Add(BitConverter.UInt32BitsToSingle(halfOfHalf - 1));
        }

        return [.. values];
    }
}
