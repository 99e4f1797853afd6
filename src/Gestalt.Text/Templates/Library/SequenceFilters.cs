using System.Collections.Frozen;
using System.Globalization;

namespace Gestalt.Text.Templates;

/// <summary>The filters on sequences and mappings.</summary>
internal static class SequenceFilters
{
    public static FrozenDictionary<string, Function> All { get; } = Library.Of(
        new("length", "value", (r, a) => Length(a[0]!)),
        new("count", "value", (r, a) => Length(a[0]!)),
        new("list", "value", (r, a) => new ListValue(Operators.Items(r, a[0]!))),
        new("items", "value", (r, a) => a[0] switch
        {
            MappingValue mapping => Members.Pairs(r, mapping),
            UndefinedValue => ListValue.Iterator([]),
            _ => throw new TemplateException($"items are in a mapping, not in a {a[0]!.TypeName}"),
        }),
        new("first", "value", (r, a) => Operators.Items(r, a[0]!) is { Count: > 0 } items ? items[0] : new UndefinedValue("there is no first item in what is empty")),
        new("last", "value", (r, a) => Operators.Items(r, a[0]!) is { Count: > 0 } items ? items[^1] : new UndefinedValue("there is no last item in what is empty")),
        new("join", "value d? attribute?", (r, a) => TextMethods.Join(
            r, a[1] is Value separator ? Printing.ToText(r, separator) : TracedText.Empty, a[2] is Value name ? Projected(r, a[0]!, name) : Operators.Items(r, a[0]!), convert: true)),
        new("reverse", "value", (r, a) => a[0] is TracedText text
            ? Members.Slice(r, text, null, null, new IntegerValue(-1))
            : ListValue.Iterator([.. Operators.Items(r, a[0]!).Reverse()])),
        new("map", "value *arguments **options", (r, a) => Map(r, a[0]!, ((ListValue)a[1]!).Items, (MappingValue)a[2]!)),
        new("select", "value *test", (r, a) => Chosen(r, a[0]!, null, ((ListValue)a[1]!).Items, wanted: true)),
        new("reject", "value *test", (r, a) => Chosen(r, a[0]!, null, ((ListValue)a[1]!).Items, wanted: false)),
        new("selectattr", "value attribute *test", (r, a) => Chosen(r, a[0]!, a[1], ((ListValue)a[2]!).Items, wanted: true)),
        new("rejectattr", "value attribute *test", (r, a) => Chosen(r, a[0]!, a[1], ((ListValue)a[2]!).Items, wanted: false)),
        new("sum", "value attribute? start?", (r, a) => Projected(r, a[0]!, a[1]).Aggregate(a[2] ?? new IntegerValue(0), (sum, item) => Operators.Add(r, sum, item))),
        new("min", "value case_sensitive? attribute?", (r, a) => Extreme(r, a, 1)),
        new("max", "value case_sensitive? attribute?", (r, a) => Extreme(r, a, -1)),
        new("sort", "value reverse? case_sensitive? attribute?", (r, a) => new ListValue(Sorted(r, Operators.Items(r, a[0]!), item => Attribute(item, a[3]), a[1]?.IsTrue ?? false, a[2]?.IsTrue ?? false))),
        new("dictsort", "value case_sensitive? by? reverse?", (r, a) => DictSort(r, a)),
        new("unique", "value case_sensitive? attribute?", (r, a) => Unique(r, a)),
        new("groupby", "value attribute default? case_sensitive?", (r, a) => GroupBy(r, a)),
        new("batch", "value linecount fill_with?", (r, a) => Batch(r, a)));

    /// <summary>What Python's <c>len</c> says.</summary>
    public static IntegerValue Length(Value value) => new(value switch
    {
        TracedText text => PythonText.Count(text.Characters),
        ListValue { Kind: not ListKind.Iterator } list => list.Items.Count,
        MappingValue mapping => mapping.Count,
        UndefinedValue => 0,
        ListValue => throw new TemplateException("what a filter yields has no length; make a list of it first: ... | list | length"),
        _ => throw new TemplateException($"a {value.TypeName} has no length"),
    });

    private static ListValue Map(Rendering rendering, Value value, IReadOnlyList<Value> arguments, MappingValue options)
    {
        IReadOnlyList<Value> items = ItemsOfAny(rendering, value);
        if (arguments.Count == 0)
        {
            Value attribute = options.Find("attribute") ?? throw new TemplateException("map() needs the name of a filter, or attribute=");
            Value? otherwise = options.Find("default");
            return ListValue.Iterator([.. items.Select(item =>
            {
                rendering.Spend(1);
                Value found = Attribute(item, attribute);
                return found is UndefinedValue && otherwise is not null ? otherwise : found;
            })]);
        }

        string name = Library.Text(arguments[0], "the name of a filter");
        Function filter = Filters.All.GetValueOrDefault(name) ?? throw new TemplateException($"there is no filter '{name}'");
        List<KeyValuePair<string, Value>> named = [.. options.Entries.Select(entry => KeyValuePair.Create(entry.Key.ToString()!, entry.Value))];
        return ListValue.Iterator([.. items.Select(item =>
        {
            rendering.Spend(1);
            return filter.Call(rendering, new CallArguments([item, .. arguments.Skip(1)], named));
        })]);
    }

    /// <summary>The values to go through; these filters take whatever counts as false for nothing at all.</summary>
    private static IReadOnlyList<Value> ItemsOfAny(Rendering rendering, Value value) => value.IsTrue ? Operators.Items(rendering, value) : [];

