using System.Globalization;

namespace Gestalt.Tasks.Tools;

/// <summary>The functions and methods of the language.</summary>
internal static class CodeLibrary
{
    private static readonly SortedSet<string> Functions = new(StringComparer.Ordinal)
    {
        "abs", "all", "any", "bool", "chr", "date", "enumerate", "float", "int", "len", "list", "map", "max", "min", "ord", "print", "range", "reversed", "round", "sorted", "str", "sum", "weekday", "zip",
    };

    /// <summary>How people write dates, so that one can be taken over as it stands.</summary>
    private static readonly string[] WrittenDates = ["d MMMM yyyy", "MMMM d, yyyy", "yyyy-MM-dd"];

    /// <summary>The functions' names.</summary>
    public static string FunctionNames { get; } = string.Join(", ", Functions);

    /// <summary>Whether a function is called that.</summary>
    public static bool IsFunction(string name) => Functions.Contains(name);

    /// <summary>Calls a function.</summary>
    public static object? Call(string name, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named, CodeInterpreter run)
    {
        run.Spend();
        if (named.Keys.FirstOrDefault(key => !(key is "key" or "reverse" && name == "sorted") && !(key == "key" && name is "min" or "max")) is { } unknown)
        {
            throw run.Problem($"{name} knows no '{unknown}='");
        }

        switch (name)
        {
            case "print":
                run.Print(string.Join(' ', given.Select(value => CodeValues.Text(value, run))));
                return null;
            case "range":
                return Range(given, run);
            case "max" or "min":
                return Extreme(name, given, named, run);
            case "date" when given is [string written]:
                return DateOnly.TryParseExact(written.Trim(), WrittenDates, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
                    ? date
                    : throw run.Problem($"there is no date '{written}'; write 14 March 1953, March 14, 1953 or 1953-03-14");
            case "date":
                return Date(Exactly(given, 3, name, run), run);
            case "map":
                return CodeValues.Items(Exactly(given, 2, name, run)[1], run).ToArray().Select(item => run.Invoke(given[0], [item])).ToList();
            case "zip":
                IReadOnlyList<object?> one = CodeValues.Items(Exactly(given, 2, name, run)[0], run), two = CodeValues.Items(given[1], run);
                run.Make(Math.Min(one.Count, two.Count));
                return one.Zip(two).Select(pair => (object?)new List<object?> { pair.First, pair.Second }).ToList();
            case "round" when given.Count == 2:
                return CodeValues.Number(given[0], run).Round(Math.Clamp(CodeValues.Whole(given[1], run), 0, 100));
            default:
                return OfOne(name, Exactly(given, 1, name, run)[0], named, run);
        }
    }

    /// <summary>Calls a method.</summary>
    public static object? CallMethod(object? owner, string name, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named, CodeInterpreter run)
    {
        run.Spend();
        if (named.Count > 0)
        {
            throw run.Problem($".{name} takes its values in order, without names");
        }

        return owner switch
        {
            string text => OfText(text, name, given, run),
            List<object?> list => OfList(list, name, given, run),
            DateOnly day => name switch
            {
                "weekday" => Rational.Of(((int)day.DayOfWeek + 6) % 7), // Monday is 0, as in Python
                "isoformat" => CodeValues.Text(day, run),
                _ => throw run.Problem($"a date has no '.{name}'"),
            },
            _ => throw run.Problem($"{CodeValues.KindOf(owner)} has no '.{name}'"),
        };
    }

    private static object? OfOne(string name, object? value, IReadOnlyDictionary<string, object?> named, CodeInterpreter run) => name switch
    {
        "len" => Rational.Of(value is string text ? text.Length : CodeValues.Items(value, run).Count),
        "abs" => CodeValues.Number(value, run) is var number && number < default(Rational) ? -number : number,
        "round" => CodeValues.Number(value, run).Round(0),
        "int" => value is string digits ? Parsed(digits, run) : Truncated(CodeValues.Number(value, run)),
        "float" => value is string digits ? Parsed(digits, run) : CodeValues.Number(value, run),
        "str" => CodeValues.Text(value, run),
        "bool" => CodeValues.IsTrue(value),
        "chr" => CodeValues.Whole(value, run) is >= 32 and < 0xD800 and var code ? ((char)code).ToString() : throw run.Problem("chr wants a number from 32 to 55295"),
        "ord" => value is string { Length: 1 } letter ? Rational.Of(letter[0]) : throw run.Problem("ord wants a text of one letter"),
        "sum" => CodeValues.Items(value, run).ToArray().Aggregate((object?)default(Rational), (sum, item) => CodeValues.Binary("+", sum, item, run)),
        "sorted" => Sorted(value, named, run),
        "reversed" => Copied(CodeValues.Items(value, run).Reverse(), run),
        "list" => Copied(CodeValues.Items(value, run), run),
        "enumerate" => Copied(CodeValues.Items(value, run).Select((item, i) => (object?)new List<object?> { Rational.Of(i), item }), run),
        "all" => CodeValues.Items(value, run).All(CodeValues.IsTrue),
        "any" => CodeValues.Items(value, run).Any(CodeValues.IsTrue),
        _ => value is DateOnly day ? day.DayOfWeek.ToString() : throw run.Problem("weekday wants a date, such as date(1953, 3, 14)"),
    };

