using System.Globalization;
using System.Text;

namespace Gestalt.Text;

/// <summary>The tokens of a tokenizer: the bytes and the kind of each id.</summary>
internal sealed class Vocabulary
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly TokenKind[] _kinds;

    /// <exception cref="InvalidDataException">The tokens are more than fit in 2 GB, or none.</exception>
    public Vocabulary(IReadOnlyList<byte[]> tokens, IReadOnlyList<TokenKind> kinds)
    {
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
        for (int id = 0; id < tokens.Length; id++)
        {
            kinds[id] = types is null ? TokenKind.Normal : (TokenKind)types[id];
            if (!Enum.IsDefined(kinds[id]))
            {
                throw new InvalidDataException($"Token {id} has type {(int)kinds[id]}; types are 1 to 6.");
            }

            if (kinds[id] is not (TokenKind.Normal or TokenKind.Byte))
            {
                tokens[id] = Encoding.UTF8.GetBytes(pieces[id]);
            }
            else if (!ByteAlphabet.TryToBytes(pieces[id], out tokens[id]) || tokens[id].Length == 0)
            {
                throw new InvalidDataException(
                    $"Token {id} (\"{Shorten(pieces[id])}\") is not written in GPT-2's byte alphabet, so this is no byte-level BPE vocabulary. "
                    + "SentencePiece and WordPiece vocabularies are not supported.");
            }
        }

        return new Vocabulary(tokens, kinds);
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

    /// <summary>The token of each of the 256 bytes; -1 for bytes that have none, which can only be some that no character has.</summary>
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
            if (ids[value] < 0 && !IsInNoCharacter(value))
            {
                throw new InvalidDataException($"The vocabulary has no token for byte 0x{value:X2}; a byte-level vocabulary has one for every byte that occurs in a character.");
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

    /// <summary>What an id without a token is called.</summary>
    public static string UnusedName(int id) => string.Create(CultureInfo.InvariantCulture, $"<|unused_{id}|>");

    /// <summary>The start of a text from a file, for an error message.</summary>
    public static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private ReadOnlyMemory<byte> Memory(int id) => _bytes.AsMemory(_starts[id], _starts[id + 1] - _starts[id]);

    // C0, C1 and F5 onwards never occur in UTF-8; F1 and F2 begin planes 4 to 11, where no character has ever been assigned.
    private static bool IsInNoCharacter(int value) => value is 0xC0 or 0xC1 or 0xF1 or 0xF2 or >= 0xF5;
}
