using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Gestalt.Corpus;

/// <summary>What decoding gave: the text, or the reason why the bytes are none.</summary>
/// <param name="Text">The text, or null.</param>
/// <param name="Refusal">Why the bytes are not text, or null.</param>
/// <param name="RepairedBytes">How many bytes were not valid in the character set and were read as windows-1252 instead.</param>
internal readonly record struct Decoded(string? Text, string? Refusal = null, int RepairedBytes = 0);

/// <summary>Bytes to text: strict for a person's text files, forgiving and guided by declarations for web pages.</summary>
internal static class Charsets
{
    /// <summary>
    /// A text file with more than this share of bytes outside UTF-8 is refused. A mostly English text in windows-1252 stays
    /// below it (an accent or a curly quote now and then) and is repaired; a binary file or one in a foreign legacy set does not.
    /// </summary>
    public const double MaximumInvalidShare = 0.01;

    private const int MetaSearchBytes = 1024;

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private static readonly char[] Windows1252Characters = Enumerable.Range(0, 256).Select(b => Windows1252.GetChars([(byte)b])[0]).ToArray();

    /// <summary>Decodes a text file: UTF-8, or UTF-16 where a byte order mark says so.</summary>
    public static Decoded DecodeText(ReadOnlySpan<byte> bytes)
    {
        if (FromByteOrderMark(bytes) is { } marked)
            return marked;
        int nul = bytes.IndexOf((byte)0);
        if (nul >= 0)
        {
            string what = FormatSniffer.BinaryFormat(bytes) is { } format ? $"it is {format}" : $"it has a NUL byte at offset {nul:N0}";
            return new Decoded(null, $"{what}. Give text as UTF-8");
        }

        if (Utf8.IsValid(bytes))
            return new Decoded(Encoding.UTF8.GetString(bytes));
        (string text, int invalid) = DecodeMixed(bytes);
        if (invalid <= bytes.Length * MaximumInvalidShare)
            return new Decoded(text, null, invalid);
        string found = FormatSniffer.BinaryFormat(bytes) is { } known ? $"it is {known}" : $"{(double)invalid / bytes.Length:P1} of its bytes are not UTF-8";
        return new Decoded(null, $"{found}. If it is text in an older character set, convert it first: iconv -f windows-1252 -t utf-8");
    }

    /// <summary>
    /// Decodes a page in the order of the HTML standard: byte order mark, HTTP header, meta element; then UTF-8 where the
    /// bytes are valid UTF-8, else windows-1252.
    /// </summary>
    /// <remarks>
    /// Departure: valid UTF-8 with at least one character beyond ASCII wins over a declared one-byte set, since text in such
    /// a set is practically never valid UTF-8 by chance, and declarations are often wrong.
    /// </remarks>
    public static string DecodePage(ReadOnlySpan<byte> bytes, string? declared)
    {
        if (FromByteOrderMark(bytes) is { } marked)
            return marked.Text!;
        if (bytes is [(byte)'<', 0, ..])
            return Encoding.Unicode.GetString(bytes);
        if (bytes is [0, (byte)'<', ..])
            return Encoding.BigEndianUnicode.GetString(bytes);
        Encoding? encoding = Named(declared) ?? Named(MetaCharset(bytes[..Math.Min(bytes.Length, MetaSearchBytes)]));

        // Without a NUL byte in sight it is not UTF-16, whatever the server says.
        if (encoding is UnicodeEncoding && !bytes[..Math.Min(bytes.Length, MetaSearchBytes)].Contains((byte)0))
            encoding = null;
        bool oneByte = encoding is null or { IsSingleByte: true };
        if (oneByte && Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);
        if (encoding is null or UTF8Encoding)
            return DecodeMixed(bytes).Text;
        return encoding.GetString(bytes);
    }

    /// <summary>The encoding behind a label from the web, where <c>iso-8859-1</c> and <c>ascii</c> mean windows-1252; null for none or an unknown one.</summary>
    internal static Encoding? Named(string? label)
    {
        switch (label?.Trim().ToLowerInvariant())
        {
            case null or "":
                return null;
            case "utf-8" or "utf8":
                return Encoding.UTF8;
            case "iso-8859-1" or "iso8859-1" or "latin1" or "latin-1" or "ascii" or "us-ascii" or "windows-1252" or "cp1252" or "x-cp1252":
                return Windows1252;
            case "utf-16" or "utf-16le":
                return Encoding.Unicode;
            case "utf-16be":
                return Encoding.BigEndianUnicode;
            case { } other:
                return CodePage(other);
        }
    }

    private static Encoding? CodePage(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Valid UTF-8 where it is valid, windows-1252 for each byte that is not.</summary>
    internal static (string Text, int Invalid) DecodeMixed(ReadOnlySpan<byte> bytes)
    {
        // UTF-8 never takes fewer bytes than UTF-16 takes characters, and each invalid byte becomes one character.
        char[] text = ArrayPool<char>.Shared.Rent(bytes.Length);
        int length = 0;
        int invalid = 0;
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Utf8.ToUtf16(bytes, text.AsSpan(length), out int read, out int written, replaceInvalidSequences: false);
            bytes = bytes[read..];
            length += written;
            if (status == OperationStatus.Done)
                break;
            Rune.DecodeFromUtf8(bytes, out _, out int stray);
            invalid += stray;
            foreach (byte value in bytes[..stray])
                text[length++] = Windows1252Characters[value];
            bytes = bytes[stray..];
        }

        string result = new(text, 0, length);
        ArrayPool<char>.Shared.Return(text);
        return (result, invalid);
    }

    /// <summary>The byte that windows-1252 writes for a character, or -1.</summary>
    internal static int Windows1252Byte(char character)
    {
        if (character < 0x80 || character is >= (char)0xA0 and <= (char)0xFF)
            return character;
        int index = Windows1252Characters.AsSpan(0x80, 0x20).IndexOf(character);
        return index < 0 ? -1 : 0x80 + index;
    }

    private static Decoded? FromByteOrderMark(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..])
        {
            (string text, int invalid) = DecodeMixed(bytes[3..]);
            return new Decoded(text, null, invalid);
        }

        if (bytes is [0xFF, 0xFE, ..])
            return new Decoded(Encoding.Unicode.GetString(bytes[2..]));
        if (bytes is [0xFE, 0xFF, ..])
            return new Decoded(Encoding.BigEndianUnicode.GetString(bytes[2..]));
        return null;
    }

    /// <summary>The charset that a meta element near the beginning declares.</summary>
    private static string? MetaCharset(ReadOnlySpan<byte> head)
    {
        string text = Encoding.Latin1.GetString(head).ToLowerInvariant();
        int position = 0;
        while ((position = text.IndexOf("<meta", position, StringComparison.Ordinal)) >= 0)
        {
            int close = text.IndexOf('>', position);
            string element = text[position..(close < 0 ? text.Length : close)];
            int name = element.IndexOf("charset", StringComparison.Ordinal);
            if (name >= 0)
            {
                string label = element[(name + "charset".Length)..].TrimStart(' ', '=', '"', '\'');
                int end = label.AsSpan().IndexOfAny(" \"';/");
                label = end < 0 ? label : label[..end];

                // A page that was read far enough to find this cannot be UTF-16, whatever it says (HTML standard 13.2.3.2).
                return label.StartsWith("utf-16", StringComparison.Ordinal) ? "utf-8" : label;
            }

            position += "<meta".Length;
        }

        return null;
    }
}
