using System.Text.Json;

namespace Gestalt.Text;

/// <summary>
/// Hugging Face's <c>tokenizer.json</c> in and out: BPE over bytes and over characters, WordPiece and Unigram, with the normalizers, pre-tokenizers, added tokens,
/// post-processors and decoders that models use. Whatever else a file asks for is refused by name rather than ignored, since it would change ids.
/// </summary>
/// <remarks>
/// Written are byte-level vocabularies without a normalizer, as ours are, and SentencePiece's pairs with nothing but its blanks, whether from scores or from merges: to the form and the merges that
/// Transformers' converter makes of them.
/// </remarks>
public static class TokenizerJson
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is not such a tokenizer; the message says where and why.</exception>
    public static Tokenizer Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="InvalidDataException">It is not such a tokenizer; the message says where and why.</exception>
    public static Tokenizer Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8);
            return new TokenizerJsonReader(document.RootElement).Read();
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"This is not JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}).", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException("A string holds invalid UTF-8 or half of a surrogate pair.", exception);
        }
    }

    /// <summary>Writes a tokenizer to a file, beside and renamed into place.</summary>
    /// <exception cref="NotSupportedException">The vocabulary is WordPiece or unigram, or does more to text than is written.</exception>
    public static void Save(Tokenizer tokenizer, string path) => WholeFile.Write(path, stream => Save(tokenizer, stream));

    /// <summary>Writes a tokenizer to a stream.</summary>
    /// <exception cref="NotSupportedException">The vocabulary is WordPiece or unigram, or does more to text than is written.</exception>
    public static void Save(Tokenizer tokenizer, Stream stream)
    {
        bool isWritten = tokenizer.Kind == TokenizerKind.SentencePieceBpe || (tokenizer.Kind == TokenizerKind.ByteLevelBpe && !tokenizer.Normalizes);
        if (!isWritten)
        {
            throw new NotSupportedException($"A {tokenizer.Kind} vocabulary{(tokenizer.Normalizes ? " that normalizes text" : "")} cannot be written as tokenizer.json; copy the file that it came from.");
        }

        TokenizerJsonWriter.Write(tokenizer, stream);
    }
}
