using System.Buffers.Binary;
using Gestalt.Corpus;
using Gestalt.Text;

namespace Gestalt.Training.Metrics;

/// <summary>
/// Writes numbers and texts by step as TensorBoard reads them: <c>tensorboard --logdir runs</c> shows the curves while a run
/// goes on.
/// </summary>
/// <remarks>
/// The file is a row of TFRecords (length, its masked CRC-32C, bytes, their masked CRC-32C), each an <c>Event</c> of TensorFlow's
/// <c>event.proto</c> and <c>summary.proto</c>, encoded here by hand: three messages do not need a library.
/// </remarks>
public sealed class EventFile : IDisposable
{
    /// <summary>The name of the file in a folder: TensorBoard looks for <c>tfevents</c> in it.</summary>
    public const string FileName = "events.out.tfevents.0.gestalt";

    private const int HeaderBytes = sizeof(ulong) + sizeof(uint);
    private const int FooterBytes = sizeof(uint);

    /// <summary>An event with a few numbers and a sample has some kilobytes; a length far beyond is damage.</summary>
    private const int MaximumEventBytes = 16 << 20;

    private readonly FileStream file;

    /// <summary>Opens the file of a folder to append to it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="afterStep">Events of later steps, and whatever is damaged, are cut off.</param>
    public EventFile(string folder, int afterStep)
    {
        Directory.CreateDirectory(folder);
        file = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        file.SetLength(EndOfKept(file, afterStep));
        file.Position = file.Length;
        if (file.Length == 0)
            Append(Event(0).Text(EventFields.FileVersion, "brain.Event:2"));
    }

    /// <summary>Adds numbers of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="scalars">Names, as <c>group/name</c>, and values.</param>
    public void Write(int step, params ReadOnlySpan<(string Name, double Value)> scalars)
    {
        var summary = new ProtoMessage();
        foreach ((string name, double value) in scalars)
            summary.Message(EventFields.SummaryValue, new ProtoMessage().Text(EventFields.ValueTag, name).Single(EventFields.ValueNumber, (float)value));
        Append(Event(step).Message(EventFields.Summary, summary));
    }

    /// <summary>Adds a text of one step; TensorBoard shows it as Markdown.</summary>
    /// <param name="step">The step.</param>
    /// <param name="name">Its name.</param>
    /// <param name="text">The text.</param>
    public void Write(int step, string name, string text)
    {
        ProtoMessage plugin = new ProtoMessage().Message(EventFields.PluginData, new ProtoMessage().Text(EventFields.PluginName, "text"));
        ProtoMessage shape = new ProtoMessage().Message(EventFields.ShapeDimension, new ProtoMessage().Integer(EventFields.DimensionSize, 1));
        ProtoMessage tensor = new ProtoMessage()
            .Integer(EventFields.TensorType, EventFields.StringType)
            .Message(EventFields.TensorShape, shape)
            .Text(EventFields.TensorStrings, text);
        ProtoMessage value = new ProtoMessage().Text(EventFields.ValueTag, name).Message(EventFields.ValueTensor, tensor).Message(EventFields.ValueMetadata, plugin);
        Append(Event(step).Message(EventFields.Summary, new ProtoMessage().Message(EventFields.SummaryValue, value)));
    }

    /// <summary>Hands everything to the system.</summary>
    public void Flush() => file.Flush();

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>The checksum of TFRecords: CRC-32C, turned and shifted, so that a checksum of checksums stays a good one.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc32C.Of(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
    }

    private static ProtoMessage Event(int step)
    {
        double seconds = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        return new ProtoMessage().Double(EventFields.WallTime, seconds).Integer(EventFields.Step, step);
    }

    private void Append(ProtoMessage message)
    {
        ReadOnlySpan<byte> bytes = message.Bytes;
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(ulong)..], MaskedChecksum(header[..sizeof(ulong)]));
        Span<byte> footer = stackalloc byte[FooterBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, MaskedChecksum(bytes));
        file.Write(header);
        file.Write(bytes);
        file.Write(footer);
    }

    /// <summary>Where the first event stands that is damaged or of a later step.</summary>
    private static long EndOfKept(FileStream file, int afterStep)
    {
        long end = 0;
        byte[] header = new byte[HeaderBytes];
        while (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header);
            bool sound = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(sizeof(ulong))) == MaskedChecksum(header.AsSpan(0, sizeof(ulong)));
            if (!sound || length > MaximumEventBytes)
                break;
            byte[] record = new byte[(int)length + FooterBytes];
            if (file.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) < record.Length)
                break;
            ReadOnlySpan<byte> message = record.AsSpan(0, (int)length);
            if (BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan((int)length)) != MaskedChecksum(message) || ProtoMessage.FindInteger(message, EventFields.Step) > afterStep)
                break;
            end = file.Position;
        }

        return end;
    }
}

/// <summary>The numbers of the fields used, from TensorFlow's <c>event.proto</c>, <c>summary.proto</c>, <c>tensor.proto</c> and <c>tensor_shape.proto</c>.</summary>
internal static class EventFields
{
    public const int WallTime = 1;
    public const int Step = 2;
    public const int FileVersion = 3;
    public const int Summary = 5;
    public const int SummaryValue = 1;
    public const int ValueTag = 1;
    public const int ValueNumber = 2;
    public const int ValueTensor = 8;
    public const int ValueMetadata = 9;
    public const int PluginData = 1;
    public const int PluginName = 1;
    public const int TensorType = 1;
    public const int TensorShape = 2;
    public const int TensorStrings = 8;
    public const int ShapeDimension = 2;
    public const int DimensionSize = 1;

    /// <summary>DT_STRING of <c>types.proto</c>.</summary>
    public const int StringType = 7;
}
