using System.Text.Json;

namespace Gestalt.Models;

/// <summary>Named values of a configuration file; what is missing or of the wrong kind is a <see cref="ModelFileException"/> that names it.</summary>
internal sealed class HubJson(string path, JsonElement json)
{
    public string Path => path;

    /// <summary>The object itself.</summary>
    public JsonElement Json => json;

    /// <summary>Whether a value is there and not null.</summary>
    public bool Has(string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether a value is a list.</summary>
    public bool IsList(string name) => Has(name) && Get(name).ValueKind == JsonValueKind.Array;

    /// <summary>A string.</summary>
    public string Text(string name) => Get(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(name, "a string");

    /// <summary>A whole number of at least 1.</summary>
    public int Size(string name)
    {
        JsonElement value = Get(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int size) && size >= 1 ? size : throw Wrong(name, "a whole number of at least 1");
    }

    /// <summary>A whole number that may be missing.</summary>
    public int Size(string name, int otherwise) => Has(name) ? Size(name) : otherwise;

    /// <summary>A number that may be missing.</summary>
    public double Number(string name, double otherwise)
    {
        if (!Has(name))
            return otherwise;
        JsonElement value = Get(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Wrong(name, "a number");
    }

    /// <summary>A boolean that may be missing.</summary>
    public bool Flag(string name, bool otherwise) => !Has(name) ? otherwise : Get(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "true or false"),
    };

    /// <summary>A list of numbers, or null where there is none.</summary>
    public double[]? Numbers(string name)
    {
        if (!Has(name))
            return null;
        JsonElement value = Get(name);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(one => one.GetDouble())]
            : throw Wrong(name, "a list of numbers");
    }

    /// <summary>A list of strings, or null where there is none.</summary>
    public string[]? Texts(string name)
    {
        if (!Has(name))
            return null;
        JsonElement value = Get(name);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(one => one.GetString()!)]
            : throw Wrong(name, "a list of strings");
    }

    /// <summary>An object within, or null where there is none.</summary>
    public HubJson? Child(string name) => !Has(name) ? null : Get(name) is { ValueKind: JsonValueKind.Object } value ? new HubJson(path, value) : throw Wrong(name, "an object");

    /// <summary>Refuses arithmetic that is asked for and cannot be done.</summary>
    public void Refuse(string name, bool unless = false)
    {
        if (!unless && Flag(name, otherwise: false))
            throw new ModelFileException(path, $"asks for {name} = true, which cannot be run");
    }

    /// <summary>Refuses a string other than those that can be done.</summary>
    public void Require(string name, params string[] known)
    {
        if (Has(name) && !known.Contains(Text(name)))
            throw new ModelFileException(path, $"asks for {name} = {Text(name)}, which cannot be run; {string.Join(" and ", known)} can");
    }

    private JsonElement Get(string name) => json.TryGetProperty(name, out JsonElement value)
        ? value
        : throw new ModelFileException(path, $"does not say '{name}'", advice: "The file is not a complete configuration of its kind; fetch it again.");

    private ModelFileException Wrong(string name, string wanted) => new(path, $"says '{name}' is {Shortened(Get(name).GetRawText())}; it has to be {wanted}");

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
