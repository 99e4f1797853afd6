namespace Gestalt.Text.Templates;

/// <summary>Arithmetic, comparison and search as Python does them.</summary>
internal static class Operators
{
    private const int MostItems = 1_000_000;

    public static Value Add(Rendering rendering, Value left, Value right)
    {
        switch (left, right)
        {
            case (TracedText or MappingValue { AsText: not null }, TracedText or MappingValue { AsText: not null }):
                return Join(rendering, Printing.ToText(rendering, left), Printing.ToText(rendering, right));
            case (ListValue { Kind: ListKind.List or ListKind.Tuple } a, ListValue b) when a.Kind == b.Kind:
                rendering.Spend(a.Items.Count + b.Items.Count);
                return a.Items.Count + b.Items.Count <= MostItems ? new ListValue([.. a.Items, .. b.Items], a.Kind) : throw TooLong();
            default:
                return Arithmetic("+", left, right, (a, b) => checked(a + b), (a, b) => a + b);
        }
    }

    /// <summary>Two texts, one after the other.</summary>
    public static TracedText Join(Rendering rendering, params ReadOnlySpan<TracedText> texts)
    {
        var joined = new TracedBuilder();
        foreach (TracedText text in texts)
        {
            rendering.SpendText((long)joined.Length + text.Length);
            joined.Append(text);
        }

        return joined.ToText();
    }

    public static Value Subtract(Value left, Value right) => Arithmetic("-", left, right, (a, b) => checked(a - b), (a, b) => a - b);

    public static Value Multiply(Rendering rendering, Value left, Value right)
    {
        (Value repeated, Value times) = right is TracedText or ListValue ? (right, left) : (left, right);
        if (repeated is TracedText or ListValue { Kind: ListKind.List or ListKind.Tuple } && Whole(times) is Int128 count)
        {
            count = Int128.Max(count, 0);
            long length = repeated is TracedText text ? text.Length : ((ListValue)repeated).Items.Count;
            Int128 total = length * Int128.Min(count, int.MaxValue);
            rendering.SpendText((long)total);
            if (repeated is not ListValue list)
            {
                return Join(rendering, [.. Enumerable.Repeat((TracedText)repeated, length == 0 ? 0 : (int)count)]);
            }

            rendering.Spend((long)total);
            return total <= MostItems ? new ListValue([.. Enumerable.Repeat(list.Items, length == 0 ? 0 : (int)count).SelectMany(items => items)], list.Kind) : throw TooLong();
        }

        return Arithmetic("*", left, right, (a, b) => checked(a * b), (a, b) => a * b);
    }

    public static Value Divide(Value left, Value right)
    {
        (double a, double b) = (Real(left) ?? throw Unsupported("/", left, right), Real(right) ?? throw Unsupported("/", left, right));
        return b == 0 ? throw DivisionByZero() : new FloatValue(a / b);
    }

    public static Value FloorDivide(Value left, Value right) => Arithmetic("//", left, right,
        (a, b) => b == 0 ? throw DivisionByZero() : (a - Modulo(a, b)) / b,
        (a, b) => b == 0 ? throw DivisionByZero() : Math.Floor(a / b));

    public static Value Remainder(Rendering rendering, Value left, Value right) => left is TracedText format
        ? TextFormat.Percent(rendering, format, right)
        : Arithmetic("%", left, right,
            (a, b) => b == 0 ? throw DivisionByZero() : Modulo(a, b),
            (a, b) => b == 0 ? throw DivisionByZero() : a - (b * Math.Floor(a / b)));

    public static Value Power(Value left, Value right)
    {
        if (Whole(left) is Int128 number && Whole(right) is Int128 exponent && exponent >= 0)
        {
            if (exponent > 128 && Int128.Abs(number) > 1)
            {
                throw TooLarge();
            }

            Int128 result = 1;
            for (int i = exponent > 128 ? 128 + (int)(exponent % 2) : (int)exponent; i > 0; i--)
            {
                result = Checked(() => checked(result * number));
            }

            return new IntegerValue(result);
        }

        return Arithmetic("**", left, right, (a, b) => 0, Math.Pow, alwaysReal: true);
    }

    public static Value Negate(Value value) => Whole(value) is Int128 whole ? new IntegerValue(-whole)
        : value is FloatValue real ? new FloatValue(-real.Value)
        : value is UndefinedValue undefined ? throw undefined.Error
        : throw new TemplateException($"a {value.TypeName} cannot be negated");

    /// <summary>Whether two values are equal; never an error.</summary>
    public static bool Equal(Rendering rendering, Value left, Value right)
    {
        int line = rendering.Enter(rendering.Line);
        bool equal = EqualWithin(rendering, left, right);
        rendering.Leave(line);
        return equal;
    }

