using System.Globalization;
using System.Text;

namespace Gestalt.Text;

/// <summary>The tokens of a tokenizer: the bytes and the kind of each id.</summary>
internal sealed class Vocabulary
{
    /// <summary>What stands for a blank in vocabularies of characters (U+2581).</summary>
    public const char Blank = '\u2581';

    // Files by others give a few added tokens the type of ordinary ones; a vocabulary in which more than one of twenty is no byte-level token is another kind.
    private const int StraysInverse = 20;

    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly TokenKind[] _kinds;
    private readonly string[]? _pieces;

    /// <param name="tokens">The bytes of each token.</param>
    /// <param name="kinds">What each token is.</param>
    /// <param name="pieces">Each token as files carry it; null where that follows from its bytes by the byte alphabet.</param>
    /// <exception cref="InvalidDataException">The tokens are more than fit in 2 GB, or none.</exception>
    public Vocabulary(IReadOnlyList<byte[]> tokens, IReadOnlyList<TokenKind> kinds, IReadOnlyList<string>? pieces = null)
    {
        _pieces = pieces is null ? null : [.. pieces];
        long total = tokens.Sum(token => (long)token.Length);
        if (total > Array.MaxLength || tokens.Count == 0)
        {
            throw new InvalidDataException($"A vocabulary of {tokens.Count} tokens with {total} bytes is not usable.");
        }

        _bytes = new byte[total];
        _starts = new int[tokens.Count + 1];
        _kinds = [.. kinds];
        for (int id = 0; id < tokens.Count; id++)
        {
            tokens[id].CopyTo(_bytes.AsSpan(_starts[id]));
            _starts[id + 1] = _starts[id] + tokens[id].Length;
        }
    }

    /// <summary>The number of tokens.</summary>
    public int Count => _kinds.Length;

    /// <summary>Reads tokens as model files carry them.</summary>
    /// <exception cref="InvalidDataException">A token is not written in the byte alphabet, or its type is unknown.</exception>
    public static Vocabulary FromPieces(IReadOnlyList<string> pieces, IReadOnlyList<int>? types)
    {
        var tokens = new byte[pieces.Count][];
        var kinds = new TokenKind[pieces.Count];
        int strays = 0;
        for (int id = 0; id < tokens.Length; id++)
        {
            kinds[id] = KindOf(types, id);
            if (kinds[id] is not (TokenKind.Normal or TokenKind.Byte))
            {
                tokens[id] = Encoding.UTF8.GetBytes(pieces[id]);
            }
            else if ((!ByteAlphabet.TryToBytes(pieces[id], out tokens[id]) || tokens[id].Length == 0) && ++strays <= pieces.Count / StraysInverse)
            {
                // Merging never makes it, so it is never the encoding of any text.
                tokens[id] = Encoding.UTF8.GetBytes(pieces[id]);
                kinds[id] = TokenKind.Unused;
            }
            else if (strays > pieces.Count / StraysInverse)
            {
                throw new InvalidDataException(
                    $"Token {id} (\"{Shorten(pieces[id])}\") is not written in GPT-2's byte alphabet, so this is no byte-level BPE vocabulary. "
                    + "If it is SentencePiece or WordPiece, its file must say so.");
            }
        }

        return new Vocabulary(tokens, kinds);
    }

    /// <summary>
    /// Reads the tokens of a vocabulary of characters: <c>▁</c> stands for a blank, <c>&lt;0x0A&gt;</c> of type Byte for a byte.
    /// </summary>
    /// <exception cref="InvalidDataException">A token's type is unknown, or a byte is none.</exception>
    public static Vocabulary FromSentencePieces(IReadOnlyList<string> pieces, IReadOnlyList<int>? types)
    {
        var tokens = new byte[pieces.Count][];
        var kinds = new TokenKind[pieces.Count];
        for (int id = 0; id < tokens.Length; id++)
        {
            kinds[id] = KindOf(types, id);
            tokens[id] = kinds[id] is TokenKind.Normal or TokenKind.UserDefined
                ? Encoding.UTF8.GetBytes(pieces[id].Replace(Blank, ' '))
                : Encoding.UTF8.GetBytes(pieces[id]);
            if (kinds[id] == TokenKind.Byte)
            {
                tokens[id] = FallbackTokens.TryParseByte(pieces[id], out byte value)
                    ? [value]
                    : throw new InvalidDataException($"Token {id} (\"{Shorten(pieces[id])}\") has the type of a byte, whose name is <0x00> to <0xFF>.");
            }
        }

        return new Vocabulary(tokens, kinds, pieces);
    }

