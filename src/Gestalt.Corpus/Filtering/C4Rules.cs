using System.Buffers;
using System.Text;

namespace Gestalt.Corpus;

/// <summary>
/// The rules of C4 (arXiv 1910.10683, section 2.2) without its terminal-punctuation rule, as FineWeb uses them (arXiv
/// 2406.17557, section 3.3): lines of machinery are taken out, then documents with placeholder text, with code, or with too
/// few sentences are dropped.
/// </summary>
/// <remarks>
/// Departures: lines of fewer than three words stay, since headings and lists consist of them; citation marks (<c>[12]</c>) are
/// removed as in FineWeb's code. The rule against curly brackets counts them, so that one in a sentence does no harm.
/// </remarks>
internal static class C4Rules
{
    public const int MinimumSentences = 3;
    public const int MaximumWordLength = 1000;

    /// <summary>Source code has a curly bracket every few words; prose has none.</summary>
    public const double MaximumBracketsPerWord = 0.01;

    private static readonly SearchValues<string> MachineryLines = SearchValues.Create(
        ["javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"], StringComparison.OrdinalIgnoreCase);

    /// <summary>The text without lines of machinery and without citation marks.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAny(MachineryLines))
            return RemoveCitations(text);
        var kept = new StringBuilder(text.Length);
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (!line.ContainsAny(MachineryLines))
                kept.Append(line).Append('\n');
        }

        return RemoveCitations(kept.ToString().TrimEnd('\n'));
    }

    public static Drop? Judge(TextView view)
    {
        if (view.Text.Contains("lorem ipsum", StringComparison.OrdinalIgnoreCase))
            return new Drop("c4.lorem-ipsum", "the placeholder text 'lorem ipsum' stands in it");
        int brackets = view.Text.AsSpan().Count('{');
        if (brackets > Math.Max(1, view.Words.Count * MaximumBracketsPerWord))
            return new Drop("c4.curly-brackets", $"{brackets} curly brackets in {view.Words.Count:N0} words look like code");
        foreach (Range word in view.Words)
        {
            if (word.End.Value - word.Start.Value > MaximumWordLength)
                return new Drop("c4.word-length", $"a word has more than {MaximumWordLength:N0} characters");
        }

        int sentences = CountSentences(view.Text);
        return sentences < MinimumSentences
            ? new Drop("c4.too-few-sentences", $"{sentences} sentences, fewer than {MinimumSentences}")
            : null;
    }

    /// <summary>Full stops, exclamation and question marks that white space, a closing quote or the end follows.</summary>
    internal static int CountSentences(ReadOnlySpan<char> text)
    {
        int sentences = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '.' or '!' or '?' && (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]) || text[i + 1] is '"' or '”' or '’' or '\'' or ')'))
                sentences++;
        }

        return sentences;
    }

    private static string RemoveCitations(string text)
    {
        int open = text.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
            return text;
        var kept = new StringBuilder(text.Length);
        int position = 0;
        while (open >= 0)
        {
            int end = CitationEnd(text, open);
            kept.Append(text, position, open - position + (end < 0 ? 1 : 0));
            position = end < 0 ? open + 1 : end;
            open = text.IndexOf('[', position);
        }

        return kept.Append(text, position, text.Length - position).ToString();
    }

    /// <summary>Where <c>[12]</c>, <c>[citation needed]</c> or <c>[edit]</c> ends that starts at the bracket, or -1.</summary>
    private static int CitationEnd(string text, int open)
    {
        ReadOnlySpan<char> rest = text.AsSpan(open + 1);
        int close = rest[..Math.Min(rest.Length, 20)].IndexOf(']');
        if (close <= 0)
            return -1;
        ReadOnlySpan<char> mark = rest[..close];
        bool number = close <= 3 && mark.IndexOfAnyExceptInRange('0', '9') < 0;
        return number || mark is "citation needed" or "edit" ? open + close + 2 : -1;
    }
}
