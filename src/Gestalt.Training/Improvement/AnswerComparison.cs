namespace Gestalt.Training.Improvement;

/// <summary>How far an answer says the same as the one that was written for it, where no key can tell: words that both have.</summary>
public static class AnswerComparison
{
    /// <summary>From this F1 on an answer counts as the one that was written: most of its words are there, and not many others.</summary>
    public const double SameFrom = 0.7;

    private static readonly char[] NoWords = [.. " \n\r\t.,;:!?\"'()[]{}-–—…“”‘’"];
    private static readonly HashSet<string> Articles = ["a", "an", "the"];

    /// <summary>The F1 of the words of two texts, without case, punctuation and articles, as SQuAD judges answers (arXiv 1606.05250): 1 for equal ones, 0 for such that have none in common.</summary>
    /// <param name="expected">What was written.</param>
    /// <param name="given">What came.</param>
    public static double F1(string expected, string given)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(given);
        string[] wanted = Words(expected), said = Words(given);
        if (wanted.Length == 0 || said.Length == 0) return wanted.Length == said.Length ? 1 : 0;
        Dictionary<string, int> left = wanted.CountBy(word => word).ToDictionary();
        int common = 0;
        foreach (string word in said)
        {
            if (left.GetValueOrDefault(word) == 0) continue;
            left[word]--;
            common++;
        }

        return 2.0 * common / (wanted.Length + said.Length);
    }

    private static string[] Words(string text) => [.. text.ToLowerInvariant().Split(NoWords, StringSplitOptions.RemoveEmptyEntries).Where(word => !Articles.Contains(word))];
}
