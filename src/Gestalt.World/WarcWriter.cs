using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Gestalt.World;

/// <summary>
/// Writes pages as a web archive: WARC/1.1 (ISO 28500:2017) response records, each in a gzip member of its own as crawlers do, so that
/// a reader can start at any record. Dates and record ids follow from the pages; the same pages give the same bytes.
/// </summary>
public sealed class WarcWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly MemoryStream _record = new();

    /// <summary>Writes to <paramref name="stream"/>, beginning with a warcinfo record.</summary>
    public WarcWriter(Stream stream, bool leaveOpen = false)
    {
        _stream = stream;
        _leaveOpen = leaveOpen;
        byte[] about = Encoding.UTF8.GetBytes("software: Gestalt\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n");
        Record("warcinfo", Identity(ulong.MaxValue), new DateTime(SmallWorld.Now, 3, 1, 0, 0, 0, DateTimeKind.Utc), null, "application/warc-fields", about);
    }

    /// <summary>Records written, the first (warcinfo) not counted.</summary>
    public int Records { get; private set; }

    /// <summary>Adds the page as the response that a server would have given.</summary>
    public void Write(Page page)
    {
        byte[] html = page.Html;
        string charset = page.Reason == DropReason.WrongCharset ? "iso-8859-1" : "utf-8";
        byte[] head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset={charset}\r\nContent-Length: {html.Length}\r\nServer: small-internet\r\n\r\n"));
        byte[] block = [.. head, .. html];
        Record("response", Identity((ulong)page.Index), page.Fetched, page.Url, "application/http; msgtype=response", block);
        Records++;
    }

    /// <summary>Closes the stream, unless it was to be left open.</summary>
    public void Dispose()
    {
        _stream.Flush();
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void Record(string type, string identity, DateTime date, string? uri, string contentType, byte[] block)
    {
        var head = new StringBuilder("WARC/1.1\r\nWARC-Type: ").Append(type)
            .Append("\r\nWARC-Record-ID: <urn:uuid:").Append(identity)
            .Append(">\r\nWARC-Date: ").Append(date.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (uri is not null)
        {
            head.Append("\r\nWARC-Target-URI: ").Append(uri);
        }
        head.Append("\r\nContent-Type: ").Append(contentType)
            .Append("\r\nContent-Length: ").Append(block.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n\r\n");
        _record.SetLength(0);
        using (var gzip = new GZipStream(_record, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.ASCII.GetBytes(head.ToString()));
            gzip.Write(block);
            gzip.Write("\r\n\r\n"u8);
        }
        _record.Position = 0;
        _record.CopyTo(_stream);
    }

    /// <summary>A version 8 UUID (RFC 9562) made from the page's number.</summary>
    private static string Identity(ulong number)
    {
        ulong high = (Dice.Mix(number + 1) & ~0xF000UL) | 0x8000UL;
        ulong low = (Dice.Mix(number + 2) & 0x3FFF_FFFF_FFFF_FFFFUL) | 0x8000_0000_0000_0000UL;
        return string.Create(CultureInfo.InvariantCulture,
            $"{high >> 32:x8}-{(high >> 16) & 0xFFFF:x4}-{high & 0xFFFF:x4}-{low >> 48:x4}-{low & 0xFFFF_FFFF_FFFFUL:x12}");
    }
}
