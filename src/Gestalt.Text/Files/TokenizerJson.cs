using System.Text.Json;

namespace Gestalt.Text;

/// <summary>
/// Hugging Face's <c>tokenizer.json</c> in and out, as far as it is byte-level BPE with one of our <see cref="PreTokenizer"/>s. Whatever else a file asks for is
/// refused by name rather than ignored, since it would change ids.
/// </summary>
/// <remarks>
/// Two things are read but not carried out. A normalizer of type <c>NFC</c> (Qwen2) is passed over, as llama.cpp does: encoding stays lossless, and text that is
/// already in that form, as nearly all is, has the same ids. <c>lstrip</c>, <c>rstrip</c> and <c>single_word</c> of special tokens have no effect, since text is
/// never searched for these.
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
    public static void Save(Tokenizer tokenizer, string path) => WholeFile.Write(path, stream => Save(tokenizer, stream));

    /// <summary>Writes a tokenizer to a stream.</summary>
    public static void Save(Tokenizer tokenizer, Stream stream) => TokenizerJsonWriter.Write(tokenizer, stream);
}
