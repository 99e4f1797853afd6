using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Gestalt.Text.Templates;

/// <summary>The functions that every template can call: Jinja's, and those that Hugging Face gives to chat templates.</summary>
internal static class Globals
{
    /// <summary>The limit of Jinja's own sandbox.</summary>
    private const int LongestRange = 100_000;

    public static FrozenDictionary<string, Function> All { get; } = Library.Of(
        new("range", "start stop? step?", (r, a) => Range(a)),
        new("namespace", "*mappings **members", (r, a) => new NamespaceValue(Merged(a).Entries.ToDictionary(entry => entry.Key.ToString()!, entry => entry.Value))),
        new("dict", "*mappings **members", (r, a) => Merged(a)),
        new("raise_exception", "message", (r, a) => throw new TemplateException(Printing.ToText(r, a[0]!).Characters) { IsRefusal = true }),
        new("strftime_now", "format", (r, a) => TracedText.Authored(Time(r.Now, Library.Text(a[0]!, "format")))),
        new("cycler", "*items", (r, a) => Cycler(((ListValue)a[0]!).Items)),
        new("joiner", "sep?", (r, a) => Joiner(a[0] ?? TracedText.Authored(", "))));

    private static ListValue Range(Value?[] arguments)
    {
        Int128 first = Library.Integer(arguments[0], "start", 0), last = Library.Integer(arguments[1], "stop", 0), step = Library.Integer(arguments[2], "step", 1);
        (first, last) = arguments[1] is null ? (0, first) : (first, last);
        if (step == 0)
        {
            throw new TemplateException("range() was given a step of 0");
        }

        Int128 distance = step > 0 ? last - first : first - last, stride = step > 0 ? step : -step;
        Int128 count = distance <= 0 ? 0 : ((distance - 1) / stride) + 1;
        return count <= LongestRange
            ? new ListValue(new RangeList(first, step, (int)count), ListKind.Range)
            : throw new TemplateException($"range() of {count} numbers is refused: {LongestRange:N0} are the most");
    }

    private static MappingValue Merged(Value?[] arguments)
    {
        var merged = new MappingValue();
        foreach (Value source in ((ListValue)arguments[0]!).Items.Append(arguments[1]!))
        {
            foreach ((Value key, Value value) in source is MappingValue mapping ? mapping.Entries : Pairs(source))
            {
                merged.Set(key, value);
            }
        }

        return merged;
    }

    private static IEnumerable<KeyValuePair<Value, Value>> Pairs(Value source) =>
        source is ListValue list
            ? list.Items.Select(item => item is ListValue { Items: [Value key, Value value] } ? KeyValuePair.Create(key, value) : throw new TemplateException("a mapping is made of pairs"))
            : throw new TemplateException($"no mapping can be made of a {source.TypeName}");

    private static NamespaceValue Cycler(IReadOnlyList<Value> items)
    {
        if (items.Count == 0)
        {
            throw new TemplateException("cycler() was given nothing to cycle through");
        }

        int at = 0;
        var cycler = new NamespaceValue(new Dictionary<string, Value>(StringComparer.Ordinal) { ["current"] = items[0] });
        cycler.Members["next"] = new Function("next", "", (r, a) =>
        {
            Value current = items[at];
            at = (at + 1) % items.Count;
            cycler.Members["current"] = items[at];
            return current;
        });
        cycler.Members["reset"] = new Function("reset", "", (r, a) =>
        {
            at = 0;
            cycler.Members["current"] = items[0];
            return NoneValue.Instance;
        });
        return cycler;
    }

    private static Function Joiner(Value separator)
    {
        bool used = false;
        return new Function("joiner", "", (r, a) =>
        {
            Value between = used ? separator : TracedText.Empty;
            used = true;
            return between;
        });
    }

    /// <summary>A time as C's <c>strftime</c> writes it in the C locale.</summary>
    private static string Time(DateTimeOffset time, string format)
    {
        var output = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                output.Append(format[i]);
                continue;
            }

            bool bare = format[i + 1] == '-' && i + 2 < format.Length;
            i += bare ? 2 : 1;
            string part = Part(time, format[i]) ?? throw new TemplateException($"strftime_now() does not know %{format[i]}");
            output.Append(bare ? part.TrimStart('0', ' ').PadLeft(1, '0') : part);
        }

        return output.ToString();
    }

    private static string? Part(DateTimeOffset time, char code)
    {
        string? pattern = code switch
        {
            'Y' => "yyyy",
            'y' => "yy",
            'm' => "MM",
            'd' => "dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'f' => "ffffff",
            'B' => "MMMM",
            'b' or 'h' => "MMM",
            'A' => "dddd",
            'a' => "ddd",
            'F' => "yyyy-MM-dd",
            'T' => "HH:mm:ss",
            'R' => "HH:mm",
            'D' or 'x' => @"MM\/dd\/yy",
            'X' => "HH:mm:ss",
            _ => null,
        };
        return pattern is not null ? time.ToString(pattern, CultureInfo.InvariantCulture) : code switch
        {
            'p' => time.Hour < 12 ? "AM" : "PM",
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'u' => (((int)time.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'c' => time.ToString("ddd MMM ", CultureInfo.InvariantCulture) + Part(time, 'e') + time.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture),
            'Z' or 'z' => "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => null,
        };
    }
}
