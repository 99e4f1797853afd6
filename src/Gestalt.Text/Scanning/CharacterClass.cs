using System.Globalization;
using System.Runtime.CompilerServices;

namespace Gestalt.Text;

/// <summary>All that the pre-tokenizers ask about a character.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Everything else: symbols, punctuation, marks, controls, unassigned code points and invalid bytes.</summary>
    Other,

    /// <summary><c>\p{L}</c>.</summary>
    Letter,

    /// <summary><c>\p{N}</c>.</summary>
    Number,

    /// <summary><c>\s</c> except line ends.</summary>
    Space,

    /// <summary>Carriage return or line feed, which are <c>\s</c> too.</summary>
    LineEnd,
}

/// <summary>
/// The class of the character at a position of UTF-8 text. ASCII is looked up in one table of 128 bytes; everything else in a table of two
/// stages, 4,352 blocks of 256 code points, of which each block is filled when a text first needs it.
/// </summary>
internal static unsafe class CharacterClasses
{
    private const int BlockSize = 256;

    private static readonly byte[] Ascii = AsciiTable();
    private static readonly byte[]?[] Blocks = new byte[]?[0x110000 / BlockSize];

    /// <summary>The class of one ASCII byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterClass OfAscii(byte value) => (CharacterClass)Ascii[value];

    /// <summary>The class of the character at <paramref name="text"/>[<paramref name="at"/>] and its length in bytes (1 for an invalid byte).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterClass At(byte* text, int at, int end, out int length)
    {
        byte first = text[at];
        if (first < 0x80)
        {
            length = 1;
            return (CharacterClass)Ascii[first];
        }

        return BeyondAscii(text + at, end - at, out length);
    }

    /// <summary>The class of a code point.</summary>
    public static CharacterClass OfCodePoint(int codePoint)
    {
        byte[] block = Blocks[codePoint / BlockSize] ?? FillBlock(codePoint / BlockSize);
        return (CharacterClass)block[codePoint % BlockSize];
    }

    private static CharacterClass BeyondAscii(byte* text, int available, out int length)
    {
        int codePoint = Decode(text, available, out length);
        return codePoint < 0 ? CharacterClass.Other : OfCodePoint(codePoint);
    }

    /// <summary>
    /// Decodes one character of two to four bytes by the table of well-formed sequences (Unicode, table 3-7: no overlong forms, no surrogates, nothing
    /// above U+10FFFF); -1 with length 1 when there is none.
    /// </summary>
    private static int Decode(byte* text, int available, out int length)
    {
        int first = text[0];
        length = 1;
        if (first is < 0xC2 or > 0xF4 || available < 2 || !IsContinuation(text[1]))
        {
            return -1;
        }

        int second = text[1] & 0x3F;
        if (first < 0xE0)
        {
            length = 2;
            return (first & 0x1F) << 6 | second;
        }

        if (available < 3 || !IsContinuation(text[2]))
        {
            return -1;
        }

        int third = text[2] & 0x3F;
        if (first < 0xF0)
        {
            int codePoint = (first & 0x0F) << 12 | second << 6 | third;
            if (codePoint < 0x800 || codePoint is >= 0xD800 and < 0xE000)
            {
                return -1;
            }

            length = 3;
            return codePoint;
        }

        if (available < 4 || !IsContinuation(text[3]))
        {
            return -1;
        }

        int astral = (first & 0x07) << 18 | second << 12 | third << 6 | text[3] & 0x3F;
        if (astral is < 0x10000 or > 0x10FFFF)
        {
            return -1;
        }

        length = 4;
        return astral;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;

    // Two threads may fill the same block at once: they write the same bytes, and either array will do.
    private static byte[] FillBlock(int block)
    {
        var classes = new byte[BlockSize];
        for (int i = 0; i < BlockSize; i++)
        {
            classes[i] = (byte)FromCategory(block * BlockSize + i);
        }

        Volatile.Write(ref Blocks[block], classes);
        return classes;
    }

    private static byte[] AsciiTable()
    {
        var table = new byte[256];
        for (int i = 0; i < 128; i++)
        {
            table[i] = (byte)FromCategory(i);
        }

        return table;
    }

    private static CharacterClass FromCategory(int codePoint) => codePoint switch
    {
        '\r' or '\n' => CharacterClass.LineEnd,
        (>= '\t' and <= '\r') or 0x85 => CharacterClass.Space,
        _ => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => CharacterClass.Space,
            _ => CharacterClass.Other,
        },
    };
}
