using System.Text;
using System.Text.Json;

namespace Gestalt.Inference.Constraints;

/// <content>Strings, numbers and lists of values.</content>
internal sealed partial class SchemaCompiler
{
    private const int LargestDivisor = 1000;

    // Automata of strings by the schemas that they come from: names, values and comparisons of alternatives ask for the same ones.
    private readonly Dictionary<string, Dfa?> _strings = new(StringComparer.Ordinal);

    private Expression Strings(SchemaParts parts)
    {
        if (!parts.HasAny("minLength", "maxLength", "pattern", "format"))
            return _rules.Text;
        // Lengths alone need no automaton of their own, and they are the ones that can be large.
        return JsonRules.Quote(parts.HasAny("pattern", "format") ? new Regular(StringsOf(parts)!) : Lengths(parts));
    }

    private static Expression Lengths(SchemaParts parts) => parts.AtMost("maxLength") < parts.AtLeast("minLength")
        ? Expression.Impossible
        : JsonText.AnyCharacter.Times(parts.AtLeast("minLength"), parts.AtMost("maxLength"));

    /// <summary>The strings that schemas allow, plainly spelt, without quotes; null if they allow any.</summary>
    private Dfa? StringsOf(SchemaParts parts)
    {
        if (_strings.TryGetValue(parts.Key, out Dfa? known))
            return known;
        var languages = new List<Expression>();
        if (parts.HasAny("minLength", "maxLength"))
            languages.Add(Lengths(parts));
        languages.AddRange(parts.All("pattern").Select(pattern => PatternParser.Parse(pattern.Text(), pattern.Pointer)));
        languages.AddRange(parts.All("format").Select(format => StringFormats.Find(format.Text(), format.Pointer)
            ?? throw format.Problem($"the format '{format.Text()}' is not supported; there are {string.Join(", ", StringFormats.Names)}. A pattern may say the same")));
        Dfa? strings = null;
        foreach (Expression language in languages)
        {
            Dfa next = Dfa.From(language, _budget);
            strings = strings is null ? next : strings.Intersect(next, _budget);
        }
        return _strings[parts.Key] = strings;
    }

