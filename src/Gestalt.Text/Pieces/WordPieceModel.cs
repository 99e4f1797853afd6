namespace Gestalt.Text;

/// <summary>
/// WordPiece as BERT uses it (arXiv 1810.04805): a word becomes the longest token with which it begins, the rest the longest that continues a word, and so on; a word that does
/// not come out even is unknown.
/// </summary>
internal sealed class WordPieceModel : SubwordModel
{
    private readonly TokenTrie _beginnings = new();
    private readonly TokenTrie _continuations = new();

    /// <param name="preTokenizer">How text is cut into words.</param>
    /// <param name="tokens">The tokens with their texts, and whether they continue a word.</param>
    /// <param name="unknown">The unknown token.</param>
    /// <param name="longestWord">A word of more characters is unknown.</param>
    public WordPieceModel(PreTokenizer preTokenizer, IEnumerable<(int Id, byte[] Text, bool Continues)> tokens, int unknown, int longestWord)
        : base(preTokenizer)
    {
        foreach ((int id, byte[] text, bool continues) in tokens)
        {
            if (text.Length > 0)
            {
                (continues ? _continuations : _beginnings).Add(text, id);
            }
        }

        Unknown = unknown;
        LongestWord = longestWord;
    }

    /// <summary>The unknown token.</summary>
    public int Unknown { get; }

    /// <summary>A word of more characters is unknown.</summary>
    public int LongestWord { get; }

    /// <inheritdoc/>
    public override WordEncoder CreateEncoder() => new WordPieceEncoder(this);

    /// <inheritdoc/>
    public override WordTrace Trace(ReadOnlySpan<byte> word, TraceRecorder recorder)
    {
        recorder.BeginCharacters(word);
        List<int> ids = [];
        new WordPieceEncoder(this).EncodeOne(word, ids);
        if (ids is [int only] && only == Unknown)
        {
            recorder.FallBack(0, Utf8.Count(word), [Unknown]);
            return recorder.Finish(TraceMethod.LongestFirst);
        }

        for (int token = 0; token < ids.Count; token++)
        {
            int length = Longest(word, continues: token > 0).Length;
            recorder.Join(token, Utf8.Count(word[..length]), ids[token]);
            word = word[length..];
        }

        return recorder.Finish(TraceMethod.LongestFirst);
    }

    /// <summary>The longest token with which a text begins, at the beginning of a word or within it.</summary>
    public (int Length, int Id) Longest(ReadOnlySpan<byte> text, bool continues) => (continues ? _continuations : _beginnings).Longest(text);
}
