using System.Collections.Frozen;

namespace Gestalt.Text.Templates;

/// <summary>What <c>value.name</c> and <c>value[key]</c> give.</summary>
internal static class Members
{
    private static readonly string[] Changing =
        ["append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem"];

    private static readonly FrozenDictionary<string, Function> OfMappings = Library.Of(
        new("items", "self", (r, a) => Pairs(r, (MappingValue)a[0]!)),
        new("keys", "self", (r, a) => ListValue.Iterator(((MappingValue)a[0]!).Keys)),
        new("values", "self", (r, a) => ListValue.Iterator(((MappingValue)a[0]!).Values)),
        new("get", "self key default?", (r, a) => ((MappingValue)a[0]!).TryGet(a[1]!, out Value? value) ? value : a[2] ?? NoneValue.Instance),
        new("copy", "self", (r, a) => a[0]!));

    private static readonly FrozenDictionary<string, Function> OfLists = Library.Of(
        new("index", "self item", (r, a) => IndexOf(r, (ListValue)a[0]!, a[1]!)),
        new("count", "self item", (r, a) => new IntegerValue(((ListValue)a[0]!).Items.Count(item => Operators.Equal(r, item, a[1]!)))),
        new("copy", "self", (r, a) => a[0]!));

    /// <summary>The keys and values of a mapping as pairs.</summary>
    public static ListValue Pairs(Rendering rendering, MappingValue mapping)
    {
        rendering.Spend(mapping.Count);
        return ListValue.Iterator([.. mapping.Entries.Select(entry => ListValue.Tuple(entry.Key, entry.Value))]);
    }

    /// <summary><c>value.name</c>: methods come before keys.</summary>
    public static Value Attribute(Value value, string name) =>
        Own(value, name) ?? (value as MappingValue)?.Find(name) ?? Missing(value, name);

    /// <summary><c>value[key]</c>: keys come before methods.</summary>
    public static Value Item(Value value, Value key)
    {
        switch (value)
        {
            case MappingValue mapping when mapping.TryGet(key, out Value? found):
                return found;
            case ListValue { Kind: not ListKind.Iterator } list when Operators.Whole(key) is Int128 index:
                index += index < 0 ? list.Items.Count : 0;
                return index >= 0 && index < list.Items.Count ? list.Items[(int)index] : new UndefinedValue($"the list has {list.Items.Count} items and none at {Operators.Whole(key)}");
            case TracedText text when Operators.Whole(key) is Int128 index:
                int count = PythonText.Count(text.Characters);
                index += index < 0 ? count : 0;
                return index >= 0 && index < count ? Slice(text, index, index + 1, 1) : new UndefinedValue($"the text has {count} characters and none at {Operators.Whole(key)}");
            default:
                string name = key is TracedText word ? word.Characters : "";
                return Own(value, name) ?? Missing(value, key is TracedText ? name : key.TypeName);
        }
    }

    /// <summary><c>value[from:to:step]</c>; null where nothing was given.</summary>
    public static Value Slice(Rendering rendering, Value value, Value? from, Value? to, Value? step)
    {
        (Int128? start, Int128? end) = (Bound(from), Bound(to));
        Int128 stride = Bound(step) ?? 1;
        if (stride == 0)
        {
            throw new TemplateException("the step of a slice is 0");
        }

        switch (value)
        {
            case TracedText text:
                rendering.SpendText(text.Length);
                return Slice(text, start, end, stride);
            case ListValue { Kind: not ListKind.Iterator } list:
                Value[] items = [.. Indices(list.Items.Count, start, end, stride).Select(i => list.Items[i])];
                rendering.Spend(items.Length);
                return new ListValue(items, list.Kind == ListKind.Tuple ? ListKind.Tuple : ListKind.List);
            case UndefinedValue undefined:
                throw undefined.Error;
            default:
                return new UndefinedValue($"a {value.TypeName} cannot be sliced");
        }
    }

