using System.Globalization;
using System.Text.RegularExpressions;

namespace Gestalt.Tasks.Problems;

/// <summary>Reads a number that is the whole of an answer. Digits are those of ASCII; thousands may be set apart by commas; a dollar before and a full stop behind are allowed.</summary>
internal static partial class NumberAnswer
{
    private const string FinalMark = "####";

    /// <summary>Whether a text is this number and nothing else.</summary>
    public static bool Is(string text, decimal value) => TryRead(text, out decimal read) && read == value;

    /// <summary>Whether a text is a number and nothing else.</summary>
    public static bool TryRead(string text, out decimal value)
    {
        value = 0;
        Match match = Form().Match(text);
        return match.Success && decimal.TryParse(match.Groups["number"].Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The text after the one final mark of an answer with working before it, as GSM8K writes it; null where there is none, or more than one.</summary>
    public static string? AfterFinalMark(string text)
    {
        int mark = text.IndexOf(FinalMark, StringComparison.Ordinal);
        if (mark < 0 || text.IndexOf(FinalMark, mark + FinalMark.Length, StringComparison.Ordinal) >= 0) return null;
        return mark == 0 || text[mark - 1] == '\n' ? text[(mark + FinalMark.Length)..].Trim() : null;
    }

    [GeneratedRegex(@"\A\$?(?<number>-?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.[0-9]{1,9})?)\.?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
