using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gestalt.Training.Metrics;

/// <summary>A protocol buffer message, field after field, in the wire format of protobuf.dev/programming-guides/encoding.</summary>
internal sealed class ProtoMessage
{
    private const int VarintType = 0;
    private const int EightByteType = 1;
    private const int LengthType = 2;
    private const int FourByteType = 5;

    private readonly ArrayBufferWriter<byte> bytes = new();

    public ReadOnlySpan<byte> Bytes => bytes.WrittenSpan;

    public ProtoMessage Integer(int field, long value)
    {
        Varint((ulong)((field << 3) | VarintType));
        Varint((ulong)value);
        return this;
    }

    public ProtoMessage Double(int field, double value)
    {
        Varint((ulong)((field << 3) | EightByteType));
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.GetSpan(sizeof(double)), value);
        bytes.Advance(sizeof(double));
        return this;
    }

    public ProtoMessage Single(int field, float value)
    {
        Varint((ulong)((field << 3) | FourByteType));
        BinaryPrimitives.WriteSingleLittleEndian(bytes.GetSpan(sizeof(float)), value);
        bytes.Advance(sizeof(float));
        return this;
    }

    public ProtoMessage Text(int field, string value) => Block(field, Encoding.UTF8.GetBytes(value));

    public ProtoMessage Message(int field, ProtoMessage value) => Block(field, value.Bytes);

    /// <summary>The value of an integer field at the top of a message; 0, as for every absent field, where it is missing or the message is broken.</summary>
    public static long FindInteger(ReadOnlySpan<byte> message, int field)
    {
        while (TryVarint(ref message, out ulong key))
        {
            ulong value = 0;
            int skip = (int)(key & 7) switch
            {
                VarintType => TryVarint(ref message, out value) ? 0 : -1,
                EightByteType => sizeof(double),
                FourByteType => sizeof(float),
                LengthType => TryVarint(ref message, out value) && value <= (ulong)message.Length ? (int)value : -1,
                _ => -1,
            };
            if (skip < 0 || skip > message.Length)
                return 0;
            if (key == (ulong)((field << 3) | VarintType))
                return (long)value;
            message = message[skip..];
        }

        return 0;
    }

    private ProtoMessage Block(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)((field << 3) | LengthType));
        Varint((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    private void Varint(ulong value)
    {
        Span<byte> span = bytes.GetSpan(10);
        int length = 0;
        for (; value > 0x7F; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        bytes.Advance(length);
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(10, message.Length); i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] <= 0x7F)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
