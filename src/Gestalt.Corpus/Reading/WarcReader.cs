using System.Globalization;
using System.Text;

namespace Gestalt.Corpus;

/// <summary>One record of a WARC file.</summary>
/// <param name="Number">Its place in the file, counted from 1.</param>
/// <param name="Headers">The header fields; names compare without case.</param>
/// <param name="Block">The bytes between the header and the record's end.</param>
public sealed record WarcRecord(int Number, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Block)
{
    /// <summary>What the record is: <c>response</c>, <c>resource</c>, <c>conversion</c>, <c>warcinfo</c>, ...</summary>
    public string Type => Headers.GetValueOrDefault("WARC-Type", "").Trim().ToLowerInvariant();

    /// <summary>The address that was fetched, without the angle brackets that WARC/1.0 writers put around it; null when there is none.</summary>
    public string? TargetUri => Headers.GetValueOrDefault("WARC-Target-URI")?.Trim().TrimStart('<').TrimEnd('>');
}

/// <summary>
/// Reads WARC/1.0 and WARC/1.1 (ISO 28500:2017) record by record. A record that is malformed or cut short is reported and
/// skipped, and reading goes on at the next line that starts a record.
/// </summary>
public sealed class WarcReader
{
    /// <summary>How far back a wrongly long record is searched for the one that it swallowed.</summary>
    private const int MaximumReread = 1 << 20;

    private readonly ByteReader reader;
    private readonly string source;
    private readonly ReadLimits limits;
    private readonly Action<ReadProblem> report;
    private int records;

    /// <summary>Starts reading an already decompressed stream.</summary>
    /// <param name="stream">The WARC bytes.</param>
    /// <param name="source">The file's name, for reports.</param>
    /// <param name="limits">Sizes beyond which a record is skipped.</param>
    /// <param name="report">Told of each record that could not be used.</param>
    public WarcReader(Stream stream, string source, ReadLimits limits, Action<ReadProblem> report)
        : this(new ByteReader(stream), source, limits, report)
    {
    }

    internal WarcReader(ByteReader reader, string source, ReadLimits limits, Action<ReadProblem> report)
    {
        this.reader = reader;
        this.source = source;
        this.limits = limits;
        this.report = report;
    }

    /// <summary>The next whole record, or null at the end of the file.</summary>
    public WarcRecord? Next()
    {
        while (true)
        {
            try
            {
                switch (ReadRecord(out WarcRecord? record))
                {
                    case Outcome.Record: return record;
                    case Outcome.End: return null;
                    default: continue;
                }
            }
            catch (InvalidDataException damage)
            {
                reader.Discard();
                Problem("damaged-gzip", damage.Message);
            }
        }
    }

    private enum Outcome
    {
        Record,
        Skipped,
        End,
    }

    private Outcome ReadRecord(out WarcRecord? record)
    {
        record = null;
        if (!SeekVersionLine())
            return Outcome.End;
        records++;
        Dictionary<string, string>? headers = ReadHeaders();
        if (headers is null)
            return Outcome.Skipped;
        if (!long.TryParse(headers.GetValueOrDefault("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            Problem("malformed-record", "Content-Length is missing or not a number");
            return Outcome.Skipped;
        }

        if (length > limits.MaximumRecordBytes)
        {
            reader.Skip(length);
            Problem("record-too-large", $"the record has {length:N0} bytes, more than the limit of {limits.MaximumRecordBytes:N0}");
            return Outcome.Skipped;
        }

        byte[] block = reader.Read((int)length);
        if (block.Length < length)
        {
            Problem("truncated-record", $"the file ends after {block.Length:N0} of the record's {length:N0} bytes");
            return Outcome.Skipped;
        }

        if (!EndsHere())
        {
            Problem("wrong-length", $"the record does not end after its {length:N0} bytes");
            Reread(block);
            return Outcome.Skipped;
        }

        record = new WarcRecord(records, headers, block);
        return Outcome.Record;
    }

    /// <summary>Passes blank lines silently and anything else with a report, up to the line that starts a record.</summary>
    private bool SeekVersionLine()
    {
        long strayLines = 0;
        while (reader.TryReadLine(limits.MaximumHeaderBytes, out ReadOnlySpan<byte> line, out _))
        {
            if (IsVersionLine(line))
            {
                ReportStray(strayLines);
                return true;
            }

            if (!line.IsEmpty)
                strayLines++;
        }

        ReportStray(strayLines);
        return false;
    }

    private void ReportStray(long lines)
    {
        if (lines > 0)
            Problem("not-a-record", $"{lines:N0} lines before the next record belong to none");
    }

    private static bool IsVersionLine(ReadOnlySpan<byte> line) => line.StartsWith("WARC/1."u8) || line.StartsWith("WARC/0."u8);

    private Dictionary<string, string>? ReadHeaders()
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int budget = limits.MaximumHeaderBytes;
        string? last = null;
        while (reader.TryReadLine(budget, out ReadOnlySpan<byte> line, out bool tooLong))
        {
            budget -= line.Length + 2;
            if (tooLong || budget <= 0)
            {
                Problem("malformed-record", $"the header is longer than {limits.MaximumHeaderBytes:N0} bytes");
                return null;
            }

            if (line.IsEmpty)
                return headers;
            if (HeaderLine.Add(line, headers, ref last))
                continue;
            Problem("malformed-record", "a header line has no colon");
            return null;
        }

        Problem("truncated-record", "the file ends inside a record's header");
        return null;
    }

    /// <summary>A record is followed by two line ends, or, by careless writers, at once by the next record or the end of the file.</summary>
    private bool EndsHere()
    {
        // First look only as far as a sound record needs: behind it there may be damage that is not this record's.
        ReadOnlySpan<byte> next = reader.Peek(2);
        return next.IsEmpty || next.StartsWith("\r\n"u8) || next[0] == '\n' || IsVersionLine(reader.Peek(8));
    }

    /// <summary>Where a length was too large, the record swallowed its successor: go back to that.</summary>
    private void Reread(byte[] block)
    {
        if (block.Length > MaximumReread)
            return;
        int swallowed = block.AsSpan().IndexOf("\nWARC/1."u8);
        if (swallowed >= 0)
            reader.Unread(block.AsSpan(swallowed + 1));
    }

    private void Problem(string reason, string detail) => report(new ReadProblem($"{source}#{records}", reason, detail));
}

/// <summary>Header lines as WARC and HTTP share them: <c>Name: value</c>, continued by lines that start with white space.</summary>
internal static class HeaderLine
{
    /// <summary>Adds one line; the first of several fields with one name wins.</summary>
    /// <returns>False for a line that is neither a field nor a continuation.</returns>
    public static bool Add(ReadOnlySpan<byte> line, Dictionary<string, string> headers, ref string? last)
    {
        string text = Encoding.UTF8.GetString(line);
        if (text[0] is ' ' or '\t')
        {
            if (last is not null)
                headers[last] += " " + text.Trim();
            return last is not null;
        }

        int colon = text.IndexOf(':');
        if (colon <= 0)
            return false;
        string name = text[..colon].Trim();
        last = headers.TryAdd(name, text[(colon + 1)..].Trim()) ? name : null;
        return true;
    }
}
