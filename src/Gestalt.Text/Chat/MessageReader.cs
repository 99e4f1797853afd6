using System.Text.Json;
using Gestalt.Text.Templates;

namespace Gestalt.Text;

/// <summary>Messages as OpenAI's API writes them in JSON. What cannot be one is refused with a reason that names the message by its number.</summary>
internal static class MessageReader
{
    /// <summary>Reads an object with a list <c>messages</c>.</summary>
    /// <exception cref="InvalidDataException">It is no conversation; the message is the reason, without a full stop.</exception>
    public static Conversation Read(JsonElement conversation)
    {
        if (conversation.ValueKind != JsonValueKind.Object
            || !conversation.TryGetProperty("messages", out JsonElement messages)
            || messages.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException("there is no list \"messages\"");
        }

        return ReadMessages(messages, "messages") with { Tools = ReadTools(conversation) };
    }

    /// <summary>Reads a list of messages.</summary>
    /// <param name="list">The list.</param>
    /// <param name="name">What reasons call it.</param>
    /// <exception cref="InvalidDataException">It holds none, or one that is no message; the message is the reason, without a full stop.</exception>
    public static Conversation ReadMessages(JsonElement list, string name)
    {
        Message[] parsed = [.. list.EnumerateArray().Select(ReadMessage)];
        return parsed.Length > 0 ? new Conversation(parsed) : throw new InvalidDataException($"\"{name}\" is empty");
    }

    private static string? ReadTools(JsonElement conversation) =>
        !conversation.TryGetProperty("tools", out JsonElement tools) || tools.ValueKind == JsonValueKind.Null ? null
        : tools.ValueKind == JsonValueKind.Array ? tools.GetRawText()
        : throw new InvalidDataException("the \"tools\" are not a list");

    private static Message ReadMessage(JsonElement message, int index)
    {
        string which = $"message {index + 1}";
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{which} is not an object");
        }

        string role = Text(message, "role", which) is { Length: > 0 } text ? text : throw new InvalidDataException($"{which} has no \"role\"");
        ToolCall[] calls = ReadCalls(message, which);
        return new Message(role, ReadContent(message, which, mayBeMissing: calls.Length > 0))
        {
            Name = Text(message, "name", which),
            ToolCalls = calls,
            ToolCallId = Text(message, "tool_call_id", which),
            ReasoningContent = Text(message, "reasoning_content", which),
        };
    }

    private static string ReadContent(JsonElement message, string which, bool mayBeMissing)
    {
        bool isThere = message.TryGetProperty("content", out JsonElement content);
        return (isThere ? content.ValueKind : JsonValueKind.Undefined) switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part =>
                part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
                    ? text.GetString()!
                    : throw new InvalidDataException($"a part of {which} is not text"))),
            JsonValueKind.Null or JsonValueKind.Undefined when mayBeMissing => "",
            JsonValueKind.Undefined => throw new InvalidDataException($"{which} has no \"content\""),
            _ => throw new InvalidDataException($"the \"content\" of {which} is not text"),
        };
    }

    private static ToolCall[] ReadCalls(JsonElement message, string which)
    {
        if (!message.TryGetProperty("tool_calls", out JsonElement calls) || calls.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return calls.ValueKind == JsonValueKind.Array
            ? [.. calls.EnumerateArray().Select((call, i) => ReadCall(call, $"tool call {i + 1} of {which}"))]
            : throw new InvalidDataException($"the \"tool_calls\" of {which} are not a list");
    }

    private static ToolCall ReadCall(JsonElement call, string which)
    {
        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("function", out JsonElement function) || function.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{which} has no \"function\"");
        }

        string name = Text(function, "name", which) is { Length: > 0 } text ? text : throw new InvalidDataException($"{which} has no \"name\"");
        string arguments = !function.TryGetProperty("arguments", out JsonElement given) ? "{}"
            : given.ValueKind == JsonValueKind.String ? given.GetString()!
            : JsonText.Plain(given);
        return new ToolCall(name, arguments, Text(call, "id", which));
    }

    private static string? Text(JsonElement owner, string name, string which) => !owner.TryGetProperty(name, out JsonElement text) ? null : text.ValueKind switch
    {
        JsonValueKind.String => text.GetString(),
        JsonValueKind.Null => null,
        _ => throw new InvalidDataException($"the \"{name}\" of {which} is not text"),
    };
}
