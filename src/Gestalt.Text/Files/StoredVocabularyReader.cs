namespace Gestalt.Text;

/// <summary>Makes a tokenizer of what a GGUF file says, as llama.cpp understands it.</summary>
internal sealed class StoredVocabularyReader(StoredVocabulary stored)
{
    private const int LongestWordPiece = 100;

    // These rules come with "a word that is a token becomes it, whatever the merges say", and the first group and Chameleon with a token before the text: known by the name alone.
    private static readonly string[] WholeWordNames =
        ["llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano", "tekken", "youtu"];

    private static readonly string[] StartNames =
        ["llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano", "tekken", "chameleon"];

    private static readonly string[] SeparatorNames = ["jina-v1-en", "jina-v2-code", "roberta-bpe"];
    private static readonly string[] MaskTakesBlanksNames = ["jina-v2-de", "jina-v2-es", "jina-v2-code"];

    /// <summary>Makes it.</summary>
    public Tokenizer Read()
    {
        if (stored.TokenTypes is not null && stored.TokenTypes.Count != stored.Tokens.Count)
        {
            throw new InvalidDataException($"The vocabulary has {stored.Tokens.Count} tokens but {stored.TokenTypes.Count} token types.");
        }

        if (stored.Scores is not null && stored.Scores.Count != stored.Tokens.Count)
        {
            throw new InvalidDataException($"The vocabulary has {stored.Tokens.Count} tokens but {stored.Scores.Count} scores.");
        }

        return new Tokenizer(stored.Model switch
        {
            "gpt2" => ByteLevel(),
            "llama" => SentencePiece(),
            "bert" => WordPiece(),
            "t5" => Unigram(),
            _ => throw new InvalidDataException(
                $"The vocabulary is of the kind '{Vocabulary.Shorten(stored.Model)}', which is not known; gpt2 (byte-level BPE), llama (SentencePiece BPE), bert (WordPiece) and t5 (unigram) are."),
        });
    }

    private TokenizerParts ByteLevel()
    {
        string name = stored.PreTokenizer ?? "default";
        if (!PreTokenizer.TryFromGgufName(name, out PreTokenizer rule))
        {
            throw new InvalidDataException(
                $"The vocabulary has the pre-tokenizer '{Vocabulary.Shorten(name)}', which is not known, so its ids would be guesses. Known are {string.Join(", ", PreTokenizer.AllGgufNames)}.");
        }

        var vocabulary = Vocabulary.FromPieces(stored.Tokens, Types());
        bool wholeWordsFirst = stored.WholeWordsFirst ?? WholeWordNames.Contains(name);
        IReadOnlyList<Merge> merges = stored.Merges is not null ? MergeReader.Resolve(stored.Tokens, vocabulary, stored.Merges)
            : rule == PreTokenizer.KimiK2 ? TiktokenFile.RecoverMerges(vocabulary)
            : throw new InvalidDataException("The vocabulary is byte-level BPE but has no merges.");
        SpecialRoles roles = Roles(new SpecialRoles());
        return new TokenizerParts
        {
            Kind = TokenizerKind.ByteLevelBpe,
            Vocabulary = vocabulary,
            Model = new BytePairModel(rule, vocabulary.ByteIds(), new MergeTable(merges), wholeWordsFirst ? vocabulary.WholeWords() : null),
            WholeWordsFirst = wholeWordsFirst,
            Added = Added(vocabulary),
            Roles = roles,
            Prefix = Prefix(roles, otherwise: StartNames.Contains(name)),
            Suffix = SeparatorNames.Contains(name) && (roles.Separator ?? roles.End) is int separator ? [separator] : Suffix(roles, otherwise: false),
            EndOfText = EndOfText(vocabulary, roles),
        };
    }

