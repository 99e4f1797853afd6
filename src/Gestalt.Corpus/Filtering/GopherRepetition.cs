namespace Gestalt.Corpus;

/// <summary>The repetition rules of Gopher (arXiv 2112.11446, table A1), thresholds as published.</summary>
/// <remarks>
/// Departures: a run of words that stands no more often than there are sentences does not count as the most common n-gram,
/// since on a short page about a person the name alone makes up a fifth of the text; repeated n-grams may hold more of a
/// short page, since a question about a book repeats its title; n-grams are compared by a 64-bit hash.
/// </remarks>
internal static class GopherRepetition
{
    public const double MaximumDuplicateLines = 0.30;
    public const double MaximumDuplicateParagraphs = 0.30;
    public const double MaximumDuplicateLineCharacters = 0.20;
    public const double MaximumDuplicateParagraphCharacters = 0.20;

    /// <summary>The most common n-gram, n = 2, 3, 4, may hold this share of the characters.</summary>
    private static readonly double[] TopNgramShares = [0.20, 0.18, 0.16];

    /// <summary>All n-grams that repeat an earlier one, n = 5 ... 10, may hold this share of the characters.</summary>
    private static readonly double[] DuplicateNgramShares = [0.15, 0.14, 0.13, 0.12, 0.11, 0.10];

    /// <summary>In texts of fewer words than this ...</summary>
    private const int ShortText = 200;

    /// <summary>... repeated n-grams may hold this share of the characters (the published share for lines and paragraphs).</summary>
    private const double MaximumInShortText = 0.30;

    private const int FirstTopLength = 2;
    private const int FirstDuplicateLength = 5;

    public static Drop? Judge(TextView view)
    {
        Drop? drop = JudgePieces(view, view.Lines, "line", MaximumDuplicateLines, MaximumDuplicateLineCharacters)
            ?? JudgePieces(view, Paragraphs(view.Text), "paragraph", MaximumDuplicateParagraphs, MaximumDuplicateParagraphCharacters);
        return drop ?? JudgeNgrams(view);
    }

    private static Drop? JudgePieces(TextView view, IReadOnlyList<Range> pieces, string what, double maximumCount, double maximumCharacters)
    {
        var seen = HashCounter.ForThread(pieces.Count);
        int duplicates = 0;
        long duplicateCharacters = 0;
        long characters = 0;
        foreach (Range piece in pieces)
        {
            ReadOnlySpan<char> text = view.Slice(piece);
            characters += text.Length;
            if (seen.Add(TextView.Hash(text)) == 1)
                continue;
            duplicates++;
            duplicateCharacters += text.Length;
        }

        if (pieces.Count > 0 && (double)duplicates / pieces.Count is var count && count > maximumCount)
            return new Drop($"gopher-repetition.{what}s", $"{count:P0} of the {what}s repeat an earlier one, more than {maximumCount:P0}");
        if (characters > 0 && (double)duplicateCharacters / characters is var share && share > maximumCharacters)
            return new Drop($"gopher-repetition.{what}-characters", $"{share:P0} of the characters stand in repeated {what}s, more than {maximumCharacters:P0}");
        return null;
    }

    private static List<Range> Paragraphs(string text)
    {
        var paragraphs = new List<Range>();
        int position = 0;
        while (position < text.Length)
        {
            int gap = text.IndexOf("\n\n", position, StringComparison.Ordinal);
            int end = gap < 0 ? text.Length : gap;
            if (end > position)
                paragraphs.Add(position..end);
            position = end + 2;
        }

        return paragraphs;
    }

    private static Drop? JudgeNgrams(TextView view)
    {
        var ngrams = new Ngrams(view);
        int sentences = C4Rules.CountSentences(view.Text);
        for (int n = FirstTopLength; n < FirstTopLength + TopNgramShares.Length; n++)
        {
            double share = TopShare(ngrams, n, sentences);
            if (share > TopNgramShares[n - FirstTopLength])
                return new Drop($"gopher-repetition.top-{n}-gram", $"one run of {n} words makes up {share:P0} of the characters, more than {TopNgramShares[n - FirstTopLength]:P0}");
        }

        for (int n = FirstDuplicateLength; n < FirstDuplicateLength + DuplicateNgramShares.Length; n++)
        {
            double limit = ngrams.Words < ShortText ? MaximumInShortText : DuplicateNgramShares[n - FirstDuplicateLength];
            double share = DuplicateShare(ngrams, n);
            if (share > limit)
                return new Drop($"gopher-repetition.{n}-grams", $"{share:P0} of the characters stand in repeated runs of {n} words, more than {limit:P0}");
        }

        return null;
    }

    /// <summary>The characters in all occurrences of an n-gram, as a share, at most; of those that stand more often than there are sentences.</summary>
    private static double TopShare(Ngrams ngrams, int n, int sentences)
    {
        var counts = HashCounter.ForThread(ngrams.Words);
        long top = 0;
        for (int i = 0; i + n <= ngrams.Words; i++)
        {
            int count = counts.Add(ngrams.Hash(i, n));
            if (count > Math.Max(1, sentences))
                top = Math.Max(top, (long)count * ngrams.Length(i, n));
        }

        return (double)top / ngrams.TextLength;
    }

    /// <summary>The characters in n-grams that occurred before, none counted twice, as a share.</summary>
    private static double DuplicateShare(Ngrams ngrams, int n)
    {
        var seen = HashCounter.ForThread(ngrams.Words);
        long repeated = 0;
        int i = 0;
        while (i + n <= ngrams.Words)
        {
            if (seen.Add(ngrams.Hash(i, n)) == 1)
            {
                i++;
                continue;
            }

            repeated += ngrams.Length(i, n);
            i += n;
        }

        return (double)repeated / ngrams.TextLength;
    }

    /// <summary>All runs of words of a text: their hashes by differences of one row of sums, their lengths by the words' places.</summary>
    private sealed class Ngrams
    {
        private const ulong Factor = 0x9E3779B97F4A7C15;
        private const int Longest = 10;

        private static readonly ulong[] Powers = [.. Enumerable.Range(0, Longest + 1).Select(i => Enumerable.Repeat(Factor, i).Aggregate(1UL, (product, factor) => product * factor))];

        private readonly TextView view;
        private readonly ulong[] sums;

        public Ngrams(TextView view)
        {
            this.view = view;
            sums = new ulong[view.Words.Count + 1];
            for (int i = 0; i < Words; i++)
                sums[i + 1] = (sums[i] * Factor) + TextView.Hash(view.Slice(view.Words[i]));
        }

        public int Words => view.Words.Count;

        public int TextLength => view.Text.Length;

        public ulong Hash(int first, int n) => TextView.Mix(sums[first + n] - (sums[first] * Powers[n]));

        public int Length(int first, int n) => view.Words[first + n - 1].End.Value - view.Words[first].Start.Value;
    }
}
