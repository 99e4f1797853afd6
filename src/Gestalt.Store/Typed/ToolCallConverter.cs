using System.Text.Json;
using System.Text.Json.Serialization;
using Gestalt.Text;

namespace Gestalt.Store;

/// <summary>A tool call in OpenAI's shape: <c>{"id": "...", "type": "function", "function": {"name": "...", "arguments": "{...}"}}</c>.</summary>
internal sealed class ToolCallConverter : JsonConverter<ToolCall>
{
    public override ToolCall Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement call = document.RootElement;
        return call.ValueKind == JsonValueKind.Object
            && call.TryGetProperty("function", out JsonElement function) && function.ValueKind == JsonValueKind.Object
            && Text(function, "name") is { Length: > 0 } name
            ? new ToolCall(name, Text(function, "arguments") ?? "{}", Text(call, "id"))
            : throw new JsonException("a tool call has no \"function\" with a \"name\"");
    }

    public override void Write(Utf8JsonWriter writer, ToolCall value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value.Id is not null)
            writer.WriteString("id", value.Id);
        writer.WriteString("type", "function");
        writer.WriteStartObject("function");
        writer.WriteString("name", value.Name);
        writer.WriteString("arguments", value.Arguments);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
