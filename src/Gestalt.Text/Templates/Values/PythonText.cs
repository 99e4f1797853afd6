using System.Globalization;
using System.Text;

namespace Gestalt.Text.Templates;

/// <summary>What Python means by the characters of a text: they are code points, where .NET counts UTF-16 units.</summary>
internal static class PythonText
{
    /// <summary>White space as <c>str.isspace</c> and <c>str.strip</c> see it.</summary>
    public static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\x1c' and <= '\x1f';

    /// <summary>How many characters a text has.</summary>
    public static int Count(string text)
    {
        int count = text.Length;
        if (text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            for (int i = 0; i + 1 < text.Length; i++)
            {
                if (char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    count--;
                    i++;
                }
            }
        }

        return count;
    }

    /// <summary>Where each character begins, and the end; null where every character is one unit.</summary>
    public static int[]? Offsets(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return null;
        }

        var offsets = new List<int>(text.Length + 1);
        for (int i = 0; i < text.Length; i++)
        {
            offsets.Add(i);
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
            }
        }

        offsets.Add(text.Length);
        return [.. offsets];
    }

    /// <summary>Each character as a text of its own.</summary>
    public static List<Value> Characters(TracedText text)
    {
        int[]? offsets = Offsets(text.Characters);
        int count = offsets is null ? text.Length : offsets.Length - 1;
        var characters = new List<Value>(count);
        for (int i = 0; i < count; i++)
        {
            characters.Add(offsets is null ? text.Slice(i, 1) : text.Slice(offsets[i], offsets[i + 1] - offsets[i]));
        }

        return characters;
    }

    /// <summary>Compares by code points.</summary>
    public static int Compare(string left, string right)
    {
        int length = Math.Min(left.Length, right.Length);
        int at = left.AsSpan(0, length).CommonPrefixLength(right.AsSpan(0, length));
        if (at == length)
        {
            return left.Length.CompareTo(right.Length);
        }

        // Surrogates stand for code points above all others.
        return (Rank(left[at]), left[at]).CompareTo((Rank(right[at]), right[at]));

        static int Rank(char unit) => char.IsSurrogate(unit) ? 1 : 0;
    }

    /// <summary>Text without the white space, or the given characters, at its ends.</summary>
    public static TracedText Strip(TracedText text, string? characters, bool left, bool right)
    {
        string all = text.Characters;
        int start = 0, end = all.Length;
        while (left && start < end && Goes(all[start]))
        {
            start++;
        }

        while (right && end > start && Goes(all[end - 1]))
        {
            end--;
        }

        return text.Slice(start, end - start);

        bool Goes(char character) => characters is null ? IsSpace(character) : characters.Contains(character, StringComparison.Ordinal);
    }

    /// <summary>The first letter of each word large, the others small.</summary>
    public static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        bool inWord = false;
        foreach (char character in text)
        {
            title.Append(inWord ? char.ToLowerInvariant(character) : char.ToUpperInvariant(character));
            inWord = char.IsLetter(character);
        }

        return title.ToString();
    }

    /// <summary>The first letter large, the others small.</summary>
    public static string Capitalize(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>A number with a fraction as Python prints it: the shortest digits that are this number and no other.</summary>
    public static string Print(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        string shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        string round = value.ToString("R", CultureInfo.InvariantCulture);
        int exponent = value == 0 ? 0 : int.Parse(shortest[(shortest.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        (string sign, string digits) = Digits(round);
        if (exponent is < -4 or >= 16)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent):00}";
        }

        return exponent < 0 ? $"{sign}0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1 ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>The digits that count, without point, exponent and zeros at the ends.</summary>
    private static (string Sign, string Digits) Digits(string number)
    {
        string sign = number[0] == '-' ? "-" : "";
        int exponent = number.IndexOf('E', StringComparison.Ordinal);
        string digits = (exponent < 0 ? number : number[..exponent]).TrimStart('-').Replace(".", "", StringComparison.Ordinal).Trim('0');
        return (sign, digits.Length == 0 ? "0" : digits);
    }
}