    /// <summary>The bytes of a token.</summary>
    public ReadOnlySpan<byte> Bytes(int id) => _bytes.AsSpan(_starts[id], _starts[id + 1] - _starts[id]);

    /// <summary>The kind of a token.</summary>
    public TokenKind Kind(int id) => _kinds[id];

    /// <summary>The tokens of one kind.</summary>
    public IEnumerable<(int Id, ReadOnlyMemory<byte> Bytes)> OfKind(TokenKind kind)
    {
        for (int id = 0; id < Count; id++)
        {
            if (_kinds[id] == kind)
            {
                yield return (id, Memory(id));
            }
        }
    }

    /// <summary>The token of each of the 256 bytes; -1 for bytes that have none, which can only be some that no text has.</summary>
    /// <exception cref="InvalidDataException">Another byte has none, so that not every text could be encoded.</exception>
    public int[] ByteIds()
    {
        var ids = new int[256];
        Array.Fill(ids, -1);
        for (int id = Count - 1; id >= 0; id--)
        {
            if (_kinds[id] is TokenKind.Normal or TokenKind.Byte && _starts[id + 1] - _starts[id] == 1)
            {
                ids[_bytes[_starts[id]]] = id;
            }
        }

        for (int value = 0; value < 256; value++)
        {
            if (ids[value] < 0 && !IsInNoCharacter(value) && !IsControl(value))
            {
                throw new InvalidDataException($"The vocabulary has no token for byte 0x{value:X2}; a byte-level vocabulary has one for every byte that occurs in text.");
            }
        }

        return ids;
    }

    /// <summary>The ordinary tokens by their bytes, each byte as one character of Latin-1.</summary>
    public Dictionary<string, int> WholeWords()
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < Count; id++)
        {
            if (_kinds[id] is TokenKind.Normal)
            {
                words.TryAdd(Encoding.Latin1.GetString(Bytes(id)), id);
            }
        }

        return words;
    }

    /// <summary>A token as files carry it.</summary>
    public string Piece(int id) => _pieces is not null ? _pieces[id]
        : _kinds[id] is TokenKind.Normal or TokenKind.Byte ? ByteAlphabet.FromBytes(Bytes(id))
        : Encoding.UTF8.GetString(Bytes(id));

    /// <summary>What an id without a token is called.</summary>
    public static string UnusedName(int id) => string.Create(CultureInfo.InvariantCulture, $"<|unused_{id}|>");

    /// <summary>The start of a text from a file, for an error message.</summary>
    public static string Shorten(string text, int most = 40) => text.Length <= most ? text : text[..most] + "…";

    /// <summary>The kind of a token by the list of a file; all are ordinary without one.</summary>
    /// <exception cref="InvalidDataException">There is no such kind.</exception>
    public static TokenKind KindOf(IReadOnlyList<int>? types, int id)
    {
        TokenKind kind = types is null ? TokenKind.Normal : (TokenKind)types[id];
        return Enum.IsDefined(kind) ? kind : throw new InvalidDataException($"Token {id} has type {(int)kind}; types are 1 to 6.");
    }

    private ReadOnlyMemory<byte> Memory(int id) => _bytes.AsMemory(_starts[id], _starts[id + 1] - _starts[id]);

    /// <summary>
    /// Whether a byte is part of no character: C0, C1 and F5 onwards never occur in UTF-8; F1 and F2 begin planes 4 to 11, where no character has ever been assigned.
    /// </summary>
    public static bool IsInNoCharacter(int value) => value is 0xC0 or 0xC1 or 0xF1 or 0xF2 or >= 0xF5;

    // Falcon has no tokens for some of these.
    private static bool IsControl(int value) => value is < ' ' and not ('\t' or '\n' or '\r');
}
