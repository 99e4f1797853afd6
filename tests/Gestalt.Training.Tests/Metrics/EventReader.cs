using System.Buffers.Binary;
using System.Text;
using Gestalt.Training.Metrics;

namespace Gestalt.Training.Tests.Metrics;

/// <summary>Reads event files without using anything that wrote them: an independent CRC, framing and protobuf decoder.</summary>
internal static class EventReader
{
    public sealed record Event(double WallTime, long Step, string? Version, Dictionary<string, float> Scalars, Dictionary<string, string> Texts);

    public static List<Event> Read(string folder)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, EventFile.FileName));
        var events = new List<Event>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            byte[] message = bytes[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(message), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            events.Add(Decode(message));
            at += 16 + length;
        }

        return events;
    }

    /// <summary>Castagnoli's checksum bit by bit, then TFRecord's mask.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }

    private static Event Decode(byte[] message)
    {
        Dictionary<int, List<object>> fields = Fields(message);
        var scalars = new Dictionary<string, float>();
        var texts = new Dictionary<string, string>();
        foreach (object value in fields.TryGetValue(5, out List<object>? summary) ? Fields((byte[])summary[0])[1] : [])
        {
            Dictionary<int, List<object>> parts = Fields((byte[])value);
            string tag = Encoding.UTF8.GetString((byte[])parts[1][0]);
            if (parts.TryGetValue(2, out List<object>? number))
            {
                scalars[tag] = (float)number[0];
                continue;
            }

            Dictionary<int, List<object>> tensor = Fields((byte[])parts[8][0]);
            Assert.Equal(7UL, tensor[1][0]);
            Dictionary<int, List<object>> plugin = Fields((byte[])Fields((byte[])parts[9][0])[1][0]);
            Assert.Equal("text", Encoding.UTF8.GetString((byte[])plugin[1][0]));
            texts[tag] = Encoding.UTF8.GetString((byte[])tensor[8][0]);
        }

        return new Event(
            (double)fields[1][0],
            (long)(ulong)fields[2][0],
            fields.TryGetValue(3, out List<object>? version) ? Encoding.UTF8.GetString((byte[])version[0]) : null,
            scalars,
            texts);
    }

    private static Dictionary<int, List<object>> Fields(byte[] message)
    {
        var fields = new Dictionary<int, List<object>>();
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            object value;
            switch (key & 7)
            {
                case 0: value = Varint(message, ref at); break;
                case 1: value = BitConverter.ToDouble(message, at); at += 8; break;
                case 5: value = BitConverter.ToSingle(message, at); at += 4; break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    value = message[at..(at + length)];
                    at += length;
                    break;
                default: throw new InvalidDataException($"wire type {key & 7}");
            }

            if (!fields.TryGetValue((int)(key >> 3), out List<object>? values))
                fields[(int)(key >> 3)] = values = [];
            values.Add(value);
        }

        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
