namespace Gestalt.Corpus;

/// <summary>The repetition rules of Gopher (arXiv 2112.11446, table A1), thresholds as published.</summary>
/// <remarks>
/// Departures: lengths are those of the words without the white space between them, over the length of all words, so that
/// layout does not change a verdict; n-grams are compared by a 64-bit hash.
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

    private const int FirstTopLength = 2;
    private const int FirstDuplicateLength = 5;

    [ThreadStatic]
    private static Dictionary<ulong, int>? reusedCounts;

    public static Drop? Judge(TextView view)
    {
        Drop? drop = JudgePieces(view, view.Lines, "line", MaximumDuplicateLines, MaximumDuplicateLineCharacters)
            ?? JudgePieces(view, Paragraphs(view.Text), "paragraph", MaximumDuplicateParagraphs, MaximumDuplicateParagraphCharacters);
        return drop ?? JudgeNgrams(view);
    }

    private static Drop? JudgePieces(TextView view, IReadOnlyList<Range> pieces, string what, double maximumCount, double maximumCharacters)
    {
        Dictionary<ulong, int> seen = Counts();
        int duplicates = 0;
        long duplicateCharacters = 0;
        long characters = 0;
        foreach (Range piece in pieces)
        {
            ReadOnlySpan<char> text = view.Slice(piece);
            characters += text.Length;
            if (seen.TryAdd(TextView.Hash(text), 1))
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
        int words = view.Words.Count;
        var hashes = new ulong[words];
        var ends = new int[words + 1];
        for (int i = 0; i < words; i++)
        {
            ReadOnlySpan<char> word = view.Slice(view.Words[i]);
            hashes[i] = TextView.Hash(word);
            ends[i + 1] = ends[i] + word.Length;
        }

        for (int n = FirstTopLength; n < FirstTopLength + TopNgramShares.Length; n++)
        {
            double share = TopShare(hashes, ends, n);
            if (share > TopNgramShares[n - FirstTopLength])
                return new Drop($"gopher-repetition.top-{n}-gram", $"one run of {n} words makes up {share:P0} of the characters, more than {TopNgramShares[n - FirstTopLength]:P0}");
        }

        for (int n = FirstDuplicateLength; n < FirstDuplicateLength + DuplicateNgramShares.Length; n++)
        {
            double share = DuplicateShare(hashes, ends, n);
            if (share > DuplicateNgramShares[n - FirstDuplicateLength])
                return new Drop($"gopher-repetition.{n}-grams", $"{share:P0} of the characters stand in repeated runs of {n} words, more than {DuplicateNgramShares[n - FirstDuplicateLength]:P0}");
        }

        return null;
    }

    /// <summary>The characters in all occurrences of the commonest n-gram, as a share; 0 when nothing repeats.</summary>
    private static double TopShare(ulong[] hashes, int[] ends, int n)
    {
        Dictionary<ulong, int> counts = Counts();
        long top = 0;
        for (int i = 0; i + n <= hashes.Length; i++)
        {
            ref int count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, Ngram(hashes, i, n), out _);
            count++;
            if (count > 1)
                top = Math.Max(top, (long)count * (ends[i + n] - ends[i]));
        }

        return ends[^1] == 0 ? 0 : (double)top / ends[^1];
    }

    /// <summary>The characters in n-grams that occurred before, none counted twice, as a share.</summary>
    private static double DuplicateShare(ulong[] hashes, int[] ends, int n)
    {
        Dictionary<ulong, int> seen = Counts();
        long repeated = 0;
        int i = 0;
        while (i + n <= hashes.Length)
        {
            if (seen.TryAdd(Ngram(hashes, i, n), 1))
            {
                i++;
                continue;
            }

            repeated += ends[i + n] - ends[i];
            i += n;
        }

        return ends[^1] == 0 ? 0 : (double)repeated / ends[^1];
    }

    private static ulong Ngram(ulong[] hashes, int start, int n)
    {
        ulong hash = 0;
        for (int i = start; i < start + n; i++)
            hash = TextView.Mix(hash + hashes[i]);
        return hash;
    }

    private static Dictionary<ulong, int> Counts()
    {
        reusedCounts ??= [];
        reusedCounts.Clear();
        return reusedCounts;
    }
}