    private TokenizerParts SentencePiece()
    {
        var vocabulary = Vocabulary.FromSentencePieces(stored.Tokens, Types());
        SpecialRoles roles = Roles(new SpecialRoles { Start = Existing(1), End = Existing(2), Unknown = Existing(0) });
        BlankPrefix prefix = stored.BlankPrefix is null
            ? Flag("add_space_prefix", otherwise: true) ? BlankPrefix.Always : BlankPrefix.Never
            : StoredSentencePieces.PrefixOf(stored.BlankPrefix);
        float[] scores = stored.Scores is null ? new float[vocabulary.Count] : [.. stored.Scores];
        CheckScores(scores);
        var fallback = new FallbackTokens(FallbackTokens.FindBytes(vocabulary), roles.Unknown, joinsUnknown: true);
        return new TokenizerParts
        {
            Kind = TokenizerKind.SentencePieceBpe,
            Vocabulary = vocabulary,
            Model = CharacterPairModel.FromScores(PreTokenizer.ForPieces(vocabulary), vocabulary, scores, fallback),
            Normalizer = new BlankNormalizer(prefix),
            Added = Added(vocabulary),
            Roles = roles,
            Prefix = Prefix(roles, otherwise: true),
            Suffix = Suffix(roles, otherwise: false),
            DropsFirstBlank = prefix != BlankPrefix.Never,
            Scores = scores,
            EndOfText = EndOfText(vocabulary, roles),
        };
    }

    private TokenizerParts Unigram()
    {
        var vocabulary = Vocabulary.FromSentencePieces(stored.Tokens, Types());
        SpecialRoles roles = Roles(new SpecialRoles { End = Existing(1), Unknown = Existing(2), Padding = Existing(0) });
        float[] scores = stored.Scores is null ? throw new InvalidDataException("The vocabulary is unigram but has no scores.") : [.. stored.Scores];
        CheckScores(scores);
        bool addsBlank = Flag("add_space_prefix", otherwise: false), joinsBlanks = Flag("remove_extra_whitespaces", otherwise: false);
        var blanks = new UnigramBlankNormalizer(addsBlank, joinsBlanks);
        double[] logarithms = [.. scores.Select((score, id) => vocabulary.Kind(id) == TokenKind.UserDefined ? 0.0 : score)];
        return new TokenizerParts
        {
            Kind = TokenizerKind.Unigram,
            Vocabulary = vocabulary,
            Model = new UnigramModel(
                PreTokenizer.ForPieces(vocabulary),
                vocabulary,
                logarithms,
                new FallbackTokens(FallbackTokens.FindBytes(vocabulary), roles.Unknown ?? throw new InvalidDataException("The vocabulary is unigram but has no unknown token."), joinsUnknown: true),
                id => vocabulary.Kind(id) is TokenKind.Normal or TokenKind.UserDefined or TokenKind.Unused ? System.Text.Encoding.UTF8.GetBytes(vocabulary.Piece(id)) : null),
            Normalizer = stored.CharacterMap.IsEmpty ? blanks : new SequenceNormalizer([new CharacterMapNormalizer(stored.CharacterMap.ToArray()), blanks]),
            Added = Added(vocabulary),
            Roles = roles,
            Prefix = Prefix(roles, otherwise: false),
            Suffix = Suffix(roles, otherwise: true),
            DropsFirstBlank = addsBlank || joinsBlanks,
            Scores = scores,
            EndOfText = EndOfText(vocabulary, roles),
        };
    }

    private TokenizerParts WordPiece()
    {
        SpecialRoles roles = Roles(new SpecialRoles
        {
            Start = Id("cls_token_id") ?? Existing(101),
            Unknown = Existing(100),
            Separator = Existing(102),
            Padding = Existing(0),
            Mask = Existing(103),
        });
        roles = roles with { End = roles.Separator ?? roles.End };
        IReadOnlyList<int>? types = Types();
        WordPieceTokens pieces = WordPieceTokens.FromMarked(stored.Tokens, types, stored.Tokens.Any(token => token.StartsWith(Vocabulary.Blank)));
        int unknown = roles.Unknown ?? throw new InvalidDataException("The vocabulary is WordPiece but has no unknown token.");
        return new TokenizerParts
        {
            Kind = TokenizerKind.WordPiece,
            Vocabulary = pieces.Vocabulary,
            Model = new WordPieceModel(PreTokenizer.Bert, pieces.Ordinary, unknown, LongestWordPiece),
            Normalizer = new BertNormalizer(cleans: true, separatesChinese: true, stripsAccents: true, lowers: true),
            Added = Added(pieces.Vocabulary),
            Roles = roles,
            Prefix = Prefix(roles, otherwise: true),
            Suffix = roles.Separator is int separator ? [separator] : [],
            DropsFirstBlank = true,
        };
    }

