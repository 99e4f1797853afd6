using System.Collections;
using System.Text;

namespace Gestalt.Text;

/// <summary>What a token is. The numbers are those of <c>tokenizer.ggml.token_type</c> in GGUF files.</summary>
public enum TokenKind
{
    /// <summary>Bytes of text, found by merging.</summary>
    Normal = 1,

    /// <summary>The token for what a vocabulary lacks. A byte-level vocabulary lacks nothing and never yields it.</summary>
    Unknown = 2,

    /// <summary>A special token: it steers a model and is never the encoding of any text.</summary>
    Control = 3,

    /// <summary>A piece of plain text that its owner added to be one token wherever it stands (runs of blanks in code, say).</summary>
    UserDefined = 4,

    /// <summary>A number without a meaning, such as padding of the vocabulary to a round size.</summary>
    Unused = 5,

    /// <summary>A byte as SentencePiece vocabularies write it.</summary>
    Byte = 6,
}

/// <summary>A special token: a number that steers a model, with the name under which people know it.</summary>
/// <param name="Id">The token's id.</param>
/// <param name="Text">Its name, such as <c>&lt;|im_end|&gt;</c>. Text that contains this name is not this token.</param>
public readonly record struct SpecialToken(int Id, string Text)
{
    /// <summary>The token's id.</summary>
    public static implicit operator int(SpecialToken token) => token.Id;
}

/// <summary>
/// The special tokens of a vocabulary. They enter a sequence of ids only from here, as values of this type, so that no text, however it is written,
/// can smuggle one in.
/// </summary>
public sealed class SpecialTokens : IReadOnlyList<SpecialToken>
{
    /// <summary>The name of the token between documents.</summary>
    public const string EndOfTextName = "<|endoftext|>";

    /// <summary>The name of the token that opens a message of a conversation.</summary>
    public const string MessageStartName = "<|im_start|>";

    /// <summary>The name of the token that closes a message of a conversation.</summary>
    public const string MessageEndName = "<|im_end|>";

    /// <summary>The names of the tokens around what an assistant thinks before it answers.</summary>
    public const string ThinkStartName = "<think>", ThinkEndName = "</think>";

    // What other vocabularies call the token between documents.
    private static readonly string[] EndOfTextNames =
        [EndOfTextName, "<|end_of_text|>", "<｜end▁of▁sentence｜>", "<|end▁of▁sentence|>", "</s>", "<eos>"];

    private readonly SpecialToken[] _tokens;
    private readonly Dictionary<string, SpecialToken> _byName = new(StringComparer.Ordinal);
    private readonly SpecialToken? _endOfText;

    private readonly SpecialRoles _roles;
    private readonly Func<int, string> _nameOf;

    internal SpecialTokens(IEnumerable<SpecialToken> tokens, int? endOfText, SpecialRoles roles, Func<int, string> nameOf)
    {
        _tokens = [.. tokens];
        _roles = roles;
        _nameOf = nameOf;
        foreach (SpecialToken token in _tokens)
        {
            _byName.TryAdd(token.Text, token);
        }

        _endOfText = endOfText is int id
            ? _tokens.Where(token => token.Id == id).Select(token => (SpecialToken?)token).FirstOrDefault()
            : EndOfTextNames.Select(Find).FirstOrDefault(token => token is not null);
    }

    /// <summary>The names of the special tokens that our own vocabularies have, in the order of their ids.</summary>
    public static IReadOnlyList<string> DefaultNames { get; } =
        [EndOfTextName, MessageStartName, MessageEndName, ToolText.CallStart, ToolText.CallEnd, ThinkStartName, ThinkEndName];

    /// <summary>The token between documents. In other vocabularies the one that they use for it (<c>&lt;|end_of_text|&gt;</c>, <c>&lt;/s&gt;</c> ...).</summary>
    /// <exception cref="InvalidOperationException">The vocabulary has none.</exception>
    public SpecialToken EndOfText => _endOfText ?? throw Missing(EndOfTextName);

    /// <summary>The token that opens a message.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary has none.</exception>
    public SpecialToken MessageStart => Get(MessageStartName);

