using System.Text;
using System.Text.Json;

namespace Gestalt.Inference.Constraints;

/// <content>Whether alternatives exclude each other, which <c>oneOf</c> asks for.</content>
internal sealed partial class SchemaCompiler
{
    // How deep properties are followed to find one that tells two objects apart.
    private const int MostDepth = 4;

    private void RefuseOverlap(SchemaNode alternatives, SchemaParts[] options)
    {
        for (int i = 0; i < options.Length; i++)
        {
            for (int j = i + 1; j < options.Length; j++)
            {
                _budget.AddSteps(1);
                if (!ExcludeEachOther(options[i], options[j], MostDepth))
                    throw alternatives.Problem($"the options {i} and {j} may both hold, and a grammar cannot count. Use anyOf, or let them differ by type or by a required property with different constants");
            }
        }
    }

    private bool ExcludeEachOther(SchemaParts a, SchemaParts b, int depth)
    {
        if (a.IsImpossible || b.IsImpossible)
            return true;
        if (depth == 0)
            return false;
        JsonKinds shared = a.Kinds() & b.Kinds();
        if (shared == JsonKinds.None)
            return true;
        if (a.Alternatives.Count > 0)
            return Choices(a).All(choice => ExcludeEachOther(choice, b, depth - 1));
        if (b.Alternatives.Count > 0)
            return Choices(b).All(choice => ExcludeEachOther(a, choice, depth - 1));
        if (a.HasAny("enum", "const"))
            return NoneHolds(a, b);
        if (b.HasAny("enum", "const"))
            return NoneHolds(b, a);
        return (shared & (JsonKinds.Null | JsonKinds.Boolean | JsonKinds.Array)) == 0
            && (!shared.HasFlag(JsonKinds.String) || StringsDiffer(a, b))
            && ((shared & (JsonKinds.Integer | JsonKinds.Fraction)) == 0 || NumbersDiffer(a, b, shared.HasFlag(JsonKinds.Fraction)))
            && (!shared.HasFlag(JsonKinds.Object) || ObjectsDiffer(a, b, depth));
    }

    private IEnumerable<SchemaParts> Choices(SchemaParts parts)
    {
        SchemaParts rest = parts.WithoutFirstAlternative();
        return parts.Alternatives[0].Items().Select(option => SchemaParts.Of(_document, [option], rest));
    }

    private bool NoneHolds(SchemaParts listed, SchemaParts other)
    {
        List<SchemaNode> values = ListedValues(listed, listed.Kinds());
        if (other.HasAny("enum", "const"))
        {
            List<SchemaNode> others = ListedValues(other, other.Kinds());
            _budget.AddSteps(values.Count * others.Count);
            return !values.Exists(value => others.Exists(second => JsonElement.DeepEquals(value.Element, second.Element)));
        }
        static bool IsScalar(SchemaNode value) => value.Element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);
        return values.TrueForAll(value => IsScalar(value) && !Satisfies(value, other, other.Kinds()));
    }

    private bool StringsDiffer(SchemaParts a, SchemaParts b) => StringsOf(a) is Dfa mine && StringsOf(b) is Dfa theirs && mine.Intersect(theirs, _budget).IsEmpty;

    private bool NumbersDiffer(SchemaParts a, SchemaParts b, bool canBeFraction)
    {
        Expression mine = Numbers(a, canBeFraction), theirs = Numbers(b, canBeFraction);
        return mine is not Call && theirs is not Call && Dfa.From(mine, _budget).Intersect(Dfa.From(theirs, _budget), _budget).IsEmpty;
    }

    // Objects differ if one needs a property that the other forbids, or both need one whose values differ.
    private bool ObjectsDiffer(SchemaParts a, SchemaParts b, int depth)
    {
        HashSet<string> mine = RequiredOf(a), theirs = RequiredOf(b);
        return mine.Any(name => Differs(name, theirs.Contains(name))) || theirs.Any(name => Differs(name, mine.Contains(name)));

        bool Differs(string name, bool bothNeedIt)
        {
            SchemaParts ours = ValuesOf(a, name), others = ValuesOf(b, name);
            return ours.IsImpossible || others.IsImpossible || (bothNeedIt && ExcludeEachOther(ours, others, depth - 1));
        }
    }

    private static HashSet<string> RequiredOf(SchemaParts parts) => [.. parts.All("required").SelectMany(list => list.Items()).Select(item => item.Text())];

    private SchemaParts ValuesOf(SchemaParts parts, string name) =>
        Parts(PropertySchemas(parts, name, Encoding.UTF8.GetBytes(JsonText.Spell(name)), Patterns(parts)));
}
