using System.Text;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>Reads the document of a <c>tokenizer.json</c>, trusting nothing in it.</summary>
internal sealed class TokenizerJsonReader(JsonElement root)
{
    private const int LongestWordPiece = 100;

    private readonly JsonVocabulary _tokens = new();
    private readonly List<TextNormalizer> _normalizers = [];
    private JsonPreTokenizers? _cuts;
    private bool _isByteLevel;

    private JsonPreTokenizers Cuts => _cuts ??= JsonPreTokenizers.Read(root);

    /// <summary>Builds the tokenizer.</summary>
    public Tokenizer Read()
    {
        JsonFields.Expect(root, JsonValueKind.Object, "The file");
        _normalizers.AddRange(JsonNormalizers.Read(root, out bool normalizesToBytes));
        _normalizers.AddRange(Cuts.Normalizers);
        JoinBlanks();
        _isByteLevel = normalizesToBytes || Cuts.IsByteLevel;
        JsonElement model = JsonFields.Member(root, "model", JsonValueKind.Object);
        TokenizerParts parts = ModelType(model) switch
        {
            "BPE" => _isByteLevel ? ByteLevel(model) : CharacterPairs(model),
            "WordPiece" => WordPiece(model),
            "Unigram" => Unigram(model),
            string type => throw JsonFields.Invalid($"The model is of type {Vocabulary.Shorten(type)}; BPE, WordPiece and Unigram are supported."),
        };
        (int[] prefix, int[] suffix) = JsonProcessors.Read(root, parts.Vocabulary.Count);
        return new Tokenizer(parts with
        {
            Normalizer = _normalizers.Count switch { 0 => null, 1 => _normalizers[0], _ => new SequenceNormalizer(_normalizers) },
            Added = _tokens.Added,
            Prefix = prefix,
            Suffix = suffix,
            Roles = new SpecialRoles
            {
                Start = prefix is [int start] ? start : null,
                End = suffix is [int end] ? end : null,
                Unknown = parts.Roles.Unknown,
            },
        });
    }

    /// <summary>A blank before the text and <c>▁</c> for each one are one step in a GGUF file, and take one pass.</summary>
    private void JoinBlanks()
    {
        if (_normalizers is [PrependNormalizer first, BlankNormalizer { Prefix: BlankPrefix.Never, Replaces: true }] && first.Prepended.SequenceEqual("▁"u8))
        {
            _normalizers.Clear();
            _normalizers.Add(new BlankNormalizer(BlankPrefix.Always));
        }
    }

    // Old files leave the type out; what they have then tells.
    private static string ModelType(JsonElement model) => JsonFields.TextOrNull(model, "type")
        ?? (JsonFields.TryMember(model, "merges", out _) ? "BPE" : JsonFields.TryMember(model, "unk_id", out _) ? "Unigram" : "WordPiece");

    private TokenizerParts ByteLevel(JsonElement model)
    {
        CheckPairs(model);
        if (JsonFields.Flag(model, "byte_fallback"))
        {
            throw JsonFields.Invalid("The model is byte-level and yet has byte_fallback, which is not supported.");
        }

        ReadTokens(model, hasBytes: false);
        (string[] pieces, int[] types) = _tokens.Arranged;
        Vocabulary vocabulary = Vocabulary.FromPieces(pieces, types);
        var merges = new MergeTable(MergeReader.Resolve(pieces, vocabulary, ReadMerges(model)));
        bool wholeWordsFirst = JsonFields.Flag(model, "ignore_merges");
        JsonProcessors.ReadDecoder(root, prependsMark: false);
        return new TokenizerParts
        {
            Kind = TokenizerKind.ByteLevelBpe,
            Vocabulary = vocabulary,
            Model = new BytePairModel(PreTokenizer.FromSteps(Cuts.Steps), vocabulary.ByteIds(), merges, wholeWordsFirst ? vocabulary.WholeWords() : null),
            WholeWordsFirst = wholeWordsFirst,
        };
    }

    private TokenizerParts CharacterPairs(JsonElement model)
    {
        CheckPairs(model);
        bool fallsBack = JsonFields.Flag(model, "byte_fallback");
        if (!fallsBack && Cuts.Steps.Count == 0 && _normalizers.Count == 0)
        {
            throw JsonFields.Invalid("There is no \"pre_tokenizer\" and no byte_fallback: this is neither a byte-level BPE tokenizer, which has the pre_tokenizer ByteLevel, nor one of characters.");
        }

        ReadTokens(model, fallsBack);
        (string[] pieces, int[] types) = _tokens.Arranged;
        int? unknown = Unknown(model);
        if (unknown is int token && types[token] is (int)TokenKind.Normal or (int)TokenKind.Control)
        {
            types[unknown!.Value] = (int)TokenKind.Unknown;
        }

        Vocabulary vocabulary = Vocabulary.FromSentencePieces(pieces, types);
        var fallback = new FallbackTokens(fallsBack ? FallbackTokens.FindBytes(vocabulary) : null, unknown, JsonFields.Flag(model, "fuse_unk"));
        IReadOnlyList<Merge> merges = MergeReader.Resolve(pieces, vocabulary, ReadMerges(model));
        bool wholeWordsFirst = JsonFields.Flag(model, "ignore_merges");
        return new TokenizerParts
        {
            Kind = TokenizerKind.SentencePieceBpe,
            Vocabulary = vocabulary,
            Model = CharacterPairModel.FromMerges(Rule(vocabulary, wholeWordsFirst), vocabulary, merges, fallback, wholeWordsFirst),
            WholeWordsFirst = wholeWordsFirst,
            DropsFirstBlank = JsonProcessors.ReadDecoder(root, Cuts.PrependsMark).DropsFirstBlank,
            Roles = new SpecialRoles { Unknown = unknown },
        };
    }

