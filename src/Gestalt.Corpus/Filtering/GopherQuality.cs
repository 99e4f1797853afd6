using System.Collections.Frozen;

namespace Gestalt.Corpus;

/// <summary>The quality rules of Gopher (arXiv 2112.11446, appendix A.1.1), thresholds as published but for one.</summary>
/// <remarks>
/// Departure: 30 words are enough, not 50. A question with its answer has 40, and what is left of broken or empty pages has
/// fewer than 20, in the small internet as on the web.
/// </remarks>
internal static class GopherQuality
{
    public const int MinimumWords = 30;
    public const int MaximumWords = 100_000;
    public const double MinimumMeanWordLength = 3;
    public const double MaximumMeanWordLength = 10;
    public const double MaximumSymbolsPerWord = 0.1;
    public const double MaximumBulletLines = 0.9;
    public const double MaximumEllipsisLines = 0.3;
    public const double MinimumAlphabeticWords = 0.8;
    public const int MinimumStopWords = 2;

    private delegate bool LineTest(ReadOnlySpan<char> line);

    private static readonly FrozenSet<string> StopWords =
        new[] { "the", "be", "to", "of", "and", "that", "have", "with" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static Drop? Judge(TextView view)
    {
        int words = view.Words.Count;
        if (words < MinimumWords)
            return new Drop("gopher-quality.too-few-words", $"{words} words, fewer than {MinimumWords}");
        if (words > MaximumWords)
            return new Drop("gopher-quality.too-many-words", $"{words:N0} words, more than {MaximumWords:N0}");

        long characters = 0;
        int alphabetic = 0;
        int stopWords = 0;
        FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> stopLookup = StopWords.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (Range range in view.Words)
        {
            ReadOnlySpan<char> word = view.Slice(range);
            characters += word.Length;
            if (HasLetter(word))
                alphabetic++;
            if (word.Length <= 4 && stopLookup.Contains(word))
                stopWords++;
        }

        double meanLength = (double)characters / words;
        if (meanLength is < MinimumMeanWordLength or > MaximumMeanWordLength)
            return new Drop("gopher-quality.word-length", $"words have {meanLength:F1} characters on average, outside {MinimumMeanWordLength} to {MaximumMeanWordLength}");
        double symbols = (double)CountSymbols(view.Text) / words;
        if (symbols > MaximumSymbolsPerWord)
            return new Drop("gopher-quality.symbols", $"{symbols:F2} hashes and ellipses a word, more than {MaximumSymbolsPerWord}");
        double bullets = ShareOfLines(view, line => line[0] is '•' or '‣' or '▪' or '●' or '◦' or '-' or '*');
        if (bullets > MaximumBulletLines)
            return new Drop("gopher-quality.bullets", $"{bullets:P0} of the lines are bullets, more than {MaximumBulletLines:P0}");
        double ellipses = ShareOfLines(view, line => line.EndsWith("…") || line.EndsWith("..."));
        if (ellipses > MaximumEllipsisLines)
            return new Drop("gopher-quality.ellipses", $"{ellipses:P0} of the lines end in an ellipsis, more than {MaximumEllipsisLines:P0}");
        double alphabeticShare = (double)alphabetic / words;
        if (alphabeticShare < MinimumAlphabeticWords)
            return new Drop("gopher-quality.alphabetic", $"{alphabeticShare:P0} of the words have a letter, fewer than {MinimumAlphabeticWords:P0}");
        if (stopWords < MinimumStopWords)
            return new Drop("gopher-quality.stop-words", $"{stopWords} of the commonest English words, fewer than {MinimumStopWords}");
        return null;
    }

    private static bool HasLetter(ReadOnlySpan<char> word)
    {
        foreach (char c in word)
        {
            if (char.IsLetter(c))
                return true;
        }

        return false;
    }

    private static int CountSymbols(string text)
    {
        ReadOnlySpan<char> span = text;
        int ellipses = span.Count("…") + span.Count("...");
        return span.Count('#') + ellipses;
    }

    private static double ShareOfLines(TextView view, LineTest test)
    {
        int matching = 0;
        foreach (Range line in view.Lines)
        {
            if (test(view.Slice(line)))
                matching++;
        }

        return (double)matching / view.Lines.Count;
    }
}
