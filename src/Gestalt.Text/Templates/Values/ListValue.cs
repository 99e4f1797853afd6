namespace Gestalt.Text.Templates;

/// <summary>How Python would hold a sequence: they print and add differently.</summary>
internal enum ListKind
{
    List,
    Tuple,
    Range,

    /// <summary>What filters such as <c>map</c> yield, and a mapping's views: it can be looped over but has no length and no elements to ask for.</summary>
    Iterator,
}

/// <summary>Values in their order.</summary>
internal sealed class ListValue(IReadOnlyList<Value> items, ListKind kind = ListKind.List) : Value
{
    public IReadOnlyList<Value> Items => items;

    public ListKind Kind => kind;

    public override string TypeName => kind switch { ListKind.List => "list", ListKind.Tuple => "tuple", ListKind.Range => "range", _ => "generator" };

    public override bool IsTrue => kind == ListKind.Iterator || items.Count > 0;

    public static ListValue Tuple(params Value[] items) => new(items, ListKind.Tuple);

    public static ListValue Iterator(IReadOnlyList<Value> items) => new(items, ListKind.Iterator);
}

/// <summary>The numbers of <c>range</c>, made as they are asked for.</summary>
internal sealed class RangeList(Int128 start, Int128 step, int count) : IReadOnlyList<Value>
{
    public int Count => count;

    public Value this[int index] => new IntegerValue(start + (step * index));

    public override string ToString() => step == 1 ? $"range({start}, {start + count})" : $"range({start}, {start + (step * count)}, {step})";

    public IEnumerator<Value> GetEnumerator()
    {
        for (int i = 0; i < count; i++)
        {
            yield return this[i];
        }
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