    private TokenizerParts Unigram(JsonElement model)
    {
        bool fallsBack = JsonFields.Flag(model, "byte_fallback");
        double[] listed = _tokens.ReadScored(JsonFields.Member(model, "vocab", JsonValueKind.Array));
        _tokens.ReadAdded(root);
        _tokens.Arrange(fallsBack);
        (string[] pieces, int[] types) = _tokens.Arranged;
        Vocabulary vocabulary = Vocabulary.FromSentencePieces(pieces, types);
        double[] scores = [.. listed, .. new double[Math.Max(0, vocabulary.Count - listed.Length)]];
        int unknown = JsonFields.TryMember(model, "unk_id", out JsonElement id) ? JsonFields.Id(id, "the unknown token")
            : throw JsonFields.Invalid("The model is Unigram but has no unk_id, so that not every text could be encoded.");
        if (unknown >= vocabulary.Count)
        {
            throw JsonFields.Invalid($"The unk_id is {unknown}, but the vocabulary has ids 0 to {vocabulary.Count - 1}.");
        }

        var fallback = new FallbackTokens(fallsBack ? FallbackTokens.FindBytes(vocabulary) : null, unknown, joinsUnknown: true);
        return new TokenizerParts
        {
            Kind = TokenizerKind.Unigram,
            Vocabulary = vocabulary,
            Model = new UnigramModel(
                Rule(vocabulary, wholeWordsFirst: false), vocabulary, scores, fallback, token => vocabulary.Kind(token) == TokenKind.Normal && token != unknown ? Encoding.UTF8.GetBytes(pieces[token]) : null),
            DropsFirstBlank = JsonProcessors.ReadDecoder(root, Cuts.PrependsMark).DropsFirstBlank,
            Roles = new SpecialRoles { Unknown = unknown },
        };
    }

    private TokenizerParts WordPiece(JsonElement model)
    {
        ReadTokens(model, hasBytes: false);
        (bool drops, bool cleans) = JsonProcessors.ReadDecoder(root, prependsMark: true);
        (string[] pieces, int[] types) = _tokens.Arranged;
        WordPieceTokens tokens = WordPieceTokens.FromPrefixed(pieces, types, JsonFields.TextOrNull(model, "continuing_subword_prefix") ?? "##", cleans);
        int longest = JsonFields.TryMember(model, "max_input_chars_per_word", out JsonElement most) ? JsonFields.Id(most, "\"max_input_chars_per_word\"") : LongestWordPiece;
        int unknown = Unknown(model) ?? throw JsonFields.Invalid("The model is WordPiece but has no unknown token, so that not every text could be encoded.");
        return new TokenizerParts
        {
            Kind = TokenizerKind.WordPiece,
            Vocabulary = tokens.Vocabulary,
            Model = new WordPieceModel(Rule(tokens.Vocabulary, wholeWordsFirst: true), tokens.Ordinary, unknown, Math.Min(longest, short.MaxValue)),
            DropsFirstBlank = drops,
            Roles = new SpecialRoles { Unknown = unknown },
        };
    }

    private static void CheckPairs(JsonElement model)
    {
        foreach (string name in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (JsonFields.TryMember(model, name, out JsonElement text) && (text.ValueKind != JsonValueKind.String || text.GetString() != ""))
            {
                throw JsonFields.Invalid($"The model has a {name}, which is not supported.");
            }
        }

        if (JsonFields.TryMember(model, "dropout", out JsonElement dropout)
            && !(dropout.ValueKind == JsonValueKind.Number && dropout.TryGetDouble(out double share) && share == 0))
        {
            throw JsonFields.Invalid("The model uses dropout, which would make ids random; it is not supported.");
        }
    }

    private void ReadTokens(JsonElement model, bool hasBytes)
    {
        _tokens.ReadObject(JsonFields.Member(model, "vocab", JsonValueKind.Object));
        _tokens.ReadAdded(root);
        _tokens.Arrange(hasBytes);
    }

    private int? Unknown(JsonElement model) => _tokens.Find(JsonFields.TextOrNull(model, "unk_token"));

    /// <summary>How text is cut: as the file says, or where it says nothing, where no merge can cross.</summary>
    private PreTokenizer Rule(Vocabulary vocabulary, bool wholeWordsFirst) => Cuts.Steps.Count > 0 && !CutsAtWhatIsGone() ? PreTokenizer.FromSteps(Cuts.Steps)
        : wholeWordsFirst ? PreTokenizer.None
        : PreTokenizer.ForPieces(vocabulary);

    /// <summary>Whether text is cut at blanks, of which the normalizer has left none: Gemma's files say so.</summary>
    private bool CutsAtWhatIsGone() => Cuts.Steps is [{ Pattern: " ", Behavior: not SplitBehavior.Removed, IsInverted: false }] && _normalizers is [.., BlankNormalizer { Replaces: true }];

    private static (string, string)[] ReadMerges(JsonElement model)
    {
        JsonElement merges = JsonFields.Member(model, "merges", JsonValueKind.Array);
        var pairs = new (string, string)[merges.GetArrayLength()];
        int rank = 0;
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            pairs[rank] = merge.ValueKind switch
            {
                JsonValueKind.String => MergeReader.SplitAtBlank(merge.GetString()!, rank),
                JsonValueKind.Array when merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String
                    => (merge[0].GetString()!, merge[1].GetString()!),
                _ => throw JsonFields.Invalid($"Merge {rank} is neither a string nor a list of two strings."),
            };
            rank++;
        }

        return pairs;
    }
}
