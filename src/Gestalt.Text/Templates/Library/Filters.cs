using System.Collections.Frozen;
using System.Globalization;

namespace Gestalt.Text.Templates;

/// <summary>The filters on single values: what stands after <c>|</c>. Those on sequences are in <see cref="SequenceFilters"/>.</summary>
internal static class Filters
{
    public static FrozenDictionary<string, Function> All { get; } = Library.Of([
        .. SequenceFilters.All.Values,
        new("trim", "value chars?", (r, a) => PythonText.Strip(Text(r, a), Library.OptionalText(a[1], "chars"), true, true)),
        new("upper", "value", (r, a) => Text(r, a).Spelled(text => text.ToUpperInvariant())),
        new("lower", "value", (r, a) => Text(r, a).Spelled(text => text.ToLowerInvariant())),
        new("capitalize", "value", (r, a) => Text(r, a).Spelled(PythonText.Capitalize)),
        new("title", "value", (r, a) => Text(r, a).Spelled(Title)),
        new("string", "value", (r, a) => Text(r, a)),
        new("safe", "value", (r, a) => Text(r, a)),
        new("escape", "value", (r, a) => Escape(r, Text(r, a))),
        new("e", "value", (r, a) => Escape(r, Text(r, a))),
        new("replace", "value old new count?", (r, a) => TextMethods.Replace(r, Text(r, a), Library.Text(a[1]!, "old"), Library.TracedText(a[2]!, "new"), Library.Integer(a[3], "count", -1))),
        new("format", "value *values **named", (r, a) => Format(r, a)),
        new("indent", "value width? first? blank?", (r, a) => Indent(r, Text(r, a), a[1], a[2]?.IsTrue ?? false, a[3]?.IsTrue ?? false)),
        new("center", "value width?", (r, a) => TextMethods.All["center"].Call(r, CallArguments.Of(Text(r, a), a[1] ?? new IntegerValue(80)))),
        new("truncate", "value length? killwords? end? leeway?", (r, a) => Truncate(r, a)),
        new("wordcount", "value", (r, a) => new IntegerValue(Words(Text(r, a).Characters))),
        new("tojson", "value ensure_ascii? indent? separators? sort_keys?", (r, a) => ToJson(r, a)),
        new("default", "value default_value? boolean?", (r, a) => Default(a)),
        new("d", "value default_value? boolean?", (r, a) => Default(a)),
        new("int", "value default? base?", (r, a) => ToInteger(a)),
        new("float", "value default?", (r, a) => ToReal(a)),
        new("abs", "value", (r, a) => a[0] is FloatValue real ? new FloatValue(Math.Abs(real.Value)) : Library.Integer(a[0], "what abs is given", 0) is var whole && whole < 0 ? new IntegerValue(-whole) : new IntegerValue(whole)),
        new("round", "value precision? method?", (r, a) => Round(a)),
        new("attr", "value name", (r, a) => Members.Attribute(a[0]!, Library.Text(a[1]!, "name"))),
    ]);

    private static TracedText Text(Rendering rendering, Value?[] arguments)
    {
        TracedText text = Printing.ToText(rendering, arguments[0]!);
        rendering.SpendText(text.Length);
        return text;
    }

    private static Value Default(Value?[] arguments) =>
        arguments[0] is UndefinedValue || (arguments[2]?.IsTrue == true && !arguments[0]!.IsTrue) ? arguments[1] ?? TracedText.Empty : arguments[0]!;

    private static string Title(string text)
    {
        // Unlike str.title, Jinja's filter begins words only after white space, hyphens and brackets.
        char[] title = text.ToLowerInvariant().ToCharArray();
        for (int i = 0; i < title.Length; i++)
        {
            if (i == 0 || PythonText.IsSpace(title[i - 1]) || "-({[<".Contains(title[i - 1], StringComparison.Ordinal))
            {
                title[i] = char.ToUpperInvariant(title[i]);
            }
        }

        return new string(title);
    }

    private static int Words(string text)
    {
        int words = 0;
        for (int i = 0; i < text.Length; i++)
        {
            words += IsWord(text[i]) && (i == 0 || !IsWord(text[i - 1])) ? 1 : 0;
        }

        return words;

        static bool IsWord(char character) => char.IsLetterOrDigit(character) || character == '_';
    }

    private static TracedText Escape(Rendering rendering, TracedText text)
    {
        foreach ((string old, string escaped) in (ReadOnlySpan<(string, string)>)[("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&#39;"), ("\"", "&#34;")])
        {
            text = TextMethods.Replace(rendering, text, old, TracedText.Authored(escaped), -1);
        }

        return text;
    }

    private static TracedText Format(Rendering rendering, Value?[] arguments)
    {
        var (values, named) = ((ListValue)arguments[1]!, (MappingValue)arguments[2]!);
        return TextFormat.Percent(rendering, Text(rendering, arguments), named.Count > 0 ? named : values);
    }

