namespace Gestalt.Text;

/// <summary>What else there is to know about a <see cref="PreTokenizer"/>: its expression, its name in files, and the words that it finds.</summary>
public static class PreTokenizerExtensions
{
    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    // Digits end the text on both sides of them, so white space before one is not divided.
    private const string Gpt2DigitsPattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+";

    private const string Cl100kPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen2Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The regular expression that the rule equals, as it stands in Hugging Face's <c>tokenizer.json</c>.</summary>
    /// <remarks>
    /// <see cref="PreTokenizer.Gpt2Digits"/> stands there as two steps, Digits and ByteLevel, for which this is one expression.
    /// Since version 0.8 tiktoken's own <c>cl100k_base</c> has one more alternative, <c>\s++$</c>, which keeps white space with a line end in it together at
    /// the very end of a text. Llama 3, DBRX and the vocabularies trained since carry the form given here, and so do we.
    /// </remarks>
    public static string Pattern(this PreTokenizer rule) => rule switch
    {
        PreTokenizer.Gpt2 => Gpt2Pattern,
        PreTokenizer.Cl100k => Cl100kPattern,
        PreTokenizer.Qwen2 => Qwen2Pattern,
        PreTokenizer.Gpt2Digits => Gpt2DigitsPattern,
        _ => throw Unknown(rule),
    };

    /// <summary>The rule's name under <c>tokenizer.ggml.pre</c> in a GGUF file: <c>gpt-2</c>, <c>dbrx</c> (cl100k), <c>qwen2</c> or <c>smollm</c>.</summary>
    public static string GgufName(this PreTokenizer rule) => rule switch
    {
        PreTokenizer.Gpt2 => "gpt-2",
        PreTokenizer.Cl100k => "dbrx",
        PreTokenizer.Qwen2 => "qwen2",
        PreTokenizer.Gpt2Digits => "smollm",
        _ => throw Unknown(rule),
    };

    /// <summary>Finds the rule that a GGUF file names under <c>tokenizer.ggml.pre</c>; false when we do not have it.</summary>
    public static bool TryFromGgufName(string name, out PreTokenizer rule)
    {
        (bool known, rule) = name switch
        {
            "gpt-2" or "phi-2" or "mpt" or "olmo" or "jais" or "gigachat" or "roberta-bpe" => (true, PreTokenizer.Gpt2),
            "dbrx" or "smaug-bpe" or "chatglm-bpe" or "llama3" or "llama-v3" or "llama-bpe" or "falcon3" => (true, PreTokenizer.Cl100k),
            "qwen2" or "deepseek-r1-qwen" or "stablelm2" or "megrez" => (true, PreTokenizer.Qwen2),
            "smollm" or "starcoder" or "refact" or "command-r" or "codeshell" => (true, PreTokenizer.Gpt2Digits),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>The length in bytes of the first word of <paramref name="utf8"/>; 0 only when it is empty.</summary>
    public static unsafe int FirstWord(this PreTokenizer rule, ReadOnlySpan<byte> utf8)
    {
        fixed (byte* text = utf8)
        {
            return utf8.IsEmpty ? 0 : WordScanner.NextWord(rule, text, 0, utf8.Length);
        }
    }

    /// <summary>Cuts <paramref name="utf8"/> into its words, which laid end to end are the text again.</summary>
    public static List<Range> Words(this PreTokenizer rule, ReadOnlySpan<byte> utf8)
    {
        var words = new List<Range>();
        for (int start = 0; start < utf8.Length;)
        {
            int end = start + rule.FirstWord(utf8[start..]);
            words.Add(start..end);
            start = end;
        }

        return words;
    }

    private static ArgumentOutOfRangeException Unknown(PreTokenizer rule) =>
        new(nameof(rule), rule, "There is no such pre-tokenizer; use Gpt2, Cl100k, Qwen2 or Gpt2Digits.");
}
