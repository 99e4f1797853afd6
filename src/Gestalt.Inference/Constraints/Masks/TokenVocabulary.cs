using Gestalt.Text;

namespace Gestalt.Inference.Constraints;

/// <summary>A vocabulary as constraints see it: the bytes of the tokens that are text, and the tokens that end a sequence. Special tokens have no bytes here, so nothing ever allows them.</summary>
internal sealed class TokenVocabulary
{
    private readonly byte[]?[] _tokens;
    private readonly int[] _ends;

    /// <summary>A vocabulary given as a list.</summary>
    /// <param name="tokens">Bytes by id; null for what is no text.</param>
    /// <param name="ends">Ids that end a sequence.</param>
    public TokenVocabulary(byte[]?[] tokens, IEnumerable<int> ends)
    {
        _ends = [.. ends.Distinct()];
        foreach (int end in _ends)
        {
            if ((uint)end >= (uint)tokens.Length)
                throw new ArgumentOutOfRangeException(nameof(ends), end, $"there is no token {end} to end with: the vocabulary has {tokens.Length}");
        }
        _tokens = [.. tokens.Select((bytes, id) => bytes is { Length: > 0 } && !_ends.Contains(id) ? bytes : null)];
        Trie = new TokenTrie([.. _tokens.Select((bytes, id) => (bytes, id)).Where(token => token.bytes is not null).Select(token => new TokenText(token.bytes, token.id))]);
    }

    /// <summary>A tokenizer's vocabulary.</summary>
    public TokenVocabulary(Tokenizer tokenizer, IEnumerable<int> ends)
        : this([.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => BytesOf(tokenizer, id))], ends)
    {
    }

    /// <summary>V.</summary>
    public int Count => _tokens.Length;

    /// <summary>The words of 32 bits that a mask takes.</summary>
    public int MaskLength => (Count + 31) / 32;

    public TokenTrie Trie { get; }

    /// <summary>Ids that end a sequence.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>Whether a token ends a sequence.</summary>
    public bool IsEnd(int id) => Array.IndexOf(_ends, id) >= 0;

    /// <summary>A token's bytes; null if it is no text.</summary>
    public byte[]? Bytes(int id) => _tokens[id];

    private static byte[]? BytesOf(Tokenizer tokenizer, int id) =>
        tokenizer.KindOf(id) is TokenKind.Normal or TokenKind.Byte or TokenKind.UserDefined ? tokenizer.TokenBytes(id).ToArray() : null;
}
