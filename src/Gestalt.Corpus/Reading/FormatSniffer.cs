using System.Buffers;

namespace Gestalt.Corpus;

/// <summary>What kind of file its name and first bytes suggest.</summary>
internal enum FileFormat
{
    Text,
    Markdown,
    JsonLines,
    Html,
    Warc,
}

/// <summary>Decides how to read a file: by its extension where that says something, else by its first bytes.</summary>
internal static class FormatSniffer
{
    /// <summary>How many leading bytes are looked at.</summary>
    public const int SampleBytes = 4096;

    /// <summary>How many bytes tell a WARC file.</summary>
    public const int WarcMagicBytes = 5;

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n\uFEFF"u8);

    /// <summary>True for the first bytes of a WARC record.</summary>
    public static bool IsWarc(ReadOnlySpan<byte> sample) => sample.StartsWith("WARC/"u8);

    /// <param name="name">The file's name; a final <c>.gz</c> is ignored.</param>
    /// <param name="sample">Its first bytes, decompressed.</param>
    public static FileFormat Format(string name, ReadOnlySpan<byte> sample)
    {
        if (IsWarc(sample))
            return FileFormat.Warc;
        string stem = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        return Path.GetExtension(stem).ToLowerInvariant() switch
        {
            ".txt" or ".text" => FileFormat.Text,
            ".md" or ".markdown" => FileFormat.Markdown,
            ".jsonl" or ".ndjson" => FileFormat.JsonLines,
            ".html" or ".htm" or ".xhtml" => FileFormat.Html,
            ".warc" or ".wet" => FileFormat.Warc,
            _ => LooksLikeHtml(sample) ? FileFormat.Html : LooksLikeJsonLines(sample) ? FileFormat.JsonLines : FileFormat.Text,
        };
    }

    /// <summary>True where a document type or one of the first tags of a page stands at the beginning.</summary>
    public static bool LooksLikeHtml(ReadOnlySpan<byte> sample)
    {
        ReadOnlySpan<byte> head = Trimmed(sample);
        Span<byte> lower = stackalloc byte[Math.Min(head.Length, 16)];
        for (int i = 0; i < lower.Length; i++)
            lower[i] = (byte)(head[i] is >= (byte)'A' and <= (byte)'Z' ? head[i] + 32 : head[i]);
        return lower.StartsWith("<!doctype html"u8) || lower.StartsWith("<html"u8) || lower.StartsWith("<head"u8) || lower.StartsWith("<body"u8);
    }

    /// <summary>The name of a well-known binary format, for an error that says what the file is rather than only what it is not.</summary>
    public static string? BinaryFormat(ReadOnlySpan<byte> sample) => sample switch
    {
        [0x50, 0x4B, 0x03, 0x04, ..] => "a ZIP archive (or .docx, .epub)",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "compressed with zstd",
        [0xFD, 0x37, 0x7A, 0x58, 0x5A, ..] => "compressed with xz",
        [0x42, 0x5A, 0x68, ..] => "compressed with bzip2",
        [0x25, 0x50, 0x44, 0x46, ..] => "a PDF",
        [0x89, 0x50, 0x4E, 0x47, ..] => "a PNG picture",
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
        [0x7F, 0x45, 0x4C, 0x46, ..] => "a program",
        [0x47, 0x47, 0x55, 0x46, ..] => "a GGUF model",
        _ => null,
    };

    private static bool LooksLikeJsonLines(ReadOnlySpan<byte> sample)
    {
        ReadOnlySpan<byte> head = Trimmed(sample);
        int newline = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = newline < 0 ? head : head[..newline];
        return line is [(byte)'{', ..] && line.IndexOf("\""u8) > 0 && (newline < 0 || line.TrimEnd((byte)'\r') is [.., (byte)'}']);
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> sample)
    {
        int first = sample.IndexOfAnyExcept(WhiteSpace);
        return first < 0 ? default : sample[first..];
    }
}
