using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Reading;

/// <summary>Reads the messages of a conversation in the form of <c>/v1/chat/completions</c>.</summary>
internal static class MessageReader
{
    /// <summary>Reads messages.</summary>
    /// <param name="messages">A list of at least one.</param>
    /// <exception cref="ApiException">One is none; the parameter that is named says which.</exception>
    public static List<ChatMessage> Read(Field messages)
    {
        var read = new List<ChatMessage>();
        var open = new HashSet<string>(StringComparer.Ordinal); // calls that were made
        foreach (Field message in messages.Items())
            read.Add(Read(message, open));
        return read.Count > 0 ? read : throw ApiException.Bad(messages.Path, $"'{messages.Path}' is empty; there must be at least one message.", "empty_array");
    }

    /// <summary>The arguments of a call, as they are kept.</summary>
    /// <exception cref="ApiException">They are no JSON object.</exception>
    public static FunctionCallContent Call(string id, string name, Field arguments)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(arguments.Text() is { Length: > 0 } text ? text : "{}");
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return new FunctionCallContent(id, name, document.RootElement.EnumerateObject().DistinctBy(property => property.Name).ToDictionary(property => property.Name, property => (object?)property.Value.Clone()));
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw ApiException.Bad(arguments.Path, $"'{arguments.Path}' must be a JSON object as text, such as \"{{}}\".");
    }

    private static ChatMessage Read(Field message, HashSet<string> open)
    {
        message.AllowOnly("role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content", "reasoning", "refusal", "audio", "function_call", "annotations");
        Field role = message.Require("role");
        Refuse(message.Find("audio"), "no sound");
        Refuse(message.Find("function_call"), "no function_call, which OpenAI replaced; use tool_calls");
        ChatMessage read = role.Text() switch
        {
            "system" or "developer" => new ChatMessage(ChatRole.System, [new TextContent(Text(message.Require("content")))]),
            "user" => new ChatMessage(ChatRole.User, [new TextContent(Text(message.Require("content")))]),
            "assistant" => Assistant(message, open),
            "tool" => Tool(message, open),
            _ => throw ApiException.Bad(role.Path, $"'{role.Path}' is '{role.Text()}'; it must be system, developer, user, assistant or tool.", "invalid_value"),
        };
        read.AuthorName = message.Find("name")?.Text();
        return read;
    }

    private static ChatMessage Assistant(Field message, HashSet<string> open)
    {
        var contents = new List<AIContent>();
        if ((message.Find("reasoning_content") ?? message.Find("reasoning"))?.Text() is { Length: > 0 } thought)
            contents.Add(new TextReasoningContent(thought));
        if (message.Find("content") is Field content)
            contents.Add(new TextContent(Text(content)));
        else if (message.Find("refusal") is Field refusal)
            contents.Add(new TextContent(refusal.Text()));
        foreach (Field call in message.Find("tool_calls")?.Items() ?? [])
        {
            if (call.Find("type")?.Text() is string type && type != "function")
                throw ApiException.Bad($"{call.Path}.type", $"'{call.Path}.type' is '{type}'; it must be function.", "invalid_value");
            Field function = call.Require("function");
            string id = call.Require("id").Text();
            open.Add(id);
            contents.Add(Call(id, function.Require("name").Text(), function.Require("arguments")));
        }
        return contents.Count > 0 ? new ChatMessage(ChatRole.Assistant, contents)
            : throw ApiException.Bad($"{message.Path}.content", $"'{message.Path}' has neither content nor tool_calls.", "missing_required_parameter");
    }

    private static ChatMessage Tool(Field message, HashSet<string> open)
    {
        Field id = message.Require("tool_call_id");
        return open.Contains(id.Text())
            ? new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id.Text(), Text(message.Require("content")))])
            : throw ApiException.Bad(id.Path, $"'{id.Path}' is '{id.Text()}', and no message before it made a call of that id.", "invalid_value");
    }

    /// <summary>A text, or the texts of its parts.</summary>
    internal static string Text(Field content)
    {
        if (content.Kind == JsonValueKind.String)
            return content.Text();
        if (content.Kind != JsonValueKind.Array)
            throw content.Wrong("a text or a list of parts");
        return string.Concat(content.Items().Select(part => part.Require("type").Text() switch
        {
            "text" or "input_text" or "output_text" => part.Require("text").Text(),
            "refusal" => part.Require("refusal").Text(),
            string other => throw ApiException.Bad($"{part.Path}.type", $"'{part.Path}' is of type '{other}'; this model reads text only.", "unsupported_content"),
        }));
    }

    private static void Refuse(Field? field, string what)
    {
        if (field is Field there)
            throw ApiException.Bad(there.Path, $"This server takes {what}.", "unsupported_parameter");
    }
}
