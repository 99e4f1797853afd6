namespace Gestalt.Text;

/// <content>From and to the three lists in which model files carry a vocabulary.</content>
public sealed partial class Tokenizer
{
    /// <summary>
    /// Makes a tokenizer from the lists of a GGUF file: <c>tokenizer.ggml.tokens</c>, <c>tokenizer.ggml.merges</c>, <c>tokenizer.ggml.token_type</c>.
    /// </summary>
    /// <param name="tokens">The tokens by id; ordinary ones in the <see cref="ByteAlphabet"/>, special and user-defined ones as plain text.</param>
    /// <param name="merges">The merges by rank, each two tokens with a blank between them.</param>
    /// <param name="tokenTypes">The <see cref="TokenKind"/> of each token as a number; null when all are ordinary.</param>
    /// <param name="preTokenizer">How text is cut into words (<see cref="PreTokenizer.TryFromGgufName"/>).</param>
    /// <param name="endOfText">The id of the token between documents; null to find it by its name.</param>
    /// <param name="wholeWordsFirst">See <see cref="WholeWordsFirst"/>.</param>
    /// <exception cref="InvalidDataException">The lists contradict each other; the message says where.</exception>
    public static Tokenizer FromVocabulary(
        IReadOnlyList<string> tokens,
        IReadOnlyList<string> merges,
        IReadOnlyList<int>? tokenTypes,
        PreTokenizer preTokenizer,
        int? endOfText = null,
        bool wholeWordsFirst = false)
    {
        if (tokenTypes is not null && tokenTypes.Count != tokens.Count)
        {
            throw new InvalidDataException($"The vocabulary has {tokens.Count} tokens but {tokenTypes.Count} token types.");
        }

        Vocabulary vocabulary = Vocabulary.FromPieces(tokens, tokenTypes);
        return new Tokenizer(vocabulary, MergeReader.Resolve(tokens, vocabulary, merges), preTokenizer, wholeWordsFirst, endOfText);
    }

    /// <summary>The tokens by id as files carry them: ordinary ones in the <see cref="ByteAlphabet"/>, special and user-defined ones as plain text.</summary>
    public string[] Tokens() => [.. Enumerable.Range(0, VocabularySize).Select(Piece)];

    /// <summary>The merges by rank, each two tokens as in <see cref="Tokens"/> with a blank between them.</summary>
    /// <remarks>Empty for vocabularies that have no list of merges.</remarks>
    public string[] Merges() => [.. MergeList.Select(merge => $"{Piece(merge.Left)} {Piece(merge.Right)}")];

    /// <summary>The <see cref="TokenKind"/> of each token as a number.</summary>
    public int[] TokenTypes() => [.. Enumerable.Range(0, VocabularySize).Select(id => (int)_vocabulary.Kind(id))];

    /// <summary>What a file of Hugging Face says of a vocabulary of characters, as a GGUF file says it, with the scores that its merges stand for.</summary>
    /// <exception cref="NotSupportedException">GGUF has no form that gives the same ids; the message says what stands against it.</exception>
    public StoredVocabulary ToStoredSentencePieces() => StoredSentencePieces.Of(this, _vocabulary);

    /// <summary>The score of each token, by which SentencePiece vocabularies choose; empty for the others.</summary>
    public float[] Scores() => [.. _scores];

    /// <summary>
    /// The first id that stands for other bytes in another vocabulary; null where all ids that both have mean the same. Ids that either of them has no use for, as in vocabularies that are
    /// padded, agree with any.
    /// </summary>
    /// <param name="other">The other vocabulary; it may be longer or shorter.</param>
    public int? FirstDifference(Tokenizer other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int id = 0; id < Math.Min(VocabularySize, other.VocabularySize); id++)
        {
            bool isUsed = KindOf(id) != TokenKind.Unused && other.KindOf(id) != TokenKind.Unused;
            if (isUsed && !TokenBytes(id).SequenceEqual(other.TokenBytes(id)))
                return id;
        }
        return null;
    }

    /// <summary>When a blank is put before a text, if SentencePiece's blanks are all that is done to text before it is encoded; null where more is done, or something else.</summary>
    internal BlankPrefix? Blanks => _normalizer is BlankNormalizer { Replaces: true } blanks ? blanks.Prefix : null;

    /// <summary>Whether decoding drops the blank before the first word.</summary>
    internal bool DropsFirstBlank => _dropsFirstBlank;

    /// <summary>The merges of a vocabulary of characters, whether it lists them or has scores.</summary>
    /// <exception cref="NotSupportedException">They cannot be listed.</exception>
    internal IReadOnlyList<Merge> ListedMerges() => _scores.Length > 0 ? ScoredMerges.FromScores(_vocabulary, _scores) : MergeList;

    internal IReadOnlyList<Merge> MergeList => _scores.Length == 0 && _model.Merges is MergeTable merges ? merges.Merges : [];

    /// <summary>A token as files carry it.</summary>
    internal string Piece(int id) => _vocabulary.Piece(id);
}
