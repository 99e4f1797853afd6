using System.Collections.Frozen;

namespace Gestalt.Text.Templates;

/// <summary>The tests: what stands after <c>is</c>.</summary>
internal static class Tests
{
    public static FrozenDictionary<string, Function> All { get; } = Library.Of([
        Test("defined", value => value is not UndefinedValue),
        Test("undefined", value => value is UndefinedValue),
        Test("none", value => value is NoneValue),
        Test("string", value => value is TracedText),
        Test("number", value => value is IntegerValue or FloatValue or BooleanValue),
        Test("integer", value => value is IntegerValue),
        Test("float", value => value is FloatValue),
        Test("boolean", value => value is BooleanValue),
        Test("true", value => value == BooleanValue.True),
        Test("false", value => value == BooleanValue.False),
        Test("mapping", value => value is MappingValue),
        Test("iterable", value => value is TracedText or ListValue or MappingValue or UndefinedValue),
        Test("sequence", value => value is TracedText or ListValue { Kind: not ListKind.Iterator } or MappingValue or UndefinedValue),
        Test("callable", value => value is CallableValue or UndefinedValue),
        Test("escaped", value => false),
        Test("upper", value => value is TracedText text && text.Characters.Any(char.IsUpper) && !text.Characters.Any(char.IsLower)),
        Test("lower", value => value is TracedText text && text.Characters.Any(char.IsLower) && !text.Characters.Any(char.IsUpper)),
        new("odd", "value", (r, a) => BooleanValue.Of(Operators.Real(Operators.Remainder(r, a[0]!, new IntegerValue(2))) == 1)),
        new("even", "value", (r, a) => BooleanValue.Of(Operators.Real(Operators.Remainder(r, a[0]!, new IntegerValue(2))) == 0)),
        new("divisibleby", "value num", (r, a) => BooleanValue.Of(Operators.Real(Operators.Remainder(r, a[0]!, a[1]!)) == 0)),
        new("sameas", "value other", (r, a) => BooleanValue.Of(a[0]!.TypeName == a[1]!.TypeName && Operators.Equal(r, a[0]!, a[1]!))),
        new("in", "value seq", (r, a) => BooleanValue.Of(Operators.Contains(r, a[1]!, a[0]!))),
        new("filter", "value", (r, a) => BooleanValue.Of(a[0] is TracedText name && Filters.All.ContainsKey(name.Characters))),
        new("test", "value", (r, a) => BooleanValue.Of(a[0] is TracedText name && All!.ContainsKey(name.Characters))),
        .. Comparison("==", (r, a, b) => Operators.Equal(r, a, b), "eq", "equalto"),
        .. Comparison("!=", (r, a, b) => !Operators.Equal(r, a, b), "ne"),
        .. Comparison("<", (r, a, b) => Operators.Compare(r, "<", a, b) < 0, "lt", "lessthan"),
        .. Comparison("<=", (r, a, b) => Operators.Compare(r, "<=", a, b) <= 0, "le"),
        .. Comparison(">", (r, a, b) => Operators.Compare(r, ">", a, b) > 0, "gt", "greaterthan"),
        .. Comparison(">=", (r, a, b) => Operators.Compare(r, ">=", a, b) >= 0, "ge"),
    ]);

    private static Function Test(string name, Func<Value, bool> holds) => new(name, "value", (r, a) => BooleanValue.Of(holds(a[0]!)));

    private static IEnumerable<Function> Comparison(string symbol, Func<Rendering, Value, Value, bool> holds, params string[] names) =>
        names.Append(symbol).Select(name => new Function(name, "value other", (r, a) => BooleanValue.Of(holds(r, a[0]!, a[1]!))));
}
