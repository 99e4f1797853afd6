using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Tasks.Tools;

/// <summary>What a question asks for that models without tools are bad at.</summary>
public enum ToolSkill
{
    /// <summary>Sums, differences, products, quotients, percentages; numbers of up to four digits, decimals.</summary>
    Arithmetic,
    /// <summary>Arithmetic inside a little story.</summary>
    WordProblem,
    /// <summary>From one unit to another.</summary>
    Units,
    /// <summary>Which of two decimals is larger: 9.11 or 9.9.</summary>
    Comparison,
    /// <summary>How often a letter occurs in a word.</summary>
    Letters,
    /// <summary>A word backwards.</summary>
    Backwards,
    /// <summary>Days of the week, days between dates.</summary>
    Dates,
    /// <summary>Facts that pages tell too rarely to be remembered.</summary>
    Search,
}

/// <summary>A question with an answer that is known, and the ways to it.</summary>
/// <param name="Skill">What it asks for.</param>
/// <param name="Phrasing">Whether training has the wording.</param>
/// <param name="Text">The question.</param>
/// <param name="Tool">The tool that answers it.</param>
/// <param name="Argument">What the tool is asked.</param>
/// <param name="Expected">What a right answer names: a number, a word, a day.</param>
/// <param name="Chance">How often a guesser is right who knows what sort of answer is wanted.</param>
public sealed partial record ToolQuestion(ToolSkill Skill, Phrasing Phrasing, string Text, string Tool, string Argument, string Expected, double Chance)
{
    /// <summary>The sentence that answers once the tool has; null for "That is X."</summary>
    public string? Answer { get; init; }

    /// <summary>The way to the answer step by step, in words alone, ending with the answer; null where it is too long to be taught.</summary>
    public string? Steps { get; init; }

    /// <summary>The fact that is asked for; null if it is none.</summary>
    public FactTalk? Fact { get; init; }

    /// <summary>The sentence that answers.</summary>
    public string FullAnswer => Answer ?? $"That is {Expected}.";

    /// <summary>Whether an answer ends with what is expected. Where that is a number, the last number of the answer counts, whatever unit stands behind it; else the last words, which may be spelled out.</summary>
    /// <param name="answer">What was said.</param>
    public bool IsAnsweredBy(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (!Number().IsMatch(Expected))
        {
            string said = answer.TrimEnd(' ', '.', '!', '"', '\n');
            return EndsWith(said, Expected) || IsSpelledOut(said);
        }

        MatchCollection numbers = Number().Matches(answer.Replace(",", "", StringComparison.Ordinal));
        return numbers.Count > 0 && numbers[^1].Value.Length < 100 && Value(numbers[^1].Value) == Value(Expected);
    }

    /// <summary>Whether an answer ends with the letters of what is expected, a blank between any two, and no single letter before them.</summary>
    private bool IsSpelledOut(string said)
    {
        string letters = string.Join(' ', Expected.ToCharArray());
        if (!EndsWith(said, letters))
        {
            return false;
        }

        ReadOnlySpan<char> before = said.AsSpan(0, said.Length - letters.Length).TrimEnd(' ');
        return before.IsEmpty || !char.IsLetterOrDigit(before[^1]) || (before.Length > 1 && char.IsLetterOrDigit(before[^2]));
    }

    private static bool EndsWith(string said, string ending) =>
        said.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && (said.Length == ending.Length || !char.IsLetterOrDigit(said[^(ending.Length + 1)]));

    private static Rational Value(string text) => text[0] == '-' ? -Rational.Parse(text.AsSpan(1)) : Rational.Parse(text);

    [GeneratedRegex(@"(?<![\w.])-?\d+(\.\d+)?")]
    private static partial Regex Number();
}
