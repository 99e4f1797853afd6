using System.Buffers.Binary;

namespace Gestalt.Kernels.Tests.Stored;

/// <summary>
/// Every stored form read one value at a time: given a block and the number of a value, where its bits lie. Written from the descriptions of the formats, apart from the
/// code under test, which reads whole blocks.
/// </summary>
internal static class ScalarTwin
{
    private static readonly int[] Uneven = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
    private static readonly float[] E2M1 = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6];

    public static float[] Decode(WeightFormat format, ReadOnlySpan<byte> bytes, int count)
    {
        var values = new float[count];
        int length = format.BlockLength(), size = format.BlockBytes();
        for (int i = 0; i < count; i++)
        {
            values[i] = Value(format, bytes.Slice(i / length * size, size), i % length);
        }

        return values;
    }

    private static float Value(WeightFormat format, ReadOnlySpan<byte> b, int i) => format switch
    {
        WeightFormat.F32 => BinaryPrimitives.ReadSingleLittleEndian(b),
        WeightFormat.F16 => Half(b),
        WeightFormat.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(b) << 16),
        WeightFormat.Q8_0 => Half(b) * (sbyte)b[2 + i],
        WeightFormat.Q4_0 => Half(b) * (Nibble(b[2..], i) - 8),
        WeightFormat.Q4_1 => (Half(b) * Nibble(b[4..], i)) + Half(b[2..]),
        WeightFormat.Q5_0 => Half(b) * (Nibble(b[6..], i) + (16 * Bit(b[2..], i)) - 16),
        WeightFormat.Q5_1 => (Half(b) * (Nibble(b[8..], i) + (16 * Bit(b[4..], i)))) + Half(b[2..]),
        WeightFormat.IQ4_NL => Half(b) * Uneven[Nibble(b[2..], i)],
        WeightFormat.MXFP4 => MathF.ScaleB(Nibble(b[1..], i) < 8 ? E2M1[Nibble(b[1..], i)] : -E2M1[Nibble(b[1..], i) - 8], b[0] - 127),
        WeightFormat.Q2_K => (Half(b[80..]) * (b[i / 16] & 15) * (b[16 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2) & 3)) - (Half(b[82..]) * (b[i / 16] >> 4)),
        WeightFormat.Q3_K => Q3(b, i),
        WeightFormat.Q4_K => (Half(b) * Scale6(b[4..], i / 32) * NibbleOf64(b[16..], i)) - (Half(b[2..]) * Minimum6(b[4..], i / 32)),
        WeightFormat.Q5_K => (Half(b) * Scale6(b[4..], i / 32) * (NibbleOf64(b[48..], i) + (16 * (b[16 + (i % 32)] >> (i / 32) & 1)))) - (Half(b[2..]) * Minimum6(b[4..], i / 32)),
        WeightFormat.Q6_K => Q6(b, i),
        WeightFormat.IQ4_XS => Xs(b, i),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static float Half(ReadOnlySpan<byte> b) => (float)BinaryPrimitives.ReadHalfLittleEndian(b);

    private static int Nibble(ReadOnlySpan<byte> b, int i) => i < 16 ? b[i] & 15 : b[i - 16] >> 4;

    private static int NibbleOf64(ReadOnlySpan<byte> b, int i)
    {
        int at = (i / 64 * 32) + (i % 32);
        return i % 64 < 32 ? b[at] & 15 : b[at] >> 4;
    }

    private static int Bit(ReadOnlySpan<byte> b, int i) => b[i / 8] >> (i % 8) & 1;

    private static int Scale6(ReadOnlySpan<byte> b, int piece) => piece < 4 ? b[piece] & 63 : (b[piece + 4] & 15) + (16 * (b[piece - 4] >> 6));

    private static int Minimum6(ReadOnlySpan<byte> b, int piece) => piece < 4 ? b[piece + 4] & 63 : (b[piece + 4] >> 4) + (16 * (b[piece] >> 6));

    private static float Q3(ReadOnlySpan<byte> b, int i)
    {
        int p = i / 16;
        int low = p < 8 ? b[96 + p] & 15 : b[96 + p - 8] >> 4;
        int scale = low + (16 * (b[104 + (p % 4)] >> (2 * (p / 4)) & 3)) - 32;
        int code = b[32 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2) & 3;
        return Half(b[108..]) * scale * (code - ((b[i % 32] >> (i / 32) & 1) == 1 ? 0 : 4));
    }

    private static float Q6(ReadOnlySpan<byte> b, int i)
    {
        int part = i / 128, quarter = i % 128 / 32, l = i % 32;
        byte lows = b[(64 * part) + (quarter % 2 * 32) + l];
        int low = quarter < 2 ? lows & 15 : lows >> 4;
        int high = b[128 + (32 * part) + l] >> (2 * quarter) & 3;
        return Half(b[208..]) * (sbyte)b[192 + (i / 16)] * (low + (16 * high) - 32);
    }

    private static float Xs(ReadOnlySpan<byte> b, int i)
    {
        int p = i / 32;
        int low = p % 2 == 0 ? b[4 + (p / 2)] & 15 : b[4 + (p / 2)] >> 4;
        int high = BinaryPrimitives.ReadUInt16LittleEndian(b[2..]) >> (2 * p) & 3;
        return Half(b) * (low + (16 * high) - 32) * Uneven[Nibble(b[(8 + (16 * p))..], i % 32)];
    }
}
