using System.Text.Json;

namespace Gestalt.Corpus;

/// <summary>
/// A finished corpus on disk: <c>documents.jsonl</c> to train on, <c>heldout.jsonl</c> to measure on (an object a line:
/// <c>source</c>, <c>url</c>, <c>text</c>), and <c>corpus.json</c>, the report, whose presence says that the rest is whole.
/// </summary>
public sealed class CorpusFolder
{
    internal const string TrainingFile = "documents.jsonl";
    internal const string HeldOutFile = "heldout.jsonl";
    internal const string ReportFile = "corpus.json";

    private CorpusFolder(string path, CorpusReport report)
    {
        FolderPath = path;
        Report = report;
    }

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>What became of the input.</summary>
    public CorpusReport Report { get; }

    /// <summary>The file of documents to train on.</summary>
    public string TrainingPath => Path.Combine(FolderPath, TrainingFile);

    /// <summary>The file of documents to measure on; empty when nothing was held out.</summary>
    public string HeldOutPath => Path.Combine(FolderPath, HeldOutFile);

    /// <summary>True when a finished corpus lies in the folder.</summary>
    public static bool Exists(string path) => File.Exists(Path.Combine(path, ReportFile));

    /// <summary>Opens a finished corpus.</summary>
    /// <exception cref="CorpusException">There is none, or it is damaged.</exception>
    public static CorpusFolder Open(string path)
    {
        string reportPath = Path.Combine(path, ReportFile);
        if (!File.Exists(reportPath))
            throw new CorpusException($"there is no finished corpus in '{path}' ({ReportFile} is missing). Make one: gestalt corpus INPUT... --out '{path}'.");
        string json = CorpusException.Guard("read", reportPath, () => File.ReadAllText(reportPath));
        try
        {
            var report = CorpusReport.FromJson(json);
            return report.Version == CorpusReport.CurrentVersion
                ? new CorpusFolder(path, report)
                : throw new CorpusException($"'{reportPath}' has version {report.Version}, this program reads {CorpusReport.CurrentVersion}. Make the corpus again.");
        }
        catch (JsonException damage)
        {
            throw new CorpusException($"'{reportPath}' is damaged: {damage.Message.ReplaceLineEndings(" ")} Make the corpus again.", damage);
        }
    }

    /// <summary>The documents to train on, in order.</summary>
    public IEnumerable<Document> Training() => ReadDocuments(TrainingPath);

    /// <summary>The documents to measure on, in order.</summary>
    public IEnumerable<Document> HeldOut() => ReadDocuments(HeldOutPath);

    /// <summary>Reads documents from a file of the form that a corpus has.</summary>
    /// <exception cref="CorpusException">The file is missing or damaged.</exception>
    public static IEnumerable<Document> ReadDocuments(string path)
    {
        using FileStream stream = CorpusException.Guard("read", path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan));
        var reader = new ByteReader(stream);
        for (int number = 1; reader.TryReadLine(Array.MaxLength / 2, out ReadOnlySpan<byte> line, out _); number++)
            yield return DocumentLine.Parse(line) ?? throw new CorpusException($"line {number:N0} of '{path}' is no document. The file was changed or damaged: make the corpus again.");
    }
}

/// <summary>A document as a line of JSON.</summary>
internal static class DocumentLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Document document)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(document.Text.Length + 256);
        using (var writer = new Utf8JsonWriter(bytes, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("source", document.Source);
            if (document.Url is not null)
                writer.WriteString("url", document.Url);
            writer.WriteString("text", document.Text);
            writer.WriteEndObject();
        }

        bytes.GetSpan(1)[0] = (byte)'\n';
        bytes.Advance(1);
        return bytes.WrittenSpan.ToArray();
    }

    public static Document? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            string? source = null;
            string? url = null;
            string? text = null;
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                string? name = reader.GetString();
                reader.Read();
                string? value = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                (source, url, text) = name switch
                {
                    "source" => (value, url, text),
                    "url" => (source, value, text),
                    "text" => (source, url, value),
                    _ => (source, url, text),
                };
            }

            return source is null || text is null ? null : new Document(source, url, text);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
