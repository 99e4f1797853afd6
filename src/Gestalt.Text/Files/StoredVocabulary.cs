namespace Gestalt.Text;

/// <summary>What a GGUF file says about its vocabulary: the values under <c>tokenizer.ggml.</c>, by their names without that prefix.</summary>
public sealed record StoredVocabulary
{
    /// <summary><c>model</c>: <c>gpt2</c> (byte-level BPE), <c>llama</c> (SentencePiece BPE), <c>bert</c> (WordPiece) or <c>t5</c> (unigram).</summary>
    public required string Model { get; init; }

    /// <summary><c>pre</c>: how text is cut into words; null when the file does not say, which stands for <c>default</c>. Only <c>gpt2</c> has it.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary><c>tokens</c>, by id.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary><c>token_type</c>: the <see cref="TokenKind"/> of each token; null when all are ordinary.</summary>
    public IReadOnlyList<int>? TokenTypes { get; init; }

    /// <summary><c>scores</c>, one for each token; null when there are none.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary><c>merges</c> by rank; null when there are none.</summary>
    public IReadOnlyList<string>? Merges { get; init; }

    /// <summary>The integers: <c>bos_token_id</c>, <c>eos_token_id</c>, <c>fim_pre_token_id</c> and so on.</summary>
    public IReadOnlyDictionary<string, long> Ids { get; init; } = new Dictionary<string, long>();

    /// <summary>The flags: <c>add_bos_token</c>, <c>add_eos_token</c>, <c>add_space_prefix</c>, <c>remove_extra_whitespaces</c>.</summary>
    public IReadOnlyDictionary<string, bool> Flags { get; init; } = new Dictionary<string, bool>();

    /// <summary><c>precompiled_charsmap</c>: SentencePiece's table of replacements; empty when there is none.</summary>
    public ReadOnlyMemory<byte> CharacterMap { get; init; }

    /// <summary><c>general.name</c> of the file, by which llama.cpp knows models whose special tokens take the white space behind them (Phi-3); null when it has none.</summary>
    public string? ModelName { get; init; }

    /// <summary>
    /// Whether a word that is a token becomes that token whatever the merges say, where the file says so itself; null to know it by <see cref="PreTokenizer"/>, as others do.
    /// </summary>
    public bool? WholeWordsFirst { get; init; }

    /// <summary>
    /// When a SentencePiece vocabulary puts a blank before text, where a file says so more exactly than by <c>add_space_prefix</c>: <c>always</c>, <c>missing</c> (unless text begins with one),
    /// <c>first</c> (the same, and only at the beginning of a sequence) or <c>never</c>.
    /// </summary>
    public string? BlankPrefix { get; init; }

    /// <summary>Makes the tokenizer.</summary>
    /// <exception cref="InvalidDataException">The vocabulary is of a kind that is not known, or its lists contradict each other; the message says where.</exception>
    public Tokenizer ToTokenizer() => new StoredVocabularyReader(this).Read();
}
