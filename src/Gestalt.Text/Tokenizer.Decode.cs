using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Gestalt.Text;

/// <content>From ids back to bytes and text.</content>
public sealed partial class Tokenizer
{
    /// <summary>The bytes of one token: of a special token, those of its name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        CheckId(id);
        return _vocabulary.Bytes(id);
    }

    /// <summary>What a token is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public TokenKind KindOf(int id)
    {
        CheckId(id);
        return _vocabulary.Kind(id);
    }

    /// <summary>The bytes that <paramref name="ids"/> stand for: exactly those that were encoded (see <see cref="IsLossless"/>).</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecial">Leave special tokens out instead of writing their names.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is no token.</exception>
    [OverloadResolutionPriority(1)]
    public byte[] Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        int length = 0;
        bool isStart = true;
        foreach (int id in ids)
        {
            CheckId(id);
            length = checked(length + Written(id, skipSpecial, ref isStart).Length);
        }

        var bytes = new byte[length];
        Span<byte> rest = bytes;
        isStart = true;
        foreach (int id in ids)
        {
            ReadOnlySpan<byte> token = Written(id, skipSpecial, ref isStart);
            token.CopyTo(rest);
            rest = rest[token.Length..];
        }

        return bytes;
    }

    /// <summary>The text that <paramref name="ids"/> stand for. Bytes that are not UTF-8 become U+FFFD; <see cref="Decode(ReadOnlySpan{int}, bool)"/> keeps them.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecial">Leave special tokens out instead of writing their names.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is no token.</exception>
    [OverloadResolutionPriority(1)]
    public string DecodeText(ReadOnlySpan<int> ids, bool skipSpecial = false) => Encoding.UTF8.GetString(Decode(ids, skipSpecial));

    /// <inheritdoc cref="Decode(ReadOnlySpan{int}, bool)"/>
    public byte[] Decode(List<int> ids, bool skipSpecial = false) => Decode(CollectionsMarshal.AsSpan(ids), skipSpecial);

    /// <inheritdoc cref="DecodeText(ReadOnlySpan{int}, bool)"/>
    public string DecodeText(List<int> ids, bool skipSpecial = false) => DecodeText(CollectionsMarshal.AsSpan(ids), skipSpecial);

    /// <summary>
    /// The bytes that a token adds to a text: none for a special one that is left out; those of the first without its blank, where a vocabulary puts one before every text.
    /// </summary>
    internal ReadOnlySpan<byte> Written(int id, bool skipSpecial, ref bool isStart)
    {
        TokenKind kind = _vocabulary.Kind(id);
        bool isSpecial = kind is TokenKind.Control or TokenKind.Unknown;
        if (isSpecial && skipSpecial)
        {
            return [];
        }

        ReadOnlySpan<byte> bytes = _vocabulary.Bytes(id);
        bool dropsBlank = isStart && _dropsFirstBlank && !isSpecial && bytes is [(byte)' ', ..];
        isStart = false;
        return dropsBlank ? bytes[1..] : bytes;
    }

    private void CheckId(int id)
    {
        if ((uint)id >= (uint)_vocabulary.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(id), id, $"There is no token {id}: this vocabulary has ids 0 to {_vocabulary.Count - 1}.");
        }
    }
}
