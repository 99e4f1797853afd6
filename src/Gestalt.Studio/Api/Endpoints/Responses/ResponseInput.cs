using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Studio.Api.Reading;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Endpoints.Responses;

/// <summary>Reads conversations in the form of <c>/v1/responses</c>: items, of which several make one message of the assistant.</summary>
internal static class ResponseInput
{
    /// <summary>The items of an input: a text stands for one message of the user.</summary>
    /// <exception cref="ApiException">It is neither a text nor a list.</exception>
    public static JsonArray Items(Field input)
    {
        if (input.Kind == JsonValueKind.String)
            return [new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = input.Text() }) }];
        if (input.Kind != JsonValueKind.Array)
            throw input.Wrong("a text or a list of items");
        return input.Value.GetArrayLength() > 0 ? (JsonArray)JsonNode.Parse(input.Value.GetRawText())!
            : throw ApiException.Bad(input.Path, $"'{input.Path}' is empty; there must be at least one item.", "empty_array");
    }

    /// <summary>Reads items as messages.</summary>
    /// <param name="items">The items.</param>
    /// <param name="earlier">Items before them, whose calls they may answer.</param>
    /// <exception cref="ApiException">One is none; the parameter that is named says which.</exception>
    public static List<ChatMessage> Read(Field items, JsonArray? earlier = null)
    {
        var messages = new List<ChatMessage>();
        HashSet<string> calls = [.. (earlier ?? []).Select(item => item?["call_id"]?.GetValue<string>()).OfType<string>()];
        bool isOpen = false; // whether the last message is the assistant's and goes on
        foreach (Field item in items.Items())
        {
            string type = item.Find("type")?.Text() ?? "message";
            ChatRole role = type switch
            {
                "message" => Role(item.Require("role")),
                "function_call" or "reasoning" => ChatRole.Assistant,
                "function_call_output" => ChatRole.Tool,
                _ => throw ApiException.Bad($"{item.Path}.type", $"'{item.Path}' is of type '{type}'; it must be message, function_call, function_call_output or reasoning.", "unsupported_content"),
            };
            AIContent content = type switch
            {
                "message" => new TextContent(MessageReader.Text(item.Require("content"))),
                "reasoning" => new TextReasoningContent(Thought(item)),
                "function_call" => Call(item, calls),
                _ => Result(item, calls),
            };
            if (role == ChatRole.Assistant && isOpen)
                messages[^1].Contents.Add(content);
            else
                messages.Add(new ChatMessage(role, [content]));
            isOpen = role == ChatRole.Assistant;
        }
        return messages;
    }

    private static ChatRole Role(Field role) => role.Text() switch
    {
        "system" or "developer" => ChatRole.System,
        "user" => ChatRole.User,
        "assistant" => ChatRole.Assistant,
        string other => throw ApiException.Bad(role.Path, $"'{role.Path}' is '{other}'; it must be system, developer, user or assistant.", "invalid_value"),
    };

    private static string Thought(Field item) => string.Concat((item.Find("content")?.Items() ?? []).Select(part => part.Require("text").Text()));

    private static FunctionCallContent Call(Field item, HashSet<string> calls)
    {
        string id = item.Require("call_id").Text();
        calls.Add(id);
        return MessageReader.Call(id, item.Require("name").Text(), item.Require("arguments"));
    }

    private static FunctionResultContent Result(Field item, HashSet<string> calls)
    {
        Field id = item.Require("call_id");
        return calls.Contains(id.Text()) ? new FunctionResultContent(id.Text(), MessageReader.Text(item.Require("output")))
            : throw ApiException.Bad(id.Path, $"'{id.Path}' is '{id.Text()}', and no item before it made a call of that id.", "invalid_value");
    }
}