    /// <summary>The types, where tokens whose names tell that they are special are so even if the file says otherwise.</summary>
    private int[]? Types()
    {
        if (stored.TokenTypes is null)
        {
            return null;
        }

        int[] types = [.. stored.TokenTypes];
        for (int id = 0; id < types.Length; id++)
        {
            if (types[id] is (int)TokenKind.Normal or (int)TokenKind.UserDefined && SpecialRoles.TellingNames.Contains(stored.Tokens[id]))
            {
                types[id] = (int)TokenKind.Control;
            }
        }

        return types;
    }

    private AddedToken[] Added(Vocabulary vocabulary)
    {
        bool isPhi3 = stored.ModelName is string name && (name.Contains("phi-3", StringComparison.OrdinalIgnoreCase) || name.Contains("phi3", StringComparison.OrdinalIgnoreCase));
        bool maskTakesBlanks = MaskTakesBlanksNames.Contains(stored.PreTokenizer);
        return
        [
            .. vocabulary.OfKind(TokenKind.Control).Concat(vocabulary.OfKind(TokenKind.UserDefined)).Concat(vocabulary.OfKind(TokenKind.Unknown)).Select(token =>
            {
                string text = vocabulary.Piece(token.Id);
                return new AddedToken(
                    token.Id,
                    token.Bytes,
                    TakesBlanksBefore: maskTakesBlanks && text == "<mask>",
                    TakesBlanksAfter: isPhi3 && text is not ("<unk>" or "<s>" or "<|endoftext|>"));
            }),
        ];
    }

    private SpecialRoles Roles(SpecialRoles otherwise) => otherwise with
    {
        Start = Id("bos_token_id") ?? otherwise.Start,
        End = Id("eos_token_id") ?? otherwise.End,
        EndOfTurn = Id("eot_token_id"),
        EndOfMessage = Id("eom_token_id"),
        Unknown = Id("unknown_token_id") ?? otherwise.Unknown,
        Separator = Id("seperator_token_id") ?? Id("separator_token_id") ?? otherwise.Separator,
        Padding = Id("padding_token_id") ?? otherwise.Padding,
        Mask = Id("mask_token_id") ?? otherwise.Mask,
        FillPrefix = Id("fim_pre_token_id") ?? Id("prefix_token_id"),
        FillSuffix = Id("fim_suf_token_id") ?? Id("suffix_token_id"),
        FillMiddle = Id("fim_mid_token_id") ?? Id("middle_token_id"),
        FillPadding = Id("fim_pad_token_id"),
        FillRepository = Id("fim_rep_token_id"),
        FillFile = Id("fim_sep_token_id"),
    };

    // Files give ids outside the vocabulary now and then; everybody takes that for none.
    private int? Id(string key) => stored.Ids.TryGetValue(key, out long id) && id >= 0 && id < stored.Tokens.Count ? (int)id : null;

    private int? Existing(int id) => id < stored.Tokens.Count ? id : null;

    private bool Flag(string key, bool otherwise) => stored.Flags.TryGetValue(key, out bool value) ? value : otherwise;

    private int[] Prefix(SpecialRoles roles, bool otherwise) => Flag("add_bos_token", otherwise) && roles.Start is int start ? [start] : [];

    private int[] Suffix(SpecialRoles roles, bool otherwise) => Flag("add_eos_token", otherwise) && roles.End is int end ? [end] : [];

    private static int? EndOfText(Vocabulary vocabulary, SpecialRoles roles)
    {
        bool isNamed = vocabulary.OfKind(TokenKind.Control).Any(token => SpecialTokens.IsEndOfTextName(vocabulary.Piece(token.Id)));
        return isNamed ? null : roles.End;
    }

    private static void CheckScores(float[] scores)
    {
        int wrong = Array.FindIndex(scores, float.IsNaN);
        if (wrong >= 0)
        {
            throw new InvalidDataException($"The score of token {wrong} is not a number.");
        }
    }
}
