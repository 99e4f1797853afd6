using System.Text;
using System.Text.Json;

namespace Gestalt.Inference.Constraints;

/// <content>Objects.</content>
internal sealed partial class SchemaCompiler
{
    // Sets of names told apart by which patterns they match; each pattern can double them.
    private const int MostNameClasses = 64;

    private static readonly SchemaNode Forbidden = new(JsonDocument.Parse("false").RootElement.Clone(), "#false");

    private Dfa? _anyName;

    private Dfa AnyName => _anyName ??= Dfa.From(JsonText.AnyCharacter.Many(), _budget);

    /// <summary>Names that the same patterns match.</summary>
    /// <param name="Names">The names, plainly spelt; null for any.</param>
    /// <param name="Patterns">Which of all patterns match them.</param>
    private sealed record NameClass(Dfa? Names, IReadOnlyList<int> Patterns);

    /// <summary>A pattern of names, and the schema of the values.</summary>
    private sealed record NamePattern(int Base, SchemaNode Value, Dfa Names);

    private Expression Objects(SchemaParts parts)
    {
        List<NamePattern> patterns = Patterns(parts);
        Dfa? allowedNames = AllowedNames(parts);
        HashSet<string> required = [.. parts.All("required").SelectMany(list => list.Items()).Select(item => item.Text())];
        string[] listed = [.. parts.All("properties").SelectMany(list => list.Members()).Select(member => member.Name).Concat(parts.All("required").SelectMany(list => list.Items()).Select(item => item.Text())).Distinct(StringComparer.Ordinal)];

        var members = new List<ListMember>();
        foreach (string name in listed)
        {
            byte[] spelt = Encoding.UTF8.GetBytes(JsonText.Spell(name));
            Expression value = allowedNames?.Accepts(spelt) == false ? Expression.Impossible : Values(Parts(PropertySchemas(parts, name, spelt, patterns)));
            if (value == Expression.Impossible && !required.Contains(name))
                continue;
            if (value == Expression.Impossible)
                return Expression.Impossible;
            members.Add(new ListMember(_rules.Member(Name(name), value), required.Contains(name)));
        }

        Expression? others = OtherMembers(parts, listed, patterns, allowedNames);
        int least = parts.AtLeast("minProperties");
        int? most = parts.AtMost("maxProperties");
        int requiredCount = members.Count(member => member.IsRequired);
        if (most < requiredCount || most < least)
            return Expression.Impossible;
        if (least <= requiredCount && (most is null || (others is null && most >= members.Count)))
            (least, most) = (0, null); // holds anyway
        else if (members.Count > requiredCount)
            throw parts.All("minProperties").Concat(parts.All("maxProperties")).First().Problem("counting properties is supported only where all listed ones are required");
        if (others is not null && most != requiredCount)
            members.Add(new ListMember(_rules.SeveralOf(others, Math.Max(1, least - requiredCount), most - requiredCount), IsRequired: least > requiredCount));
        else if (least > requiredCount)
            return Expression.Impossible;
        return _rules.Object(new MemberList([.. members], _rules.Comma));
    }

    private List<NamePattern> Patterns(SchemaParts parts)
    {
        var patterns = new List<NamePattern>();
        for (int i = 0; i < parts.Bases.Count; i++)
        {
            if (!parts.Bases[i].TryGet("patternProperties", out SchemaNode list))
                continue;
            foreach ((string pattern, SchemaNode value) in list.Members())
                patterns.Add(new NamePattern(i, value, Dfa.From(PatternParser.Parse(pattern, value.Pointer), _budget)));
        }
        return patterns;
    }

    private Dfa? AllowedNames(SchemaParts parts)
    {
        Dfa? names = null;
        foreach (SchemaNode node in parts.All("propertyNames"))
        {
            SchemaParts schema = Parts(node);
            if (schema.Alternatives.Count > 0)
                throw node.Problem("alternatives of names are not supported; use a pattern or an enum");
            JsonKinds kinds = schema.Kinds();
            Dfa? these = schema.IsImpossible || !kinds.HasFlag(JsonKinds.String) ? Dfa.From(Expression.Impossible, _budget)
                : schema.HasAny("enum", "const") ? Dfa.From(Expression.AnyOf([.. ListedValues(schema, kinds).Where(value => value.Element.ValueKind == JsonValueKind.String).Select(value => Expression.Text(JsonText.Spell(value.Text())))]), _budget)
                : StringsOf(schema);
            names = names is null || these is null ? names ?? these : names.Intersect(these, _budget);
        }
        return names;
    }

