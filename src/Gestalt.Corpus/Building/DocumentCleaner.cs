using System.Text.Json;

namespace Gestalt.Corpus;

/// <summary>A raw document after cleaning and judging on its own: either a drop or a document with what deduplication needs.</summary>
internal sealed record CleanedDocument(RawDocument Raw, Document? Document, Drop? Drop)
{
    public DocumentId Id { get; init; }

    /// <summary>The MinHash signature, for documents from the web.</summary>
    public uint[]? Signature { get; init; }

    public bool Repaired { get; init; }

    public int Replaced { get; init; }
}

/// <summary>
/// Takes one raw document through every step that needs no other document, in FineWeb's order (arXiv 2406.17557): address,
/// extraction, damage, language, repetition, quality, C4, FineWeb's rules, signature, personal data. A person's own files only lose
/// broken encodings and foreign line ends.
/// </summary>
internal sealed class DocumentCleaner(CorpusOptions options)
{
    /// <summary>A page with a larger share of replacement characters (U+FFFD) has lost its letters for good...</summary>
    private const double MaximumLostShare = 0.002;

    /// <summary>... but one, say in a name, is forgiven.</summary>
    private const int MinimumLostCharacters = 1;

    private readonly PageExtractor extractor = new(options.KeepComments);

    public CleanedDocument Clean(RawDocument raw)
    {
        bool web = options.Profile == CorpusProfile.Web || (options.Profile == CorpusProfile.Automatic && raw.Crawled);
        return raw.Format == DocumentFormat.JsonLine ? CleanJson(raw, web) : CleanBody(raw, web);
    }

    private CleanedDocument CleanJson(RawDocument raw, bool web)
    {
        (string? text, string? url, Drop? drop) = JsonRecord.Parse(raw.Body.Span);
        raw = raw with { Url = url };
        drop ??= web ? options.Blocklist.Judge(url) : null;
        return drop is null ? CleanText(raw, text!, repaired: false, web) : new CleanedDocument(raw, null, drop);
    }

    private CleanedDocument CleanBody(RawDocument raw, bool web)
    {
        if (web && options.Blocklist.Judge(raw.Url) is { } blocked)
            return new CleanedDocument(raw, null, blocked);
        if (raw.Format == DocumentFormat.Html)
        {
            string page = Charsets.DecodePage(raw.Body.Span, raw.Charset);
            string text = extractor.Extract(page, out Drop? refusal);
            return refusal is null ? CleanText(raw, text, repaired: false, web) : new CleanedDocument(raw, null, refusal);
        }

        if (raw.Crawled)
            return CleanText(raw, Charsets.DecodePage(raw.Body.Span, raw.Charset), repaired: false, web);
        Decoded decoded = Charsets.DecodeText(raw.Body.Span);
        return decoded.Text is null
            ? new CleanedDocument(raw, null, new Drop("not-text", decoded.Refusal!))
            : CleanText(raw, decoded.Text, decoded.RepairedBytes > 0, web);
    }

    private static CleanedDocument CleanText(RawDocument raw, string decoded, bool repaired, bool web)
    {
        string repairedText = TextRepair.UndoMojibake(decoded);
        repaired |= !ReferenceEquals(repairedText, decoded);
        return web ? CleanWeb(raw, repairedText, repaired) : CleanGently(raw, repairedText, repaired);
    }

    private static CleanedDocument CleanGently(RawDocument raw, string text, bool repaired)
    {
        text = TextRepair.NormalizeLineEnds(text);
        if (string.IsNullOrWhiteSpace(text))
            return new CleanedDocument(raw, null, new Drop("empty", "there is nothing but white space in it"));
        return new CleanedDocument(raw, new Document(raw.Source, raw.Url, text), null) { Id = DocumentId.Of(text), Repaired = repaired };
    }

    private static CleanedDocument CleanWeb(RawDocument raw, string text, bool repaired)
    {
        text = C4Rules.Clean(TextRepair.Tidy(text)).Trim();
        if (text.Length == 0)
            return new CleanedDocument(raw, null, new Drop("empty", "the page has no main text"));
        if (Judge(text) is { } drop)
            return new CleanedDocument(raw, null, drop);
        DocumentId id = DocumentId.Of(text);
        uint[] signature = MinHash.Signature(text);
        text = PersonalData.Scrub(text, out int replaced);
        return new CleanedDocument(raw, new Document(raw.Source, raw.Url, text), null)
        {
            Id = id,
            Signature = signature,
            Repaired = repaired,
            Replaced = replaced,
        };
    }

    private static Drop? Judge(string text)
    {
        int lost = text.AsSpan().Count('\uFFFD');
        if (lost > Math.Max(MinimumLostCharacters, text.Length * MaximumLostShare))
            return new Drop("encoding.damaged", $"{lost:N0} of its {text.Length:N0} characters were lost in a wrong encoding");
        double english = EnglishScorer.Score(text);
        if (english < EnglishScorer.Threshold)
            return new Drop("language.not-english", $"the score for English is {english:F2}, below {EnglishScorer.Threshold}");
        var view = new TextView(text);
        return GopherRepetition.Judge(view) ?? GopherQuality.Judge(view) ?? C4Rules.Judge(view) ?? FineWebRules.Judge(view);
    }
}

/// <summary>A line of JSONL that holds a document: <c>{"text": ..., "url": ...}</c>.</summary>
internal static class JsonRecord
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Disallow, MaxDepth = 64 };

    /// <summary>The text and the address, or the reason why there is none.</summary>
    public static (string? Text, string? Url, Drop? Drop) Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return ParseUnguarded(line);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return (null, null, new Drop("malformed-json", $"the line is not valid JSON: {malformed.Message.ReplaceLineEndings(" ")}"));
        }
    }

    private static (string? Text, string? Url, Drop? Drop) ParseUnguarded(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("\uFEFF"u8))
            line = line[3..];
        var reader = new Utf8JsonReader(line, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return (null, null, new Drop("malformed-json", "the line is not an object"));
        string? text = null;
        string? url = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isText = reader.ValueTextEquals("text"u8);
            bool isUrl = reader.ValueTextEquals("url"u8);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String)
                text = reader.GetString();
            else if (isUrl && reader.TokenType == JsonTokenType.String)
                url = reader.GetString();
            else
                reader.Skip();
        }

        // One more read finds whatever stands behind the object.
        reader.Read();
        return text is null
            ? (null, url, new Drop("no-text-field", "the object has no field 'text' that is a string"))
            : (text, url, null);
    }
}
