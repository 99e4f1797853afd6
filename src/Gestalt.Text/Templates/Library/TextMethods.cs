using System.Collections.Frozen;

namespace Gestalt.Text.Templates;

/// <summary>The methods that texts have in Python.</summary>
internal static class TextMethods
{
    public static FrozenDictionary<string, Function> All { get; } = Library.Of(
        new("strip", "self chars?", (r, a) => Strip(a, true, true)),
        new("lstrip", "self chars?", (r, a) => Strip(a, true, false)),
        new("rstrip", "self chars?", (r, a) => Strip(a, false, true)),
        new("upper", "self", (r, a) => Self(a).Spelled(text => text.ToUpperInvariant())),
        new("lower", "self", (r, a) => Self(a).Spelled(text => text.ToLowerInvariant())),
        new("title", "self", (r, a) => Self(a).Spelled(PythonText.Title)),
        new("capitalize", "self", (r, a) => Self(a).Spelled(PythonText.Capitalize)),
        new("startswith", "self prefix start?", (r, a) => AnyOf(a, (text, part) => text.StartsWith(part, StringComparison.Ordinal))),
        new("endswith", "self suffix", (r, a) => AnyOf(a, (text, part) => text.EndsWith(part, StringComparison.Ordinal))),
        new("removeprefix", "self prefix", (r, a) => Self(a).Characters.StartsWith(Part(a), StringComparison.Ordinal) ? Self(a).Slice(Part(a).Length, Self(a).Length - Part(a).Length) : Self(a)),
        new("removesuffix", "self suffix", (r, a) => Self(a).Characters.EndsWith(Part(a), StringComparison.Ordinal) ? Self(a).Slice(0, Self(a).Length - Part(a).Length) : Self(a)),
        new("split", "self sep? maxsplit?", (r, a) => Split(r, Self(a), Library.OptionalText(a[1], "sep"), Library.Integer(a[2], "maxsplit", -1), fromEnd: false)),
        new("rsplit", "self sep? maxsplit?", (r, a) => Split(r, Self(a), Library.OptionalText(a[1], "sep"), Library.Integer(a[2], "maxsplit", -1), fromEnd: true)),
        new("splitlines", "self keepends?", (r, a) => SplitLines(r, Self(a), a[1]?.IsTrue ?? false)),
        new("partition", "self sep", (r, a) => Partition(r, Self(a), Part(a), last: false)),
        new("rpartition", "self sep", (r, a) => Partition(r, Self(a), Part(a), last: true)),
        new("replace", "self old new count?", (r, a) => Replace(r, Self(a), Part(a), Library.TracedText(a[2]!, "new"), Library.Integer(a[3], "count", -1))),
        new("find", "self sub start?", (r, a) => Find(r, a, last: false) ?? new IntegerValue(-1)),
        new("rfind", "self sub start?", (r, a) => Find(r, a, last: true) ?? new IntegerValue(-1)),
        new("index", "self sub start?", (r, a) => Find(r, a, last: false) ?? throw new TemplateException("index() does not find the text that it looks for")),
        new("count", "self sub", (r, a) => Count(r, Self(a), Part(a))),
        new("join", "self items", (r, a) => Join(r, Self(a), Operators.Items(r, a[1]!))),
        new("format", "self *values **named", (r, a) => TextFormat.Braces(r, Self(a), ((ListValue)a[1]!).Items, (MappingValue)a[2]!)),
        new("isdigit", "self", (r, a) => Every(a, char.IsDigit)),
        new("isnumeric", "self", (r, a) => Every(a, char.IsNumber)),
        new("isalpha", "self", (r, a) => Every(a, char.IsLetter)),
        new("isalnum", "self", (r, a) => Every(a, char.IsLetterOrDigit)),
        new("isspace", "self", (r, a) => Every(a, PythonText.IsSpace)),
        new("isupper", "self", (r, a) => BooleanValue.Of(Self(a).Characters.Any(char.IsUpper) && !Self(a).Characters.Any(char.IsLower))),
        new("islower", "self", (r, a) => BooleanValue.Of(Self(a).Characters.Any(char.IsLower) && !Self(a).Characters.Any(char.IsUpper))),
        new("ljust", "self width fillchar?", (r, a) => Pad(r, a, share: 0)),
        new("rjust", "self width fillchar?", (r, a) => Pad(r, a, share: 1)),
        new("center", "self width fillchar?", (r, a) => Pad(r, a, share: 0.5)),
        new("zfill", "self width", (r, a) => Pad(r, [a[0], a[1], TracedText.Authored("0")], share: 1)));

