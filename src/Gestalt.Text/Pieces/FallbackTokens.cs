using System.Globalization;

namespace Gestalt.Text;

/// <summary>What stands for a character that a vocabulary of characters does not have: its bytes, the unknown token, or nothing.</summary>
internal sealed class FallbackTokens
{
    private readonly int[]? _bytes;
    private readonly int _unknown;
    private readonly bool _joinsUnknown;

    /// <param name="bytes">The token of each byte; null without byte fallback. A byte without a token (-1) makes its character unknown.</param>
    /// <param name="unknown">The unknown token; null to leave unknown characters out.</param>
    /// <param name="joinsUnknown">Whether unknown characters side by side are one unknown token.</param>
    public FallbackTokens(int[]? bytes, int? unknown, bool joinsUnknown)
    {
        _bytes = bytes;
        _unknown = unknown ?? -1;
        _joinsUnknown = joinsUnknown;
    }

    /// <summary>The unknown token; -1 when there is none.</summary>
    public int Unknown => _unknown;

    /// <summary>Whether every byte has a token.</summary>
    public bool CoversAllBytes => _bytes is not null && !_bytes.Contains(-1);

    /// <summary>Appends what stands for the bytes of one unknown character.</summary>
    /// <param name="character">Its bytes.</param>
    /// <param name="afterUnknown">Whether the character before it became the unknown token.</param>
    /// <param name="sink">Where to.</param>
    /// <returns>Whether this one did.</returns>
    public bool Append(scoped ReadOnlySpan<byte> character, bool afterUnknown, ref IdSink sink)
    {
        if (TryBytes(character, ref sink))
        {
            return false;
        }

        if (_unknown >= 0 && !(afterUnknown && _joinsUnknown))
        {
            sink.Append([_unknown]);
        }

        return true;
    }

    /// <summary>Finds the byte tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> among pieces; null when there are none at all.</summary>
    public static int[]? FindBytes(Vocabulary vocabulary)
    {
        int[]? bytes = null;
        foreach ((int id, ReadOnlyMemory<byte> value) in vocabulary.OfKind(TokenKind.Byte))
        {
            bytes ??= [.. Enumerable.Repeat(-1, 256)];
            bytes[value.Span[0]] = id;
        }

        return bytes;
    }

    /// <summary>Reads the name of a byte token, <c>&lt;0x0A&gt;</c>.</summary>
    public static bool TryParseByte(string piece, out byte value)
    {
        value = 0;
        return piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>'
            && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private bool TryBytes(scoped ReadOnlySpan<byte> character, ref IdSink sink)
    {
        if (_bytes is null)
        {
            return false;
        }

        foreach (byte value in character)
        {
            if (_bytes[value] < 0)
            {
                return false;
            }
        }

        foreach (byte value in character)
        {
            sink.Append([_bytes[value]]);
        }

        return true;
    }
}
