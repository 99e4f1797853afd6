using System.Globalization;
using System.Text.Json;

namespace Gestalt.Text.Templates;

/// <summary>Conversation, tools and options as the values that templates expect. Whatever people or programs said in them is content; names of known roles are not.</summary>
internal static class TemplateInput
{
    /// <summary>
    /// Templates make special tokens of these: <c>'&lt;|' + message.role + '|&gt;'</c>. As they hold nothing but letters, that is no more than a choice among what the author
    /// foresaw; any other role is content.
    /// </summary>
    private static readonly string[] KnownRoles = [Roles.System, Roles.User, Roles.Assistant, Roles.Tool, "developer", "function", "model", "ipython", "tool_results"];

    /// <summary>How many characters go in.</summary>
    public static long Length(Conversation conversation, TemplateOptions options)
    {
        long length = options.Tools?.Length ?? 0;
        foreach (Message message in conversation.Messages)
        {
            const int eachMessage = 64;
            length += eachMessage + message.Role.Length + message.Content.Length + (message.ReasoningContent?.Length ?? 0)
                + message.ToolCalls.Sum(call => (long)eachMessage + call.Name.Length + call.Arguments.Length);
        }

        return length;
    }

    /// <summary>Gives everything its name.</summary>
    public static void Declare(Scope scope, Conversation conversation, TemplateOptions options)
    {
        scope.Set("messages", new ListValue([.. conversation.Messages.Select(Of)]));
        scope.Set("tools", Tools(options.Tools));
        scope.Set("documents", NoneValue.Instance);
        scope.Set("add_generation_prompt", BooleanValue.Of(options.AddGenerationPrompt));
        if (options.BosText is string start)
        {
            scope.Set("bos_token", TracedText.Authored(start));
        }

        if (options.EosText is string end)
        {
            scope.Set("eos_token", TracedText.Authored(end));
        }

        foreach ((string name, object? value) in options.Variables)
        {
            scope.Set(name, Of(name, value));
        }
    }

    private static MappingValue Of(Message message)
    {
        var mapping = new MappingValue();
        mapping.Set("role", KnownRoles.Contains(message.Role) ? TracedText.Authored(message.Role) : TracedText.Content(message.Role));

        // Templates tell an answer from mere calls by content being none.
        mapping.Set("content", message is { Content.Length: 0, ToolCalls.Count: > 0 } ? NoneValue.Instance : TracedText.Content(message.Content));
        SetOptional(mapping, "name", message.Name);
        if (message.ToolCalls.Count > 0)
        {
            mapping.Set("tool_calls", new ListValue([.. message.ToolCalls.Select(Of)]));
        }

        SetOptional(mapping, "tool_call_id", message.ToolCallId);
        SetOptional(mapping, "reasoning_content", message.ReasoningContent);
        return mapping;
    }

    private static MappingValue Of(ToolCall call)
    {
        var function = new MappingValue();
        function.Set("name", TracedText.Content(call.Name));
        function.Set("arguments", Arguments(call.Arguments));
        var mapping = new MappingValue();
        SetOptional(mapping, "id", call.Id);
        mapping.Set("type", TracedText.Authored("function"));
        mapping.Set("function", function);
        return mapping;
    }

    /// <summary>Arguments are a mapping that reads as its text; what is no JSON object, as models may write it, is text alone.</summary>
    private static Value Arguments(string json)
    {
        TracedText text = TracedText.Content(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? JsonText.ReadObject(document.RootElement, text) : text;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return text;
        }
    }

    private static Value Tools(string? json)
    {
        if (json is null)
        {
            return NoneValue.Instance;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Array when document.RootElement.GetArrayLength() > 0 => JsonText.Read(document.RootElement),
                JsonValueKind.Array or JsonValueKind.Null => NoneValue.Instance,
                _ => throw new ArgumentException("The tools must be a JSON array of objects with \"type\" and \"function\".", nameof(json)),
            };
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"The tools are not JSON: {problem.Message}", nameof(json), problem);
        }
    }

    private static Value Of(string name, object? value) => value switch
    {
        null => NoneValue.Instance,
        bool flag => BooleanValue.Of(flag),
        string text => TracedText.Content(text),
        int or long or short or byte or sbyte or ushort or uint or ulong => new IntegerValue(Int128.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture)),
        float or double or decimal => new FloatValue(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        JsonElement json => JsonText.Read(json),
        IEnumerable<string> texts => new ListValue([.. texts.Select(TracedText.Content)]),
        _ => throw new ArgumentException($"The template's variable '{name}' is a {value.GetType().Name}; booleans, numbers, texts, null and JSON are possible.", nameof(value)),
    };

    private static void SetOptional(MappingValue mapping, string key, string? text)
    {
        if (text is not null)
        {
            mapping.Set(key, TracedText.Content(text));
        }
    }
}
