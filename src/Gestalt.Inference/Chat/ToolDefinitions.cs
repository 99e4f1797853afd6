using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>How a model is told what tools it may call.</summary>
internal static class ToolDefinitions
{
    /// <summary>The names of the tools that a request offers; none when its mode says so.</summary>
    /// <exception cref="NotSupportedException">A tool is none that can be described to the model, or the model is ordered to call one.</exception>
    public static string[] Names(ChatOptions options)
    {
        if (options.ToolMode is RequiredChatToolMode)
            throw new NotSupportedException("A model cannot be ordered to call a tool. Leave ToolMode at Auto, or ask for JSON by a schema (ResponseFormat).");
        if (options.Tools is null || options.ToolMode is NoneChatToolMode)
            return [];
        return [.. options.Tools.Select(tool => tool is AIFunctionDeclaration function
            ? function.Name
            : throw new NotSupportedException($"The tool '{tool.Name}' is a {tool.GetType().Name}; this model can be told of functions (AIFunctionDeclaration)."))];
    }

    /// <summary>The tools as templates expect them: OpenAI's list.</summary>
    public static string ToJson(ChatOptions options) => new JsonArray([.. options.Tools!.OfType<AIFunctionDeclaration>().Select(function => (JsonNode)new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = function.Name,
            ["description"] = function.Description,
            ["parameters"] = JsonNode.Parse(function.JsonSchema.GetRawText()),
        },
    })]).ToJsonString(ChatMessages.OneLine);

    /// <summary>
    /// Writes tools into the messages themselves, in the form of Hermes and Qwen, for templates that know none: definitions into the system message, calls and results between
    /// <c>&lt;tool_call&gt;</c> and <c>&lt;tool_response&gt;</c>.
    /// </summary>
    public static Conversation InText(Conversation conversation, string tools)
    {
        string told =
            "You may call functions to answer. These are given as JSON:\n<tools>\n" + tools + "\n</tools>\n" +
            "To call one, write a JSON object with its name and arguments between tags:\n<tool_call>\n{\"name\": NAME, \"arguments\": ARGUMENTS}\n</tool_call>";
        List<Message> messages = [.. conversation.Messages.Select(InText)];
        if (messages is [{ Role: Roles.System } system, ..])
            messages[0] = system with { Content = system.Content + "\n\n" + told };
        else
            messages.Insert(0, new Message(Roles.System, told));
        return new Conversation(messages);
    }

    private static Message InText(Message message)
    {
        if (message.Role == Roles.Tool)
            return new Message(Roles.User, $"<tool_response>\n{message.Content}\n</tool_response>");
        if (message.ToolCalls.Count == 0)
            return message;
        IEnumerable<string> calls = message.ToolCalls.Select(call => $"<tool_call>\n{{\"name\": {JsonSerializer.Serialize(call.Name, ChatMessages.OneLine)}, \"arguments\": {call.Arguments}}}\n</tool_call>");
        string[] parts = message.Content.Length > 0 ? [message.Content, .. calls] : [.. calls];
        return new Message(message.Role, string.Join('\n', parts));
    }
}
