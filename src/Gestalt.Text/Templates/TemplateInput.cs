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
    /// <param name="scope">Where to.</param>
    /// <param name="conversation">The messages.</param>
    /// <param name="options">Tools, variables and the rest.</param>
    /// <param name="traced">Whose texts are told apart from the author's.</param>
    public static void Declare(Scope scope, Conversation conversation, TemplateOptions options, Traced traced = default)
    {
        scope.Set("messages", new ListValue([.. conversation.Messages.Select((message, number) => Of(message, !traced.Covers(number)))]));
        scope.Set("tools", Tools(options.Tools, !traced.CoversTheRest));
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
            scope.Set(name, Of(name, value, !traced.CoversTheRest));
        }
    }

    private static MappingValue Of(Message message, bool authored)
    {
        var mapping = new MappingValue();
        mapping.Set("role", TracedText.Of(message.Role, authored || KnownRoles.Contains(message.Role)));

        // Templates tell an answer from mere calls by content being none.
        mapping.Set("content", message is { Content.Length: 0, ToolCalls.Count: > 0 } ? NoneValue.Instance : TracedText.Of(message.Content, authored));
        SetOptional(mapping, "name", message.Name, authored);
        if (message.ToolCalls.Count > 0)
        {
            mapping.Set("tool_calls", new ListValue([.. message.ToolCalls.Select(call => Of(call, authored))]));
        }

        SetOptional(mapping, "tool_call_id", message.ToolCallId, authored);
        SetOptional(mapping, "reasoning_content", message.ReasoningContent, authored);
        return mapping;
    }

    private static MappingValue Of(ToolCall call, bool authored)
    {
        var function = new MappingValue();
        function.Set("name", TracedText.Of(call.Name, authored));
        function.Set("arguments", Arguments(call.Arguments, authored));
        var mapping = new MappingValue();
        SetOptional(mapping, "id", call.Id, authored);
        mapping.Set("type", TracedText.Authored("function"));
        mapping.Set("function", function);
        return mapping;
    }

    /// <summary>Arguments are a mapping that reads as its text; what is no JSON object, as models may write it, is text alone.</summary>
    private static Value Arguments(string json, bool authored)
    {
        TracedText text = TracedText.Of(json, authored);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? JsonText.ReadObject(document.RootElement, text, authored) : text;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return text;
        }
    }

    private static Value Tools(string? json, bool authored)
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
                JsonValueKind.Array when document.RootElement.GetArrayLength() > 0 => JsonText.Read(document.RootElement, authored),
                JsonValueKind.Array or JsonValueKind.Null => NoneValue.Instance,
                _ => throw new ArgumentException("The tools must be a JSON array of objects with \"type\" and \"function\".", nameof(json)),
            };
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"The tools are not JSON: {problem.Message}", nameof(json), problem);
        }
    }

    private static Value Of(string name, object? value, bool authored) => value switch
    {
        null => NoneValue.Instance,
        bool flag => BooleanValue.Of(flag),
        string text => TracedText.Of(text, authored),
        int or long or short or byte or sbyte or ushort or uint or ulong => new IntegerValue(Int128.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture)),
        float or double or decimal => new FloatValue(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        JsonElement json => JsonText.Read(json, authored),
        IEnumerable<string> texts => new ListValue([.. texts.Select(one => TracedText.Of(one, authored))]),
        _ => throw new ArgumentException($"The template's variable '{name}' is a {value.GetType().Name}; booleans, numbers, texts, null and JSON are possible.", nameof(value)),
    };

    private static void SetOptional(MappingValue mapping, string key, string? text, bool authored)
    {
        if (text is not null)
        {
            mapping.Set(key, TracedText.Of(text, authored));
        }
    }
}
