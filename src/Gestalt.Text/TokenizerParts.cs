namespace Gestalt.Text;

/// <summary>All of which a <see cref="Tokenizer"/> is made, by the readers of files.</summary>
internal sealed record TokenizerParts
{
    /// <summary>How words become tokens.</summary>
    public required TokenizerKind Kind { get; init; }

    /// <summary>The tokens.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>What makes ids of words.</summary>
    public required SubwordModel Model { get; init; }

    /// <summary>What is done to text first; null for nothing.</summary>
    public TextNormalizer? Normalizer { get; init; }

    /// <summary>The tokens that are looked for in text; null for all special and user-defined ones, just as they are written.</summary>
    public IReadOnlyList<AddedToken>? Added { get; init; }

    /// <summary>The tokens that have a part to play.</summary>
    public SpecialRoles Roles { get; init; } = new();

    /// <summary>The tokens before every sequence.</summary>
    public IReadOnlyList<int> Prefix { get; init; } = [];

    /// <summary>The tokens behind every sequence.</summary>
    public IReadOnlyList<int> Suffix { get; init; } = [];

    /// <summary>See <see cref="Tokenizer.WholeWordsFirst"/>.</summary>
    public bool WholeWordsFirst { get; init; }

    /// <summary>Whether decoding drops the blank before the first word.</summary>
    public bool DropsFirstBlank { get; init; }

    /// <summary>The scores of the tokens, where a vocabulary has them.</summary>
    public float[] Scores { get; init; } = [];

    /// <summary>The token between documents; null to find it by its name.</summary>
    public int? EndOfText { get; init; }
}
