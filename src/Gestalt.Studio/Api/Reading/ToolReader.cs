using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Reading;

/// <summary>Reads tools, which of them to call, and the form of answers; <c>/v1/chat/completions</c> and <c>/v1/responses</c> write them alike but for a level of nesting.</summary>
internal static partial class ToolReader
{
    private static readonly JsonElement NoParameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement;

    /// <summary>Reads tools.</summary>
    /// <param name="tools">The list.</param>
    /// <param name="isNested">Whether a function is described in a property <c>function</c>, as in chat, or in the tool itself.</param>
    /// <param name="options">Gets them.</param>
    public static void ReadTools(Field? tools, bool isNested, ChatOptions options)
    {
        var read = new List<AITool>();
        foreach (Field tool in tools?.Items() ?? [])
        {
            Field type = tool.Require("type");
            if (type.Text() != "function")
                throw ApiException.Bad(type.Path, $"'{type.Path}' is '{type.Text()}'; this server knows functions only, which the client calls.", "unsupported_tool");
            Field function = isNested ? tool.Require("function") : tool;
            Field name = function.Require("name");
            if (!FunctionName().IsMatch(name.Text()))
                throw ApiException.Bad(name.Path, $"'{name.Path}' must be 1 to 64 letters, digits, underscores and hyphens.", "invalid_value");
            if (read.Any(other => other.Name == name.Text()))
                throw ApiException.Bad(name.Path, $"There are two tools named '{name.Text()}'.", "invalid_value");
            JsonElement parameters = function.Find("parameters") is not Field schema ? NoParameters
                : schema.Kind == JsonValueKind.Object ? schema.Value.Clone() : throw schema.Wrong("a JSON Schema, an object");
            AIFunctionDeclaration declared = AIFunctionFactory.CreateDeclaration(name.Text(), function.Find("description")?.Text() ?? "", parameters);
            read.Add(function.Find("strict")?.Flag() == true ? new StrictFunction(declared) : declared);
        }
        options.Tools = read.Count > 0 ? read : null;
    }

    /// <summary>Reads which tools may or must be called.</summary>
    public static void ReadChoice(Field? choice, bool isNested, ChatOptions options)
    {
        if (choice is not Field field)
            return;
        if (field.Kind == JsonValueKind.String)
        {
            options.ToolMode = field.Text() switch
            {
                "none" => ChatToolMode.None,
                "auto" => ChatToolMode.Auto,
                "required" => ChatToolMode.RequireAny,
                _ => throw ApiException.Bad(field.Path, $"'{field.Path}' is '{field.Text()}'; it must be none, auto, required, or a function by its name.", "invalid_value"),
            };
        }
        else
        {
            Field type = field.Require("type");
            if (type.Text() != "function")
                throw ApiException.Bad(type.Path, $"'{type.Path}' is '{type.Text()}'; it must be function.", "invalid_value");
            Field name = (isNested ? field.Require("function") : field).Require("name");
            if (options.Tools?.Any(tool => tool.Name == name.Text()) != true)
                throw ApiException.Bad(name.Path, $"'{name.Path}' is '{name.Text()}', which is none of the tools.", "invalid_value");
            options.ToolMode = ChatToolMode.RequireSpecific(name.Text());
        }
        if (options.ToolMode is RequiredChatToolMode && options.Tools is null)
            throw ApiException.Bad(field.Path, $"'{field.Path}' orders a call, and there are no tools.", "invalid_value");
    }

    /// <summary>Reads the form of the answer.</summary>
    /// <param name="format">The field.</param>
    /// <param name="isNested">Whether a schema stands in a property <c>json_schema</c>, as in chat, or in the format itself.</param>
    /// <param name="options">Gets it.</param>
    public static void ReadFormat(Field? format, bool isNested, ChatOptions options)
    {
        if (format is not Field field)
            return;
        Field type = field.Require("type");
        switch (type.Text())
        {
            case "text":
                break;
            case "json_object":
                options.ResponseFormat = ChatResponseFormat.Json;
                break;
            case "json_schema":
                Field described = isNested ? field.Require("json_schema") : field;
                Field schema = described.Require("schema");
                if (schema.Kind is not (JsonValueKind.Object or JsonValueKind.True))
                    throw schema.Wrong("a JSON Schema, an object");
                options.ResponseFormat = ChatResponseFormat.ForJsonSchema(schema.Value.Clone(), described.Find("name")?.Text(), described.Find("description")?.Text());
                break;
            default:
                throw ApiException.Bad(type.Path, $"'{type.Path}' is '{type.Text()}'; it must be text, json_object or json_schema.", "invalid_value");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex FunctionName();

    /// <summary>A function whose arguments must satisfy its schema, which .NET's interface says by an additional property.</summary>
    private sealed class StrictFunction(AIFunctionDeclaration function) : AIFunctionDeclaration
    {
        private static readonly IReadOnlyDictionary<string, object?> Strict = new Dictionary<string, object?> { ["strict"] = true };

        public override string Name => function.Name;

        public override string Description => function.Description;

        public override JsonElement JsonSchema => function.JsonSchema;

        public override IReadOnlyDictionary<string, object?> AdditionalProperties => Strict;
    }
}
