using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Training.Finetuning;

/// <summary>
/// What is wrong with a conversation as something to learn from: a model that learns from it would learn the mistake. The order of roles is that of every chat interface: perhaps a system message,
/// then a person, then the assistant by turns; an assistant that calls tools is answered by these.
/// </summary>
public static class ConversationCheck
{
    /// <summary>The first thing that is wrong, in a few words that name the message; null if nothing is.</summary>
    /// <param name="conversation">The conversation.</param>
    public static string? ProblemOf(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        HashSet<string>? tools;
        try
        {
            tools = NamesOf(conversation.Tools);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return "its tools are no list of {\"type\": \"function\", \"function\": {\"name\": ...}}";
        }

        var waiting = new List<ToolCall>();
        string? before = null;
        bool answers = false;
        for (int i = 0; i < conversation.Messages.Count; i++)
        {
            Message message = conversation.Messages[i];
            if (ProblemOf(message, i, before, tools, waiting) is { } problem)
            {
                return problem;
            }

            answers |= message.Role == Roles.Assistant;
            before = message.Role;
        }

        return answers ? null : "nobody answers in it: there is no message of the role 'assistant'";
    }

    private static string? ProblemOf(Message message, int index, string? before, HashSet<string>? tools, List<ToolCall> waiting)
    {
        string which = $"message {index + 1}";
        switch (message.Role)
        {
            case Roles.System or "developer":
                return index == 0 ? null : $"{which} is of the role '{message.Role}', which only the first can be";
            case Roles.User:
                if (before == Roles.User) return $"{which} is of the role 'user', as is the one before: roles take turns";
                return waiting.Count > 0 ? $"{which} is of the role 'user' where the call of '{waiting[0].Name}' waits for its answer" : null;
            case Roles.Assistant:
                if (before == Roles.Assistant) return $"{which} is of the role 'assistant', as is the one before: roles take turns";
                if (waiting.Count > 0) return $"{which} is of the role 'assistant' where the call of '{waiting[0].Name}' waits for its answer";
                if (before is null or Roles.System or "developer") return $"{which} answers where nobody has asked";
                if (string.IsNullOrWhiteSpace(message.Content) && message.ToolCalls.Count == 0) return $"{which}, the assistant's, is empty";
                if (message.ToolCalls.FirstOrDefault(call => tools is null || !tools.Contains(call.Name)) is { } unknown)
                    return tools is null
                        ? $"{which} calls '{unknown.Name}', but the conversation lists no \"tools\""
                        : $"{which} calls '{unknown.Name}', which is none of the tools {string.Join(", ", tools)}";
                waiting.AddRange(message.ToolCalls);
                return null;
            case Roles.Tool:
                if (waiting.Count == 0) return $"{which} is a tool's, but no call waits for one";
                int answered = message.ToolCallId is { } id ? waiting.FindIndex(call => call.Id == id) : 0;
                if (answered < 0) return $"{which} answers the call '{message.ToolCallId}', which nobody made";
                waiting.RemoveAt(answered);
                return null;
            default:
                return $"{which} is of the role '{message.Role}'; system, user, assistant and tool can be learned from";
        }
    }

    private static HashSet<string>? NamesOf(string? tools) => tools is null ? null : new HashSet<string>(ToolText.NamesOf(tools), StringComparer.Ordinal);
}
