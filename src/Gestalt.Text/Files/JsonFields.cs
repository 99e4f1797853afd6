using System.Globalization;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>Reading the fields of a JSON document that is not trusted.</summary>
internal static class JsonFields
{
    /// <summary>An error in the document.</summary>
    public static InvalidDataException Invalid(string message) => new(message);

    /// <summary>Sees that an element is of a kind.</summary>
    public static void Expect(JsonElement element, JsonValueKind kind, string what)
    {
        if (element.ValueKind != kind)
        {
            throw Invalid($"{what} should be {kind} but is {element.ValueKind}.");
        }
    }

    /// <summary>A field that must be there.</summary>
    public static JsonElement Member(JsonElement parent, string name, JsonValueKind kind)
    {
        if (!parent.TryGetProperty(name, out JsonElement element))
        {
            throw Invalid($"There is no \"{name}\".");
        }

        Expect(element, kind, $"\"{name}\"");
        return element;
    }

    /// <summary>A field that may be missing or null.</summary>
    public static bool TryMember(JsonElement parent, string name, out JsonElement element) =>
        parent.TryGetProperty(name, out element) && element.ValueKind != JsonValueKind.Null;

    /// <summary>A flag that may be missing or null.</summary>
    public static bool Flag(JsonElement parent, string name, bool otherwise = false) => !TryMember(parent, name, out JsonElement element)
        ? otherwise
        : element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Invalid($"\"{name}\" should be true or false."),
        };

    /// <summary>A text that must be there.</summary>
    public static string Text(JsonElement parent, string name) => Member(parent, name, JsonValueKind.String).GetString()!;

    /// <summary>A text that may be missing or null.</summary>
    public static string? TextOrNull(JsonElement parent, string name) => TryMember(parent, name, out _) ? Text(parent, name) : null;

    /// <summary>The type of a part of the tokenizer.</summary>
    public static string TypeOf(JsonElement element)
    {
        Expect(element, JsonValueKind.Object, "Each part of the tokenizer");
        return Text(element, "type");
    }

    /// <summary>The id of a token.</summary>
    public static int Id(JsonElement element, string what) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int id) && id >= 0
        ? id
        : throw Invalid(string.Create(CultureInfo.InvariantCulture, $"The id of {what} is {Vocabulary.Shorten(element.GetRawText())}; ids are whole numbers from 0 up."));

    /// <summary>The parts of a part: itself, or if it is a Sequence those in it.</summary>
    public static IEnumerable<JsonElement> Parts(JsonElement part, string list) => Parts(part, list, depth: 0);

    /// <summary>A pattern as it stands in Split and Replace, in our dialect: an expression, or a text that stands for itself.</summary>
    public static string Pattern(JsonElement part)
    {
        JsonElement pattern = Member(part, "pattern", JsonValueKind.Object);
        if (TextOrNull(pattern, "Regex") is string expression)
        {
            return expression;
        }

        string text = Text(pattern, "String");
        return string.Concat(text.Select(letter => letter < 0x80 && !char.IsAsciiLetterOrDigit(letter) && letter > ' ' ? $"\\{letter}" : letter.ToString()));
    }

    private static IEnumerable<JsonElement> Parts(JsonElement part, string list, int depth)
    {
        if (depth > 16)
        {
            throw Invalid("A Sequence holds Sequences more than 16 deep.");
        }

        return TypeOf(part) == "Sequence"
            ? Member(part, list, JsonValueKind.Array).EnumerateArray().SelectMany(inner => Parts(inner, list, depth + 1))
            : [part];
    }
}