    private Expression Numbers(SchemaParts parts, bool canBeFraction)
    {
        if (!parts.HasAny("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
            return canBeFraction ? _rules.Number : _rules.Integer;
        int? fractionDigits = canBeFraction ? null : 0;
        var divisors = new List<int>();
        foreach (SchemaNode node in parts.All("multipleOf"))
        {
            DecimalNumber divisor = Bound(node);
            if (divisor.IsNegative || divisor.IsZero)
                throw node.Problem($"{node.Shortened} is no divisor; it has to be above 0");
            if (divisor.Fraction.Length == 0 && int.TryParse(divisor.Whole, out int whole) && whole <= LargestDivisor)
                (fractionDigits, _) = (0, Add(divisors, whole));
            else if (divisor.Whole == "0" && divisor.Fraction.TrimStart('0') == "1")
                fractionDigits = Math.Min(fractionDigits ?? int.MaxValue, divisor.Fraction.Length);
            else
                throw node.Problem($"multiples of {node.Shortened} are not supported; there are whole numbers up to {LargestDivisor}, and 0.1, 0.01 and so on");
        }
        Expression numbers = NumberLanguage.Of(
            Bounds("minimum", false).Concat(Bounds("exclusiveMinimum", true)), Bounds("maximum", false).Concat(Bounds("exclusiveMaximum", true)), fractionDigits, _budget);
        return divisors.Count == 0
            ? numbers
            : new Regular(divisors.Aggregate(Dfa.From(numbers, _budget), (rest, divisor) => rest.Intersect(NumberLanguage.MultiplesOf(divisor), _budget)));

        IEnumerable<NumberBound> Bounds(string keyword, bool isExclusive) => parts.All(keyword).Select(node => new NumberBound(Bound(node), isExclusive));

        static bool Add(List<int> list, int value)
        {
            list.Add(value);
            return true;
        }
    }

    private static DecimalNumber Bound(SchemaNode node)
    {
        if (node.Element.ValueKind != JsonValueKind.Number)
            throw node.Problem($"{node.Shortened} is no number");
        return NumberLanguage.Read(node.Element) ?? throw node.Problem($"{node.Shortened} has too many digits");
    }

    private Expression OneOfValues(SchemaParts parts, JsonKinds kinds) => Expression.AnyOf([.. ListedValues(parts, kinds).Select(Constant)]);

    /// <summary>The values that enum and const list and that satisfy the keywords beside them too.</summary>
    private List<SchemaNode> ListedValues(SchemaParts parts, JsonKinds kinds)
    {
        List<List<SchemaNode>> lists = [.. parts.All("const").Select(value => new List<SchemaNode> { value }), .. parts.All("enum").Select(values => values.Items().ToList())];
        List<SchemaNode> values = lists[0];
        foreach (List<SchemaNode> list in lists.Skip(1))
        {
            _budget.AddSteps(values.Count * list.Count);
            values = [.. values.Where(value => list.Exists(other => JsonElement.DeepEquals(value.Element, other.Element)))];
        }
        return [.. values.Where(value => Satisfies(value, parts, kinds))];
    }

    private bool Satisfies(SchemaNode value, SchemaParts parts, JsonKinds kinds)
    {
        switch (value.Element.ValueKind)
        {
            case JsonValueKind.Null: return kinds.HasFlag(JsonKinds.Null);
            case JsonValueKind.True or JsonValueKind.False: return kinds.HasFlag(JsonKinds.Boolean);
            case JsonValueKind.String:
                return kinds.HasFlag(JsonKinds.String) && StringsOf(parts)?.Accepts(Encoding.UTF8.GetBytes(JsonText.Spell(value.Text()))) != false;
            case JsonValueKind.Number:
                DecimalNumber number = Bound(value);
                string plain = $"{(number.IsNegative ? "-" : "")}{number.Whole}{(number.Fraction.Length > 0 ? "." + number.Fraction : "")}";
                return kinds.HasFlag(number.Fraction.Length == 0 ? JsonKinds.Integer : JsonKinds.Fraction)
                    && (!parts.HasAny("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf") || Dfa.From(Numbers(parts, canBeFraction: true), _budget).Accepts(Encoding.UTF8.GetBytes(plain)));
            case JsonValueKind.Object:
                return kinds.HasFlag(JsonKinds.Object) && RefuseBeside(value, parts, ["properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties"]);
            default:
                return kinds.HasFlag(JsonKinds.Array) && RefuseBeside(value, parts, ["items", "prefixItems", "minItems", "maxItems"]);
        }
    }

    private static bool RefuseBeside(SchemaNode value, SchemaParts parts, string[] keywords) => !parts.HasAny(keywords)
        ? true
        : throw value.Problem($"whether this value satisfies the keywords beside it ({string.Join(", ", keywords.Where(keyword => parts.HasAny(keyword)))}) is not examined; leave them out, or list scalar values");

    /// <summary>Exactly one value, in its plain spelling.</summary>
    private Expression Constant(SchemaNode value) => value.Element.ValueKind switch
    {
        JsonValueKind.Object => _rules.Object(Joined(value.Members().Select(member => _rules.Member(Name(member.Name), Constant(member.Value))))),
        JsonValueKind.Array => _rules.Array(Joined(value.Items().Select(Constant))),
        JsonValueKind.String => Name(value.Text()),
        _ => Expression.Text(value.Element.GetRawText()),
    };

    private Expression Joined(IEnumerable<Expression> parts) => Expression.Join([.. parts.SelectMany((part, i) => i == 0 ? [part] : new[] { _rules.Comma, part })]);

    private static Expression Name(string text) => JsonRules.Quote(Expression.Text(JsonText.Spell(text)));
}
