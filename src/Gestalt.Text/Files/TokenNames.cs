using System.Text;

namespace Gestalt.Text;

/// <summary>What tokens are called in a <c>tokenizer.json</c>.</summary>
internal sealed class TokenNames
{
    private readonly Tokenizer _tokenizer;
    private readonly HashSet<int> _joinedBytes;

    public TokenNames(Tokenizer tokenizer, IReadOnlyList<Merge> merges)
    {
        _tokenizer = tokenizer;
        bool isOfCharacters = tokenizer.Kind == TokenizerKind.SentencePieceBpe;
        _joinedBytes = isOfCharacters ? [.. merges.SelectMany(merge => (int[])[merge.Left, merge.Right]).Where(id => tokenizer.KindOf(id) == TokenKind.Byte)] : [];
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            bool isByte = tokenizer.KindOf(id) == TokenKind.Byte;
            HasBytes |= isByte;
            InVocabulary = isByte || tokenizer.KindOf(id) == TokenKind.Normal ? id + 1 : InVocabulary;
        }
    }

    /// <summary>
    /// How many ids belong to the model's own vocabulary: up to the last ordinary token. Special tokens below it stand there, too, for whoever reads the file numbers added tokens that do not behind it.
    /// </summary>
    public int InVocabulary { get; }

    /// <summary>Whether there are tokens of bytes.</summary>
    public bool HasBytes { get; }

    /// <summary>
    /// A token's name: its text in the byte alphabet or with <c>▁</c> for blanks; of a byte that merges join, its character; of a text that its owner made a token, that text as it is looked for.
    /// </summary>
    public string this[int id] => _joinedBytes.Contains(id) || (_tokenizer.Kind == TokenizerKind.SentencePieceBpe && _tokenizer.KindOf(id) == TokenKind.UserDefined)
        ? Encoding.UTF8.GetString(_tokenizer.TokenBytes(id))
        : _tokenizer.Piece(id);
}
