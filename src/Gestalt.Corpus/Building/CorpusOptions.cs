namespace Gestalt.Corpus;

/// <summary>How sternly documents are judged.</summary>
public enum CorpusProfile
{
    /// <summary>By origin: pages from the web sternly, a person's own text files gently.</summary>
    Automatic,

    /// <summary>Only what is empty, unreadable or there already is left out; the text stays as it is, apart from line ends and broken encodings.</summary>
    Gentle,

    /// <summary>All of FineWeb's steps: addresses, language, quality, repetition, near-duplicates, personal data.</summary>
    Web,
}

/// <summary>What to do with the input on its way to a corpus.</summary>
public sealed record CorpusOptions
{
    /// <summary>How sternly documents are judged.</summary>
    public CorpusProfile Profile { get; init; } = CorpusProfile.Automatic;

    /// <summary>What is kept aside for measuring.</summary>
    public HoldOut HoldOut { get; init; } = HoldOut.Default;

    /// <summary>Addresses that are not read.</summary>
    public UrlBlocklist Blocklist { get; init; } = UrlBlocklist.WordsOnly;

    /// <summary>Whether readers' comments under an article belong to its text.</summary>
    public bool KeepComments { get; init; }

    /// <summary>How many documents are worked on at once. The result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>About how much memory the search for near-duplicates may use, in bytes.</summary>
    public long DeduplicationBytes { get; init; } = 1L << 30;

    /// <summary>Sizes beyond which input is refused.</summary>
    public ReadLimits Limits { get; init; } = ReadLimits.Default;
}

/// <summary>How far the work is.</summary>
/// <param name="BytesRead">Bytes of the input files that were read.</param>
/// <param name="BytesTotal">Bytes of all input files, or null where one has no known size.</param>
/// <param name="DocumentsRead">Documents found so far.</param>
/// <param name="DocumentsKept">Documents kept so far.</param>
public readonly record struct CorpusProgress(long BytesRead, long? BytesTotal, long DocumentsRead, long DocumentsKept);
