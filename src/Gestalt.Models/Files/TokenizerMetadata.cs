using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>
/// A vocabulary as GGUF carries it under <c>tokenizer.ggml.*</c>: its tokens, their kinds, merges or scores, the pre-tokenizer's name and the ids that llama.cpp asks for.
/// </summary>
internal static class TokenizerMetadata
{
    private const string Prefix = "tokenizer.ggml.";
    private const string ModelKey = "tokenizer.ggml.model";
    private const string PreKey = "tokenizer.ggml.pre";
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string TypesKey = "tokenizer.ggml.token_type";
    private const string MergesKey = "tokenizer.ggml.merges";
    private const string ScoresKey = "tokenizer.ggml.scores";
    private const string CharacterMapKey = "tokenizer.ggml.precompiled_charsmap";
    private const string EndKey = "tokenizer.ggml.eos_token_id";
    private const string AddStartKey = "tokenizer.ggml.add_bos_token";
    private const string BlankPrefixKey = "gestalt.tokenizer.blank_prefix";
    private const string WholeWordsKey = "gestalt.tokenizer.whole_words_first";
    private const string TemplateKey = "tokenizer.chat_template";

    /// <summary>Writes a vocabulary.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="options">How a sequence begins and a turn ends, and whether others shall be told how to write a conversation.</param>
    public static void Write(GgufWriter writer, Tokenizer tokenizer, ModelFileOptions options)
    {
        string[] tokens = tokenizer.Tokens();
        if (tokens.GroupBy(token => token, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The vocabulary has the token '{twice.Key}' more than once; GGUF readers refuse that.", nameof(tokenizer));
        WriteLists(writer, tokenizer, tokens);
        SpecialTokens special = tokenizer.Special;
        if (special.HasEndOfText)
        {
            writer.SetUInt32("tokenizer.ggml.bos_token_id", (uint)special.EndOfText.Id);
            writer.SetUInt32("tokenizer.ggml.padding_token_id", (uint)special.EndOfText.Id);
        }
        if (options.IsAssistant)
        {
            writer.SetUInt32(EndKey, (uint)special.MessageEnd.Id);
            writer.SetUInt32("tokenizer.ggml.eot_token_id", (uint)special.MessageEnd.Id);
            writer.SetText(TemplateKey, ChatMl.Template);
        }
        else if (special.HasEndOfText)
        {
            writer.SetUInt32(EndKey, (uint)special.EndOfText.Id);
        }
        writer.SetFlag(AddStartKey, options.StartsWithEndOfText && special.HasEndOfText);
        writer.SetFlag("tokenizer.ggml.add_eos_token", tokenizer.AddsEnd);
    }

    private static void WriteLists(GgufWriter writer, Tokenizer tokenizer, string[] tokens)
    {
        if (tokenizer.Kind == TokenizerKind.SentencePieceBpe)
        {
            WriteSentencePieces(writer, tokenizer);
            return;
        }
        if (tokenizer.Kind != TokenizerKind.ByteLevelBpe)
            throw new ArgumentException($"A {tokenizer.Kind} vocabulary from a tokenizer.json has no form in GGUF that gives the same ids; copy the model's own GGUF vocabulary instead.", nameof(tokenizer));
        writer.SetText(ModelKey, "gpt2");
        writer.SetTexts(TokensKey, tokens);
        writer.SetInt32s(TypesKey, tokenizer.TokenTypes());
        bool isLlama3 = tokenizer is { WholeWordsFirst: true } && tokenizer.PreTokenizer == PreTokenizer.Cl100k;
        writer.SetText(PreKey, isLlama3 ? "llama-bpe" : tokenizer.PreTokenizer.GgufNames.FirstOrDefault()
            ?? throw new ArgumentException("The vocabulary cuts words by an expression of its own, for which GGUF has no name.", nameof(tokenizer)));
        writer.SetTexts(MergesKey, tokenizer.Merges());
        if (tokenizer.WholeWordsFirst && !isLlama3)
            writer.SetFlag(WholeWordsKey, true);
    }

    private static void WriteSentencePieces(GgufWriter writer, Tokenizer tokenizer)
    {
        StoredVocabulary stored;
        try
        {
            stored = tokenizer.ToStoredSentencePieces();
        }
        catch (NotSupportedException problem)
        {
            throw new ArgumentException(problem.Message, nameof(tokenizer), problem);
        }
        writer.SetText(ModelKey, stored.Model);
        writer.SetText(PreKey, stored.PreTokenizer!);
        writer.SetTexts(TokensKey, [.. stored.Tokens]);
        writer.SetInt32s(TypesKey, [.. stored.TokenTypes!]);
        writer.SetFloat32s(ScoresKey, [.. stored.Scores!]);
        writer.SetFlag(Prefix + "add_space_prefix", stored.Flags["add_space_prefix"]);
        if (stored.Ids.TryGetValue("unknown_token_id", out long unknown))
            writer.SetUInt32(Prefix + "unknown_token_id", (uint)unknown);
        if (stored.BlankPrefix is string blanks)
            writer.SetText(BlankPrefixKey, blanks);
    }

    /// <summary>Reads a vocabulary.</summary>
    /// <exception cref="ModelFileException">It is of another kind, or its lists contradict each other.</exception>
    public static Tokenizer Read(GgufFile file)
    {
        try
        {
            return Stored(file).ToTokenizer();
        }
        catch (InvalidDataException problem)
        {
            throw new ModelFileException(file.Path, $"has a vocabulary that cannot be used: {problem.Message.TrimEnd('.')}", inner: problem);
        }
    }

    private static StoredVocabulary Stored(GgufFile file)
    {
        var ids = new Dictionary<string, long>();
        var flags = new Dictionary<string, bool>();
        foreach (GgufValue value in file.Metadata)
        {
            if (!value.Key.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            string name = value.Key[Prefix.Length..];
            if (value.Type == GgufValueType.Bool)
                flags[name] = value.AsFlag();
            else if (value.Type is GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.UInt64 or GgufValueType.Int64)
                ids[name] = value.AsInteger();
        }
        return new StoredVocabulary
        {
            Model = file.Get(ModelKey).AsText(),
            PreTokenizer = file.TryGet(PreKey, out GgufValue pre) ? pre.AsText() : null,
            Tokens = file.Get(TokensKey).AsTexts(),
            TokenTypes = file.TryGet(TypesKey, out GgufValue types) ? types.AsIntegers() : null,
            Scores = file.TryGet(ScoresKey, out GgufValue scores) ? scores.AsFloats() : null,
            Merges = file.TryGet(MergesKey, out GgufValue merges) ? merges.AsTexts() : null,
            Ids = ids,
            Flags = flags,
            BlankPrefix = file.TryGet(BlankPrefixKey, out GgufValue blanks) ? blanks.AsText() : null,
            CharacterMap = file.TryGet(CharacterMapKey, out GgufValue map) ? map.Bytes.ToArray() : default,
            ModelName = file.TryGet("general.name", out GgufValue title) && title.Type == GgufValueType.String ? title.AsText() : null,
            WholeWordsFirst = file.TryGet(WholeWordsKey, out GgufValue wholeWords) ? wholeWords.AsFlag() : null,
        };
    }

    /// <summary>Whether a sequence begins with the token between documents.</summary>
    public static bool AddsStart(GgufFile file) => file.TryGet(AddStartKey, out GgufValue value) && value.AsFlag();

    /// <summary>Whether a file says how conversations are written, as an assistant's does.</summary>
    public static bool HasTemplate(GgufFile file) => file.TryGet(TemplateKey, out _);
}
