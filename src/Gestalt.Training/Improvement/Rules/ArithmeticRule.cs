using System.Text.RegularExpressions;
using Gestalt.Store.Improving;
using Gestalt.Tasks.Tools;

namespace Gestalt.Training.Improvement;

/// <summary>Finds sums that do not come out, by an exact calculator: equations in the answer that are false, and answers that name numbers but not the one that a question about a sum asks for.</summary>
public sealed partial class ArithmeticRule : IAnswerRule
{
    private static readonly Calculator Calculator = new();

    /// <inheritdoc/>
    public string Name => "arithmetic";

    /// <inheritdoc/>
    public string Meaning => "calculates wrongly";

    /// <inheritdoc/>
    public string? ProblemOf(LoggedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        string said = answer.Answer.Content;
        foreach (Match equation in Equation().Matches(said))
            if (Value(equation.Groups["sum"].Value) is Rational is_ && !IsSame(is_, equation.Groups["value"].Value)) return $"it says \"{equation.Value.Trim()}\", which is {is_}";
        return Asked(answer.Question) is (string sum, Rational value) && Number().Matches(said) is { Count: > 0 } numbers && !numbers.Any(number => IsSame(value, number.Value))
            ? $"{sum} is {value}, which it does not say"
            : null;
    }

    /// <summary>The answer to a question about one sum; null where it is about none.</summary>
    /// <param name="question">The question.</param>
    public static string? AnswerTo(string question) => Asked(question) is (string sum, Rational value) ? $"{sum} = {value}." : null;

    private static (string Sum, Rational Value)? Asked(string question) =>
        Sum().Matches(question) is [Match only] && Value(only.Value) is Rational value ? (only.Value.Trim(), value) : null;

    private static Rational? Value(string sum)
    {
        try
        {
            string text = Calculator.Answer(sum);
            return text.StartsWith("about ", StringComparison.Ordinal) ? null : Signed(text);
        }
        catch (ToolException)
        {
            return null; // a division by nought is no claim about a number
        }
    }

    /// <summary>Whether a number is written as that value: exactly, or rounded to the digits that it has behind its point.</summary>
    private static bool IsSame(Rational value, string written)
    {
        string digits = written.Replace(",", "", StringComparison.Ordinal);
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        return Signed(digits) is Rational said && (said == value || (point >= 0 && said == value.Round(digits.Length - point - 1)));
    }

    private static Rational? Signed(string text)
    {
        string plain = text.Trim().Replace(",", "", StringComparison.Ordinal);
        try
        {
            return plain.StartsWith('-') || plain.StartsWith('\u2212') ? -Rational.Parse(plain.AsSpan(1)) : Rational.Parse(plain);
        }
        catch (ToolException)
        {
            return null; // a unit behind it, or words
        }
    }

    // A hyphen or a slash is a sign of arithmetic only with a blank on both sides: 1990-1995 and 24/7 are none.
    private const string Figure = @"\d+(?:,\d{3})*(?:\.\d+)?", Operation = @"(?:\s*[+*×·÷]\s*|\s+[-−/x]\s+)";

    [GeneratedRegex(@"(?<![\w.,-])" + Figure + "(?:" + Operation + Figure + @")+(?![\w%])")]
    private static partial Regex Sum();

    [GeneratedRegex(@"(?<![\w.,+*×·÷/−-])(?<sum>" + Figure + "(?:" + Operation + Figure + @")+)\s*=\s*(?<value>[-−]?" + Figure + @")(?![\w%]|\s*(?:[+*×·÷]|[-−/x]\s))")]
    private static partial Regex Equation();

    [GeneratedRegex(@"(?<![\w.,])[-−]?" + Figure)]
    private static partial Regex Number();
}
