using System.Text;
using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Inference.Constraints;

/// <summary>A schema within a document, with the JSON pointer under which it stands.</summary>
internal readonly record struct SchemaNode(JsonElement Element, string Pointer)
{
    /// <summary>A keyword's value, if the schema has it.</summary>
    public bool TryGet(string keyword, out SchemaNode value)
    {
        value = default;
        if (Element.ValueKind != JsonValueKind.Object || !Element.TryGetProperty(keyword, out JsonElement element))
            return false;
        value = new SchemaNode(element, Below(keyword));
        return true;
    }

    /// <summary>The elements of an array.</summary>
    public IEnumerable<SchemaNode> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw Problem("this has to be an array");
        int index = 0;
        foreach (JsonElement item in Element.EnumerateArray())
            yield return new SchemaNode(item, $"{Pointer}/{index++}");
    }

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, SchemaNode Value)> Members()
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw Problem("this has to be an object");
        foreach (JsonProperty property in Element.EnumerateObject())
            yield return (property.Name, new SchemaNode(property.Value, Below(property.Name)));
    }

    /// <summary>A count: a whole number of 0 or more.</summary>
    public int Count() => Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out double value) && value >= 0 && value <= int.MaxValue && value == Math.Floor(value)
        ? (int)value
        : throw Problem($"{Shortened} is no count; it takes a whole number from 0 to {int.MaxValue}");

    /// <summary>A text.</summary>
    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Problem("this has to be a string");

    /// <summary>The value as it stands in the file, its beginning if it is long.</summary>
    public string Shortened => Element.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : Element.GetRawText();

    public ConstraintException Problem(string problem) => new(Pointer, problem + ".");

    private string Below(string name) => $"{Pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}

/// <summary>A JSON Schema: finds what references point to, and what each schema says in keywords that can be held to.</summary>
internal sealed class SchemaDocument
{
    private const int MostDepth = 200;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Keywords that combine schemas.
    private static readonly HashSet<string> Combining = ["$ref", "anyOf", "oneOf", "allOf"];

    // Keywords that say themselves which values are valid.
    private static readonly HashSet<string> Constraints =
    [
        "type", "enum", "const",
        "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties",
        "items", "prefixItems", "minItems", "maxItems", "minLength", "maxLength", "pattern", "format",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    ];

