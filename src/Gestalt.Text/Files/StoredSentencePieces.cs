namespace Gestalt.Text;

/// <summary>A SentencePiece vocabulary as GGUF files hold it.</summary>
internal static class StoredSentencePieces
{
    private static readonly (string Name, BlankPrefix Prefix)[] Prefixes =
        [("always", BlankPrefix.Always), ("missing", BlankPrefix.WhenMissing), ("first", BlankPrefix.FirstWhenMissing), ("never", BlankPrefix.Never)];

    /// <summary>Describes a vocabulary of characters.</summary>
    /// <exception cref="NotSupportedException">GGUF has no form that gives the same ids.</exception>
    public static StoredVocabulary Of(Tokenizer tokenizer, Vocabulary vocabulary)
    {
        if (tokenizer.Kind != TokenizerKind.SentencePieceBpe)
        {
            throw new NotSupportedException($"A {tokenizer.Kind} vocabulary is not one of SentencePiece's pairs.");
        }

        if (tokenizer.Blanks is not BlankPrefix prefix)
        {
            throw new NotSupportedException("The vocabulary changes text in other ways than SentencePiece's blanks, for which GGUF has no form.");
        }

        if (tokenizer.WholeWordsFirst)
        {
            throw new NotSupportedException("The vocabulary takes whole words first (ignore_merges), for which GGUF has no form in SentencePiece vocabularies.");
        }

        // What merges cannot cross needs no rule; a rule that cuts elsewhere would be lost.
        PreTokenizer needed = PreTokenizer.ForPieces(vocabulary);
        bool cutsAtBlanks = needed == PreTokenizer.SentencePiece && IsAtBlanks(tokenizer.PreTokenizer) && !tokenizer.Tokens().Any(piece => piece.StartsWith("▁▁", StringComparison.Ordinal));
        if (tokenizer.PreTokenizer != needed && !cutsAtBlanks)
        {
            throw new NotSupportedException("The vocabulary cuts words by an expression of its own, for which GGUF has no form in SentencePiece vocabularies.");
        }

        float[] scores = tokenizer.Scores();
        int[] types = tokenizer.TokenTypes();
        if (tokenizer.Special.Unknown is SpecialToken unknown)
        {
            types[unknown.Id] = (int)TokenKind.Unknown;
        }

        var ids = new Dictionary<string, long>();
        Note("unknown_token_id", tokenizer.Special.Unknown);
        Note("bos_token_id", tokenizer.Special.Start);
        Note("eos_token_id", tokenizer.Special.End);
        Note("padding_token_id", tokenizer.Special.Padding);
        return new StoredVocabulary
        {
            Model = "llama",
            PreTokenizer = "default",
            Tokens = tokenizer.Tokens(),
            TokenTypes = types,
            Scores = scores.Length > 0 ? scores : ScoredMerges.ToScores(vocabulary, tokenizer.MergeList),
            Ids = ids,
            Flags = new Dictionary<string, bool>
            {
                ["add_space_prefix"] = prefix != BlankPrefix.Never,
                ["add_bos_token"] = tokenizer.AddsStart,
                ["add_eos_token"] = tokenizer.AddsEnd,
            },
            BlankPrefix = prefix is BlankPrefix.Always or BlankPrefix.Never ? null : Prefixes.First(known => known.Prefix == prefix).Name,
        };

        void Note(string name, SpecialToken? token)
        {
            if (token is SpecialToken special)
            {
                ids[name] = special.Id;
            }
        }
    }

    /// <summary>When a blank is put before text, by its name.</summary>
    /// <exception cref="InvalidDataException">There is no such name.</exception>
    public static BlankPrefix PrefixOf(string name) => Prefixes.FirstOrDefault(known => known.Name == name) is { Name: not null } found
        ? found.Prefix
        : throw new InvalidDataException($"The vocabulary puts blanks before text '{Vocabulary.Shorten(name)}'; {string.Join(", ", Prefixes.Select(known => known.Name))} are known.");

    /// <summary>Whether a rule cuts before blanks and nowhere else, as Metaspace does.</summary>
    private static bool IsAtBlanks(PreTokenizer rule) => rule.Steps is [{ Pattern: "▁", Behavior: SplitBehavior.MergedWithNext, IsInverted: false }];
}
