using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>
/// Conversations in JSONL as OpenAI's fine-tuning takes them: on each line <c>{"messages": [{"role": "user", "content": "..."}, ...]}</c>. Other properties are
/// passed over. A content may also be a list of text parts, which are joined.
/// </summary>
public static class ConversationFile
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads the conversations of a file, one after the other. Empty lines are allowed.</summary>
    /// <exception cref="InvalidDataException">A line is not a conversation; the message names the file, the line and the reason.</exception>
    public static IEnumerable<Conversation> Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        foreach (Conversation conversation in Read(stream, path))
        {
            yield return conversation;
        }
    }

    /// <summary>Reads conversations from a stream.</summary>
    /// <param name="stream">The lines as UTF-8.</param>
    /// <param name="name">What error messages call them.</param>
    /// <exception cref="InvalidDataException">A line is not a conversation; the message names the line and the reason.</exception>
    public static IEnumerable<Conversation> Read(Stream stream, string name = "input")
    {
        // Latin-1 hands every byte through, so that bytes which are not UTF-8 are found in their line instead of being replaced.
        using var reader = new StreamReader(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        int number = 0;
        while (reader.ReadLine() is string line)
        {
            if (number++ == 0 && line.StartsWith("\u00EF\u00BB\u00BF", StringComparison.Ordinal))
            {
                line = line[3..];
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Parse(Encoding.Latin1.GetBytes(line), $"{name}, line {number}");
            }
        }
    }

    /// <summary>Writes conversations to a file, one a line. The file is written beside and renamed into place.</summary>
    public static void Write(string path, IEnumerable<Conversation> conversations) => WholeFile.Write(path, stream =>
    {
        foreach (Conversation conversation in conversations)
        {
            using (var json = new Utf8JsonWriter(stream, Readable))
            {
                Write(json, conversation);
            }

            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>One conversation as a line without its line feed.</summary>
    public static string ToLine(Conversation conversation)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            Write(json, conversation);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static void Write(Utf8JsonWriter json, Conversation conversation)
    {
        json.WriteStartObject();
        json.WriteStartArray("messages");
        foreach (Message message in conversation.Messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role);
            json.WriteString("content", message.Content);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Conversation Parse(byte[] line, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("messages", out JsonElement messages)
                || messages.ValueKind != JsonValueKind.Array)
            {
                throw Invalid("there is no list \"messages\"");
            }

            var parsed = new Message[messages.GetArrayLength()];
            for (int i = 0; i < parsed.Length; i++)
            {
                JsonElement message = messages[i];
                parsed[i] = message.ValueKind == JsonValueKind.Object
                    ? new Message(Role(message, i), Content(message, i))
                    : throw Invalid($"message {i + 1} is not an object");
            }

            return parsed.Length > 0 ? new Conversation(parsed) : throw Invalid("\"messages\" is empty");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{place}: this is not JSON (byte {exception.BytePositionInLine}). Each line must be an object with \"messages\".", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"{place}: a string holds bytes that are not UTF-8, or half of a surrogate pair.", exception);
        }

        string Role(JsonElement message, int i) =>
            message.TryGetProperty("role", out JsonElement role) && role.ValueKind == JsonValueKind.String && role.GetString() is { Length: > 0 } text
                ? text
                : throw Invalid($"message {i + 1} has no \"role\"");

        string Content(JsonElement message, int i)
        {
            if (!message.TryGetProperty("content", out JsonElement content))
            {
                throw Invalid($"message {i + 1} has no \"content\"");
            }

            return content.ValueKind switch
            {
                JsonValueKind.String => content.GetString()!,
                JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => PartText(part, i))),
                _ => throw Invalid($"the \"content\" of message {i + 1} is not text"),
            };
        }

        string PartText(JsonElement part, int i) =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw Invalid($"a part of message {i + 1} is not text");

        InvalidDataException Invalid(string reason) => new($"{place}: {reason}. Each line must be {{\"messages\": [{{\"role\": ..., \"content\": ...}}, ...]}}.");
    }
}
