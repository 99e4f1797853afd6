using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>
/// Conversations in JSONL as OpenAI's fine-tuning takes them: on each line <c>{"messages": [{"role": "user", "content": "..."}, ...]}</c>. A message may have a <c>name</c>,
/// <c>tool_calls</c> (its content may be null then), a <c>tool_call_id</c> and a <c>reasoning_content</c>; other properties are passed over. A content may also be a list of
/// text parts, which are joined. Beside the messages there may be <c>tools</c>, the list of those that the assistant may call.
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

    /// <summary>Reads a stream to its end whatever stands in it: of each line that is not empty, the conversation, or what is wrong with it.</summary>
    /// <param name="stream">The lines as UTF-8.</param>
    /// <returns>Line numbers from 1, and either a conversation or the reason why there is none.</returns>
    public static IEnumerable<(int Line, Conversation? Conversation, string? Problem)> ReadAll(Stream stream)
    {
        foreach ((int number, byte[] line) in Lines(stream))
        {
            (Conversation? conversation, string? problem) = (null, null);
            try
            {
                conversation = Parse(line);
            }
            catch (InvalidDataException exception)
            {
                problem = exception.Message;
            }

            yield return (number, conversation, problem);
        }
    }

    /// <summary>Reads conversations from a stream.</summary>
    /// <param name="stream">The lines as UTF-8.</param>
    /// <param name="name">What error messages call them.</param>
    /// <exception cref="InvalidDataException">A line is not a conversation; the message names the line and the reason.</exception>
    public static IEnumerable<Conversation> Read(Stream stream, string name = "input")
    {
        foreach ((int number, byte[] line) in Lines(stream))
        {
            Conversation conversation;
            try
            {
                conversation = Parse(line);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException($"{name}, line {number}: {exception.Message}", exception.InnerException ?? exception);
            }

            yield return conversation;
        }
    }

    /// <summary>The lines that are not empty, with their numbers.</summary>
    private static IEnumerable<(int Number, byte[] Line)> Lines(Stream stream)
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
                yield return (number, Encoding.Latin1.GetBytes(line));
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
            WriteOptional(json, "name", message.Name);
            WriteCalls(json, message.ToolCalls);
            WriteOptional(json, "tool_call_id", message.ToolCallId);
            WriteOptional(json, "reasoning_content", message.ReasoningContent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (conversation.Tools is string tools)
        {
            json.WritePropertyName("tools");
            using JsonDocument list = JsonDocument.Parse(tools);
            list.RootElement.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, IReadOnlyList<ToolCall> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls");
        foreach (ToolCall call in calls)
        {
            json.WriteStartObject();
            WriteOptional(json, "id", call.Id);
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteString("arguments", call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static Conversation Parse(byte[] line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return MessageReader.Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"this is not JSON (byte {exception.BytePositionInLine}). Each line must be an object with \"messages\".", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException("a string holds bytes that are not UTF-8, or half of a surrogate pair.", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{exception.Message}. Each line must be {{\"messages\": [{{\"role\": ..., \"content\": ...}}, ...]}}.", exception);
        }
    }
}
