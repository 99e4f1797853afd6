namespace Gestalt.Corpus;

/// <summary>
/// Reads files of any known kind as a stream of raw documents. What cannot be used is reported, never fatal: one bad file
/// among thousands must not cost the night.
/// </summary>
/// <param name="limits">Sizes beyond which input is refused.</param>
/// <param name="report">Told of each file, record or line that could not be used.</param>
public sealed class InputReader(ReadLimits limits, Action<ReadProblem> report)
{
    /// <summary>How many bytes of the files, compressed as they are, have been read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Reads the files one after the other.</summary>
    /// <param name="files">Paths, or <c>-</c> for standard input; see <see cref="InputFiles.Find"/>.</param>
    public IEnumerable<RawDocument> Read(IEnumerable<string> files) => files.SelectMany(Read);

    /// <summary>Reads one file.</summary>
    /// <param name="file">Its path, or <c>-</c>.</param>
    public IEnumerable<RawDocument> Read(string file)
    {
        Stream? stream = Open(file);
        return stream is null ? [] : Closing(stream, Read(new Counted(stream, this), file));
    }

    /// <summary>Reads a stream as a file of the given name.</summary>
    /// <param name="stream">The bytes, perhaps compressed with gzip.</param>
    /// <param name="name">Its name: the extension helps to tell what it holds.</param>
    public IEnumerable<RawDocument> Read(Stream stream, string name) => Guarded(() => Choose(stream, name), name);

    private IEnumerable<RawDocument> Choose(Stream stream, string name)
    {
        var reader = new ByteReader(stream);
        if (GzipMembers.IsStart(reader.Peek(3)))
            reader = new ByteReader(new GzipMembers(new Rest(reader)));
        return Format(reader, name) switch
        {
            FileFormat.Warc => WebRecords.Read(new WarcReader(reader, name, limits, report), name, limits, report),
            FileFormat.JsonLines => JsonLines(reader, name),
            FileFormat.Html => Page(reader, name),
            FileFormat.Markdown => TextFileReader.Read(reader, name, DocumentFormat.Markdown, limits, report),
            _ => TextFileReader.Read(reader, name, DocumentFormat.PlainText, limits, report),
        };
    }

    private FileFormat Format(ByteReader reader, string name)
    {
        try
        {
            // A WARC file is known by its first bytes; looking no further keeps damage further on from costing its first record.
            return FormatSniffer.IsWarc(reader.Peek(FormatSniffer.WarcMagicBytes)) ? FileFormat.Warc : FormatSniffer.Format(name, reader.Peek(FormatSniffer.SampleBytes));
        }
        catch (InvalidDataException damage)
        {
            // A WARC file goes on behind a broken first member; half a text is no text.
            FileFormat format = FormatSniffer.Format(name, reader.Peek(reader.Buffered));
            if (format != FileFormat.Warc)
                throw;
            reader.Discard();
            report(new ReadProblem(name, "damaged-gzip", damage.Message));
            return format;
        }
    }

    private IEnumerable<RawDocument> JsonLines(ByteReader reader, string name)
    {
        for (int number = 1; reader.TryReadLine(limits.MaximumRecordBytes, out ReadOnlySpan<byte> line, out bool tooLong); number++)
        {
            string source = $"{name}#{number}";
            if (tooLong)
            {
                report(new ReadProblem(source, "line-too-long", $"the line has more than {limits.MaximumRecordBytes:N0} bytes"));
                continue;
            }

            if (line.Trim(" \t\uFEFF"u8).IsEmpty)
                continue;
            yield return new RawDocument(source, null, DocumentFormat.JsonLine, line.ToArray());
        }
    }

    private IEnumerable<RawDocument> Page(ByteReader reader, string name)
    {
        byte[] page = reader.Read(limits.MaximumRecordBytes);
        if (reader.Peek(1).IsEmpty)
            yield return new RawDocument(name, null, DocumentFormat.Html, page, Crawled: true);
        else
            report(new ReadProblem(name, "page-too-large", $"the page has more than {limits.MaximumRecordBytes:N0} bytes"));
    }

    /// <summary>Hands documents on until the file itself fails; then says so and stops with this file.</summary>
    private IEnumerable<RawDocument> Guarded(Func<IEnumerable<RawDocument>> open, string name)
    {
        IEnumerator<RawDocument>? documents = null;
        while (true)
        {
            try
            {
                documents ??= open().GetEnumerator();
                if (!documents.MoveNext())
                    yield break;
            }
            catch (InvalidDataException damage)
            {
                report(new ReadProblem(name, "damaged-gzip", damage.Message));
                yield break;
            }
            catch (IOException failure)
            {
                report(new ReadProblem(name, "unreadable", failure.Message));
                yield break;
            }

            yield return documents.Current;
        }
    }

    private Stream? Open(string file)
    {
        try
        {
            return file == InputFiles.StandardInput
                ? Console.OpenStandardInput()
                : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            report(new ReadProblem(file, "unreadable", failure.Message));
            return null;
        }
    }

    private static IEnumerable<RawDocument> Closing(Stream stream, IEnumerable<RawDocument> documents)
    {
        using (stream)
        {
            foreach (RawDocument document in documents)
                yield return document;
        }
    }

    /// <summary>What a reader has not yet given out, as a stream.</summary>
    private sealed class Rest(ByteReader reader) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            int read = Math.Min(buffer.Length, reader.Peek(1).IsEmpty ? 0 : reader.Buffered);
            reader.Peek(read).CopyTo(buffer);
            return (int)reader.Skip(read);
        }
    }

    /// <summary>Counts what passes, for progress.</summary>
    private sealed class Counted(Stream stream, InputReader owner) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            int read = stream.Read(buffer);
            owner.BytesRead += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
