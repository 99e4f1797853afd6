using System.IO.Compression;
using System.Text;

namespace Gestalt.Corpus.Tests;

/// <summary>Bytes and texts that several tests use.</summary>
internal static class Samples
{
    /// <summary>Prose that passes every rule for pages from the web.</summary>
    public const string Prose =
        """
        The lighthouse at the end of the pier had been dark for eleven years before anybody thought of asking who owned it. The harbour master said
        that it belonged to the county, the county said that it belonged to the navy, and the navy did not answer letters.

        In the spring a woman with a ladder and two tins of white paint walked out along the stones and began to work. She painted for a week, and on the
        last evening she climbed to the lantern room, wiped the glass with a cloth that she had brought from home, and lit a lamp.

        "Somebody has to be first," she told the boys who had come to watch. They have kept it burning ever since, and the boats come home by it.
        """;

    public static byte[] Gzip(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return compressed.ToArray();
    }

    public static byte[] Record(string type, string contentType, byte[] block, string? url = "http://harbour.example/")
    {
        var header = new StringBuilder("WARC/1.0\r\n").Append($"WARC-Type: {type}\r\n");
        if (url is not null)
            header.Append($"WARC-Target-URI: {url}\r\n");
        header.Append($"Content-Type: {contentType}\r\nContent-Length: {block.Length}\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(header.ToString()), .. block, .. "\r\n\r\n"u8];
    }

    public static byte[] Response(byte[] body, string headers = "Content-Type: text/html; charset=utf-8\r\n", string status = "HTTP/1.1 200 OK", string url = "http://harbour.example/") =>
        Record("response", "application/http; msgtype=response", [.. Encoding.UTF8.GetBytes($"{status}\r\n{headers}\r\n"), .. body], url);

    public static byte[] Response(string body, string headers = "Content-Type: text/html; charset=utf-8\r\n", string status = "HTTP/1.1 200 OK", string url = "http://harbour.example/") =>
        Response(Encoding.UTF8.GetBytes(body), headers, status, url);

    /// <summary>Reads bytes as a file of the given name.</summary>
    public static (List<RawDocument> Documents, List<ReadProblem> Problems) Read(byte[] bytes, string name, ReadLimits? limits = null)
    {
        var problems = new List<ReadProblem>();
        var reader = new InputReader(limits ?? ReadLimits.Default, problems.Add);
        return ([.. reader.Read(new MemoryStream(bytes), name)], problems);
    }

    public static string Text(this RawDocument document) => Encoding.UTF8.GetString(document.Body.Span);
}
