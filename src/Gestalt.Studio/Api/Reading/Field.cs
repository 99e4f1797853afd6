using System.Text.Json;

namespace Gestalt.Studio.Api.Reading;

/// <summary>A part of a request whose form varies, with its place, so that whatever is wrong with it can be named.</summary>
/// <param name="Value">The JSON.</param>
/// <param name="Path">Its place, as in <c>messages[2].content</c>.</param>
internal readonly record struct Field(JsonElement Value, string Path)
{
    /// <summary>A field of a body; null where it is left out or null.</summary>
    public static Field? Of(JsonElement? value, string path) =>
        value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } present ? new Field(present, path) : null;

    /// <summary>What kind of JSON it is.</summary>
    public JsonValueKind Kind => Value.ValueKind;

    /// <summary>Its text.</summary>
    /// <exception cref="ApiException">It is none.</exception>
    public string Text()
    {
        if (Kind != JsonValueKind.String)
            throw Wrong("a text");
        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Bad(Path, $"'{Path}' holds half of a surrogate pair, which is no letter.", "invalid_value");
        }
    }

    /// <summary>True or false.</summary>
    /// <exception cref="ApiException">It is neither.</exception>
    public bool Flag() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    /// <summary>A whole number.</summary>
    /// <exception cref="ApiException">It is none.</exception>
    public int Number() => Kind == JsonValueKind.Number && Value.TryGetInt32(out int number) ? number : throw Wrong("a whole number");

    /// <summary>Its elements.</summary>
    /// <exception cref="ApiException">It is no list.</exception>
    public IEnumerable<Field> Items()
    {
        if (Kind != JsonValueKind.Array)
            throw Wrong("a list");
        Field self = this;
        return Value.EnumerateArray().Select((item, index) => new Field(item, $"{self.Path}[{index}]"));
    }

    /// <summary>A property; null where it is left out or null.</summary>
    /// <exception cref="ApiException">It is no object.</exception>
    public Field? Find(string name)
    {
        if (Kind != JsonValueKind.Object)
            throw Wrong("an object");
        return Value.TryGetProperty(name, out JsonElement value) ? Of(value, $"{Path}.{name}") : null;
    }

    /// <summary>A property that must be there.</summary>
    /// <exception cref="ApiException">It is not.</exception>
    public Field Require(string name) => Find(name) ?? throw ApiException.Bad($"{Path}.{name}", $"'{Path}.{name}' is missing.", "missing_required_parameter");

    /// <summary>Refuses properties other than these: one that is left out by mistake would change the result silently.</summary>
    /// <exception cref="ApiException">There is another.</exception>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        if (Kind != JsonValueKind.Object)
            throw Wrong("an object");
        foreach (JsonProperty property in Value.EnumerateObject())
        {
            if (!names.Contains(property.Name))
                throw ApiException.Bad($"{Path}.{property.Name}", $"'{Path}' has no property '{property.Name}'; it has {string.Join(", ", names!)}.", "unknown_parameter");
        }
    }

    /// <summary>What is said of a part that is of another kind than it must be.</summary>
    public ApiException Wrong(string expected) => ApiException.Bad(Path, $"'{Path}' must be {expected}, not {NameOf(Kind)}.", "invalid_type");

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "such a number",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
