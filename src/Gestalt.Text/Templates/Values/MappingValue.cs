using System.Diagnostics.CodeAnalysis;

namespace Gestalt.Text.Templates;

/// <summary>Keys with their values, in the order in which they were written.</summary>
internal sealed class MappingValue : Value
{
    private readonly OrderedDictionary<Value, Value> _entries = new(KeyComparer.Instance);

    /// <summary>
    /// The text for which this stands where text is asked for: the arguments of a tool call come as JSON text in some programs and as an object in others, and templates
    /// are written for either. Null for every other mapping.
    /// </summary>
    public TracedText? AsText { get; init; }

    public int Count => _entries.Count;

    public IEnumerable<KeyValuePair<Value, Value>> Entries => _entries;

    public IReadOnlyList<Value> Keys => [.. _entries.Keys];

    public IReadOnlyList<Value> Values => [.. _entries.Values];

    public override string TypeName => "dict";

    public override bool IsTrue => _entries.Count > 0;

    public bool TryGet(Value key, [MaybeNullWhen(false)] out Value value)
    {
        value = null;
        return KeyComparer.IsKey(key) && _entries.TryGetValue(key, out value);
    }

    public Value? Find(string key) => TryGet(TracedText.Authored(key), out Value? value) ? value : null;

    public void Set(string key, Value value) => _entries[TracedText.Authored(key)] = value;

    public void Set(Value key, Value value)
    {
        if (!KeyComparer.IsKey(key))
        {
            throw new TemplateException($"a {key.TypeName} cannot be the key of a mapping");
        }

        _entries[key] = value;
    }

    /// <summary>Keys are equal as in Python: 1, 1.0 and true are one key. Texts are equal whoever wrote them.</summary>
    private sealed class KeyComparer : IEqualityComparer<Value>
    {
        public static KeyComparer Instance { get; } = new();

        public static bool IsKey(Value key) => key is TracedText or IntegerValue or FloatValue or BooleanValue or NoneValue;

        public bool Equals(Value? x, Value? y) => (x, y) switch
        {
            (TracedText a, TracedText b) => a.Characters == b.Characters,
            (NoneValue, NoneValue) => true,
            _ => Number(x) is double a && Number(y) is double b && a == b && (x is FloatValue || y is FloatValue || Whole(x) == Whole(y)),
        };

        public int GetHashCode(Value key) => key is TracedText text ? text.Characters.GetHashCode() : Number(key)?.GetHashCode() ?? 0;

        private static double? Number(Value? value) => value switch
        {
            FloatValue real => real.Value,
            IntegerValue or BooleanValue => (double)Whole(value),
            _ => null,
        };

        private static Int128 Whole(Value? value) => value is IntegerValue whole ? whole.Value : value is BooleanValue { Value: true } ? 1 : 0;
    }
}
