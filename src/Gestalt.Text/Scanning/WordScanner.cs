using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Text;

/// <summary>
/// The regular expressions of <see cref="PreTokenizer"/>, each as one pass over UTF-8 without backtracking. Every method returns where the word that
/// starts at <c>at</c> ends; <c>at</c> is always before <c>end</c>.
/// </summary>
internal static unsafe class WordScanner
{
    /// <summary>Where the word starting at <paramref name="at"/> ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int NextWord(PreTokenizer rule, byte* text, int at, int end)
    {
        if (at + Vector256<byte>.Count < end)
        {
            // Where the run fills the vector or the byte after it is not ASCII, the word may be longer.
            int length = LettersAfterBlank(Vector256.Load(text + at), text[at]);
            if (length is > 0 and < 32 && text[at + length] < 0x80)
            {
                return at + length;
            }
        }

        return AnyWord(rule, text, at, end);
    }

    /// <summary>
    /// How many of the bytes are a word of ASCII letters with or without a blank before it, in which all the rules agree; 0 when the text goes on
    /// otherwise. One comparison finds the letters among 32 bytes: (byte | 0x20) - 'a' is below 26 for them alone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LettersAfterBlank(Vector256<byte> bytes, byte first)
    {
        Vector256<byte> fromA = (bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a');
        uint letters = Vector256.LessThan(fromA, Vector256.Create((byte)26)).ExtractMostSignificantBits();
        letters |= first == ' ' ? letters >> 1 & 1 : 0;
        return BitOperations.TrailingZeroCount(~letters);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int AnyWord(PreTokenizer rule, byte* text, int at, int end) => rule switch
    {
        PreTokenizer.Gpt2 => Gpt2(text, at, end),
        PreTokenizer.Gpt2Digits => Gpt2Digits(text, at, end),
        PreTokenizer.Cl100k => Gpt4(text, at, end, digits: 3),
        PreTokenizer.Qwen2 => Gpt4(text, at, end, digits: 1),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "There is no such pre-tokenizer."),
    };

    // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
    private static int Gpt2(byte* text, int at, int end)
    {
        if (text[at] == '\'' && Contraction(text, at, end, ignoreCase: false) is > 0 and int length)
        {
            return at + length;
        }

        int start = text[at] == ' ' && at + 1 < end ? at + 1 : at;
        CharacterClass first = CharacterClasses.At(text, start, end, out int bytes);
        return first is CharacterClass.Space or CharacterClass.LineEnd
            ? WhiteSpace(text, at, end, cutAfterLineEnd: false)
            : EndOfRun(text, start + bytes, end, first);
    }

    // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+
    private static int Gpt2Digits(byte* text, int at, int end)
    {
        if (CharacterClasses.At(text, at, end, out int bytes) == CharacterClass.Number)
        {
            return at + bytes;
        }

        int behind = EndOfWhiteSpace(text, at, end);
        return behind > at && behind < end && CharacterClasses.At(text, behind, end, out _) == CharacterClass.Number ? behind : Gpt2(text, at, end);
    }

    // (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
    private static int Gpt4(byte* text, int at, int end, int digits)
    {
        if (text[at] == '\'' && Contraction(text, at, end, ignoreCase: true) is > 0 and int length)
        {
            return at + length;
        }

        CharacterClass first = CharacterClasses.At(text, at, end, out int bytes);
        int second = at + bytes;
        switch (first)
        {
            case CharacterClass.Letter:
                return EndOfRun(text, second, end, CharacterClass.Letter);
            case CharacterClass.Number:
                return Digits(text, second, end, digits - 1);
            case CharacterClass.LineEnd:
                return WhiteSpace(text, at, end, cutAfterLineEnd: true);
        }

        // One character that is neither letter, digit nor line end: it may lead a word of letters; a blank may also lead symbols.
        CharacterClass next = second < end ? CharacterClasses.At(text, second, end, out bytes) : CharacterClass.LineEnd;
        if (next == CharacterClass.Letter)
        {
            return EndOfRun(text, second + bytes, end, CharacterClass.Letter);
        }

        bool symbols = first == CharacterClass.Other || (text[at] == ' ' && next == CharacterClass.Other);
        return symbols
            ? LineEnds(text, EndOfRun(text, second, end, CharacterClass.Other), end)
            : WhiteSpace(text, at, end, cutAfterLineEnd: true);
    }

    /// <summary>The length of the contraction at an apostrophe, 0 if there is none. Ignoring case, U+017F (ſ, bytes C5 BF) folds to s.</summary>
    private static int Contraction(byte* text, int at, int end, bool ignoreCase)
    {
        int available = end - at;
        if (available < 2)
        {
            return 0;
        }

        int fold = ignoreCase ? 0x20 : 0;
        int first = text[at + 1] | fold;
        if (first is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        if (available < 3)
        {
            return 0;
        }

        if (ignoreCase && text[at + 1] == 0xC5 && text[at + 2] == 0xBF)
        {
            return 3;
        }

        int second = text[at + 2] | fold;
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>The end of the characters of one class from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EndOfRun(byte* text, int at, int end, CharacterClass wanted)
    {
        while (at < end && CharacterClasses.At(text, at, end, out int bytes) == wanted)
        {
            at += bytes;
        }

        return at;
    }

    private static int Digits(byte* text, int at, int end, int most)
    {
        while (most-- > 0 && at < end && CharacterClasses.At(text, at, end, out int bytes) == CharacterClass.Number)
        {
            at += bytes;
        }

        return at;
    }

    private static int LineEnds(byte* text, int at, int end)
    {
        while (at < end && text[at] is (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }

    private static int EndOfWhiteSpace(byte* text, int at, int end)
    {
        while (at < end && CharacterClasses.At(text, at, end, out int bytes) is CharacterClass.Space or CharacterClass.LineEnd)
        {
            at += bytes;
        }

        return at;
    }

    /// <summary>
    /// <c>\s+(?!\S)|\s+</c>: all the white space up to the end of the text; before something else, all but its last character, which may lead the next
    /// word; a single one alone. <c>\s*[\r\n]+</c> goes before: white space with a line end in it ends after the last of them.
    /// </summary>
    private static int WhiteSpace(byte* text, int at, int end, bool cutAfterLineEnd)
    {
        int position = at, last = at, afterLineEnd = 0;
        while (position < end)
        {
            CharacterClass found = CharacterClasses.At(text, position, end, out int bytes);
            if (found is not (CharacterClass.Space or CharacterClass.LineEnd))
            {
                break;
            }

            last = position;
            position += bytes;
            afterLineEnd = found == CharacterClass.LineEnd ? position : afterLineEnd;
        }

        if (cutAfterLineEnd && afterLineEnd > 0)
        {
            return afterLineEnd;
        }

        return position == end || last == at ? position : last;
    }
}
