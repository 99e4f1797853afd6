using Gestalt.Store.Improving;

namespace Gestalt.Training.Improvement;

/// <summary>Finds answers that go round in circles: three words in a row that stood there before, again and again.</summary>
public sealed class RepetitionRule : IAnswerRule
{
    /// <summary>Of three words in a row, the share that came before from which an answer repeats itself. Of 755 stories that a small world tells none is above 0.03; <c>the the the</c> is near 1.</summary>
    private const double MostRepeated = 0.3;

    /// <summary>Fewer words say nothing about repetition.</summary>
    private const int FewestWords = 10;

    /// <inheritdoc/>
    public string Name => "repeats";

    /// <inheritdoc/>
    public string Meaning => "says the same words again and again";

    /// <inheritdoc/>
    public string? ProblemOf(LoggedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        string[] words = answer.Answer.Content.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < FewestWords) return null;
        double share = ShareRepeated(words, out string most);
        return share > MostRepeated ? FormattableString.Invariant($"it repeats itself: {share * 100:0} % of it was said before, \"{most}\" most often") : null;
    }

    /// <summary>Share of three words in a row that came before.</summary>
    internal static double ShareRepeated(string[] words, out string most)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        int again = 0;
        for (int i = 2; i < words.Length; i++)
        {
            string three = string.Join(' ', words[i - 2], words[i - 1], words[i]);
            again += seen.TryGetValue(three, out int before) ? 1 : 0;
            seen[three] = before + 1;
        }

        most = seen.Count == 0 ? "" : seen.MaxBy(one => one.Value).Key;
        return words.Length < 3 ? 0 : (double)again / (words.Length - 2);
    }
}
