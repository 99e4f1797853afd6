using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Tasks.Tools;

/// <summary>The tools of a conversation.</summary>
public sealed class ToolBox
{
    private readonly Dictionary<string, ITool> _byName;

    /// <summary>A box of tools.</summary>
    /// <param name="tools">The tools, in the order in which models are told of them.</param>
    public ToolBox(params IEnumerable<ITool> tools)
    {
        Tools = [.. tools];
        _byName = Tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        Definitions = JsonSerializer.Serialize(Tools.Select(tool => new
        {
            type = "function",
            function = new
            {
                name = tool.Name,
                description = tool.Description,
                parameters = SchemaOf(tool),
            },
        }), Readable);
    }

    private static JsonSerializerOptions Readable { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The tools.</summary>
    public IReadOnlyList<ITool> Tools { get; }

    /// <summary>What a conversation says of them (<see cref="Conversation.Tools"/>).</summary>
    public string Definitions { get; }

    /// <summary>The tool of a name, or null.</summary>
    /// <param name="name">The name.</param>
    public ITool? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The JSON Schema of a tool's arguments.</summary>
    /// <param name="tool">The tool.</param>
    public static object SchemaOf(ITool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return new { type = "object", properties = new Dictionary<string, object> { [tool.Parameter] = new { type = "string" } }, required = (string[])[tool.Parameter] };
    }

    /// <summary>Asks a tool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="argument">What it is asked.</param>
    /// <exception cref="ToolException">There is no such tool, or it refuses.</exception>
    public string Answer(string name, string argument) => (Find(name) ?? throw new ToolException($"There is no tool '{name}'; there are: {string.Join(", ", _byName.Keys)}.")).Answer(argument);

    /// <summary>Runs a call as a model wrote it. Whatever is wrong with it becomes a sentence that the model reads.</summary>
    /// <param name="call">The call.</param>
    public string Run(ToolCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            return Find(call.Name) is { } tool && ArgumentOf(call.Arguments, tool.Parameter) is { } argument
                ? tool.Answer(argument)
                : Find(call.Name) is { } known ? $"Error: {call.Name} wants one argument, the text \"{known.Parameter}\"." : Answer(call.Name, "");
        }
        catch (ToolException refusal)
        {
            return $"Error: {refusal.Message}";
        }
    }

    /// <summary>A call of a tool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="argument">What it is asked.</param>
    /// <exception cref="ToolException">There is no such tool.</exception>
    public ToolCall CallOf(string name, string argument) => Find(name) is { } tool
        ? new ToolCall(name, ToolText.Arguments(tool.Parameter, argument))
        : throw new ToolException($"There is no tool '{name}'; there are: {string.Join(", ", _byName.Keys)}.");

    private static string? ArgumentOf(string json, string parameter)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(parameter, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
