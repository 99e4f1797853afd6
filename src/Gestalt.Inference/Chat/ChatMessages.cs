using System.Text.Encodings.Web;
using System.Text.Json;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>The messages of .NET's chat interface as the conversations that templates write.</summary>
internal static class ChatMessages
{
    /// <summary>JSON in one line, with its letters as they are: models are shown what they would write.</summary>
    public static JsonSerializerOptions OneLine { get; } = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Translates messages.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="instructions">What the model is told before all else; may be null.</param>
    /// <exception cref="NotSupportedException">A message holds something other than text and tools.</exception>
    public static Conversation Read(IEnumerable<ChatMessage> messages, string? instructions)
    {
        var read = new List<Message>();
        var toolOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ChatMessage message in messages)
            Add(message, read, toolOf);
        if (!string.IsNullOrEmpty(instructions))
            Instruct(read, instructions);
        return new Conversation(read);
    }

    private static void Add(ChatMessage message, List<Message> read, Dictionary<string, string> toolOf)
    {
        var text = new List<string>();
        var thought = new List<string>();
        var calls = new List<ToolCall>();
        int results = 0;
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Add(part.Text);
                    break;
                case TextReasoningContent part:
                    thought.Add(part.Text);
                    break;
                case FunctionCallContent call:
                    toolOf[call.CallId] = call.Name;
                    calls.Add(new ToolCall(call.Name, JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), OneLine), call.CallId));
                    break;
                case FunctionResultContent result:
                    results++;
                    read.Add(new Message(Roles.Tool, Text(result)) { ToolCallId = result.CallId, Name = toolOf.GetValueOrDefault(result.CallId) });
                    break;
                case UsageContent:
                    break;
                default:
                    throw new NotSupportedException($"A message holds {content.GetType().Name}; this model reads text, tool calls and their results.");
            }
        }
        if (results > 0 && text.Count == 0 && calls.Count == 0)
            return;
        read.Add(new Message(message.Role.Value, string.Concat(text))
        {
            Name = message.AuthorName,
            ToolCalls = calls,
            ReasoningContent = thought.Count > 0 ? string.Concat(thought) : null,
        });
    }

    private static string Text(FunctionResultContent result) => result switch
    {
        { Exception: Exception problem, Result: null } => "Error: " + problem.Message,
        { Result: null } => "",
        { Result: string text } => text,
        { Result: JsonElement { ValueKind: JsonValueKind.String } json } => json.GetString()!,
        { Result: object value } => JsonSerializer.Serialize(value, OneLine),
    };

    // Templates know one system message, the first; instructions go before what it says.
    private static void Instruct(List<Message> read, string instructions)
    {
        if (read is [{ Role: Roles.System } system, ..])
            read[0] = system with { Content = instructions + "\n\n" + system.Content };
        else
            read.Insert(0, new Message(Roles.System, instructions));
    }
}
