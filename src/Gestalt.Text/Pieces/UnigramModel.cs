namespace Gestalt.Text;

/// <summary>SentencePiece's unigram model (arXiv 1804.10959): of all ways to make a word of tokens the one whose log-probabilities have the greatest sum.</summary>
internal sealed class UnigramModel : SubwordModel
{
    // SentencePiece's: an unknown character costs this much more than the rarest token.
    private const double UnknownPenalty = 10;

    private readonly TokenTrie _tokens = new();
    private readonly double[] _scores;

    /// <param name="preTokenizer">How text is cut into words.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="scores">The log-probability of each.</param>
    /// <param name="fallback">What stands for characters without a token; its unknown token must exist.</param>
    /// <param name="texts">The text of each token that may be used; null for the others.</param>
    public UnigramModel(PreTokenizer preTokenizer, Vocabulary vocabulary, double[] scores, FallbackTokens fallback, Func<int, byte[]?> texts)
        : base(preTokenizer)
    {
        _scores = scores;
        Fallback = fallback;
        double lowest = double.MaxValue;
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (texts(id) is byte[] { Length: > 0 } text)
            {
                _tokens.Add(text, id);
                lowest = vocabulary.Kind(id) == TokenKind.Normal ? Math.Min(lowest, scores[id]) : lowest;
            }
        }

        UnknownScore = (lowest == double.MaxValue ? 0 : lowest) - UnknownPenalty;
    }

    /// <summary>What stands for characters without a token.</summary>
    public FallbackTokens Fallback { get; }

    /// <summary>The score of a character without a token.</summary>
    public double UnknownScore { get; }

    /// <summary>The tokens by their bytes.</summary>
    public TokenTrie Tokens => _tokens;

    /// <inheritdoc/>
    public override WordEncoder CreateEncoder() => new UnigramEncoder(this);

    /// <inheritdoc/>
    public override WordTrace Trace(ReadOnlySpan<byte> word, TraceRecorder recorder)
    {
        recorder.BeginCharacters(word);
        new UnigramEncoder(this).Trace(word, recorder);
        return recorder.Finish(TraceMethod.BestPath);
    }

    /// <summary>The log-probability of a token.</summary>
    public double Score(int id) => _scores[id];
}