    private static TracedText Indent(Rendering rendering, TracedText text, Value? width, bool first, bool blank)
    {
        TracedText margin = width as TracedText ?? TracedText.Authored(new string(' ', (int)Int128.Clamp(Library.Integer(width, "width", 4), 0, 1000)));
        var output = new TracedBuilder();
        int at = 0;
        for (int line = 0; at <= text.Length; line++)
        {
            rendering.SpendText(margin.Length + 32);
            int end = text.Characters.IndexOf('\n', at) is int found and >= 0 ? found : text.Length;
            if (line == 0 ? first : blank || end > at)
            {
                output.Append(margin);
            }

            output.Append(text, at, Math.Min(end + 1, text.Length) - at);
            at = end + 1;
        }

        return output.ToText();
    }

    private static TracedText Truncate(Rendering rendering, Value?[] arguments)
    {
        TracedText text = Text(rendering, arguments), end = arguments[3] is Value given ? Library.TracedText(given, "end") : TracedText.Authored("...");
        Int128 length = Library.Integer(arguments[1], "length", 255), leeway = Library.Integer(arguments[4], "leeway", 5);
        if (length < end.Length || PythonText.Count(text.Characters) <= length + leeway)
        {
            return length < end.Length ? throw new TemplateException("truncate() was given a length shorter than its end") : text;
        }

        var cut = (TracedText)Members.Slice(rendering, text, null, new IntegerValue(length - end.Length), null);
        int blank = cut.Characters.LastIndexOf(' ');
        return Operators.Join(rendering, arguments[2]?.IsTrue == true || blank < 0 ? cut : cut.Slice(0, blank), end);
    }

    private static TracedText ToJson(Rendering rendering, Value?[] arguments)
    {
        string? indent = arguments[2] switch
        {
            null or NoneValue => null,
            TracedText text => text.Characters,
            Value width => new string(' ', (int)Int128.Clamp(Library.Integer(width, "indent", 0), 0, 100)),
        };
        (string item, string key) = arguments[3] is ListValue { Items: [TracedText between, TracedText after] }
            ? (between.Characters, after.Characters)
            : (indent is null ? ", " : ",", ": ");
        return new JsonText(item, key, indent, arguments[1]?.IsTrue ?? false, arguments[4]?.IsTrue ?? false).Write(rendering, arguments[0]!);
    }

    private static Value ToInteger(Value?[] arguments)
    {
        Value otherwise = arguments[1] ?? new IntegerValue(0);
        switch (arguments[0])
        {
            case UndefinedValue undefined:
                throw undefined.Error;
            case TracedText text:
                string digits = text.Characters.Trim().Replace("_", "", StringComparison.Ordinal);
                return Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 whole) ? new IntegerValue(whole)
                    : Parse(digits) is double parsed && Math.Abs(parsed) < 1e38 ? new IntegerValue((Int128)parsed)
                    : otherwise;
            case FloatValue real:
                return Math.Abs(real.Value) < 1e38 ? new IntegerValue((Int128)real.Value) : otherwise;
            default:
                return Operators.Whole(arguments[0]!) is Int128 number ? new IntegerValue(number) : otherwise;
        }
    }

    private static Value ToReal(Value?[] arguments) => arguments[0] switch
    {
        UndefinedValue undefined => throw undefined.Error,
        TracedText text when Parse(text.Characters.Trim()) is double real => new FloatValue(real),
        Value value when Operators.Real(value) is double real => new FloatValue(real),
        _ => arguments[1] ?? new FloatValue(0),
    };

    private static double? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) ? real : null;

    private static FloatValue Round(Value?[] arguments)
    {
        double value = Library.Real(arguments[0]!, "what round is given");
        int precision = (int)Int128.Clamp(Library.Integer(arguments[1], "precision", 0), -300, 300);
        string method = Library.OptionalText(arguments[2], "method") ?? "common";
        double scale = Math.Pow(10, precision);
        return new FloatValue(method switch
        {
            "common" when precision is >= 0 and <= 15 => Rounded(value, precision),
            "common" => Math.Round(value * scale, MidpointRounding.ToEven) / scale,
            "ceil" => Math.Ceiling(value * scale) / scale,
            "floor" => Math.Floor(value * scale) / scale,
            _ => throw new TemplateException($"round() knows common, ceil and floor, not '{method}'"),
        });
    }

    /// <summary>Python rounds what the number exactly is, not its product with a power of ten; .NET prints a number exactly, too. Halves go to the even side.</summary>
    private static double Rounded(double value, int precision) => precision == 0 || Math.Abs(value) >= 1e15
        ? Math.Round(value, MidpointRounding.ToEven)
        : double.Parse(value.ToString("F" + precision, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