    // Keywords that say nothing about which values are valid.
    private static readonly HashSet<string> Silent =
    [
        "$schema", "$id", "$defs", "definitions", "$anchor", "$comment", "$vocabulary", "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly",
        "contentEncoding", "contentMediaType", "contentSchema",
    ];

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["not"] = "what is not allowed cannot be written as a grammar; say what is",
        ["if"] = "conditions are not supported; write the cases with anyOf",
        ["then"] = "conditions are not supported; write the cases with anyOf",
        ["else"] = "conditions are not supported; write the cases with anyOf",
        ["contains"] = "a grammar cannot count matching elements",
        ["dependentRequired"] = "properties that depend on others are not supported; write the cases with anyOf",
        ["dependentSchemas"] = "properties that depend on others are not supported; write the cases with anyOf",
        ["unevaluatedProperties"] = "use additionalProperties in the schema that lists the properties",
        ["unevaluatedItems"] = "use items and prefixItems",
        ["$dynamicRef"] = "dynamic references are not supported; use $ref",
        ["additionalItems"] = "this belongs to older drafts; use prefixItems and items",
        ["nullable"] = "this is OpenAPI's; use \"type\": [\"...\", \"null\"]",
    };

    private readonly Dictionary<string, SchemaNode> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, SchemaNode>> _properties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    private Dictionary<string, SchemaNode>? _anchors;

    private SchemaDocument(JsonElement root) => Root = new SchemaNode(root, "#");

    public SchemaNode Root { get; }

    /// <summary>Whether a keyword says itself which values are valid.</summary>
    public static bool IsConstraint(string keyword) => Constraints.Contains(keyword);

    /// <summary>The schema that a schema lists for a property; null if it lists none. (Looking for a property in JSON takes as long as there are properties.)</summary>
    public SchemaNode? Property(SchemaNode schema, string name)
    {
        if (!_properties.TryGetValue(schema.Pointer, out Dictionary<string, SchemaNode>? properties))
        {
            properties = schema.TryGet("properties", out SchemaNode list) ? list.Members().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal) : [];
            _properties[schema.Pointer] = properties;
        }
        return properties.TryGetValue(name, out SchemaNode property) ? property : null;
    }

    /// <summary>Reads a schema.</summary>
    /// <exception cref="ConstraintException">It is no JSON.</exception>
    public static SchemaDocument Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(StrictUtf8.GetBytes(json), new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false });
            JsonDocuments.RequireText(document.RootElement);
            return new SchemaDocument(document.RootElement.Clone());
        }
        catch (Exception problem) when (problem is EncoderFallbackException or InvalidOperationException)
        {
            throw new ConstraintException("the schema", "a text in it has half of a pair of surrogates, which is no character.");
        }
        catch (JsonException problem)
        {
            throw new ConstraintException("the schema", $"it is no JSON, or nested more than {MostDepth} deep: {problem.Message}");
        }
    }

    /// <summary>Refuses a schema that says what cannot be held to.</summary>
    public void Check(SchemaNode node)
    {
        if (!_checked.Add(node.Pointer))
            return;
        if (node.Element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return;
        if (node.Element.ValueKind != JsonValueKind.Object)
            throw node.Problem($"{node.Shortened} is no schema; a schema is an object, true or false");
        foreach ((string name, SchemaNode value) in node.Members())
        {
            if (IsConstraint(name) || Combining.Contains(name) || Silent.Contains(name) || name.StartsWith("x-", StringComparison.Ordinal))
                continue;
            if (name == "uniqueItems" && value.Element.ValueKind == JsonValueKind.False)
                continue;
            throw value.Problem(name == "uniqueItems" ? "a grammar cannot remember which elements have been; leave uniqueItems out and check afterwards"
                : Reasons.TryGetValue(name, out string? reason) ? $"the keyword '{name}' is not supported: {reason}"
                : $"'{name}' is no keyword that can be held to. Remove it if it is only a note, or begin its name with x-");
        }
    }

    /// <summary>What a reference points to.</summary>
    public SchemaNode Resolve(SchemaNode reference)
    {
        string target = reference.Text();
        if (_known.TryGetValue(target, out SchemaNode known))
            return known;
        if (Root.TryGet("$id", out SchemaNode id) && id.Element.ValueKind == JsonValueKind.String && id.Text().Length > 0 && target.StartsWith(id.Text().TrimEnd('#') + "#", StringComparison.Ordinal))
            target = target[(id.Text().TrimEnd('#').Length)..];
        if (!target.StartsWith('#'))
            throw reference.Problem($"the reference '{target}' leads out of this document. Copy what it points to into $defs, and refer to it with #/$defs/...");
        SchemaNode? found = target is "#" ? Root : target.StartsWith("#/", StringComparison.Ordinal) ? Follow(target) : Anchors().TryGetValue(target[1..], out SchemaNode anchored) ? anchored : null;
        return _known[reference.Text()] = found ?? throw reference.Problem($"there is nothing at '{target}'");
    }

    private SchemaNode? Follow(string pointer)
    {
        SchemaNode node = Root;
        foreach (string part in pointer[2..].Split('/'))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (node.Element.ValueKind == JsonValueKind.Array && int.TryParse(name, out int index) && index >= 0 && index < node.Element.GetArrayLength())
                node = new SchemaNode(node.Element[index], $"{node.Pointer}/{index}");
            else if (node.TryGet(name, out SchemaNode below))
                node = below;
            else
                return null;
        }
        return node;
    }

    private Dictionary<string, SchemaNode> Anchors()
    {
        if (_anchors is not null)
            return _anchors;
        _anchors = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        var waiting = new Stack<SchemaNode>([Root]);
        while (waiting.TryPop(out SchemaNode node))
        {
            if (node.Element.ValueKind == JsonValueKind.Array)
            {
                foreach (SchemaNode item in node.Items())
                    waiting.Push(item);
            }
            if (node.Element.ValueKind != JsonValueKind.Object)
                continue;
            if (node.TryGet("$anchor", out SchemaNode anchor) && anchor.Element.ValueKind == JsonValueKind.String)
                _anchors.TryAdd(anchor.Text(), node);
            foreach ((_, SchemaNode value) in node.Members())
                waiting.Push(value);
        }
        return _anchors;
    }
}
