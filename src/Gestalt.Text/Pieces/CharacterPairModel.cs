using System.Text;

namespace Gestalt.Text;

/// <summary>
/// BPE over characters: SentencePiece's (arXiv 1808.06226), where the token that two neighbours would make is the better, the higher its score, and that of Hugging Face's
/// converted files, where the merges are listed. Characters without a token fall back to bytes.
/// </summary>
internal sealed class CharacterPairModel : SubwordModel
{
    // SentencePiece's own limit is 16 characters; all ways to cut a token in two are looked at.
    private const int LongestPiece = 512;

    // A symbol is a token, or above all tokens a character that is none, or above all characters a byte that is part of no character.
    private readonly int _firstCharacter;
    private readonly int _firstByte;
    private readonly Dictionary<int, int> _characters = [];
    private readonly int[] _ascii = new int[128];

    private CharacterPairModel(PreTokenizer preTokenizer, Vocabulary vocabulary, FallbackTokens fallback, Func<CharacterPairModel, MergeTable> merges, bool wholeWordsFirst)
        : base(preTokenizer)
    {
        _firstCharacter = vocabulary.Count;
        _firstByte = _firstCharacter + 0x110000;
        Fallback = fallback;
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Kind(id) == TokenKind.Normal && TrySingle(vocabulary.Piece(id), out int codePoint))
            {
                _characters.TryAdd(codePoint, id);
            }
        }

        for (int i = 0; i < _ascii.Length; i++)
        {
            _ascii[i] = Find(i);
        }

        Merges = merges(this);
        WholeWords = wholeWordsFirst ? Pieces(vocabulary) : null;
    }

    /// <summary>What stands for characters without a token.</summary>
    public FallbackTokens Fallback { get; }

    /// <inheritdoc/>
    public override MergeTable Merges { get; }

    /// <summary>The tokens by their text, where a word that is a token becomes it whatever the merges say; otherwise null.</summary>
    public Dictionary<string, int>? WholeWords { get; }

    /// <summary>A model whose merges follow from scores: any two neighbours that together are a token.</summary>
    /// <exception cref="InvalidDataException">A token is too long.</exception>
    public static CharacterPairModel FromScores(PreTokenizer preTokenizer, Vocabulary vocabulary, float[] scores, FallbackTokens fallback) =>
        new(preTokenizer, vocabulary, fallback, model => model.MergesByScore(vocabulary, scores), wholeWordsFirst: false);

    /// <summary>A model whose merges are listed.</summary>
    public static CharacterPairModel FromMerges(PreTokenizer preTokenizer, Vocabulary vocabulary, IReadOnlyList<Merge> merges, FallbackTokens fallback, bool wholeWordsFirst) =>
        new(preTokenizer, vocabulary, fallback, _ => new MergeTable(merges), wholeWordsFirst);

    /// <inheritdoc/>
    public override WordEncoder CreateEncoder() => new CharacterPairEncoder(this);

    /// <inheritdoc/>
    public override WordTrace Trace(ReadOnlySpan<byte> word, TraceRecorder recorder)
    {
        if (WholeWords is not null && WholeWords.TryGetValue(Encoding.UTF8.GetString(word), out int whole))
        {
            return recorder.Whole(TraceMethod.WholeWord, whole);
        }

        var symbols = new List<int>(word.Length);
        for (int at = 0; at < word.Length;)
        {
            symbols.Add(SymbolOf(Utf8.Decode(word[at..], out int bytes), word[at]));
            if (symbols[^1] < _firstCharacter)
            {
                recorder.Begin(symbols[^1]);
            }
            else
            {
                recorder.Begin(word.Slice(at, bytes));
            }

            at += bytes;
        }

        recorder.Merge(Merges, symbols);
        TraceFallback(symbols, recorder);
        return recorder.Finish(TraceMethod.CharacterPairs);
    }

    /// <summary>The symbol with which merging begins for a character, or for a byte that is part of none.</summary>
    public int SymbolOf(int codePoint, byte first) => codePoint switch
    {
        Utf8.Invalid => _firstByte + first,
        < 128 => _ascii[codePoint],
        _ => Find(codePoint),
    };

    /// <summary>Writes the bytes for which a symbol stands that is no token, and returns how many they are; 0 for a token.</summary>
    public int CharacterOf(int symbol, Span<byte> buffer)
    {
        if (symbol < _firstCharacter)
        {
            return 0;
        }

        if (symbol < _firstByte)
        {
            return new Rune(symbol - _firstCharacter).EncodeToUtf8(buffer);
        }

        buffer[0] = (byte)(symbol - _firstByte);
        return 1;
    }

    private void TraceFallback(List<int> symbols, TraceRecorder recorder)
    {
        Span<byte> character = stackalloc byte[4];
        var made = new List<int>();
        bool afterUnknown = false;
        int place = 0;
        foreach (int symbol in symbols)
        {
            int length = CharacterOf(symbol, character);
            made.Clear();
            if (length == 0)
            {
                afterUnknown = false;
                place++;
                continue;
            }

            var sink = new IdSink(made);
            afterUnknown = Fallback.Append(character[..length], afterUnknown, ref sink);
            sink.Close();
            recorder.FallBack(place, 1, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(made));
            place += made.Count;
        }
    }

    private static Dictionary<string, int> Pieces(Vocabulary vocabulary)
    {
        var pieces = new Dictionary<string, int>(vocabulary.Count, StringComparer.Ordinal);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Kind(id) == TokenKind.Normal)
            {
                pieces.TryAdd(vocabulary.Piece(id), id);
            }
        }

        return pieces;
    }

    private static bool TrySingle(ReadOnlySpan<char> piece, out int codePoint)
    {
        codePoint = -1;
        bool isRune = Rune.DecodeFromUtf16(piece, out Rune rune, out int length) == System.Buffers.OperationStatus.Done && length == piece.Length;
        codePoint = isRune ? rune.Value : -1;
        return isRune;
    }

    private int Find(int codePoint) => _characters.TryGetValue(codePoint, out int id) ? id : _firstCharacter + codePoint;

    private MergeTable MergesByScore(Vocabulary vocabulary, float[] scores)
    {
        Dictionary<string, int> pieces = Pieces(vocabulary);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        int[] rankOf = Ranks(scores);
        var merges = new List<Merge>();
        var ranks = new List<int>();
        foreach ((string piece, int id) in pieces)
        {
            if (piece.Length > LongestPiece)
            {
                throw new InvalidDataException($"Token {id} (\"{Vocabulary.Shorten(piece)}\") has {piece.Length} characters; a SentencePiece vocabulary has no token of more than {LongestPiece}.");
            }

            for (int cut = 1; cut < piece.Length; cut++)
            {
                int left = Half(piece.AsSpan(0, cut), lookup), right = left < 0 ? -1 : Half(piece.AsSpan(cut), lookup);
                if (right >= 0)
                {
                    merges.Add(new Merge(left, right, id));
                    ranks.Add(rankOf[id]);
                }
            }
        }

        return new MergeTable(merges, [.. ranks]);
    }

    private int Half(ReadOnlySpan<char> half, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> pieces) =>
        pieces.TryGetValue(half, out int id) ? id : TrySingle(half, out int codePoint) ? _firstCharacter + codePoint : -1;

    /// <summary>The place of each score among all different ones, the highest first.</summary>
    private static int[] Ranks(float[] scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(id => scores[id])];
        var ranks = new int[scores.Length];
        for (int i = 1; i < order.Length; i++)
        {
            ranks[order[i]] = ranks[order[i - 1]] + (scores[order[i]] < scores[order[i - 1]] ? 1 : 0);
        }

        return ranks;
    }
}
