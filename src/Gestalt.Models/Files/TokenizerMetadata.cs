using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>
/// A byte-level BPE vocabulary as GGUF carries it under <c>tokenizer.ggml.*</c>: tokens in the byte-to-unicode alphabet, their
/// kinds, the merges, the pre-tokenizer's name and the ids that llama.cpp asks for.
/// </summary>
internal static class TokenizerMetadata
{
    private const string ModelKey = "tokenizer.ggml.model";
    private const string PreKey = "tokenizer.ggml.pre";
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string TypesKey = "tokenizer.ggml.token_type";
    private const string MergesKey = "tokenizer.ggml.merges";
    private const string EndKey = "tokenizer.ggml.eos_token_id";
    private const string AddStartKey = "tokenizer.ggml.add_bos_token";
    private const string WholeWordsKey = "gestalt.tokenizer.whole_words_first";
    private const string TemplateKey = "tokenizer.chat_template";

    // These rules come with "a word that is a token becomes it, whatever the merges say": llama.cpp knows that by the name alone.
    private static readonly string[] WholeWordsNames = ["llama3", "llama-v3", "llama-bpe", "falcon3"];

    // ChatML, as ChatMl.Render writes it, for programs that interpret templates.
    private const string ChatMlTemplate =
        "{% for message in messages %}" +
        "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}" +
        "{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>Writes a vocabulary.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="options">How a sequence begins and a turn ends, and whether others shall be told how to write a conversation.</param>
    public static void Write(GgufWriter writer, Tokenizer tokenizer, ModelFileOptions options)
    {
        string[] tokens = tokenizer.Tokens();
        if (tokens.GroupBy(token => token, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The vocabulary has the token '{twice.Key}' more than once; GGUF readers refuse that.", nameof(tokenizer));
        bool isLlama3 = tokenizer is { WholeWordsFirst: true, PreTokenizer: PreTokenizer.Cl100k };
        writer.SetText(ModelKey, "gpt2");
        writer.SetText(PreKey, isLlama3 ? "llama-bpe" : tokenizer.PreTokenizer.GgufName());
        writer.SetTexts(TokensKey, tokens);
        writer.SetInt32s(TypesKey, tokenizer.TokenTypes());
        writer.SetTexts(MergesKey, tokenizer.Merges());
        if (tokenizer.WholeWordsFirst && !isLlama3)
            writer.SetFlag(WholeWordsKey, true);
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
            writer.SetText(TemplateKey, ChatMlTemplate);
        }
        else if (special.HasEndOfText)
        {
            writer.SetUInt32(EndKey, (uint)special.EndOfText.Id);
        }
        writer.SetFlag(AddStartKey, options.StartsWithEndOfText && special.HasEndOfText);
        writer.SetFlag("tokenizer.ggml.add_eos_token", false);
    }

    /// <summary>Reads a vocabulary.</summary>
    /// <exception cref="ModelFileException">It is of another kind, or its lists contradict each other.</exception>
    public static Tokenizer Read(GgufFile file)
    {
        string model = file.Get(ModelKey).AsText();
        if (model != "gpt2")
            throw new ModelFileException(file.Path, $"has a vocabulary of kind '{model}'; byte-level BPE ('gpt2') can be read");
        string pre = file.TryGet(PreKey, out GgufValue named) ? named.AsText() : "gpt-2";
        if (!PreTokenizerExtensions.TryFromGgufName(pre, out PreTokenizer rule))
            throw new ModelFileException(file.Path, $"has a vocabulary with the pre-tokenizer '{pre}', which is not known");
        bool wholeWordsFirst = WholeWordsNames.Contains(pre) || (file.TryGet(WholeWordsKey, out GgufValue flag) && flag.AsFlag());
        string[] tokens = file.Get(TokensKey).AsTexts(), merges = file.Get(MergesKey).AsTexts();
        int[]? types = file.TryGet(TypesKey, out GgufValue kinds) ? kinds.AsIntegers() : null;
        try
        {
            Tokenizer tokenizer = Tokenizer.FromVocabulary(tokens, merges, types, rule, endOfText: null, wholeWordsFirst);
            return tokenizer.Special.HasEndOfText || !file.TryGet(EndKey, out GgufValue end)
                ? tokenizer
                : Tokenizer.FromVocabulary(tokens, merges, types, rule, checked((int)end.AsInteger()), wholeWordsFirst);
        }
        catch (Exception problem) when (problem is InvalidDataException or ArgumentException or OverflowException)
        {
            throw new ModelFileException(file.Path, $"has a vocabulary that cannot be used: {problem.Message.TrimEnd('.')}", inner: problem);
        }
    }

    /// <summary>Whether a sequence begins with the token between documents.</summary>
    public static bool AddsStart(GgufFile file) => file.TryGet(AddStartKey, out GgufValue value) && value.AsFlag();

    /// <summary>Whether a file says how conversations are written, as an assistant's does.</summary>
    public static bool HasTemplate(GgufFile file) => file.TryGet(TemplateKey, out _);
}
