using System.Buffers;
using System.Text;

namespace Gestalt.Text;

/// <summary>
/// A byte-level BPE vocabulary: it turns any bytes into token ids and back without loss (arXiv 1508.07909, over bytes as in GPT-2).
/// Immutable; any number of threads may use one at once.
/// </summary>
/// <remarks>
/// <para>Make one with <see cref="BpeTrainer"/>, <see cref="TokenizerJson"/>, <see cref="TiktokenFile"/> or <see cref="FromVocabulary"/>.</para>
/// <para>
/// <b>Text never becomes a special token.</b> <see cref="Encode(ReadOnlySpan{byte}, List{int})"/> of <c>&lt;|im_end|&gt;</c> yields ordinary tokens that spell it. Special
/// tokens come from <see cref="Special"/>, or from <see cref="EncodeWithSpecials(ReadOnlySpan{byte}, ReadOnlySpan{SpecialToken}, List{int})"/> for those that the
/// caller lists.
/// </para>
/// </remarks>
public sealed partial class Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly BytePairModel _model;
    private readonly EncoderPool _encoders;
    private readonly SearchValues<byte> _withoutToken;
    private readonly AddedTokens _userDefined;
    private readonly AddedTokens _special;

    internal Tokenizer(Vocabulary vocabulary, IReadOnlyList<Merge> merges, PreTokenizer preTokenizer, bool wholeWordsFirst = false, int? endOfText = null)
    {
        _vocabulary = vocabulary;
        _model = new BytePairModel(
            preTokenizer,
            vocabulary.ByteIds(),
            new MergeTable(merges, vocabulary),
            wholeWordsFirst ? vocabulary.WholeWords() : null);
        _encoders = new EncoderPool(_model);
        byte[] withoutToken = [.. Enumerable.Range(0, 256).Where(value => _model.ByteIds[value] < 0).Select(value => (byte)value)];
        _withoutToken = SearchValues.Create(withoutToken);
        IsLossless = withoutToken.Length == 0;
        _userDefined = new AddedTokens(vocabulary.OfKind(TokenKind.UserDefined));
        _special = new AddedTokens(vocabulary.OfKind(TokenKind.Control).Concat(vocabulary.OfKind(TokenKind.UserDefined)));
        WholeWordsFirst = wholeWordsFirst;
        Special = new SpecialTokens(
            vocabulary.OfKind(TokenKind.Control).Select(token => new SpecialToken(token.Id, Encoding.UTF8.GetString(token.Bytes.Span))), endOfText);
    }

    /// <summary>The number of tokens V; ids run from 0 to V - 1.</summary>
    public int VocabularySize => _vocabulary.Count;

    /// <summary>The rule that cuts text into words.</summary>
    public PreTokenizer PreTokenizer => _model.PreTokenizer;

    /// <summary>The special tokens: the only way to get one into a sequence of ids.</summary>
    public SpecialTokens Special { get; }

    /// <summary>
    /// Whether a word that is a token as a whole becomes that token even if merging would not get there (<c>ignore_merges</c> in <c>tokenizer.json</c>;
    /// always so in tiktoken).
    /// </summary>
    public bool WholeWordsFirst { get; }

    /// <summary>
    /// Whether any bytes come back as they were. Ours always do. Some vocabularies (GPT-NeoX, StarCoder) have no tokens for bytes that are part of no
    /// character (C0, C1, F1, F2, F5 to FF); each of these is encoded as U+FFFD then, while text made of characters comes back as it was.
    /// </summary>
    public bool IsLossless { get; }

    /// <summary>Appends the ids of <paramref name="utf8"/>, any bytes, to <paramref name="ids"/>. No special token is among them.</summary>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        if (_userDefined.IsEmpty)
        {
            EncodeOrdinary(utf8, ids);
        }
        else
        {
            EncodeAround(_userDefined, utf8, static _ => true, ids);
        }
    }

    /// <summary>The ids of <paramref name="utf8"/>, any bytes. No special token is among them.</summary>
    public int[] Encode(ReadOnlySpan<byte> utf8)
    {
        var ids = new List<int>(utf8.Length / 3 + 8);
        Encode(utf8, ids);
        return [.. ids];
    }

    /// <summary>The ids of <paramref name="text"/> as UTF-8. No special token is among them. (A lone surrogate becomes U+FFFD.)</summary>
    public int[] Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Appends the ids of <paramref name="utf8"/> made of bytes and merges alone: user-defined tokens are not looked for either. For text by people who are not trusted
    /// at all, where a vocabulary has user-defined tokens that mean something (<c>&lt;tool_call&gt;</c>). Without such tokens it is <see cref="Encode(ReadOnlySpan{byte}, List{int})"/>.
    /// </summary>
    public void EncodeOrdinary(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        if (utf8.IsEmpty)
        {
            return;
        }

        if (!IsLossless && utf8.ContainsAny(_withoutToken))
        {
            utf8 = ReplaceBytesWithoutToken(utf8);
        }

        WordEncoder encoder = _encoders.Rent();
        try
        {
            encoder.Encode(utf8, ids);
        }
        finally
        {
            _encoders.Return(encoder);
        }
    }

    /// <summary>
    /// Appends the ids of a text in which the names of the <paramref name="allowed"/> special tokens stand for those tokens: for prompts written by the program
    /// itself. The names of all others are ordinary text.
    /// </summary>
    public void EncodeWithSpecials(ReadOnlySpan<byte> utf8, ReadOnlySpan<SpecialToken> allowed, List<int> ids)
    {
        var wanted = new HashSet<int>();
        foreach (SpecialToken token in allowed)
        {
            wanted.Add(token.Id);
        }

        EncodeAround(_special, utf8, id => wanted.Contains(id) || _vocabulary.Kind(id) == TokenKind.UserDefined, ids);
    }

    /// <summary>
    /// Appends the ids of a text of which only parts may name special tokens: a rendered conversation, which the template's author and the messages wrote together.
    /// </summary>
    /// <param name="utf8">The text.</param>
    /// <param name="searched">The text in which added tokens are looked for: the same, but with bytes that are in no name where the text must not name any.</param>
    /// <param name="ids">Where to.</param>
    internal void EncodeWithSpecials(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> searched, List<int> ids)
    {
        while (!utf8.IsEmpty)
        {
            (int start, int length, int id) = _special.Find(searched, static _ => true);
            Encode(utf8[..start], ids);
            if (length > 0)
            {
                ids.Add(id);
            }

            utf8 = utf8[(start + length)..];
            searched = searched[(start + length)..];
        }
    }

    /// <summary>The ids of a text in which the names of the <paramref name="allowed"/> special tokens stand for those tokens.</summary>
    public int[] EncodeWithSpecials(string text, params ReadOnlySpan<SpecialToken> allowed)
    {
        var ids = new List<int>();
        EncodeWithSpecials(Encoding.UTF8.GetBytes(text), allowed, ids);
        return [.. ids];
    }

    private byte[] ReplaceBytesWithoutToken(ReadOnlySpan<byte> utf8)
    {
        var replaced = new List<byte>(utf8.Length + 16);
        foreach (byte value in utf8)
        {
            if (_withoutToken.Contains(value))
            {
                replaced.AddRange("\uFFFD"u8);
            }
            else
            {
                replaced.Add(value);
            }
        }

        return [.. replaced];
    }

    private void EncodeAround(AddedTokens added, ReadOnlySpan<byte> utf8, Predicate<int> wanted, List<int> ids)
    {
        while (!utf8.IsEmpty)
        {
            (int start, int length, int id) = added.Find(utf8, wanted);
            EncodeOrdinary(utf8[..start], ids);
            if (length > 0)
            {
                ids.Add(id);
            }

            utf8 = utf8[(start + length)..];
        }
    }
}