    /// <summary>The token that closes a message.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary has none.</exception>
    public SpecialToken MessageEnd => Get(MessageEndName);

    /// <summary>Whether <see cref="EndOfText"/> exists.</summary>
    public bool HasEndOfText => _endOfText is not null;

    /// <summary>Whether conversations can be written with this vocabulary: <see cref="MessageStart"/> and <see cref="MessageEnd"/> exist.</summary>
    public bool HasMessages => Find(MessageStartName) is not null && Find(MessageEndName) is not null;

    /// <summary>The token before a sequence (BOS; BERT's <c>[CLS]</c>), where the vocabulary has one. <see cref="Tokenizer.AddsStart"/> says whether it belongs there.</summary>
    public SpecialToken? Start => Token(_roles.Start);

    /// <summary>The token behind a sequence (EOS; BERT's <c>[SEP]</c>).</summary>
    public SpecialToken? End => Token(_roles.End);

    /// <summary>The token that ends a turn of a conversation (EOT).</summary>
    public SpecialToken? EndOfTurn => Token(_roles.EndOfTurn);

    /// <summary>The token that ends a message after which the same side goes on, such as a call of a tool (EOM).</summary>
    public SpecialToken? EndOfMessage => Token(_roles.EndOfMessage);

    /// <summary>The token for what the vocabulary lacks.</summary>
    public SpecialToken? Unknown => Token(_roles.Unknown);

    /// <summary>The token between two texts.</summary>
    public SpecialToken? Separator => Token(_roles.Separator);

    /// <summary>The token with which short sequences are filled up.</summary>
    public SpecialToken? Padding => Token(_roles.Padding);

    /// <summary>The token in place of a word that is to be guessed.</summary>
    public SpecialToken? Mask => Token(_roles.Mask);

    /// <summary>Filling in a gap (FIM): stands before the text before the gap.</summary>
    public SpecialToken? FillPrefix => Token(_roles.FillPrefix);

    /// <summary>Filling in a gap: stands before the text behind the gap.</summary>
    public SpecialToken? FillSuffix => Token(_roles.FillSuffix);

    /// <summary>Filling in a gap: stands before what fills it.</summary>
    public SpecialToken? FillMiddle => Token(_roles.FillMiddle);

    /// <summary>Filling in a gap: fills up the sequence.</summary>
    public SpecialToken? FillPadding => Token(_roles.FillPadding);

    /// <summary>Filling in a gap: stands before the name of a repository.</summary>
    public SpecialToken? FillRepository => Token(_roles.FillRepository);

    /// <summary>Filling in a gap: stands before the name of a file.</summary>
    public SpecialToken? FillFile => Token(_roles.FillFile);

    /// <summary>The ids with which generating ends, in ascending order: the end of a sequence, of a turn, of a message, and what else is known by its name to be an end.</summary>
    public IReadOnlyList<int> Stops => _roles.Stops;

    /// <inheritdoc/>
    public int Count => _tokens.Length;

    /// <inheritdoc/>
    public SpecialToken this[int index] => _tokens[index];

    /// <summary>The special token of that name, or null.</summary>
    public SpecialToken? Find(string name) => _byName.TryGetValue(name, out SpecialToken token) ? token : null;

    /// <summary>The special token of that name.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary has none.</exception>
    public SpecialToken Get(string name) => Find(name) ?? throw Missing(name);

    /// <summary>Whether a token of that name is one between documents.</summary>
    internal static bool IsEndOfTextName(string name) => EndOfTextNames.Contains(name);

    /// <inheritdoc/>
    public IEnumerator<SpecialToken> GetEnumerator() => _tokens.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private SpecialToken? Token(int? id) => id is int number ? new SpecialToken(number, _nameOf(number)) : null;

    private InvalidOperationException Missing(string name)
    {
        var known = new StringBuilder();
        foreach (SpecialToken token in _tokens.Take(8))
        {
            known.Append(known.Length == 0 ? "" : ", ").Append(token.Text);
        }

        return new InvalidOperationException(
            $"This vocabulary has no special token {name} (it has {(known.Length == 0 ? "none" : known)}). "
            + "Use a vocabulary trained with it, or give the ids of the tokens to use instead.");
    }
}
