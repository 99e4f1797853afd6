using System.Text;
using System.Text.Json;

namespace Gestalt.Store;

/// <summary>What a store takes; the same for files and for PostgreSQL.</summary>
public static class StoreLimits
{
    /// <summary>The longest kind and the longest id, in UTF-16 units.</summary>
    public const int NameLength = 200;

    /// <summary>The longest document, in bytes of UTF-8.</summary>
    public const int DocumentBytes = 64 << 20;

    /// <summary>How deep objects and lists may be nested in a document.</summary>
    public const int Depth = 256;

    /// <summary>The most words that one search has.</summary>
    public const int SearchWords = 100;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Sees that a kind or an id can be one.</summary>
    internal static void CheckName(string name, string what)
    {
        ArgumentNullException.ThrowIfNull(name, what);
        if (name.Length is 0 or > NameLength)
            throw new ArgumentException($"A {what} has 1 to {NameLength} characters, this one {name.Length}.", what);
        for (int at = 0; at < name.Length;)
        {
            if (!Rune.TryGetRuneAt(name, at, out Rune letter) || Rune.IsControl(letter))
                throw new ArgumentException($"A {what} has no control characters and no halves of surrogate pairs; character {at + 1} of this one is U+{(int)name[at]:X4}.", what);
            at += letter.Utf16SequenceLength;
        }
    }

    /// <summary>A document as one line of UTF-8; refused if it is no JSON.</summary>
    internal static byte[] CheckDocument(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        byte[] bytes;
        try
        {
            int length = Strict.GetByteCount(json);
            if (length > DocumentBytes)
                throw new ArgumentException($"A document has at most {DocumentBytes} bytes, this one {length}.", nameof(json));
            bytes = Strict.GetBytes(json);
        }
        catch (EncoderFallbackException problem)
        {
            throw new ArgumentException($"Character {problem.Index + 1} of the document is half of a surrogate pair.", nameof(json), problem);
        }
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Depth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is (JsonTokenType.String or JsonTokenType.PropertyName) && reader.ValueIsEscaped)
                    _ = reader.GetString();
            }
        }
        catch (JsonException problem)
        {
            throw new ArgumentException($"A document must be JSON: {problem.Message}", nameof(json), problem);
        }
        catch (InvalidOperationException problem)
        {
            throw new ArgumentException($"A string of the document, at byte {reader.TokenStartIndex}, holds half of a surrogate pair.", nameof(json), problem);
        }

        // Strings hold line breaks only in escaped form: these are between the parts.
        bytes.AsSpan().Replace((byte)'\n', (byte)' ');
        bytes.AsSpan().Replace((byte)'\r', (byte)' ');
        return bytes;
    }

    /// <summary>The text of a document that was checked.</summary>
    internal static string Text(byte[] document) => Strict.GetString(document);
}
