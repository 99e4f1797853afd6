namespace Gestalt.Corpus;

/// <summary>A document that was kept, as the choice of held-out documents needs to know it.</summary>
internal readonly record struct KeptDocument(string Source, DocumentId Id, long Bytes);

/// <summary>Which documents are held out, or that the last part of each is.</summary>
/// <param name="HeldOut">For each document, whether it is held out whole.</param>
/// <param name="LastParts">True when instead the last part of every document is held out.</param>
/// <param name="Rule">The rule in words.</param>
internal sealed record HoldOutChoice(bool[] HeldOut, bool LastParts, string Rule)
{
    /// <summary>The part of a text that is held out when documents are few: nanoGPT's last tenth.</summary>
    public const double LastPart = 0.1;

    /// <summary>A document with more than this share of all text is too much of it to be held out whole.</summary>
    private const double LargestShare = 0.1;

    /// <summary>Chooses among the kept documents.</summary>
    /// <exception cref="CorpusException">The wish cannot be met.</exception>
    public static HoldOutChoice Make(HoldOut wish, IReadOnlyList<KeptDocument> documents) => wish switch
    {
        HoldOut.Nothing => new HoldOutChoice(new bool[documents.Count], false, "nothing is held out"),
        HoldOut.Documents wanted => ByNumber(wanted.Count, documents),
        HoldOut.Matching matching => ByPattern(matching.Pattern, documents),
        HoldOut.Share share => ByShare(share, documents),
        _ => throw new ArgumentOutOfRangeException(nameof(wish)),
    };

    /// <summary>Where to cut a text so that its last part is held out: behind the paragraph, line or word that ends nearest before nine tenths.</summary>
    public static int CutPoint(string text)
    {
        int target = (int)(text.Length * (1 - LastPart));
        int nearest = text.Length / 2;
        foreach (string mark in (ReadOnlySpan<string>)["\n\n", "\n", " "])
        {
            int found = text.LastIndexOf(mark, target, StringComparison.Ordinal);
            if (found > nearest)
                return found + mark.Length;
        }

        return target > 0 && char.IsLowSurrogate(text[target]) ? target - 1 : target;
    }

    private static HoldOutChoice ByNumber(int count, IReadOnlyList<KeptDocument> documents)
    {
        if (count >= documents.Count)
            throw new CorpusException($"cannot hold out {count:N0} documents of {documents.Count:N0}: none would be left to train on. Hold out fewer, or give more text.");
        var heldOut = new bool[documents.Count];
        foreach (int index in ById(documents).Take(count))
            heldOut[index] = true;
        return new HoldOutChoice(heldOut, false, $"the {count:N0} documents with the smallest ids");
    }

    private static HoldOutChoice ByPattern(string pattern, IReadOnlyList<KeptDocument> documents)
    {
        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var heldOut = new bool[documents.Count];
        for (int i = 0; i < heldOut.Length; i++)
            heldOut[i] = Matches(parts, documents[i].Source);
        int count = heldOut.Count(held => held);
        if (count == 0)
            throw new CorpusException($"no document matches --hold-out '{pattern}'; the first is '{documents[0].Source}'. Give a file's name, a glob, a number or a share.");
        if (count == documents.Count)
            throw new CorpusException($"all {count:N0} documents match --hold-out '{pattern}': none would be left to train on. Choose a narrower pattern.");
        return new HoldOutChoice(heldOut, false, $"the {count:N0} documents that match '{pattern}'");
    }

    private static bool Matches(string[] pattern, string source)
    {
        // A record's number stands behind the file's name; the name itself may hold a '#'.
        int mark = source.LastIndexOf('#');
        bool numbered = mark >= 0 && mark < source.Length - 1 && source.AsSpan(mark + 1).IndexOfAnyExceptInRange('0', '9') < 0;
        string[] path = (numbered ? source[..mark] : source).Split('/');
        for (int start = 0; start < path.Length; start++)
        {
            if (Glob.Matches(pattern, path.AsSpan(start)))
                return true;
        }

        return false;
    }

    private static HoldOutChoice ByShare(HoldOut.Share share, IReadOnlyList<KeptDocument> documents)
    {
        long total = documents.Sum(document => document.Bytes);
        int wanted = (int)Math.Ceiling(documents.Count * share.Fraction);
        double largest = total * Math.Max(LargestShare, share.Fraction);
        var heldOut = new bool[documents.Count];
        int chosen = 0;
        long bytes = 0;
        foreach (int index in ById(documents))
        {
            long size = documents[index].Bytes;
            if (size > largest || (chosen > 0 && bytes + size > Math.Min(share.MaximumBytes, largest)))
                continue;
            heldOut[index] = true;
            bytes += size;
            if (++chosen == wanted)
                break;
        }

        return chosen > 0
            ? new HoldOutChoice(heldOut, false, $"{chosen:N0} of {documents.Count:N0} documents, those with the smallest ids ({share.Fraction:P0})")
            : new HoldOutChoice(heldOut, true, $"the last {LastPart:P0} of each document, since each is a large part of the text");
    }

    private static IEnumerable<int> ById(IReadOnlyList<KeptDocument> documents) =>
        Enumerable.Range(0, documents.Count).OrderBy(index => documents[index].Id).ThenBy(index => index);
}