    /// <summary>The text with each <paramref name="old"/> replaced, at most <paramref name="count"/> times where that is not negative.</summary>
    public static TracedText Replace(Rendering rendering, TracedText text, string old, TracedText replacement, Int128 count)
    {
        rendering.SpendText(text.Length);
        var output = new TracedBuilder();
        int at = 0, searched = 0;
        while (count != 0 && searched <= text.Length)
        {
            int found = text.Characters.IndexOf(old, searched, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            rendering.Spend(1);
            output.Append(text, at, found - at).Append(replacement);
            rendering.SpendText(output.Length / 64 + replacement.Length);
            at = found + old.Length;
            searched = old.Length > 0 ? at : found + 1;
            count--;
        }

        return output.Append(text, at, text.Length - at).ToText();
    }

    /// <summary>The items as texts with the separator between them.</summary>
    public static TracedText Join(Rendering rendering, TracedText separator, IReadOnlyList<Value> items, bool convert = false)
    {
        var output = new TracedBuilder();
        for (int i = 0; i < items.Count; i++)
        {
            rendering.Spend(1);
            TracedText item = items[i] as TracedText
                ?? (convert ? Printing.ToText(rendering, items[i]) : throw new TemplateException($"join() was given a {items[i].TypeName} among the texts"));
            rendering.SpendText((long)separator.Length + item.Length);
            rendering.SpendText(output.Length / 64);
            (i > 0 ? output.Append(separator) : output).Append(item);
        }

        return output.ToText();
    }

    private static TracedText Self(Value?[] arguments) => (TracedText)arguments[0]!;

    private static string Part(Value?[] arguments) => Library.Text(arguments[1]!, "the text");

    private static TracedText Strip(Value?[] arguments, bool left, bool right) =>
        PythonText.Strip(Self(arguments), Library.OptionalText(arguments[1], "chars"), left, right);

    private static BooleanValue AnyOf(Value?[] arguments, Func<string, string, bool> matches)
    {
        string text = Self(arguments).Characters;
        if (arguments.Length > 2 && arguments[2] is Value start)
        {
            int[]? offsets = PythonText.Offsets(text);
            int from = (int)Int128.Clamp(Library.Integer(start, "start", 0), 0, PythonText.Count(text));
            text = text[(offsets is null ? from : offsets[from])..];
        }

        return BooleanValue.Of(arguments[1] is ListValue { Kind: ListKind.Tuple } several
            ? several.Items.Any(part => matches(text, Library.Text(part, "the text")))
            : matches(text, Part(arguments)));
    }

    private static BooleanValue Every(Value?[] arguments, Func<char, bool> is_) =>
        BooleanValue.Of(Self(arguments).Length > 0 && Self(arguments).Characters.All(is_));

    private static ListValue Split(Rendering rendering, TracedText text, string? separator, Int128 most, bool fromEnd)
    {
        if (separator is { Length: 0 })
        {
            throw new TemplateException("split() was given an empty separator");
        }

        rendering.SpendText(text.Length);
        List<(int Start, int End)> parts = separator is null ? Words(text.Characters) : Fields(text.Characters, separator);
        if (most >= 0 && parts.Count - 1 > most)
        {
            int kept = (int)most;
            if (fromEnd)
            {
                int first = parts.Count - kept;
                int begin = separator is null ? 0 : parts[0].Start;
                parts = [(begin, parts[first - 1].End), .. parts[first..]];
            }
            else
            {
                int end = text.Length;
                parts = [.. parts[..kept], (parts[kept].Start, end)];
            }
        }

        rendering.Spend(parts.Count);
        return new ListValue([.. parts.Select(part => text.Slice(part.Start, part.End - part.Start))]);
    }

    private static List<(int Start, int End)> Fields(string text, string separator)
    {
        var fields = new List<(int, int)>();
        int at = 0;
        for (int found; (found = text.IndexOf(separator, at, StringComparison.Ordinal)) >= 0; at = found + separator.Length)
        {
            fields.Add((at, found));
        }

        fields.Add((at, text.Length));
        return fields;
    }

    private static List<(int Start, int End)> Words(string text)
    {
        var words = new List<(int, int)>();
        for (int at = 0; at < text.Length; at++)
        {
            int start = at;
            while (at < text.Length && !PythonText.IsSpace(text[at]))
            {
                at++;
            }

            if (at > start)
            {
                words.Add((start, at));
            }
        }

        return words;
    }

    private static ListValue SplitLines(Rendering rendering, TracedText text, bool keepEnds)
    {
        rendering.SpendText(text.Length);
        var lines = new List<Value>();
        string all = text.Characters;
        for (int at = 0; at < all.Length;)
        {
            int end = all.AsSpan(at).IndexOfAny("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029");
            int line = end < 0 ? all.Length : at + end;
            int next = line >= all.Length ? line : all[line] == '\r' && line + 1 < all.Length && all[line + 1] == '\n' ? line + 2 : line + 1;
            rendering.Spend(1);
            lines.Add(text.Slice(at, (keepEnds ? next : line) - at));
            at = next;
        }

        return new ListValue(lines);
    }

    private static ListValue Partition(Rendering rendering, TracedText text, string separator, bool last)
    {
        rendering.SpendText(text.Length);
        int at = separator.Length == 0 ? throw new TemplateException("partition() was given an empty separator")
            : last ? text.Characters.LastIndexOf(separator, StringComparison.Ordinal)
            : text.Characters.IndexOf(separator, StringComparison.Ordinal);
        int after = at + separator.Length;
        return at >= 0 ? ListValue.Tuple(text.Slice(0, at), text.Slice(at, separator.Length), text.Slice(after, text.Length - after))
            : last ? ListValue.Tuple(TracedText.Empty, TracedText.Empty, text)
            : ListValue.Tuple(text, TracedText.Empty, TracedText.Empty);
    }

    private static IntegerValue? Find(Rendering rendering, Value?[] arguments, bool last)
    {
        string text = Self(arguments).Characters, part = Part(arguments);
        rendering.SpendText(text.Length);
        int[]? offsets = PythonText.Offsets(text);
        int count = offsets?.Length - 1 ?? text.Length;
        Int128 start = Library.Integer(arguments[2], "start", 0);
        int from = (int)Int128.Clamp(start < 0 ? start + count : start, 0, count);
        int begin = offsets is null ? from : offsets[from];
        int found = last ? text.AsSpan(begin).LastIndexOf(part, StringComparison.Ordinal) : text.AsSpan(begin).IndexOf(part, StringComparison.Ordinal);
        return found < 0 ? null : new IntegerValue(offsets is null ? begin + found : Array.BinarySearch(offsets, begin + found));
    }

    private static IntegerValue Count(Rendering rendering, TracedText text, string part)
    {
        rendering.SpendText(text.Length);
        return new IntegerValue(part.Length == 0 ? PythonText.Count(text.Characters) + 1 : text.Characters.AsSpan().Count(part));
    }

    private static TracedText Pad(Rendering rendering, Value?[] arguments, double share)
    {
        TracedText text = Self(arguments), fill = arguments[2] is Value given ? Library.TracedText(given, "fillchar") : TracedText.Authored(" ");
        Int128 missing = Library.Integer(arguments[1], "width", 0) - PythonText.Count(text.Characters);
        if (missing <= 0)
        {
            return text;
        }

        rendering.SpendText((long)Int128.Min(missing, long.MaxValue));
        int total = (int)missing, before = (int)(total * share);
        return new TracedBuilder().Append(new string(fill.Characters.FirstOrDefault(' '), before), true).Append(text)
            .Append(new string(fill.Characters.FirstOrDefault(' '), total - before), true).ToText();
    }
}
