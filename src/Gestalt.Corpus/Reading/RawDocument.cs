namespace Gestalt.Corpus;

/// <summary>How the bytes of a raw document are to be understood.</summary>
public enum DocumentFormat
{
    /// <summary>Plain text, UTF-8 unless a byte order mark or a header says otherwise.</summary>
    PlainText,

    /// <summary>Markdown: text that is kept as it is written.</summary>
    Markdown,

    /// <summary>One line of JSONL: an object with a <c>text</c> field and perhaps a <c>url</c>.</summary>
    JsonLine,

    /// <summary>An HTML page whose main text is to be found.</summary>
    Html,
}

/// <summary>One document as it stands in the input, before anything was decoded or judged.</summary>
/// <param name="Source">The file, with a record or line number behind <c>#</c> where it holds several documents.</param>
/// <param name="Url">The page's address, where the input names one.</param>
/// <param name="Format">How to read <paramref name="Body"/>.</param>
/// <param name="Body">The bytes, free of transfer and content encodings.</param>
/// <param name="Charset">The character set that a header declared, or null.</param>
/// <param name="Crawled">True for what came off the web (WARC records, HTML files), which is judged more sternly than a person's own files.</param>
public sealed record RawDocument(string Source, string? Url, DocumentFormat Format, ReadOnlyMemory<byte> Body, string? Charset = null, bool Crawled = false);

/// <summary>Something in the input that could not be used, and why. Never fatal: reading goes on behind it.</summary>
/// <param name="Source">The file, with a record or line number behind <c>#</c>.</param>
/// <param name="Reason">A short fixed name, the key under which such cases are counted.</param>
/// <param name="Detail">One sentence with the numbers that were wrong.</param>
public sealed record ReadProblem(string Source, string Reason, string Detail);

/// <summary>Sizes beyond which input is refused rather than read into memory.</summary>
public sealed record ReadLimits
{
    /// <summary>The limits that are used unless the caller sets others.</summary>
    public static ReadLimits Default { get; } = new();

    /// <summary>The most bytes of one WARC record, one JSONL line or one HTML page, also after decompression.</summary>
    public int MaximumRecordBytes { get; init; } = 64 << 20;

    /// <summary>The most bytes of one record's or response's header lines together.</summary>
    public int MaximumHeaderBytes { get; init; } = 256 << 10;

    /// <summary>Plain text longer than this many bytes becomes several documents, cut between paragraphs.</summary>
    public int MaximumTextBytes { get; init; } = 64 << 20;
}
