using System.Buffers;
using System.Text;

namespace Gestalt.Text;

/// <summary>
/// A vocabulary: it turns any bytes into token ids and back. Our own are byte-level BPE (arXiv 1508.07909, over bytes as in GPT-2) and lose nothing; those of others
/// may be of any <see cref="TokenizerKind"/>. Immutable; any number of threads may use one at once.
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
    private readonly SubwordModel _model;
    private readonly EncoderPool _encoders;
    private readonly TextNormalizer? _normalizer;
    private readonly SearchValues<byte> _withoutToken;
    private readonly AddedTokens _added;
    private readonly AddedTokens _addedNormalized;
    private readonly bool _hasUserDefined;
    private readonly bool _dropsFirstBlank;
    private readonly float[] _scores;

    internal Tokenizer(Vocabulary vocabulary, IReadOnlyList<Merge> merges, PreTokenizer preTokenizer, bool wholeWordsFirst = false, int? endOfText = null)
        : this(new TokenizerParts
        {
            Kind = TokenizerKind.ByteLevelBpe,
            Vocabulary = vocabulary,
            Model = new BytePairModel(preTokenizer, vocabulary.ByteIds(), new MergeTable(merges), wholeWordsFirst ? vocabulary.WholeWords() : null),
            WholeWordsFirst = wholeWordsFirst,
            EndOfText = endOfText,
        })
    {
    }

    internal Tokenizer(TokenizerParts parts)
    {
        Kind = parts.Kind;
        _vocabulary = parts.Vocabulary;
        _model = parts.Model;
        _model.PreTokenizer.Prepare();
        _encoders = new EncoderPool(_model);
        _normalizer = parts.Normalizer;
        _dropsFirstBlank = parts.DropsFirstBlank;
        _scores = parts.Scores;
        WholeWordsFirst = parts.WholeWordsFirst;

        byte[] withoutToken = _model is BytePairModel bytes
            ? [.. Enumerable.Range(0, 256).Where(value => bytes.ByteIds[value] < 0).Select(value => (byte)value)]
            : [];
        _withoutToken = SearchValues.Create([.. withoutToken.Where(value => Vocabulary.IsInNoCharacter(value))]);
        IsLossless = Kind == TokenizerKind.ByteLevelBpe && _normalizer is null && withoutToken.Length == 0;

        IReadOnlyList<AddedToken> added = parts.Added ?? [.. _vocabulary.OfKind(TokenKind.Control).Concat(_vocabulary.OfKind(TokenKind.UserDefined))
            .Select(token => new AddedToken(token.Id, token.Bytes))];
        AddedList = added;
        _added = new AddedTokens(added.Where(token => !token.IsNormalized || _normalizer is null));
        _addedNormalized = new AddedTokens(_normalizer is null ? [] : added.Where(token => token.IsNormalized)
            .Select(token => token with { Text = _normalizer.Apply(token.Text.Span, isFirst: true).ToArray() }));
        _hasUserDefined = added.Any(token => _vocabulary.Kind(token.Id) == TokenKind.UserDefined);

        SpecialRoles roles = parts.Roles.Complete(_vocabulary);
        IEnumerable<SpecialToken> specials = _vocabulary.OfKind(TokenKind.Control).Concat(_vocabulary.OfKind(TokenKind.Unknown))
            .OrderBy(token => token.Id).Select(token => new SpecialToken(token.Id, Encoding.UTF8.GetString(token.Bytes.Span)));
        Special = new SpecialTokens(specials, parts.EndOfText, roles, id => Encoding.UTF8.GetString(_vocabulary.Bytes(id)));
        Prefix = [.. parts.Prefix.Select(NameOf)];
        Suffix = [.. parts.Suffix.Select(NameOf)];
    }

    /// <summary>How the vocabulary makes tokens of words.</summary>
    public TokenizerKind Kind { get; }

    /// <summary>Whether text is changed before it is encoded.</summary>
    internal bool Normalizes => _normalizer is not null;

    /// <summary>The tokens that are looked for in text.</summary>
    internal IReadOnlyList<AddedToken> AddedList { get; }

    /// <summary>The number of tokens V; ids run from 0 to V - 1.</summary>
    public int VocabularySize => _vocabulary.Count;

    /// <summary>The rule that cuts text into words.</summary>
    public PreTokenizer PreTokenizer => _model.PreTokenizer;

    /// <summary>The special tokens with which every sequence begins that a model of this vocabulary is shown (BOS; <c>[CLS]</c>). Encoding does not add them: the caller does, once a sequence.</summary>
    public IReadOnlyList<SpecialToken> Prefix { get; }

    /// <summary>The special tokens with which every sequence ends (T5's <c>&lt;/s&gt;</c>; <c>[SEP]</c>). Encoding does not add them.</summary>
    public IReadOnlyList<SpecialToken> Suffix { get; }

    /// <summary>Whether a sequence begins with a special token: the <see cref="Prefix"/> is not empty.</summary>
    public bool AddsStart => Prefix.Count > 0;

    /// <summary>Whether a sequence ends with a special token: the <see cref="Suffix"/> is not empty.</summary>
    public bool AddsEnd => Suffix.Count > 0;

    /// <summary>The special tokens: the only way to get one into a sequence of ids.</summary>
    public SpecialTokens Special { get; }

    /// <summary>
    /// Whether a word that is a token as a whole becomes that token even if merging would not get there (<c>ignore_merges</c> in <c>tokenizer.json</c>;
    /// always so in tiktoken).
    /// </summary>
    public bool WholeWordsFirst { get; }

    /// <summary>
    /// Whether any bytes come back as they were. Ours always do. Some vocabularies (GPT-NeoX, StarCoder) have no tokens for bytes that are part of no
    /// character (C0, C1, F1, F2, F5 to FF); each of these is encoded as U+FFFD then, while text made of characters comes back as it was. Falcon's has none for some control characters, which are left out. Vocabularies of characters take <c>▁</c> for a blank, and those that
    /// normalize text (BERT's lower case) return the normalized text.
    /// </summary>
    public bool IsLossless { get; }

    /// <summary>Appends the ids of <paramref name="utf8"/>, any bytes, to <paramref name="ids"/>. No special token is among them.</summary>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        if (!_hasUserDefined)
        {
            EncodeOrdinary(utf8, ids);
        }
        else
        {
            EncodeAround(utf8, id => _vocabulary.Kind(id) == TokenKind.UserDefined, Into(ids));
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
        if (!utf8.IsEmpty)
        {
            EncodeNormalized(Normalized(utf8, isFirst: true), ids);
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

        EncodeAround(utf8, id => wanted.Contains(id) || _vocabulary.Kind(id) == TokenKind.UserDefined, Into(ids));
    }

    /// <summary>
    /// Appends the ids of a text of which only parts may name special tokens: a rendered conversation, which the template's author and the messages wrote together.
    /// </summary>
    /// <param name="utf8">The text.</param>
    /// <param name="searched">The text in which added tokens are looked for: the same, but with bytes that are in no name where the text must not name any.</param>
    /// <param name="ids">Where to.</param>
    /// <param name="isFirst">Whether the text begins a sequence; else it goes on with one.</param>
    internal void EncodeWithSpecials(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> searched, List<int> ids, bool isFirst = true)
    {
        PartSink sink = Into(ids);
        for (; !utf8.IsEmpty; isFirst = false)
        {
            (int start, int length, int id) = _added.Find(searched, static _ => true);
            EncodeAround(utf8[..start], found => _vocabulary.Kind(found) == TokenKind.UserDefined, sink, isFirst);
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

    private SpecialToken NameOf(int id) => new(id, Encoding.UTF8.GetString(_vocabulary.Bytes(id)));

    /// <summary>Takes the parts of a text in order: normalized text to be cut into words (<paramref name="added"/> is -1), or an added token that was found.</summary>
    private delegate void PartSink(ReadOnlySpan<byte> text, int added);

    private PartSink Into(List<int> ids) => (text, added) =>
    {
        if (added >= 0)
        {
            ids.Add(added);
        }
        else
        {
            EncodeNormalized(text, ids);
        }
    };

    /// <summary>Text as its words are looked for: normalized, and with U+FFFD for bytes without a token.</summary>
    private ReadOnlySpan<byte> Normalized(ReadOnlySpan<byte> utf8, bool isFirst) => Encodable(_normalizer is null ? utf8 : _normalizer.Apply(utf8, isFirst));

    private ReadOnlySpan<byte> Encodable(ReadOnlySpan<byte> utf8) => utf8.ContainsAny(_withoutToken) ? ReplaceBytesWithoutToken(utf8) : utf8;

    private void EncodeNormalized(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        if (utf8.IsEmpty)
        {
            return;
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

    /// <summary>Looks for added tokens in the text as it is, then for others in the normalized text between them, and hands on what is left.</summary>
    private void EncodeAround(ReadOnlySpan<byte> utf8, Predicate<int> wanted, PartSink sink, bool isFirst = true)
    {
        for (; !utf8.IsEmpty; isFirst = false)
        {
            (int start, int length, int id) = _added.Find(utf8, wanted);
            if (start > 0 && _addedNormalized.IsEmpty)
            {
                sink(Normalized(utf8[..start], isFirst), -1);
            }
            else if (start > 0)
            {
                EncodeAroundNormalized(_normalizer!.Apply(utf8[..start], isFirst), wanted, sink);
            }

            if (length > 0)
            {
                sink([], id);
            }

            utf8 = utf8[(start + length)..];
        }
    }

    private void EncodeAroundNormalized(ReadOnlySpan<byte> utf8, Predicate<int> wanted, PartSink sink)
    {
        while (!utf8.IsEmpty)
        {
            (int start, int length, int id) = _addedNormalized.Find(utf8, wanted);
            sink(Encodable(utf8[..start]), -1);
            if (length > 0)
            {
                sink([], id);
            }

            utf8 = utf8[(start + length)..];
        }
    }
}