    private static bool EqualWithin(Rendering rendering, Value left, Value right)
    {
        switch (left, right)
        {
            case (TracedText a, TracedText b):
                rendering.SpendText(Math.Min(a.Length, b.Length));
                return a.Characters == b.Characters;
            case (ListValue a, ListValue b):
                return a.Kind == b.Kind && a.Items.Count == b.Items.Count && !a.Items.Where((item, i) => !Equal(rendering, item, b.Items[i])).Any();
            case (MappingValue a, MappingValue b):
                return a.Count == b.Count && a.Entries.All(entry => b.TryGet(entry.Key, out Value? other) && Equal(rendering, entry.Value, other));
            case (UndefinedValue, UndefinedValue) or (NoneValue, NoneValue):
                return true;
            default:
                return Whole(left) is Int128 whole && Whole(right) is Int128 other ? whole == other
                    : Real(left) is double x && Real(right) is double y ? x == y
                    : ReferenceEquals(left, right);
        }
    }

    /// <summary>Less than zero, zero or more as <paramref name="left"/> comes before, with or after <paramref name="right"/>.</summary>
    public static int Compare(Rendering rendering, string symbol, Value left, Value right)
    {
        int line = rendering.Enter(rendering.Line);
        int order = CompareWithin(rendering, symbol, left, right);
        rendering.Leave(line);
        return order;
    }

    private static int CompareWithin(Rendering rendering, string symbol, Value left, Value right)
    {
        switch (left, right)
        {
            case (TracedText a, TracedText b):
                rendering.SpendText(Math.Min(a.Length, b.Length));
                return PythonText.Compare(a.Characters, b.Characters);
            case (ListValue a, ListValue b) when a.Kind == b.Kind:
                for (int i = 0; i < Math.Min(a.Items.Count, b.Items.Count); i++)
                {
                    if (!Equal(rendering, a.Items[i], b.Items[i]))
                    {
                        return Compare(rendering, symbol, a.Items[i], b.Items[i]);
                    }
                }

                return a.Items.Count.CompareTo(b.Items.Count);
            default:
                return Whole(left) is Int128 whole && Whole(right) is Int128 other ? whole.CompareTo(other)
                    : Real(left) is double x && Real(right) is double y ? x.CompareTo(y)
                    : throw (left as UndefinedValue ?? right as UndefinedValue)?.Error
                        ?? new TemplateException($"'{symbol}' cannot compare a {left.TypeName} with a {right.TypeName}");
        }
    }

    /// <summary>Whether <paramref name="container"/> has <paramref name="item"/> in it.</summary>
    public static bool Contains(Rendering rendering, Value container, Value item)
    {
        switch (container)
        {
            case TracedText text:
                string sought = item is TracedText part ? part.Characters
                    : throw (item as UndefinedValue)?.Error ?? new TemplateException($"only a text can be in a text, not a {item.TypeName}");
                rendering.SpendText(text.Length);
                return text.Characters.Contains(sought, StringComparison.Ordinal);
            case ListValue list:
                return list.Items.Any(other => Equal(rendering, other, item));
            case MappingValue mapping:
                return mapping.TryGet(item, out _);
            case UndefinedValue:
                return false;
            case NamespaceValue names:
                return item is TracedText name && names.Members.ContainsKey(name.Characters);
            default:
                throw new TemplateException($"nothing can be in a {container.TypeName}");
        }
    }

    /// <summary>The values to loop over.</summary>
    public static IReadOnlyList<Value> Items(Rendering rendering, Value value)
    {
        switch (value)
        {
            case ListValue list:
                return list.Items;
            case MappingValue mapping:
                rendering.Spend(mapping.Count);
                return mapping.Keys;
            case TracedText text:
                rendering.Spend(text.Length);
                return PythonText.Characters(text);
            case UndefinedValue:
                return [];
            default:
                throw new TemplateException($"a {value.TypeName} cannot be looped over");
        }
    }

    /// <summary>A whole number, or null where the value is none.</summary>
    public static Int128? Whole(Value value) => value switch
    {
        IntegerValue integer => integer.Value,
        BooleanValue boolean => boolean.Value ? 1 : 0,
        _ => null,
    };

    /// <summary>A number, or null where the value is none.</summary>
    public static double? Real(Value value) => value is FloatValue real ? real.Value : (double?)Whole(value);

    private static Int128 Modulo(Int128 number, Int128 divisor)
    {
        Int128 rest = number % divisor;
        return rest != 0 && rest < 0 != divisor < 0 ? rest + divisor : rest;
    }

    private static Value Arithmetic(
        string symbol, Value left, Value right, Func<Int128, Int128, Int128> whole, Func<double, double, double> real, bool alwaysReal = false) =>
        !alwaysReal && Whole(left) is Int128 a && Whole(right) is Int128 b ? new IntegerValue(Checked(() => whole(a, b)))
            : Real(left) is double x && Real(right) is double y ? new FloatValue(real(x, y))
            : throw Unsupported(symbol, left, right);

    private static Int128 Checked(Func<Int128> compute)
    {
        try
        {
            return compute();
        }
        catch (OverflowException)
        {
            throw TooLarge();
        }
    }

    private static TemplateException Unsupported(string symbol, Value left, Value right) =>
        (left as UndefinedValue ?? right as UndefinedValue)?.Error ?? new TemplateException($"'{symbol}' cannot join a {left.TypeName} and a {right.TypeName}");

    private static TemplateException DivisionByZero() => new("it divides by zero");

    private static TemplateException TooLarge() => new("a whole number of more than 127 bits comes out");

    private static TemplateException TooLong() => new($"it makes a list of more than {MostItems:N0} items");
}
