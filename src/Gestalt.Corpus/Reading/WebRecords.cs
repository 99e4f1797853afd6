namespace Gestalt.Corpus;

/// <summary>Turns the records of a WARC or WET file into raw documents: fetched pages and texts, nothing else.</summary>
internal static class WebRecords
{
    /// <summary>Reads on until the end; what is not text or not a success is reported and left out.</summary>
    public static IEnumerable<RawDocument> Read(WarcReader reader, string source, ReadLimits limits, Action<ReadProblem> report)
    {
        while (reader.Next() is { } record)
        {
            if (Convert(record, $"{source}#{record.Number}", limits, report) is { } document)
                yield return document;
        }
    }

    private static RawDocument? Convert(WarcRecord record, string source, ReadLimits limits, Action<ReadProblem> report)
    {
        // warcinfo, request, metadata and revisit records hold no page.
        if (record.Type is not ("response" or "resource" or "conversion"))
            return null;
        string contentType = record.Headers.GetValueOrDefault("Content-Type", "");
        ReadOnlyMemory<byte> body = record.Block;
        if (record.Type == "response" && contentType.StartsWith("application/http", StringComparison.OrdinalIgnoreCase))
        {
            HttpResponse response;
            try
            {
                response = HttpResponse.Parse(record.Block, limits);
            }
            catch (InvalidDataException damage)
            {
                report(new ReadProblem(source, "malformed-response", damage.Message));
                return null;
            }

            if (response.Status != 200)
            {
                report(new ReadProblem(source, "http-status", $"the server answered {response.Status}"));
                return null;
            }

            contentType = response.Headers.GetValueOrDefault("Content-Type", "");
            body = response.Body;
        }

        (string mediaType, string? charset) = MediaType.Parse(contentType);
        DocumentFormat? format = mediaType switch
        {
            "text/html" or "application/xhtml+xml" => DocumentFormat.Html,
            "text/plain" => DocumentFormat.PlainText,
            "text/markdown" or "text/x-markdown" => DocumentFormat.Markdown,
            "" => FormatSniffer.LooksLikeHtml(body.Span) ? DocumentFormat.Html : DocumentFormat.PlainText,
            _ => null,
        };
        if (format is null)
        {
            report(new ReadProblem(source, "content-type", $"'{mediaType}' is not text to learn from"));
            return null;
        }

        return new RawDocument(source, record.TargetUri, format.Value, body, charset, Crawled: true);
    }
}

/// <summary>A <c>Content-Type</c> field taken apart.</summary>
internal static class MediaType
{
    /// <summary>The type in lower case, empty where there is none, and the charset parameter without quotes.</summary>
    public static (string Type, string? Charset) Parse(string contentType)
    {
        string[] parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        foreach (string part in parts.AsSpan(1))
        {
            if (part.StartsWith("charset=", StringComparison.OrdinalIgnoreCase))
                return (parts[0].ToLowerInvariant(), part["charset=".Length..].Trim('"', '\'', ' '));
        }

        return (parts[0].ToLowerInvariant(), null);
    }
}
