using System.Text.Json;

namespace Gestalt.Inference.Constraints;

/// <summary>The kinds of JSON values; a whole number is a kind of its own.</summary>
[Flags]
internal enum JsonKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>null.</summary>
    Null = 1,

    /// <summary>true and false.</summary>
    Boolean = 2,

    /// <summary>Objects.</summary>
    Object = 4,

    /// <summary>Arrays.</summary>
    Array = 8,

    /// <summary>Strings.</summary>
    String = 16,

    /// <summary>Whole numbers.</summary>
    Integer = 32,

    /// <summary>Numbers that are not whole.</summary>
    Fraction = 64,

    /// <summary>All.</summary>
    All = 127,
}

/// <summary>
/// Several schemas of which all have to hold, taken apart: references are followed and <c>allOf</c> is merged, so that what is left are keywords side by side (<see cref="Bases"/>), and alternatives still to be
/// chosen from (<see cref="Alternatives"/>).
/// </summary>
/// <param name="Bases">Schemas whose own keywords hold, in the order of their place in the document; without those that say nothing.</param>
/// <param name="Alternatives">Values of anyOf and oneOf: of each, one has to hold.</param>
/// <param name="IsImpossible">Whether one of them is <c>false</c>.</param>
internal sealed record SchemaParts(IReadOnlyList<SchemaNode> Bases, IReadOnlyList<SchemaNode> Alternatives, bool IsImpossible)
{
    // Schemas side by side, after references; more than this is a knot, not a schema.
    private const int MostParts = 500;

    /// <summary>A name for the combination, the same for the same parts.</summary>
    public string Key { get; } = (IsImpossible ? "!" : "") + string.Join('|', Bases.Select(node => node.Pointer)) + "||" + string.Join('|', Alternatives.Select(node => node.Pointer));

    /// <summary>The same without the first of the alternatives, which has been chosen from.</summary>
    public SchemaParts WithoutFirstAlternative() => new(Bases, [.. Alternatives.Skip(1)], IsImpossible);

    /// <summary>Takes schemas apart.</summary>
    /// <param name="document">The document.</param>
    /// <param name="nodes">Schemas of which all have to hold.</param>
    /// <param name="before">Parts of which all have to hold as well.</param>
    public static SchemaParts Of(SchemaDocument document, IEnumerable<SchemaNode> nodes, SchemaParts? before = null)
    {
        var bases = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        var alternatives = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        foreach (SchemaNode node in before?.Bases ?? [])
            bases[node.Pointer] = node;
        foreach (SchemaNode node in before?.Alternatives ?? [])
            alternatives[node.Pointer] = node;
        bool isImpossible = before?.IsImpossible ?? false;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var order = new List<SchemaNode>();
        var waiting = new Stack<SchemaNode>(nodes.Reverse());
        while (waiting.TryPop(out SchemaNode node))
        {
            document.Check(node);
            if (!seen.Add(node.Pointer))
                continue;
            if (seen.Count > MostParts)
                throw node.Problem($"more than {MostParts} schemas would have to hold at once here");
            isImpossible |= node.Element.ValueKind == JsonValueKind.False;
            if (node.Element.ValueKind != JsonValueKind.Object)
                continue;
            if (node.Members().Any(member => SchemaDocument.IsConstraint(member.Name)))
                bases.TryAdd(node.Pointer, node);
            foreach (string name in new[] { "anyOf", "oneOf" })
            {
                if (node.TryGet(name, out SchemaNode options))
                    alternatives.TryAdd(options.Pointer, options);
            }
            if (node.TryGet("allOf", out SchemaNode all))
            {
                foreach (SchemaNode part in all.Items().Reverse())
                    waiting.Push(part);
            }
            if (node.TryGet("$ref", out SchemaNode reference))
                waiting.Push(document.Resolve(reference));
        }
        return new SchemaParts([.. bases.Values], [.. alternatives.Values], isImpossible);
    }

    /// <summary>The values of a keyword in all schemas that have it.</summary>
    public IEnumerable<SchemaNode> All(string keyword)
    {
        foreach (SchemaNode node in Bases)
        {
            if (node.TryGet(keyword, out SchemaNode value))
                yield return value;
        }
    }

    /// <summary>Whether any schema has one of some keywords.</summary>
    public bool HasAny(params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
        {
            if (All(keyword).Any())
                return true;
        }
        return false;
    }

    /// <summary>The kinds of values that all types allow.</summary>
    public JsonKinds Kinds()
    {
        JsonKinds kinds = JsonKinds.All;
        foreach (SchemaNode type in All("type"))
        {
            if (type.Element.ValueKind == JsonValueKind.Array)
                kinds &= type.Items().Aggregate(JsonKinds.None, (sum, item) => sum | Kind(item));
            else
                kinds &= Kind(type);
        }
        return kinds;
    }

    /// <summary>The largest of the counts that a keyword gives; 0 without it.</summary>
    public int AtLeast(string keyword) => All(keyword).Select(node => node.Count()).DefaultIfEmpty(0).Max();

    /// <summary>The smallest of the counts that a keyword gives; null without it.</summary>
    public int? AtMost(string keyword) => All(keyword).Select(node => (int?)node.Count()).DefaultIfEmpty(null).Min();

    private static JsonKinds Kind(SchemaNode type) => type.Text() switch
    {
        "null" => JsonKinds.Null,
        "boolean" => JsonKinds.Boolean,
        "object" => JsonKinds.Object,
        "array" => JsonKinds.Array,
        "string" => JsonKinds.String,
        "integer" => JsonKinds.Integer,
        "number" => JsonKinds.Integer | JsonKinds.Fraction,
        string other => throw type.Problem($"there is no type '{other}'; there are null, boolean, object, array, string, number and integer"),
    };
}
