using System.Globalization;
using System.Numerics;

namespace Gestalt.Tasks.Tools;

/// <summary>What can be done with the values of a program: operators, comparing, items, slices, writing.</summary>
internal static class CodeValues
{
    private const int WrittenDepth = 20;

    /// <summary>What a value is, for people.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "None",
        bool => "a truth value",
        Rational => "a number",
        string => "a text",
        List<object?> => "a list",
        DateOnly => "a date",
        _ => "a function",
    };

    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        Rational number => !number.Numerator.IsZero,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        _ => true,
    };

    /// <summary>A value as a number.</summary>
    public static Rational Number(object? value, CodeInterpreter run) => value switch
    {
        Rational number => number,
        bool truth => Rational.Of(truth ? 1 : 0),
        _ => throw run.Problem($"a number is needed, and this is {KindOf(value)}"),
    };

    /// <summary>A value as a whole number that can count or point.</summary>
    public static int Whole(object? value, CodeInterpreter run) =>
        Number(value, run) is { IsInteger: true } number && BigInteger.Abs(number.Numerator) <= int.MaxValue / 4
            ? (int)number.Numerator
            : throw run.Problem("a whole number of moderate size is needed here");

    /// <summary>The items of a list, or the letters of a text.</summary>
    public static IReadOnlyList<object?> Items(object? value, CodeInterpreter run)
    {
        switch (value)
        {
            case List<object?> list:
                return list;
            case string text:
                run.Make(text.Length);
                return [.. text.Select(letter => (object?)letter.ToString())];
            default:
                throw run.Problem($"{KindOf(value)} has no items; a list or a text has");
        }
    }

    /// <summary>The place of an item; negative ones count from the end.</summary>
    public static int Index(object? index, int count, CodeInterpreter run)
    {
        int place = Whole(index, run);
        return place >= -count && place < count ? (place + count) % count : throw run.Problem($"there is no item {place} among {count}");
    }

    /// <summary><c>owner[index]</c>.</summary>
    public static object? Item(object? owner, object? index, CodeInterpreter run) => owner switch
    {
        string text => text[Index(index, text.Length, run)].ToString(),
        List<object?> list => list[Index(index, list.Count, run)],
        _ => throw run.Problem($"{KindOf(owner)} has no items; a list or a text has"),
    };

    /// <summary><c>owner[from:to:step]</c>, as Python has it.</summary>
    public static object Slice(object? owner, object? from, object? to, object? step, CodeInterpreter run)
    {
        int length = owner switch { string text => text.Length, List<object?> list => list.Count, _ => throw run.Problem($"{KindOf(owner)} has no items; a list or a text has") };
        int by = step is null ? 1 : Whole(step, run);
        if (by == 0)
        {
            throw run.Problem("a slice cannot have steps of 0");
        }

        int Clamped(object? bound, int otherwise)
        {
            if (bound is null)
            {
                return otherwise;
            }

            int place = Whole(bound, run);
            place += place < 0 ? length : 0;
            return by > 0 ? Math.Clamp(place, 0, length) : Math.Clamp(place, -1, length - 1);
        }

        int start = Clamped(from, by > 0 ? 0 : length - 1), end = Clamped(to, by > 0 ? length : -1);
        var places = new List<int>();
        for (long at = start; by > 0 ? at < end : at > end; at += by)
        {
            places.Add((int)at);
        }

        run.Make(places.Count);
        return owner is string letters ? string.Concat(places.Select(place => letters[place])) : places.Select(place => ((List<object?>)owner!)[place]).ToList();
    }

    /// <summary><c>left sign right</c>.</summary>
    public static object? Binary(string sign, object? left, object? right, CodeInterpreter run)
    {
        switch (sign, left, right)
        {
            case ("+", string one, string two):
                run.Make((long)one.Length + two.Length);
                return one + two;
            case ("+", List<object?> one, List<object?> two):
                run.Make((long)one.Count + two.Count);
                return (List<object?>)[.. one, .. two];
            case ("*", string or List<object?>, Rational or bool):
                return Repeated(left, Whole(right, run), run);
            case ("*", Rational or bool, string or List<object?>):
                return Repeated(right, Whole(left, run), run);
            case ("-", DateOnly one, DateOnly two):
                return Rational.Of(one.DayNumber - two.DayNumber);
            case ("+" or "-", DateOnly day, Rational or bool):
                return Moved(day, Whole(right, run) * (sign == "+" ? 1 : -1), run);
        }

        if (left is not (Rational or bool) || right is not (Rational or bool))
        {
            throw run.Problem($"'{sign}' does not go between {KindOf(left)} and {KindOf(right)}");
        }

        try
        {
            (Rational a, Rational b) = (Number(left, run), Number(right, run));
            run.Spend(1 + (int)((a.Numerator.GetBitLength() + b.Numerator.GetBitLength()) / 512));
            return sign switch
            {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" => a / b,
                "//" => (a / b).Floor(),
                "%" => a % b,
                _ => a.Power(b),
            };
        }
        catch (ToolException problem)
        {
            throw new ToolException($"Line {run.Line}: {problem.Message}", problem);
        }
    }

    /// <summary>Whether <c>left sign right</c> holds.</summary>
    public static bool Compare(string sign, object? left, object? right, CodeInterpreter run) => sign switch
    {
        "==" => AreEqual(left, right, run, 0),
        "!=" => !AreEqual(left, right, run, 0),
        "in" => Holds(right, left, run),
        "not in" => !Holds(right, left, run),
        _ => Order(left, right, run, 0) is var order && sign switch { "<" => order < 0, ">" => order > 0, "<=" => order <= 0, _ => order >= 0 },
    };

    /// <summary>Whether two values are the same.</summary>
    public static bool AreEqual(object? left, object? right, CodeInterpreter run, int depth)
    {
        run.Spend();
        if (left is List<object?> one && right is List<object?> two)
        {
            return one.Count == two.Count && (ReferenceEquals(one, two) || one.Zip(two).All(pair => AreEqual(pair.First, pair.Second, run, Deeper(depth, run))));
        }

        return left is Rational or bool && right is Rational or bool ? Number(left, run) == Number(right, run) : Equals(left, right);
    }

    /// <summary>Below 0 where left comes before right.</summary>
    public static int Order(object? left, object? right, CodeInterpreter run, int depth)
    {
        run.Spend();
        switch (left, right)
        {
            case (Rational or bool, Rational or bool):
                return Number(left, run).CompareTo(Number(right, run));
            case (string one, string two):
                run.Spend(Math.Min(one.Length, two.Length) / 16);
                return string.CompareOrdinal(one, two);
            case (DateOnly one, DateOnly two):
                return one.CompareTo(two);
            case (List<object?> one, List<object?> two):
                int first = one.Zip(two).Select(pair => Order(pair.First, pair.Second, run, Deeper(depth, run))).FirstOrDefault(order => order != 0);
                return first != 0 ? first : one.Count.CompareTo(two.Count);
            default:
                throw run.Problem($"{KindOf(left)} and {KindOf(right)} have no order");
        }
    }

    /// <summary>A value as it is printed; texts inside lists stand in quotes.</summary>
    public static string Text(object? value, CodeInterpreter run)
    {
        string text = Written(value, false, run, 0);
        run.Make(text.Length);
        return text;
    }

    private static string Written(object? value, bool inside, CodeInterpreter run, int depth)
    {
        run.Spend();
        switch (value)
        {
            case null:
                return "None";
            case bool truth:
                return truth ? "True" : "False";
            case string text:
                run.Spend(text.Length / 16);
                return inside ? $"'{text}'" : text;
            case DateOnly day:
                return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case List<object?> list:
                long length = 2;
                var parts = new List<string>(list.Count);
                foreach (object? item in list)
                {
                    parts.Add(Written(item, true, run, Deeper(depth, run)));
                    if ((length += parts[^1].Length + 2) > CodeLimits.Length)
                    {
                        throw run.Problem($"what is written has more than {CodeLimits.Length} characters");
                    }
                }

                return $"[{string.Join(", ", parts)}]";
            case Rational number:
                run.Spend(1 + (int)(number.Denominator.GetBitLength() / 8));
                return number.ToString();
            default:
                return KindOf(value);
        }
    }

    /// <summary>Whether something is in a list or text.</summary>
    private static bool Holds(object? whole, object? part, CodeInterpreter run) => (whole, part) switch
    {
        (string text, string piece) => Found(text, piece, run) >= 0,
        (List<object?> list, _) => list.Any(item => AreEqual(item, part, run, 0)),
        _ => throw run.Problem($"{KindOf(part)} cannot be in {KindOf(whole)}"),
    };

    /// <summary>Where a piece begins in a text, or -1.</summary>
    public static int Found(string text, string piece, CodeInterpreter run)
    {
        run.Spend(1 + (text.Length / 16 * (1 + (piece.Length / 64))));
        return text.IndexOf(piece, StringComparison.Ordinal);
    }

    private static DateOnly Moved(DateOnly day, int days, CodeInterpreter run) =>
        (long)day.DayNumber + days is >= 0 and <= 3_652_058 ? day.AddDays(days) : throw run.Problem("the date would lie outside the years 1 to 9999");

    private static object Repeated(object? value, int times, CodeInterpreter run)
    {
        times = Math.Max(0, times);
        if (value is string text)
        {
            run.Make((long)text.Length * times);
            return string.Concat(Enumerable.Repeat(text, text.Length == 0 ? 0 : times));
        }

        var list = (List<object?>)value!;
        run.Make((long)list.Count * times);
        return list.Count == 0 ? new List<object?>() : Enumerable.Repeat(list, times).SelectMany(items => items).ToList();
    }

    private static int Deeper(int depth, CodeInterpreter run) => depth < WrittenDepth ? depth + 1 : throw run.Problem($"lists are nested more than {WrittenDepth} deep");
}
