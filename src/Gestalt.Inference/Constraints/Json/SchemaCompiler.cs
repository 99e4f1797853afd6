using System.Text.Json;

namespace Gestalt.Inference.Constraints;

/// <summary>
/// Turns a JSON Schema (draft 2020-12) into a grammar. Each combination of schemas that has to hold at one place becomes a rule, so that recursion by references ends; what cannot be held to is
/// refused with its place.
/// </summary>
/// <remarks>
/// Departures, all of which allow less than the standard and never more: properties come in the order in which they are listed, others behind them; numbers with bounds are written without exponent,
/// strings with constraints in their plain spelling; <c>oneOf</c> is accepted where its options are seen to exclude each other. Formats are held to, not only noted. That names which a schema does not list
/// come twice in an object is not prevented.
/// </remarks>
internal sealed partial class SchemaCompiler
{
    private const int MostRules = 50_000;

    // Each schema that holds at a place costs about as much as so many members of a set of states.
    private const int StepsPerPart = 16;

    // Combinations of alternatives of several anyOf that hold at once.
    private const int MostOptions = 5_000;

    private readonly SchemaDocument _document;
    private readonly JsonSchemaOptions _options;
    private readonly Grammar _grammar;
    private readonly JsonRules _rules;
    private readonly Budget _budget = new("the schema");
    private readonly Dictionary<string, Expression> _known = new(StringComparer.Ordinal);
    private readonly Queue<(int Rule, SchemaParts Parts)> _waiting = [];

    private SchemaCompiler(Grammar grammar, SchemaDocument document, JsonSchemaOptions options)
    {
        (_grammar, _document, _options) = (grammar, document, options);
        _rules = new JsonRules(_grammar, options.Whitespace);
    }

    /// <summary>Adds the values that satisfy a schema to a grammar.</summary>
    /// <exception cref="ConstraintException">It is no schema, or says what cannot be held to.</exception>
    public static Call Add(Grammar grammar, string json, JsonSchemaOptions options)
    {
        SchemaDocument document = SchemaDocument.Parse(json);
        int rule = grammar.Declare("#");
        var compiler = new SchemaCompiler(grammar, document, options);
        grammar[rule] = compiler._rules.Document(compiler.Values(compiler.Parts(document.Root)));
        while (compiler._waiting.TryDequeue(out (int Rule, SchemaParts Parts) next))
            grammar[next.Rule] = compiler.Body(next.Parts);
        return new Call(rule);
    }

    private SchemaParts Parts(params IEnumerable<SchemaNode> nodes) => SchemaParts.Of(_document, nodes);

    /// <summary>The values that satisfy schemas.</summary>
    private Expression Values(SchemaParts parts)
    {
        if (parts.IsImpossible)
            return Expression.Impossible;
        if (parts.Bases.Count == 0 && parts.Alternatives.Count == 0)
            return _rules.Value;
        if (_known.TryGetValue(parts.Key, out Expression? known))
            return known;
        string place = parts.Bases.Concat(parts.Alternatives).First().Pointer;
        _budget.Place = place;
        _budget.AddSteps(StepsPerPart * (parts.Bases.Count + parts.Alternatives.Count));
        if (parts.Alternatives.Count == 0 && (parts.Kinds() & (JsonKinds.Object | JsonKinds.Array)) == 0)
        {
            Expression body = Body(parts);
            return _known[parts.Key] = body is Call ? body : _grammar.Define(place, body);
        }
        if (_grammar.Count >= MostRules)
            throw new ConstraintException(place, $"the schema has more than {MostRules:N0} different places. Use fewer combinations of allOf and anyOf.");
        int rule = _grammar.Declare(place);
        _waiting.Enqueue((rule, parts));
        return _known[parts.Key] = new Call(rule);
    }

