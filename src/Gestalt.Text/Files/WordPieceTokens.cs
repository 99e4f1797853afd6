using System.Text;

namespace Gestalt.Text;

/// <summary>The tokens of a WordPiece vocabulary: what each adds to a text, and with which text of a word it matches.</summary>
internal sealed class WordPieceTokens
{
    private WordPieceTokens(Vocabulary vocabulary, List<(int, byte[], bool)> ordinary)
    {
        Vocabulary = vocabulary;
        Ordinary = ordinary;
    }

    /// <summary>The tokens as they are written in a text: a blank before each that begins a word, but not before what ends a clause.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The ordinary tokens with the text that they match, and whether they continue a word.</summary>
    public IReadOnlyList<(int Id, byte[] Text, bool Continues)> Ordinary { get; }

    /// <summary>Tokens as GGUF has them: <c>▁</c> marks those that begin a word; where none has it, <c>##</c> marks those that continue one.</summary>
    public static WordPieceTokens FromMarked(IReadOnlyList<string> pieces, IReadOnlyList<int>? types, bool marksBeginnings) =>
        Make(pieces, types, cleans: true, piece => marksBeginnings
            ? piece.StartsWith(Vocabulary.Blank) ? (piece[1..], false) : (piece, true)
            : Continuation(piece, "##"));

    /// <summary>Tokens as <c>tokenizer.json</c> has them: a prefix marks those that continue a word.</summary>
    /// <param name="pieces">The tokens.</param>
    /// <param name="types">Their kinds.</param>
    /// <param name="prefix">The prefix, <c>##</c>.</param>
    /// <param name="cleans">Whether no blank is written before what ends a clause.</param>
    public static WordPieceTokens FromPrefixed(IReadOnlyList<string> pieces, IReadOnlyList<int>? types, string prefix, bool cleans) =>
        Make(pieces, types, cleans, piece => Continuation(piece, prefix));

    private static (string, bool) Continuation(string piece, string prefix) =>
        prefix.Length > 0 && piece.StartsWith(prefix, StringComparison.Ordinal) ? (piece[prefix.Length..], true) : (piece, false);

    private static WordPieceTokens Make(IReadOnlyList<string> pieces, IReadOnlyList<int>? types, bool cleans, Func<string, (string Text, bool Continues)> read)
    {
        var tokens = new byte[pieces.Count][];
        var kinds = new TokenKind[pieces.Count];
        var ordinary = new List<(int, byte[], bool)>();
        for (int id = 0; id < tokens.Length; id++)
        {
            kinds[id] = Vocabulary.KindOf(types, id);
            (string text, bool continues) = read(pieces[id]);
            if (kinds[id] == TokenKind.Normal)
            {
                ordinary.Add((id, Encoding.UTF8.GetBytes(text), continues));
                bool standsApart = !continues && !(cleans && text is "." or "?" or "!" or ",");
                tokens[id] = Encoding.UTF8.GetBytes(standsApart ? " " + text : text);
            }
            else
            {
                tokens[id] = Encoding.UTF8.GetBytes(kinds[id] == TokenKind.UserDefined ? " " + pieces[id] : pieces[id]);
            }
        }

        return new WordPieceTokens(new Vocabulary(tokens, kinds, pieces), ordinary);
    }
}