    // What a listed property has to satisfy: of each schema what it lists, or else what it says of others.
    private IEnumerable<SchemaNode> PropertySchemas(SchemaParts parts, string name, byte[] spelt, List<NamePattern> patterns)
    {
        for (int i = 0; i < parts.Bases.Count; i++)
        {
            bool isKnown = false;
            if (_document.Property(parts.Bases[i], name) is SchemaNode property)
            {
                isKnown = true;
                yield return property;
            }
            foreach (NamePattern pattern in patterns)
            {
                if (pattern.Base != i || !pattern.Names.Accepts(spelt))
                    continue;
                isKnown = true;
                yield return pattern.Value;
            }
            if (!isKnown && Additional(parts.Bases[i]) is SchemaNode additional)
                yield return additional;
        }
    }

    private SchemaNode? Additional(SchemaNode schema)
    {
        if (schema.TryGet("additionalProperties", out SchemaNode additional))
            return additional;
        return _options.ClosedObjects && (schema.TryGet("properties", out _) || schema.TryGet("patternProperties", out _)) ? Forbidden : null;
    }

    /// <summary>A member whose name is not listed; null if there can be none.</summary>
    private Expression? OtherMembers(SchemaParts parts, string[] listed, List<NamePattern> patterns, Dfa? allowedNames)
    {
        var classes = new List<(NameClass Class, SchemaParts Values)>();
        foreach (NameClass names in NameClasses(patterns, allowedNames))
        {
            SchemaParts values = Parts(Enumerable.Range(0, parts.Bases.Count).SelectMany(i => OtherSchemas(parts.Bases[i], i, names, patterns)));
            if (!values.IsImpossible)
                classes.Add((names, values));
        }
        if (classes.Count == 0)
            return null;
        if (listed.Length == 0)
            return Expression.AnyOf([.. classes.Select(member => _rules.Member(member.Class.Names is null ? _rules.Text : JsonRules.Quote(new Regular(member.Class.Names)), Values(member.Values)))]);
        Dfa taken = Dfa.From(Expression.AnyOf([.. listed.Select(name => Expression.Text(JsonText.Spell(name)))]), _budget);
        Expression[] options = [.. classes.Select(member => (Names: (member.Class.Names ?? AnyName).Except(taken, _budget), member.Values)).Where(member => !member.Names.IsEmpty)
            .Select(member => _rules.Member(_grammar.Define($"{parts.Bases[0].Pointer}, other names", JsonRules.Quote(new Regular(member.Names))), Values(member.Values)))];
        return options.Length == 0 ? null : Expression.AnyOf(options);
    }

    private IEnumerable<SchemaNode> OtherSchemas(SchemaNode schema, int index, NameClass names, List<NamePattern> patterns)
    {
        SchemaNode[] matching = [.. names.Patterns.Select(i => patterns[i]).Where(pattern => pattern.Base == index).Select(pattern => pattern.Value)];
        return matching.Length > 0 ? matching : Additional(schema) is SchemaNode additional ? [additional] : [];
    }

    private List<NameClass> NameClasses(List<NamePattern> patterns, Dfa? allowedNames)
    {
        List<NameClass> classes = [new NameClass(allowedNames, [])];
        for (int i = 0; i < patterns.Count; i++)
        {
            var finer = new List<NameClass>();
            foreach (NameClass names in classes)
            {
                Dfa within = names.Names ?? AnyName;
                Dfa matching = within.Intersect(patterns[i].Names, _budget), others = within.Except(patterns[i].Names, _budget);
                if (!matching.IsEmpty)
                    finer.Add(new NameClass(matching, [.. names.Patterns, i]));
                if (!others.IsEmpty)
                    finer.Add(names with { Names = others });
            }
            classes = finer;
            if (classes.Count > MostNameClasses)
                throw patterns[i].Value.Problem($"the patterns of names overlap in more than {MostNameClasses} ways; use fewer, or ones that exclude each other");
        }
        return classes;
    }
}