    private static ListValue Chosen(Rendering rendering, Value value, Value? attribute, IReadOnlyList<Value> arguments, bool wanted)
    {
        Function? test = null;
        if (arguments.Count > 0)
        {
            string name = Library.Text(arguments[0], "the name of a test");
            test = Tests.All.GetValueOrDefault(name) ?? throw new TemplateException($"there is no test '{name}'");
        }

        return ListValue.Iterator([.. ItemsOfAny(rendering, value).Where(item =>
        {
            rendering.Spend(1);
            Value judged = Attribute(item, attribute);
            return wanted == (test?.Call(rendering, new CallArguments([judged, .. arguments.Skip(1)], [])) ?? judged).IsTrue;
        })]);
    }

    private static IReadOnlyList<Value> Projected(Rendering rendering, Value value, Value? attribute)
    {
        IReadOnlyList<Value> items = Operators.Items(rendering, value);
        rendering.Spend(items.Count);
        return attribute is null or NoneValue ? items : [.. items.Select(item => Attribute(item, attribute))];
    }

    /// <summary>The attribute of an item, also one in another (<c>function.name</c>); the item itself where none is named.</summary>
    private static Value Attribute(Value item, Value? attribute)
    {
        if (attribute is null or NoneValue)
        {
            return item;
        }

        if (Operators.Whole(attribute) is not null)
        {
            return Members.Item(item, attribute);
        }

        foreach (string part in Library.Text(attribute, "the attribute").Split('.'))
        {
            item = Members.Item(item, int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? new IntegerValue(index) : TracedText.Authored(part));
        }

        return item;
    }

    /// <summary>Items by their keys, equal ones in the order that they had.</summary>
    private static Value[] Sorted(Rendering rendering, IReadOnlyList<Value> items, Func<Value, Value> key, bool descending, bool caseSensitive)
    {
        rendering.Spend(items.Count * (long)(1 + Math.Log2(items.Count + 1)));
        (Value Key, Value Item)[] keyed = [.. items.Select(item => (Folded(key(item), caseSensitive), item))];
        var comparer = Comparer<Value>.Create((a, b) => Operators.Compare(rendering, "<", a, b));
        try
        {
            return [.. (descending ? keyed.OrderByDescending(pair => pair.Key, comparer) : keyed.OrderBy(pair => pair.Key, comparer)).Select(pair => pair.Item)];
        }
        catch (InvalidOperationException problem) when (problem.InnerException is TemplateException reason)
        {
            throw reason;
        }
    }

    private static Value Folded(Value value, bool caseSensitive) =>
        !caseSensitive && value is TracedText text ? text.Spelled(characters => characters.ToLowerInvariant()) : value;

    private static Value Extreme(Rendering rendering, Value?[] arguments, int sign)
    {
        bool caseSensitive = arguments[1]?.IsTrue ?? false;
        Value? best = null;
        foreach (Value item in Operators.Items(rendering, arguments[0]!))
        {
            if (best is null || sign * Operators.Compare(rendering, "<", Key(item), Key(best)) < 0)
            {
                best = item;
            }
        }

        return best ?? new UndefinedValue("what is empty has no smallest or largest item");

        Value Key(Value item) => Folded(Attribute(item, arguments[2]), caseSensitive);
    }

    private static ListValue DictSort(Rendering rendering, Value?[] arguments)
    {
        var mapping = arguments[0] as MappingValue ?? throw new TemplateException($"dictsort sorts a mapping, not a {arguments[0]!.TypeName}");
        string by = Library.OptionalText(arguments[2], "by") ?? "key";
        int part = by == "key" ? 0 : by == "value" ? 1 : throw new TemplateException($"dictsort sorts by 'key' or 'value', not by '{by}'");
        return new ListValue(Sorted(rendering, Members.Pairs(rendering, mapping).Items, pair => ((ListValue)pair).Items[part], arguments[3]?.IsTrue ?? false, arguments[1]?.IsTrue ?? false));
    }

    private static ListValue Unique(Rendering rendering, Value?[] arguments)
    {
        var seen = new MappingValue();
        return ListValue.Iterator([.. Operators.Items(rendering, arguments[0]!).Where(item =>
        {
            rendering.Spend(1);
            Value key = Folded(Attribute(item, arguments[2]), arguments[1]?.IsTrue ?? false);
            bool isNew = !seen.TryGet(key, out _);
            seen.Set(key, item);
            return isNew;
        })]);
    }

    private static ListValue GroupBy(Rendering rendering, Value?[] arguments)
    {
        bool caseSensitive = arguments[3]?.IsTrue ?? false;
        Value[] sorted = Sorted(rendering, Operators.Items(rendering, arguments[0]!), Key, descending: false, caseSensitive);
        var groups = new List<Value>();
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            Value key = Key(sorted[start]);
            for (end = start + 1; end < sorted.Length && Operators.Equal(rendering, Folded(Key(sorted[end]), caseSensitive), Folded(key, caseSensitive)); end++)
            {
            }

            groups.Add(ListValue.Tuple(key, new ListValue(sorted[start..end])));
        }

        return new ListValue(groups);

        Value Key(Value item) => Attribute(item, arguments[1]) is var found && found is UndefinedValue && arguments[2] is Value otherwise ? otherwise : found;
    }

    private static ListValue Batch(Rendering rendering, Value?[] arguments)
    {
        Int128 size = Library.Integer(arguments[1], "linecount", 1);
        if (size < 1 || size > 100_000)
        {
            throw new TemplateException($"batch() makes lists of 1 to 100,000, not of {size}");
        }

        return ListValue.Iterator([.. Operators.Items(rendering, arguments[0]!).Chunk((int)size).Select(Value (chunk) =>
            new ListValue(arguments[2] is Value fill ? [.. chunk, .. Enumerable.Repeat(fill, (int)size - chunk.Length)] : chunk))]);
    }
}
