using System.Runtime.CompilerServices;

namespace Gestalt.Text;

/// <summary>Reading the characters of UTF-8 that nobody has checked.</summary>
internal static unsafe class Utf8
{
    /// <summary>What <see cref="Decode"/> returns for a byte that is part of no character.</summary>
    public const int Invalid = -1;

    /// <summary>
    /// The character of one to four bytes at <paramref name="text"/>, by the table of well-formed sequences (Unicode, table 3-7: no overlong forms, no surrogates, nothing
    /// above U+10FFFF); <see cref="Invalid"/> with length 1 when there is none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decode(byte* text, int available, out int length)
    {
        if (*text < 0x80)
        {
            length = 1;
            return *text;
        }

        return BeyondAscii(text, available, out length);
    }

    /// <inheritdoc cref="Decode(byte*, int, out int)"/>
    public static int Decode(ReadOnlySpan<byte> text, out int length)
    {
        fixed (byte* first = text)
        {
            return Decode(first, text.Length, out length);
        }
    }

    /// <summary>How many characters a text has, each byte that is part of none counted as one.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        for (; !text.IsEmpty; count++)
        {
            Decode(text, out int length);
            text = text[length..];
        }

        return count;
    }

    private static int BeyondAscii(byte* text, int available, out int length)
    {
        int first = text[0];
        length = 1;
        if (first is < 0xC2 or > 0xF4 || available < 2 || !IsContinuation(text[1]))
        {
            return Invalid;
        }

        int second = text[1] & 0x3F;
        if (first < 0xE0)
        {
            length = 2;
            return (first & 0x1F) << 6 | second;
        }

        if (available < 3 || !IsContinuation(text[2]))
        {
            return Invalid;
        }

        int third = text[2] & 0x3F;
        if (first < 0xF0)
        {
            int codePoint = (first & 0x0F) << 12 | second << 6 | third;
            if (codePoint < 0x800 || codePoint is >= 0xD800 and < 0xE000)
            {
                return Invalid;
            }

            length = 3;
            return codePoint;
        }

        if (available < 4 || !IsContinuation(text[3]))
        {
            return Invalid;
        }

        int astral = (first & 0x07) << 18 | second << 12 | third << 6 | text[3] & 0x3F;
        if (astral is < 0x10000 or > 0x10FFFF)
        {
            return Invalid;
        }

        length = 4;
        return astral;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