    private static object? OfText(string text, string name, IReadOnlyList<object?> given, CodeInterpreter run)
    {
        run.Make(text.Length);
        switch (name)
        {
            case "upper": return text.ToUpperInvariant();
            case "lower": return text.ToLowerInvariant();
            case "strip": return text.Trim();
            case "isdigit": return text.Length > 0 && text.All(char.IsAsciiDigit);
            case "isalpha": return text.Length > 0 && text.All(char.IsLetter);
            case "isupper": return text.Any(char.IsLetter) && !text.Any(char.IsLower);
            case "count":
                string counted = TextAt(given, 0, name, run);
                return Rational.Of(counted.Length == 0 ? text.Length + 1 : Split(text, counted, run).Length - 1);
            case "find": return Rational.Of(CodeValues.Found(text, TextAt(given, 0, name, run), run));
            case "index":
                return CodeValues.Found(text, TextAt(given, 0, name, run), run) is >= 0 and var at ? Rational.Of(at) : throw run.Problem("the text does not contain what is looked for");
            case "startswith": return text.StartsWith(TextAt(given, 0, name, run), StringComparison.Ordinal);
            case "endswith": return text.EndsWith(TextAt(given, 0, name, run), StringComparison.Ordinal);
            case "split":
                return Copied(given.Count == 0 ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : Split(text, TextAt(given, 0, name, run), run), run);
            case "replace":
                (string old, string fresh) = (TextAt(given, 0, name, run), TextAt(given, 1, name, run));
                return Joined(fresh, Split(text, old, run), run);
            case "join":
                if (given.Count != 1)
                {
                    throw run.Problem("join wants one list of texts");
                }

                return Joined(text, [.. CodeValues.Items(given[0], run).Select(item => item as string ?? throw run.Problem($"join wants texts, and there is {CodeValues.KindOf(item)}"))], run);
            default: throw run.Problem($"a text has no '.{(name.Length > 30 ? name[..30] + "…" : name)}'");
        }
    }

    private static object? OfList(List<object?> list, string name, IReadOnlyList<object?> given, CodeInterpreter run)
    {
        switch (name)
        {
            case "append":
                run.Make(1);
                if (list.Count >= CodeLimits.Length)
                {
                    throw run.Problem($"a list has up to {CodeLimits.Length} items");
                }

                list.Add(Exactly(given, 1, name, run)[0]);
                return null;
            case "pop":
                object? last = CodeValues.Item(list, given.Count > 0 ? given[0] : Rational.Of(-1), run);
                list.RemoveAt(CodeValues.Index(given.Count > 0 ? given[0] : Rational.Of(-1), list.Count, run));
                return last;
            case "count":
                return Rational.Of(list.Count(item => CodeValues.AreEqual(item, Exactly(given, 1, name, run)[0], run, 0)));
            case "index":
                return list.FindIndex(item => CodeValues.AreEqual(item, Exactly(given, 1, name, run)[0], run, 0)) is >= 0 and var at ? Rational.Of(at) : throw run.Problem("the list does not contain what is looked for");
            case "sort":
                List<object?> sorted = Sorted(list, new Dictionary<string, object?>(), run);
                list.Clear();
                list.AddRange(sorted);
                return null;
            case "reverse":
                run.Make(list.Count);
                list.Reverse();
                return null;
            default:
                throw run.Problem($"a list has no '.{(name.Length > 30 ? name[..30] + "…" : name)}'");
        }
    }

