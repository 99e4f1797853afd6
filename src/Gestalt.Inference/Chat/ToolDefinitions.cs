using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Inference.Constraints;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>How a model is told what tools it may call.</summary>
internal static class ToolDefinitions
{
    /// <summary>The names of the tools that a request offers; none when its mode says so.</summary>
    /// <exception cref="NotSupportedException">A tool is none that can be described to the model.</exception>
    public static string[] Names(ChatOptions options)
    {
        if (options.Tools is null || options.ToolMode is NoneChatToolMode)
            return [];
        return [.. options.Tools.Select(tool => tool is AIFunctionDeclaration function
            ? function.Name
            : throw new NotSupportedException($"The tool '{tool.Name}' is a {tool.GetType().Name}; this model can be told of functions (AIFunctionDeclaration)."))];
    }

    /// <summary>The tools of which the model has to call one; none where it may choose.</summary>
    /// <exception cref="ArgumentException">There is no such tool.</exception>
    public static ToolSignature[] Required(ChatOptions options)
    {
        if (options.ToolMode is not RequiredChatToolMode mode)
            return [];
        AIFunctionDeclaration[] offered = [.. options.Tools?.OfType<AIFunctionDeclaration>() ?? []];
        AIFunctionDeclaration[] wanted = mode.RequiredFunctionName is string name ? Array.FindAll(offered, function => function.Name == name) : offered;
        return wanted.Length > 0
            ? [.. wanted.Select(function => new ToolSignature(function.Name, function.JsonSchema.GetRawText()))]
            : throw new ArgumentException(
                mode.RequiredFunctionName is null || offered.Length == 0
                    ? "ToolMode orders a call, but there is no tool to call. Give Tools."
                    : $"ToolMode orders a call of '{mode.RequiredFunctionName}', which is none of the tools: {string.Join(", ", offered.Select(function => function.Name))}.",
                nameof(options));
    }

    /// <summary>How a model's template writes calls; Hermes' form where it does not say, which is how tools are described then.</summary>
    public static ToolCallForm FormOf(ChatTemplate? template)
    {
        string source = template?.Source ?? "";
        return source.Contains("<tool_call>", StringComparison.Ordinal) ? ToolCallForm.Hermes
            : source.Contains("[TOOL_CALLS]", StringComparison.Ordinal) ? source.Contains("[ARGS]", StringComparison.Ordinal) ? ToolCallForm.MistralArguments : ToolCallForm.Mistral
            : source.Contains("<|python_tag|>", StringComparison.Ordinal) || source.Contains("\"parameters\"", StringComparison.Ordinal) ? ToolCallForm.Llama
            : ToolCallForm.Hermes;
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
    public static Conversation InText(Conversation conversation, string? tools)
    {
        List<Message> messages = [.. conversation.Messages.Select(InText)];
        if (tools is null)
            return new Conversation(messages);
        string told =
            "You may call functions to answer. These are given as JSON:\n<tools>\n" + tools + "\n</tools>\n" +
            "To call one, write a JSON object with its name and arguments between tags:\n<tool_call>\n{\"name\": NAME, \"arguments\": ARGUMENTS}\n</tool_call>";
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
