using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Store;

/// <summary>
/// A line of the log: the CRC-32C of what follows as eight hexadecimal digits, a blank, a JSON object, a line feed. A document is the last member of its object and stands there as it was put:
/// <code>
/// 5c3f09aa {"put":"vote","id":"17","version":1,"created":"2026-11-21T04:00:00.123456Z","updated":"2026-11-21T04:00:00.123456Z","document":{"winner":"left"}}
/// 0e11b2c3 {"delete":"vote","id":"17"}
/// </code>
/// </summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Id">Its name.</param>
/// <param name="Version">Its version; 0 if the record removes it.</param>
/// <param name="Created">When it was first put.</param>
/// <param name="Updated">When it was last put.</param>
/// <param name="DocumentStart">At what byte of the line the document begins.</param>
internal readonly record struct LogRecord(string Kind, string Id, long Version, DateTimeOffset Created, DateTimeOffset Updated, int DocumentStart)
{
    /// <summary>The version of the format that is written, and the newest that is read.</summary>
    public const int FormatVersion = 1;

    /// <summary>The longest line: a document, two names with each unit escaped, and what stands around them.</summary>
    public const int MaxLength = StoreLimits.DocumentBytes + 2 * 6 * StoreLimits.NameLength + 1024;

    private const int Prefix = 9;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The first line of every log.</summary>
    public static byte[] Header() => Line(json =>
    {
        json.WriteString("format", "gestalt-store");
        json.WriteNumber("version", FormatVersion);
    });

    /// <summary>The line that puts a document.</summary>
    public static byte[] Put(LogRecord record, byte[] document) => Line(json =>
    {
        json.WriteString("put", record.Kind);
        json.WriteString("id", record.Id);
        json.WriteNumber("version", record.Version);
        json.WriteString("created", Time(record.Created));
        json.WriteString("updated", Time(record.Updated));
        json.WritePropertyName("document");
        json.WriteRawValue(document, skipInputValidation: true);
    });

    /// <summary>The line that removes a document.</summary>
    public static byte[] Delete(string kind, string id) => Line(json =>
    {
        json.WriteString("delete", kind);
        json.WriteString("id", id);
    });

    /// <summary>Whether a line, without its line feed, is what was written.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> line) =>
        line.Length > Prefix + 1 && line[Prefix - 1] == ' '
        && Utf8Parser.TryParse(line[..(Prefix - 1)], out uint checksum, out int digits, 'x') && digits == Prefix - 1
        && checksum == Crc32C.Of(line[Prefix..]);

    /// <summary>The version of the format if a whole line is a header; null if it is a record.</summary>
    public static int? HeaderVersion(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader json = Object(line);
        if (!json.ValueTextEquals("format"))
            return null;
        json.Read();
        if (!json.ValueTextEquals("gestalt-store"))
            throw new StoreException($"The log is of the format '{json.GetString()}', not of a Gestalt store.");
        json.Read();
        json.Read();
        return json.GetInt32();
    }

    /// <summary>Reads a whole line that is no header, without its line feed.</summary>
    public static LogRecord Read(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader json = Object(line);
        bool puts = json.ValueTextEquals("put");
        string kind = Next(ref json);
        json.Read();
        string id = Next(ref json);
        if (!puts)
            return new LogRecord(kind, id, 0, default, default, 0);
        json.Read();
        json.Read();
        long version = json.GetInt64();
        json.Read();
        DateTimeOffset created = Time(Next(ref json));
        json.Read();
        DateTimeOffset updated = Time(Next(ref json));
        json.Read();
        return new LogRecord(kind, id, version, created, updated, Prefix + (int)json.BytesConsumed);
    }

    /// <summary>The document of a whole line that puts one, without its line feed.</summary>
    public static string Document(ReadOnlySpan<byte> line, int documentStart) => Encoding.UTF8.GetString(line[documentStart..^1]);

    /// <summary>A reader that stands on the name of the first member. It is told that more may come, so that it never reads on into the document.</summary>
    private static Utf8JsonReader Object(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line[Prefix..], isFinalBlock: false, default);
        json.Read();
        json.Read();
        return json;
    }

    private static string Next(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString()!;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static byte[] Line(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.Write("00000000 "u8);
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        byte[] line = buffer.WrittenSpan.ToArray();
        Utf8Formatter.TryFormat(Crc32C.Of(line.AsSpan(Prefix..^1)), line, out _, new StandardFormat('x', Prefix - 1));
        return line;
    }
}