    private static List<object?> Range(IReadOnlyList<object?> given, CodeInterpreter run)
    {
        if (given.Count is < 1 or > 3)
        {
            throw run.Problem("range wants an end, or a beginning and an end, and perhaps a step");
        }

        int from = given.Count > 1 ? CodeValues.Whole(given[0], run) : 0, to = CodeValues.Whole(given[given.Count > 1 ? 1 : 0], run), by = given.Count > 2 ? CodeValues.Whole(given[2], run) : 1;
        long count = by == 0 ? throw run.Problem("range cannot have steps of 0") : Math.Max(0, ((long)to - from + by - Math.Sign(by)) / by);
        run.Make(count);
        return [.. Enumerable.Range(0, (int)count).Select(i => (object?)Rational.Of(from + ((long)i * by)))];
    }

    private static object? Extreme(string name, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named, CodeInterpreter run)
    {
        object?[] items = [.. given.Count == 1 ? CodeValues.Items(given[0], run) : given];
        if (items.Length == 0)
        {
            throw run.Problem($"{name} needs at least one value");
        }

        object? Key(object? item) => named.TryGetValue("key", out object? key) ? run.Invoke(key, [item]) : item;
        object? best = items[0], bestKey = Key(best);
        foreach (object? item in items.Skip(1))
        {
            object? itemKey = Key(item);
            if (CodeValues.Order(itemKey, bestKey, run, 0) * (name == "max" ? 1 : -1) > 0)
            {
                (best, bestKey) = (item, itemKey);
            }
        }

        return best;
    }

    private static List<object?> Sorted(object? value, IReadOnlyDictionary<string, object?> named, CodeInterpreter run)
    {
        object?[] items = [.. CodeValues.Items(value, run)];
        (object? Key, object? Item)[] keyed = [.. items.Select(item => (named.TryGetValue("key", out object? key) ? run.Invoke(key, [item]) : item, item))];
        var order = Comparer<object?>.Create((left, right) => CodeValues.Order(left, right, run, 0));
        try
        {
            // LINQ's sort is stable, as Python's is.
            return Copied(named.TryGetValue("reverse", out object? reverse) && CodeValues.IsTrue(reverse)
                ? keyed.OrderByDescending(pair => pair.Key, order).Select(pair => pair.Item)
                : keyed.OrderBy(pair => pair.Key, order).Select(pair => pair.Item), run);
        }
        catch (InvalidOperationException wrapped) when (wrapped.GetBaseException() is ToolException refusal)
        {
            throw new ToolException(refusal.Message, wrapped); // the sort wraps what a comparison throws, twice where it sorts with a comparer of its own
        }
    }

    private static DateOnly Date(IReadOnlyList<object?> given, CodeInterpreter run)
    {
        (int year, int month, int day) = (CodeValues.Whole(given[0], run), CodeValues.Whole(given[1], run), CodeValues.Whole(given[2], run));
        return year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : throw run.Problem($"there is no date {year}-{month}-{day}; a date is year, month, day, or a text such as 14 March 1953");
    }

    private static Rational Parsed(string digits, CodeInterpreter run)
    {
        string text = digits.Trim();
        try
        {
            return text.StartsWith('-') ? -Rational.Parse(text.AsSpan(1)) : Rational.Parse(text);
        }
        catch (ToolException problem)
        {
            throw new ToolException($"Line {run.Line}: {problem.Message}", problem);
        }
    }

    private static Rational Truncated(Rational number) => number < default(Rational) ? -(-number).Floor() : number.Floor();

    private static string[] Split(string text, string by, CodeInterpreter run)
    {
        CodeValues.Found(text, by, run);
        return by.Length > 0 ? text.Split(by) : throw run.Problem("a text cannot be cut at nothing");
    }

    private static string Joined(string between, string[] parts, CodeInterpreter run)
    {
        run.Make(parts.Sum(part => (long)part.Length) + ((long)between.Length * Math.Max(0, parts.Length - 1)));
        return string.Join(between, parts);
    }

    private static List<object?> Copied(IEnumerable<object?> items, CodeInterpreter run)
    {
        List<object?> copy = [.. items];
        run.Make(copy.Count);
        return copy;
    }

    private static string TextAt(IReadOnlyList<object?> given, int index, string name, CodeInterpreter run) => index < given.Count && given[index] is string text
        ? text
        : throw run.Problem($".{name} wants {(index == 0 ? "a text" : "two texts")}");

    private static IReadOnlyList<object?> Exactly(IReadOnlyList<object?> given, int count, string name, CodeInterpreter run) => given.Count == count
        ? given
        : throw run.Problem(string.Create(CultureInfo.InvariantCulture, $"{name} wants {count} value{(count == 1 ? "" : "s")} and was given {given.Count}"));
}
