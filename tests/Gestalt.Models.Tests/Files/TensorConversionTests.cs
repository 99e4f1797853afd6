namespace Gestalt.Models.Tests.Files;

/// <summary>Every vector loop against the plainest possible scalar one.</summary>
public sealed unsafe class TensorConversionTests
{
    [Fact]
    [Trait("Speed", "Smoke")]
    public void Every_half_widens_to_the_number_it_stands_for()
    {
        var halves = new ushort[65536 + 5];
        for (int i = 0; i < halves.Length; i++)
            halves[i] = (ushort)i;
        using var wide = new NativeFloats(halves.Length);
        fixed (ushort* source = halves)
            TensorConversion.ToFloat32(TensorType.F16, (byte*)source, wide.Data, halves.Length);
        for (int i = 0; i < halves.Length; i++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            if (float.IsNaN(expected))
                Assert.True(float.IsNaN(wide.Data[i]), $"half 0x{i:X4}");
            else
                Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(wide.Data[i]), $"half 0x{i:X4}: {wide.Data[i]} instead of {expected}");
        }
    }

    [Fact]
    public void Floats_narrow_to_the_nearest_half_and_ties_to_even()
    {
        uint[] bits = InterestingFloats();
        ushort[] narrow = Narrow(TensorType.F16, bits);
        for (int i = 0; i < bits.Length; i++)
        {
            float value = BitConverter.UInt32BitsToSingle(bits[i]);
            if (float.IsNaN(value))
                Assert.True(Half.IsNaN(BitConverter.UInt16BitsToHalf(narrow[i])), $"float 0x{bits[i]:X8}");
            else
                Assert.True(BitConverter.HalfToUInt16Bits((Half)value) == narrow[i], $"float 0x{bits[i]:X8} became half 0x{narrow[i]:X4}");
        }
    }

    [Fact]
    public void Floats_narrow_to_the_nearest_bfloat_and_ties_to_even()
    {
        uint[] bits = InterestingFloats();
        ushort[] narrow = Narrow(TensorType.BF16, bits);
        for (int i = 0; i < bits.Length; i++)
            Assert.True(BFloatTwin(bits[i]) == narrow[i], $"float 0x{bits[i]:X8} became bfloat 0x{narrow[i]:X4} instead of 0x{BFloatTwin(bits[i]):X4}");
    }

    [Fact]
    public void Every_bfloat_comes_back_from_float32_as_it_was()
    {
        var stored = new ushort[65536];
        for (int i = 0; i < stored.Length; i++)
            stored[i] = (ushort)i;
        using var wide = new NativeFloats(stored.Length);
        var back = new ushort[stored.Length];
        fixed (ushort* source = stored, target = back)
        {
            TensorConversion.ToFloat32(TensorType.BF16, (byte*)source, wide.Data, stored.Length);
            TensorConversion.FromFloat32(TensorType.BF16, wide.Data, (byte*)target, stored.Length);
        }
        for (int i = 0; i < stored.Length; i++)
        {
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(wide.Data[i]));
            bool isSignallingNaN = (i & 0x7F80) == 0x7F80 && (i & 0x7F) != 0 && (i & 0x40) == 0;
            Assert.Equal(isSignallingNaN ? i | 0x40 : i, back[i]);
        }
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(1)]
    [InlineData(1e-9)]
    [InlineData(1000)]
    public void Q8_0_blocks_are_those_of_ggml(double scale)
    {
        const int Count = 32 * 64;
        using NativeFloats values = NativeFloats.Random(7, Count, scale);
        values.Span.Slice(64, 32).Clear();
        values.Span[96] = (float)(127 * scale); // a scale of exactly `scale`, so that halves below are exact ties
        for (int i = 1; i < 32; i++)
            values.Span[96 + i] = (float)(scale * (i - 16.5));
        var stored = new byte[Count / 32 * 34];
        using var back = new NativeFloats(Count);
        fixed (byte* bytes = stored)
        {
            TensorConversion.FromFloat32(TensorType.Q8_0, values.Data, bytes, Count);
            TensorConversion.ToFloat32(TensorType.Q8_0, bytes, back.Data, Count);
        }
        Assert.Equal(Q8Twin(values.Span), stored);
        for (int i = 0; i < Count; i++)
        {
            float blockScale = (float)BitConverter.ToHalf(stored, i / 32 * 34);
            Assert.Equal((sbyte)stored[i / 32 * 34 + 2 + i % 32] * blockScale, back.Data[i]);
        }
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void All_lengths_convert_without_touching_what_is_beside_them(TensorType type)
    {
        for (int count = 0; count <= 70; count++)
        {
            using NativeFloats values = NativeFloats.Random(count, count);
            int bytes = (int)type.ByteLength(count);
            var stored = new byte[bytes + 3];
            stored.AsSpan(bytes).Fill(0xA5);
            using var back = new NativeFloats(count + 1);
            back.Span[count] = 42;
            fixed (byte* target = stored)
            {
                TensorConversion.FromFloat32(type, values.Data, target, count);
                TensorConversion.ToFloat32(type, target, back.Data, count);
            }
            Assert.Equal([0xA5, 0xA5, 0xA5], stored[bytes..]);
            Assert.Equal(42, back.Span[count]);
            for (int i = 0; i < count; i++)
                Assert.Equal(values.Data[i], back.Data[i], type == TensorType.F32 ? 0 : MathF.Abs(values.Data[i]) / 100);
        }
    }

    private static ushort[] Narrow(TensorType type, uint[] bits)
    {
        var narrow = new ushort[bits.Length];
        fixed (uint* source = bits)
        fixed (ushort* target = narrow)
            TensorConversion.FromFloat32(type, (float*)source, (byte*)target, bits.Length);
        return narrow;
    }

    // Every half and its surroundings: the number itself, the ties on both sides, and their neighbours; and random bits.
    private static uint[] InterestingFloats()
    {
        var bits = new List<uint>();
        for (int half = 0; half < 65536; half++)
        {
            uint exact = BitConverter.SingleToUInt32Bits((float)BitConverter.UInt16BitsToHalf((ushort)half));
            bits.AddRange([exact, exact + 0xFFF, exact + 0x1000, exact + 0x1001, exact + 0x7FFF, exact + 0x8000, exact + 0x8001, exact - 1]);
        }
        var random = new Random(1);
        for (int i = 0; i < 1_000_003; i++)
            bits.Add((uint)random.NextInt64(1L << 32));
        return [.. bits];
    }

    private static ushort BFloatTwin(uint bits)
    {
        if (float.IsNaN(BitConverter.UInt32BitsToSingle(bits)))
            return (ushort)(bits >> 16 | 0x40);
        uint kept = bits >> 16, lost = bits & 0xFFFF;
        bool up = lost > 0x8000 || (lost == 0x8000 && (kept & 1) == 1);
        return (ushort)(kept + (up ? 1u : 0u));
    }

    private static byte[] Q8Twin(ReadOnlySpan<float> values)
    {
        var bytes = new List<byte>();
        for (int start = 0; start < values.Length; start += 32)
        {
            float largest = 0;
            foreach (float value in values.Slice(start, 32))
                largest = Math.Max(largest, Math.Abs(value));
            float scale = largest / 127;
            float inverse = scale == 0 ? 0 : 1 / scale;
            bytes.AddRange(BitConverter.GetBytes((Half)scale));
            foreach (float value in values.Slice(start, 32))
                bytes.Add((byte)(sbyte)MathF.Round(value * inverse, MidpointRounding.AwayFromZero));
        }
        return [.. bytes];
    }
}
