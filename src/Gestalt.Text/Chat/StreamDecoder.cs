using System.Text;

namespace Gestalt.Text;

/// <summary>
/// Turns ids into text as they come, one by one. A character whose bytes are spread over several tokens is held back until it is whole; bytes that are not
/// UTF-8 become U+FFFD. All that it returns, laid end to end, is what <see cref="Tokenizer.DecodeText(ReadOnlySpan{int}, bool)"/> makes of all ids together.
/// </summary>
/// <param name="tokenizer">The vocabulary.</param>
/// <param name="skipSpecial">Leave special tokens out instead of writing their names.</param>
/// <param name="continues">
/// The ids go on with a text that was decoded before, so that the blank which SentencePiece and WordPiece vocabularies put before a text's first word, and which is
/// dropped at its beginning, belongs to it.
/// </param>
public sealed class StreamDecoder(Tokenizer tokenizer, bool skipSpecial = false, bool continues = false)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _isStart = !continues;

    /// <summary>Takes the next id and returns the text that is certain now; often empty, within a character of several tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Push(int id)
    {
        _ = tokenizer.KindOf(id);
        return Convert(tokenizer.Written(id, skipSpecial, ref _isStart), flush: false);
    }

    /// <summary>Ends the text: what was held back becomes U+FFFD. The decoder is as new afterwards.</summary>
    public string Flush()
    {
        _isStart = !continues;
        return Convert([], flush: true);
    }

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> characters = stackalloc char[128];
        int needed = _decoder.GetCharCount(bytes, flush);
        if (needed > characters.Length)
        {
            characters = new char[needed];
        }

        return new string(characters[.._decoder.GetChars(bytes, characters, flush)]);
    }
}
