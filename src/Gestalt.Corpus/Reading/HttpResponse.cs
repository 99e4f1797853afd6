using System.Globalization;
using System.IO.Compression;

namespace Gestalt.Corpus;

/// <summary>
/// An HTTP/1 response as WARC files store it: the status, the header and the body, with chunking and compression undone
/// (RFC 9112 section 7, RFC 9110 section 8.4).
/// </summary>
internal sealed class HttpResponse
{
    private HttpResponse(int status, Dictionary<string, string> headers, ReadOnlyMemory<byte> body)
    {
        Status = status;
        Headers = headers;
        Body = body;
    }

    public int Status { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Parses a stored response.</summary>
    /// <exception cref="InvalidDataException">It is not an HTTP response, or its body cannot be decoded.</exception>
    public static HttpResponse Parse(ReadOnlyMemory<byte> message, ReadLimits limits)
    {
        int position = 0;
        if (!TryReadLine(message.Span, ref position, out ReadOnlySpan<byte> statusLine) || !statusLine.StartsWith("HTTP/"u8))
            throw new InvalidDataException("the block does not start with an HTTP status line");
        int space = statusLine.IndexOf((byte)' ');
        ReadOnlySpan<byte> code = space < 0 ? default : statusLine[(space + 1)..].TrimStart((byte)' ');
        if (code.Length < 3 || !int.TryParse(code[..3], NumberStyles.None, CultureInfo.InvariantCulture, out int status))
            throw new InvalidDataException("the HTTP status line has no status");

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        while (TryReadLine(message.Span, ref position, out ReadOnlySpan<byte> line) && !line.IsEmpty)
            HeaderLine.Add(line, headers, ref last);

        ReadOnlyMemory<byte> body = message[position..];
        if (headers.GetValueOrDefault("Transfer-Encoding", "").Contains("chunked", StringComparison.OrdinalIgnoreCase))
            body = Unchunk(body);
        string[] codings = headers.GetValueOrDefault("Content-Encoding", "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (int i = codings.Length - 1; i >= 0; i--)
            body = Decompress(body, codings[i].ToLowerInvariant(), limits);
        return new HttpResponse(status, headers, body);
    }

    private static bool TryReadLine(ReadOnlySpan<byte> bytes, ref int position, out ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = bytes[position..];
        int newline = rest.IndexOf((byte)'\n');
        line = newline < 0 ? rest : rest[..newline];
        position += newline < 0 ? rest.Length : newline + 1;
        if (line is [.., (byte)'\r'])
            line = line[..^1];
        return !rest.IsEmpty;
    }

    /// <summary>
    /// Undoes chunking. Some crawlers store the body already joined yet keep the header: a body whose first line is no chunk
    /// size is taken as it is.
    /// </summary>
    private static ReadOnlyMemory<byte> Unchunk(ReadOnlyMemory<byte> body)
    {
        var joined = new MemoryStream();
        int position = 0;
        while (TryReadLine(body.Span, ref position, out ReadOnlySpan<byte> line))
        {
            int semicolon = line.IndexOf((byte)';');
            ReadOnlySpan<byte> size = (semicolon < 0 ? line : line[..semicolon]).Trim((byte)' ');
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length < 0)
            {
                return joined.Length == 0
                    ? body
                    : throw new InvalidDataException($"the chunk at byte {position:N0} of the body has no size");
            }

            if (length == 0)
                return joined.GetBuffer().AsMemory(0, (int)joined.Length);
            if (length > body.Length - position)
                throw new InvalidDataException($"a chunk claims {length:N0} bytes where {body.Length - position:N0} are left");
            joined.Write(body.Span.Slice(position, length));
            position += length;
            if (TryReadLine(body.Span, ref position, out line) && !line.IsEmpty)
                throw new InvalidDataException($"the chunk before byte {position:N0} of the body is longer than it claims");
        }

        throw new InvalidDataException("the chunked body has no last chunk");
    }

    private static ReadOnlyMemory<byte> Decompress(ReadOnlyMemory<byte> body, string coding, ReadLimits limits)
    {
        // Crawlers may store the body decompressed and keep the header: gzip is undone only where its magic number stands.
        bool gzip = GzipMembers.IsStart(body.Span);
        return coding switch
        {
            "identity" => body,
            "gzip" or "x-gzip" => gzip ? Inflate(body, s => new GZipStream(s, CompressionMode.Decompress), coding, limits) : body,
            "deflate" => IsZlib(body.Span)
                ? Inflate(body, s => new ZLibStream(s, CompressionMode.Decompress), coding, limits)
                : Inflate(body, s => new DeflateStream(s, CompressionMode.Decompress), coding, limits),
            "br" => Inflate(body, s => new BrotliStream(s, CompressionMode.Decompress), coding, limits),
            _ => throw new InvalidDataException($"the content encoding '{coding}' is not known"),
        };
    }

    /// <summary>Servers that say <c>deflate</c> send either zlib (as the standard wants) or bare deflate data.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> body) => body.Length >= 2 && (body[0] & 0x0F) == 8 && ((body[0] << 8) | body[1]) % 31 == 0;

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> body, Func<Stream, Stream> open, string coding, ReadLimits limits)
    {
        using Stream inflater = open(new MemoryStream(body.ToArray(), writable: false));
        var plain = new MemoryStream();
        byte[] block = new byte[16 << 10];
        while (true)
        {
            int read;
            try
            {
                read = inflater.Read(block);
            }
            catch (Exception damage) when (damage is InvalidDataException or InvalidOperationException or IOException)
            {
                throw new InvalidDataException($"the {coding} body is damaged after {plain.Length:N0} bytes", damage);
            }

            if (read == 0)
                return plain.GetBuffer().AsMemory(0, (int)plain.Length);
            plain.Write(block, 0, read);
            if (plain.Length > limits.MaximumRecordBytes)
                throw new InvalidDataException($"the {coding} body grows beyond {limits.MaximumRecordBytes:N0} bytes");
        }
    }
}