    private Expression Body(SchemaParts parts)
    {
        _budget.Place = parts.Bases.Concat(parts.Alternatives).First().Pointer;
        if (parts.Alternatives.Count > 0)
            return AnyAlternative(parts);
        JsonKinds kinds = parts.Kinds();
        if (parts.HasAny("enum", "const"))
            return OneOfValues(parts, kinds);
        var options = new List<Expression>();
        if (kinds.HasFlag(JsonKinds.Object))
            options.Add(Objects(parts));
        if (kinds.HasFlag(JsonKinds.Array))
            options.Add(Arrays(parts));
        if (kinds.HasFlag(JsonKinds.String))
            options.Add(Strings(parts));
        if (kinds.HasFlag(JsonKinds.Integer))
            options.Add(Numbers(parts, canBeFraction: kinds.HasFlag(JsonKinds.Fraction)));
        if (kinds.HasFlag(JsonKinds.Boolean))
            options.Add(Expression.AnyOf(Expression.Text("true"), Expression.Text("false")));
        if (kinds.HasFlag(JsonKinds.Null))
            options.Add(Expression.Text("null"));
        return Expression.AnyOf([.. options]);
    }

    // One of several alternatives that hold at once is chosen here, the others further down, so that a list of lists stays as small as the schema.
    private Expression AnyAlternative(SchemaParts parts)
    {
        SchemaNode alternatives = parts.Alternatives[0];
        SchemaParts rest = parts.WithoutFirstAlternative();
        SchemaParts[] options = [.. alternatives.Items().Select(option => SchemaParts.Of(_document, [option], rest))];
        if (options.Length == 0)
            throw alternatives.Problem("this needs at least one schema");
        if (options.Length > MostOptions)
            throw alternatives.Problem($"these are more than {MostOptions:N0} alternatives; use an enum, or fewer");
        if (alternatives.Pointer.EndsWith("/oneOf", StringComparison.Ordinal))
            RefuseOverlap(alternatives, options);
        return Expression.AnyOf([.. options.Select(Values)]);
    }

    private Expression Arrays(SchemaParts parts)
    {
        const int MostPrefixItems = 300;
        foreach (SchemaNode items in parts.All("items"))
        {
            if (items.Element.ValueKind == JsonValueKind.Array)
                throw items.Problem("a list of schemas here belongs to older drafts; rename it to prefixItems");
        }
        int least = parts.AtLeast("minItems");
        int? most = parts.AtMost("maxItems");
        if (most < least)
            return Expression.Impossible;
        List<SchemaNode>[] prefixes = [.. parts.Bases.Select(node => node.TryGet("prefixItems", out SchemaNode prefix) ? prefix.Items().ToList() : [])];
        int listed = Math.Min(prefixes.Max(prefix => prefix.Count), most ?? int.MaxValue);
        if (listed > MostPrefixItems)
            throw parts.All("prefixItems").First().Problem($"more than {MostPrefixItems} elements with schemas of their own are not supported");
        Expression further = Values(Parts(ItemsBehind(parts, prefixes, listed)));
        Expression elements = listed == 0
            ? Repeated(further, least, most)
            : Expression.Join(_rules.Comma, further).Times(Math.Max(0, least - listed), most - listed);
        for (int i = listed - 1; i >= 0; i--)
        {
            elements = Expression.Join(Values(Parts(ItemsBehind(parts, prefixes, i))), elements);
            if (i > 0)
                elements = Expression.Join(_rules.Comma, elements);
            if (i >= least)
                elements = elements.Optional();
        }
        return _rules.Array(elements);
    }

    private Expression Repeated(Expression element, int least, int? most)
    {
        if (most == 0)
            return Expression.Empty;
        Expression several = _rules.SeveralOf(element, Math.Max(1, least), most);
        return least == 0 ? several.Optional() : several;
    }

    // The schemas of the element at a place: each schema has its own list, and its own schema for those behind.
    private static IEnumerable<SchemaNode> ItemsBehind(SchemaParts parts, List<SchemaNode>[] prefixes, int index)
    {
        for (int i = 0; i < prefixes.Length; i++)
        {
            if (index < prefixes[i].Count)
                yield return prefixes[i][index];
            else if (parts.Bases[i].TryGet("items", out SchemaNode items))
                yield return items;
        }
    }
}