    private static TracedText Slice(TracedText text, Int128? start, Int128? end, Int128 step)
    {
        int[]? offsets = PythonText.Offsets(text.Characters);
        int count = offsets is null ? text.Length : offsets.Length - 1;
        if (step == 1)
        {
            (int first, int last) = (Clamp(start ?? 0, count), Clamp(end ?? count, count));
            (first, last) = offsets is null ? (first, last) : (offsets[first], offsets[last]);
            return text.Slice(first, Math.Max(0, last - first));
        }

        var output = new TracedBuilder();
        foreach (int i in Indices(count, start, end, step))
        {
            output.Append(text, offsets?[i] ?? i, offsets is null ? 1 : offsets[i + 1] - offsets[i]);
        }

        return output.ToText();
    }

    private static int Clamp(Int128 index, int count) => (int)Int128.Clamp(index < 0 ? index + count : index, 0, count);

    private static IEnumerable<int> Indices(int count, Int128? start, Int128? end, Int128 step)
    {
        if (step > 0)
        {
            int last = Clamp(end ?? count, count);
            for (Int128 i = Clamp(start ?? 0, count); i < last; i += step)
            {
                yield return (int)i;
            }
        }
        else
        {
            Int128 first = start is Int128 given ? Int128.Clamp(given < 0 ? given + count : given, -1, count - 1) : count - 1;
            Int128 last = end is Int128 bound ? Int128.Clamp(bound < 0 ? bound + count : bound, -1, count - 1) : -1;
            for (Int128 i = first; i > last; i += step)
            {
                yield return (int)i;
            }
        }
    }

    private static Int128? Bound(Value? value) => value is null or NoneValue ? null : Library.Integer(value, "the bound of a slice", 0);

    private static Value? Own(Value value, string name)
    {
        switch (value)
        {
            case UndefinedValue undefined:
                throw undefined.Error;
            case LoopValue loop:
                return loop.Find(name);
            case NamespaceValue names:
                return names.Members.GetValueOrDefault(name);
        }

        FrozenDictionary<string, Function>? methods = value switch
        {
            TracedText => TextMethods.All,
            MappingValue => OfMappings,
            ListValue => OfLists,
            _ => null,
        };
        return methods is not null && methods.TryGetValue(name, out Function? method) ? new BoundMethod(value, method)
            : value is ListValue or MappingValue && Changing.Contains(name) && (value as MappingValue)?.Find(name) is null
                ? throw new TemplateException($"'{name}' would change a {value.TypeName}, which templates cannot; xs + [x] makes a new list, namespace() holds what changes")
            : null;
    }

    private static UndefinedValue Missing(Value value, string name) => new(value is MappingValue
        ? $"there is no '{name}' in the mapping"
        : $"a {value.TypeName} has no '{name}'");

    private static IntegerValue IndexOf(Rendering rendering, ListValue list, Value item)
    {
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (Operators.Equal(rendering, list.Items[i], item))
            {
                return new IntegerValue(i);
            }
        }

        throw new TemplateException("index() does not find the item that it looks for");
    }
}

/// <summary>What a loop tells about itself under the name <c>loop</c>.</summary>
internal sealed class LoopValue(IReadOnlyList<Value> items) : Value
{
    private Value? _changed;

    /// <summary>Which item the loop is at, from 0.</summary>
    public int Index { get; set; }

    public override string TypeName => "loop";

    public Value? Find(string name) => name switch
    {
        "index" => new IntegerValue(Index + 1),
        "index0" => new IntegerValue(Index),
        "revindex" => new IntegerValue(items.Count - Index),
        "revindex0" => new IntegerValue(items.Count - Index - 1),
        "first" => BooleanValue.Of(Index == 0),
        "last" => BooleanValue.Of(Index == items.Count - 1),
        "length" => new IntegerValue(items.Count),
        "depth" => new IntegerValue(1),
        "depth0" => new IntegerValue(0),
        "previtem" => Index > 0 ? items[Index - 1] : new UndefinedValue("there is no item before the first"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new UndefinedValue("there is no item after the last"),
        "cycle" => new Function("cycle", "*values", (r, a) => ((ListValue)a[0]!).Items is { Count: > 0 } values
            ? values[Index % values.Count]
            : throw new TemplateException("cycle() was given nothing to cycle through")),
        "changed" => new Function("changed", "*values", (r, a) =>
        {
            bool same = _changed is not null && Operators.Equal(r, _changed, a[0]!);
            _changed = a[0];
            return BooleanValue.Of(!same);
        }),
        _ => null,
    };
}
