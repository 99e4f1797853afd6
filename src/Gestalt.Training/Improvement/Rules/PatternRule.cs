using System.Text.RegularExpressions;
using Gestalt.Store.Improving;

namespace Gestalt.Training.Improvement;

/// <summary>Finds answers in which a pattern occurs: words that must not be said, a tone, a form.</summary>
public sealed class PatternRule : IAnswerRule
{
    /// <summary>How such a rule is asked for: <c>words=PATTERN</c>.</summary>
    public const string Prefix = "words=";

    private readonly Regex _pattern;

    /// <summary>A rule for a pattern.</summary>
    /// <param name="pattern">A regular expression, whatever the case; no look-around and no references back, so that it takes linear time on any text.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public PatternRule(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        try
        {
            _pattern = new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"'{pattern}' is no pattern that can be looked for: {problem.Message}", nameof(pattern), problem);
        }
    }

    /// <inheritdoc/>
    public string Name => Prefix + _pattern;

    /// <inheritdoc/>
    public string Meaning => $"says what matches {_pattern}";

    /// <inheritdoc/>
    public string? ProblemOf(LoggedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        Match match = _pattern.Match(answer.Answer.Content);
        return match.Success ? $"it says \"{match.Value}\"" : null;
    }
}
