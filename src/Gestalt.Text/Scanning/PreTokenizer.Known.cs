namespace Gestalt.Text;

/// <content>The rules that are known by name. Each expression is a fact about the vocabularies that were trained with it: it stands in their <c>tokenizer.json</c>.</content>
public sealed partial class PreTokenizer
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Symbols = @" ?[^\s\p{L}\p{N}]+[\r\n]*";
    private const string WhiteSpace = @"\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    // Capitals before small letters, and both with what has no case.
    private const string Upper = @"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}";
    private const string Lower = @"\p{Ll}\p{Lm}\p{Lo}\p{M}";
    private const string CasedWord = $@"[^\r\n\p{{L}}\p{{N}}]?[{Upper}]*[{Lower}]+";
    private const string CapitalWord = $@"[^\r\n\p{{L}}\p{{N}}]?[{Upper}]+[{Lower}]*";
    private const string CasedPattern = $@"{CasedWord}{Contractions}?|{CapitalWord}{Contractions}?";

    // The same without Chinese characters, which stand alone.
    private const string NoHan = @"&&[^\p{Han}]";
    private const string KimiPattern =
        $@"[\p{{Han}}]+|[^\r\n\p{{L}}\p{{N}}]?[{Upper}{NoHan}]*[{Lower}{NoHan}]+{Contractions}?|[^\r\n\p{{L}}\p{{N}}]?[{Upper}{NoHan}]+[{Lower}{NoHan}]*{Contractions}?|\p{{N}}{{1,3}}|{Symbols}|{WhiteSpace}";

    // What is punctuation to BERT and others: all of ASCII that is neither letter nor digit, and \p{P}.
    internal const string PunctuationCharacter = @"[\p{P}!-/:-@\[-`{-~]";

    private const string BloomPattern = @" ?[^(\s|[.,!?…。，、।۔،])]+";
    private const string ChinesePattern = "[一-龥ࠀ-一가-퟿]+";
    private const string ChineseAndKanaPattern = "[一-龥぀-ゟ゠-ヿ]+";
    private const string DeepSeekV3Pattern =
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // Latin, Greek, Cyrillic, Armenian, Georgian, Cherokee, Coptic, Deseret ... letters that have case.
    private const string DeepSeekLlmLetters =
        @"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";

    // jais-2 lets white space go in powers of two.
    private const string PowersOfTwo =
        @"\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}";

    private static readonly Dictionary<string, PreTokenizer> ByGgufName = [];

    /// <summary>GPT-2's rule: an optional space before letters, digits or symbols; English contractions in lower case.</summary>
    public static PreTokenizer Gpt2 { get; } = Known(
        "gpt2",
        ["gpt-2", "phi-2", "mpt", "olmo", "jais", "gigachat", "roberta-bpe", "jina-v1-en", "jina-v2-code", "jina-v2-de", "jina-v2-es", "jina-de", "jina-es", "trillion",
            "granite-docling", "exaone4", "a.x-4.0", "mellum", "modern-bert"],
        Gpt2Pattern);

    /// <summary>GPT-4's <c>cl100k_base</c>: digits in groups of three, any one symbol before letters, line ends kept with the symbols before them.</summary>
    public static PreTokenizer Cl100k { get; } = Known(
        "cl100k",
        ["dbrx", "smaug-bpe", "chatglm-bpe", "glm4", "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"],
        $@"{Contractions}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}|{Symbols}|{WhiteSpace}");

    /// <summary>Qwen2's rule: that of <see cref="Cl100k"/>, but every digit stands alone.</summary>
    public static PreTokenizer Qwen2 { get; } = Known(
        "qwen2",
        ["qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan", "solar-open", "grok-2", "kormo", "openpangu", "f2llmv2", "bailingmoe", "bailingmoe2", "llada-moe"],
        $@"{Contractions}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}|{Symbols}|{WhiteSpace}");

    /// <summary>GPT-2's rule after every digit has been cut out to stand alone: StarCoder, SmolLM. Digits end the text on both sides of them, so white space before one is not divided.</summary>
    public static PreTokenizer Gpt2Digits { get; } = Known(
        "gpt2-digits",
        ["smollm", "starcoder", "refact", "command-r", "cohere2_moe", "codeshell", "exaone", "minerva-7b", "mellum2"],
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+");

    /// <summary>What llama.cpp takes for GGUF files that do not name their rule: punctuation, then GPT-2's rule, then digits in groups of three.</summary>
    public static PreTokenizer Unnamed { get; } = Known("default", ["default"], @"[\p{P}\$\+<=>\^~\|]+", Gpt2Pattern, @"\p{N}+", "[0-9][0-9][0-9]");

    /// <summary>Falcon's rule: punctuation, then GPT-2's rule, then digits in groups of three.</summary>
    public static PreTokenizer Falcon { get; } = Known("falcon", ["falcon"], @"[\p{P}\$\+<=>\^~\|`]+", Gpt2Pattern, "[0-9][0-9][0-9]");

    /// <summary>The rule of GPT-4o (<c>o200k_base</c>) and Llama 4: words end where capitals begin; contractions stay with their word.</summary>
    public static PreTokenizer Gpt4o { get; } =
        Known("gpt-4o", ["gpt-4o", "llama4", "kanana2", "minimax-m2"], $@"{CasedPattern}|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{WhiteSpace}");

    /// <summary>Mistral's Tekken: that of <see cref="Gpt4o"/> without contractions, every digit alone.</summary>
    public static PreTokenizer Tekken { get; } = Known("tekken", ["tekken"], $@"{CasedWord}|{CapitalWord}|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{WhiteSpace}");

    /// <summary>The rule of Qwen3.5: that of <see cref="Qwen2"/>, marks belonging to the letters before them.</summary>
    public static PreTokenizer Qwen35 { get; } =
        Known("qwen35", ["qwen35"], $@"{Contractions}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*|{WhiteSpace}");

    /// <summary>The first DeepSeek's rule.</summary>
    public static PreTokenizer DeepSeekLlm { get; } =
        Known("deepseek-llm", ["deepseek-llm"], @"[\r\n]", DeepSeekLlmLetters, @"\s?[!-/:-~！-／：-～‘-‟　-。]+", @"\s+$", ChinesePattern, @"\p{N}+");

    /// <summary>DeepSeek Coder's rule.</summary>
    public static PreTokenizer DeepSeekCoder { get; } =
        Known("deepseek-coder", ["deepseek-coder"], @"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", ChinesePattern, @"\p{N}");

    /// <summary>The rule of DeepSeek V3 and R1.</summary>
    public static PreTokenizer DeepSeekV3 { get; } =
        Known("deepseek-v3", ["deepseek-v3", "hunyuan-dense", "joyai-llm"], @"\p{N}{1,3}", ChineseAndKanaPattern, DeepSeekV3Pattern);

    /// <summary>The rule of Youtu: Korean, Chinese punctuation, Bopomofo, Chinese with kana, then words as <see cref="Gpt4o"/> has them, digits alone.</summary>
    public static PreTokenizer Youtu { get; } = Known(
        "youtu",
        ["youtu"],
        "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+",
        $@"{CasedPattern}|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{WhiteSpace}");

    /// <summary>Kimi K2's rule: Chinese characters, then words as <see cref="Gpt4o"/> has them.</summary>
    public static PreTokenizer KimiK2 { get; } = Known("kimi-k2", ["kimi-k2"], KimiPattern);

    /// <summary>BLOOM's rule: everything between blanks and the ends of clauses.</summary>
    public static PreTokenizer Bloom { get; } = Known("bloom", ["bloom", "poro-chat", "gpt3-finnish"], BloomPattern);

    /// <summary>Viking's rule: that of <see cref="Bloom"/>, then every digit alone.</summary>
    public static PreTokenizer Viking { get; } = Known("viking", ["viking"], BloomPattern, @"\p{N}");

    /// <summary>Chameleon's rule: names of images, pairs of blanks, digits, punctuation, then GPT-2's rule.</summary>
    public static PreTokenizer Chameleon { get; } = Known(
        "chameleon",
        ["chameleon"],
        "<sentinel:[0-9]+>",
        "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
        @"([\t\n]|    |  )",
        @"\p{N}",
        @"[\p{P}!-/:-@\[-`{-~]",
        Gpt2Pattern);

    /// <summary>Seed Coder's rule: that of <see cref="Qwen2"/>, symbols leaving line ends alone.</summary>
    public static PreTokenizer SeedCoder { get; } = Known(
        "seed-coder",
        ["seed-coder"],
        $@"{Contractions}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1}}| ?[^\s\p{{L}}\p{{N}}\r\n]+|{WhiteSpace}");

    /// <summary>The rule of EXAONE's mixture of experts: several words may be one.</summary>
    public static PreTokenizer ExaoneMoe { get; } = Known(
        "exaone-moe",
        ["exaone-moe"],
        $@"{Contractions}|[^\r\n\p{{L}}\p{{N}}]?(?:\p{{L}}\p{{M}}*(?: \p{{L}}\p{{M}}*)*)+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+");

    /// <summary>The rule of Jais 2: that of <see cref="Cl100k"/>, white space in runs of powers of two.</summary>
    public static PreTokenizer Jais2 { get; } = Known(
        "jais-2",
        ["jais-2"],
        $@"{Contractions}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}|{Symbols}|{PowersOfTwo}");

    /// <summary>BERT's rule: words between white space, which is left out; punctuation stands alone. For WordPiece vocabularies.</summary>
    public static PreTokenizer Bert { get; } = new("bert", [new SplitStep(@"\s", SplitBehavior.Removed), new SplitStep(PunctuationCharacter)]);

    /// <summary>SentencePiece's words, whose blanks <c>▁</c> stand before them.</summary>
    public static PreTokenizer SentencePiece { get; } = new("sentencepiece", [new SplitStep("▁*[^▁]+|▁+")]);

    /// <summary>No rule: the whole text is one word.</summary>
    public static PreTokenizer None { get; } = new("none", [new SplitStep(@"[\s\S]+")]);

    /// <summary>All rules for byte-level vocabularies that have a name.</summary>
    public static IReadOnlyList<PreTokenizer> All { get; } = [.. ByGgufName.Values.Distinct()];

    /// <summary>All names that <see cref="TryFromGgufName"/> knows.</summary>
    public static IReadOnlyList<string> AllGgufNames { get; } = [.. ByGgufName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Finds the rule that a GGUF file names under <c>tokenizer.ggml.pre</c>; false when we do not have it.</summary>
    public static bool TryFromGgufName(string name, out PreTokenizer rule)
    {
        bool isKnown = ByGgufName.TryGetValue(name, out PreTokenizer? found);
        rule = found ?? Unnamed;
        return isKnown;
    }

    /// <summary>The rule of some steps: one that has a name, or a new one.</summary>
    /// <exception cref="InvalidDataException">A pattern is not supported.</exception>
    internal static PreTokenizer FromSteps(IReadOnlyList<SplitStep> steps)
    {
        // The two steps as which Gpt2Digits stands in tokenizer.json.
        if (IsSame(steps, [new SplitStep(@"\p{N}"), new SplitStep(Gpt2Pattern)]))
        {
            return Gpt2Digits;
        }

        PreTokenizer rule = All.Append(Bert).FirstOrDefault(known => IsSame(known._steps, steps)) ?? (steps.Count == 0 ? None : new PreTokenizer("custom", steps));
        rule.Prepare();
        return rule;
    }

    private static bool IsSame(IReadOnlyList<SplitStep> one, IReadOnlyList<SplitStep> other) => one.Count == other.Count
        && one.Zip(other).All(pair => pair.First.Pattern == pair.Second.Pattern && pair.First.Behavior == pair.Second.Behavior && pair.First.IsInverted == pair.Second.IsInverted);

    /// <summary>
    /// The rule for a vocabulary of characters that is trained on whole texts: where no token has a blank behind another character, nothing is ever merged across the border
    /// of a word, and text may be cut there. Otherwise it may not.
    /// </summary>
    internal static PreTokenizer ForPieces(Vocabulary vocabulary)
    {
        for (int id = 0; id < vocabulary.Count; id++)
        {
            string piece = vocabulary.Kind(id) is TokenKind.Control or TokenKind.Byte or TokenKind.Unknown ? "" : vocabulary.Piece(id);
            if (piece.TrimStart(Vocabulary.Blank).Contains(Vocabulary.Blank))
            {
                return None;
            }
        }

        return SentencePiece;
    }

    private static PreTokenizer Known(string name, string[] ggufNames, params string[] patterns)
    {
        var rule = new PreTokenizer(name, [.. patterns.Select(pattern => new SplitStep(pattern))], ggufNames);
        foreach (string ggufName in ggufNames)
        {
            ByGgufName.Add(ggufName, rule);
        }

        return rule;
    }
}
