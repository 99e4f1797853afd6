using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>
/// Tools in Gestalt's ChatML: how a conversation says which there are, and how an assistant calls one. Calls are written as Hermes and Qwen write them, so that every program which reads
/// theirs reads ours:
/// <code>&lt;tool_call&gt;⏎{"name": "calculator", "arguments": {"expression": "6 * 7"}}⏎&lt;/tool_call&gt;</code>
/// </summary>
public static class ToolText
{
    /// <summary>The names of the tokens around a call.</summary>
    public const string CallStart = "<tool_call>", CallEnd = "</tool_call>";

    /// <summary>The key under which an assistant's file names the tools that it was taught, parted by commas.</summary>
    public const string TaughtKey = "gestalt.tools";

    /// <summary>What stands before the names of the tools in the system message.</summary>
    public const string Heading = "Tools: ";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The names in OpenAI's list of tools (<see cref="Conversation.Tools"/>), in its order.</summary>
    /// <param name="tools">A JSON array of <c>{"type": "function", "function": {"name": ...}}</c>, or of what stands under "function" alone; null for no tools.</param>
    /// <exception cref="JsonException">It is no such list.</exception>
    public static IReadOnlyList<string> NamesOf(string? tools)
    {
        if (tools is null)
        {
            return [];
        }

        using JsonDocument list = JsonDocument.Parse(tools);
        return list.RootElement.ValueKind == JsonValueKind.Array
            ? [.. list.RootElement.EnumerateArray().Select(NameOf)]
            : throw new JsonException("the tools are not a list");
    }

    /// <summary>The body of a call, between its marks.</summary>
    /// <param name="call">The call.</param>
    public static string BodyOf(ToolCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return $"\n{{\"name\": {Quoted(call.Name)}, \"arguments\": {call.Arguments}}}\n";
    }

    /// <summary>An argument list of one text, as calls hold it.</summary>
    /// <param name="parameter">The argument's name.</param>
    /// <param name="text">Its value.</param>
    public static string Arguments(string parameter, string text) => $"{{{Quoted(parameter)}: {Quoted(text)}}}";

    /// <summary>
    /// Tells calls from text in what an assistant wrote. What stands between the marks and is no call, and a call that has no end, stay text.
    /// </summary>
    /// <param name="answer">The whole answer.</param>
    /// <returns>The message.</returns>
    public static Message Read(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var content = new StringBuilder();
        var calls = new List<ToolCall>();
        int at = 0;
        while (answer.IndexOf(CallStart, at, StringComparison.Ordinal) is >= 0 and int start)
        {
            int body = start + CallStart.Length, end = answer.IndexOf(CallEnd, body, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            int next = end + CallEnd.Length;
            if (Parse(answer[body..end]) is { } call)
            {
                content.Append(answer, at, start - at);
                calls.Add(call);
            }
            else
            {
                content.Append(answer, at, next - at);
            }

            at = next;
        }

        content.Append(answer, at, answer.Length - at);
        return new Message(Roles.Assistant, calls.Count > 0 ? content.ToString().Trim('\n') : content.ToString()) { ToolCalls = calls };
    }

    private static ToolCall? Parse(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement call = document.RootElement;
            return call.ValueKind == JsonValueKind.Object && call.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
                && call.TryGetProperty("arguments", out JsonElement arguments) && arguments.ValueKind == JsonValueKind.Object
                ? new ToolCall(name.GetString()!, arguments.GetRawText())
                : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException: half of a surrogate pair
        }
    }

    private static string NameOf(JsonElement tool) =>
        tool.ValueKind == JsonValueKind.Object
        && (tool.TryGetProperty("function", out JsonElement inner) ? inner : tool) is { ValueKind: JsonValueKind.Object } function
        && function.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text
            ? text
            : throw new JsonException("a tool has no name");

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Readable);
}
