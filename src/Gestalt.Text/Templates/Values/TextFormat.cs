using System.Globalization;

namespace Gestalt.Text.Templates;

/// <summary>The two older ways of Python to put values into a text: <c>"%s: %d" % (a, b)</c> and <c>"{}: {}".format(a, b)</c>.</summary>
internal static class TextFormat
{
    private const int WidestField = 10_000;

    /// <summary><c>format % values</c>.</summary>
    public static TracedText Percent(Rendering rendering, TracedText format, Value values)
    {
        IReadOnlyList<Value> given = values is ListValue { Kind: ListKind.Tuple } tuple ? tuple.Items : [values];
        var output = new TracedBuilder();
        int next = 0, at = 0;
        string all = format.Characters;
        while (at < all.Length)
        {
            int percent = all.IndexOf('%', at);
            if (percent < 0)
            {
                break;
            }

            output.Append(format, at, percent - at);
            at = percent + 1;
            Value? named = null;
            if (at < all.Length && all[at] == '(' && all.IndexOf(')', at) is int close and > 0)
            {
                named = (values as MappingValue)?.Find(all[(at + 1)..close]) ?? throw new TemplateException($"the format asks for '{all[(at + 1)..close]}', which is not given");
                at = close + 1;
            }

            int start = at;
            while (at < all.Length && (char.IsAsciiDigit(all[at]) || all[at] is '-' or '+' or ' ' or '.' or '#'))
            {
                at++;
            }

            if (at >= all.Length)
            {
                throw new TemplateException("the format ends within a field");
            }

            string flags = all[start..at];
            char kind = all[at++];
            if (kind == '%')
            {
                output.Append('%', authored: format.IsAuthoredAt(percent));
                continue;
            }

            Value value = named ?? (next < given.Count ? given[next++] : throw new TemplateException("the format has more fields than values"));
            bool left = flags.StartsWith('-');
            string rest = flags.TrimStart('-', '+', ' ', '#');
            string fill = rest.StartsWith('0') && !left && kind != 's' ? "0" : "";
            if (flags.Contains('+', StringComparison.Ordinal) && Operators.Real(value) >= 0)
            {
                output.Append('+', authored: true);
            }

            output.Append(Field(rendering, value, (left ? "<" : ">") + fill + rest.TrimStart('0') + (kind is 'i' or 'u' ? 'd' : kind)));
        }

        output.Append(format, at, all.Length - at);
        return next < given.Count && values is not MappingValue ? throw new TemplateException("the format has fewer fields than values") : output.ToText();
    }

    /// <summary><c>format.format(values)</c>.</summary>
    public static TracedText Braces(Rendering rendering, TracedText format, IReadOnlyList<Value> values, MappingValue named)
    {
        var output = new TracedBuilder();
        string all = format.Characters;
        int next = 0, at = 0;
        while (at < all.Length)
        {
            int brace = all.AsSpan(at).IndexOfAny('{', '}');
            if (brace < 0)
            {
                break;
            }

            brace += at;
            output.Append(format, at, brace - at);
            if (brace + 1 < all.Length && all[brace + 1] == all[brace])
            {
                output.Append(format, brace, 1);
                at = brace + 2;
                continue;
            }

            int close = all[brace] == '{' ? all.IndexOf('}', brace) : -1;
            if (close < 0)
            {
                throw new TemplateException("the format has a brace without its other half");
            }

            string field = all[(brace + 1)..close];
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            string name = colon < 0 ? field : field[..colon];
            Value? value = name.Length == 0 ? values.ElementAtOrDefault(next++)
                : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? values.ElementAtOrDefault(index)
                : named.Find(name);
            output.Append(Field(
                rendering, value ?? throw new TemplateException($"the format has a field '{{{field}}}' for which no value is given"), colon < 0 ? "" : field[(colon + 1)..]));
            at = close + 1;
        }

        output.Append(format, at, all.Length - at);
        return output.ToText();
    }

    /// <summary>One value under a specification <c>[align][0][width][.precision][kind]</c>.</summary>
    private static TracedText Field(Rendering rendering, Value value, string specification)
    {
        int at = 0;
        char align = specification.Length > 0 && specification[0] is '<' or '>' or '^' ? specification[at++] : value is TracedText ? '<' : '>';
        bool zeros = at < specification.Length && specification[at] == '0';
        int width = Number(), precision = -1;
        if (at < specification.Length && specification[at] == '.')
        {
            at++;
            precision = Number();
        }

        string kind = specification[at..];
        TracedText text = kind switch
        {
            "" when value is FloatValue && precision >= 0 => Fixed(value, precision),
            "" or "s" => Cut(Printing.ToText(rendering, value)),
            "r" => Printing.Represent(rendering, value),
            "d" => TracedText.Authored((Operators.Whole(value) ?? Truncated(value)).ToString(CultureInfo.InvariantCulture)),
            "f" => Fixed(value, precision < 0 ? 6 : precision),
            "x" or "X" => TracedText.Authored((Operators.Whole(value) ?? throw Unusable()).ToString(kind, CultureInfo.InvariantCulture).TrimStart('0').PadLeft(1, '0')),
            _ => throw new TemplateException($"the format of a field, '{specification}', is not known"),
        };
        if (text.Length >= width)
        {
            return text;
        }

        int missing = width - text.Length, before = align switch { '<' => 0, '^' => missing / 2, _ => missing };
        char fill = zeros && align == '>' && value is not TracedText ? '0' : ' ';
        bool negative = fill == '0' && text.Characters.StartsWith('-');
        return new TracedBuilder()
            .Append(negative ? "-" : "", true).Append(new string(fill, before), true)
            .Append(negative ? text.Slice(1, text.Length - 1) : text).Append(new string(' ', missing - before), true).ToText();

        int Number()
        {
            int number = 0;
            for (; at < specification.Length && char.IsAsciiDigit(specification[at]); at++)
            {
                number = (number * 10) + specification[at] - '0';
                if (number > WidestField)
                {
                    throw new TemplateException($"a field wider than {WidestField} is refused");
                }
            }

            return number;
        }

        TracedText Cut(TracedText whole) => precision >= 0 && precision < whole.Length ? whole.Slice(0, precision) : whole;

        TracedText Fixed(Value number, int digits) =>
            TracedText.Authored((Operators.Real(number) ?? throw Unusable()).ToString("F" + digits, CultureInfo.InvariantCulture));

        Int128 Truncated(Value number) => (Int128)Math.Truncate(Operators.Real(number) ?? throw Unusable());

        TemplateException Unusable() => new($"the format '{specification}' is for numbers, not for a {value.TypeName}");
    }
}
