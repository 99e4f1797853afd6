using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gestalt.Text.Tests;

public sealed unsafe class CharacterClassTests
{
    private static readonly string[] Names = ["L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "S", "Z", "C"];

    [Fact]
    public void Every_code_point_is_in_the_sets_of_its_category()
    {
        CharacterSet[] sets = [.. Names.Select(name => CharacterSet.Named(name)!), CharacterSet.WhiteSpace, CharacterSet.Of('a', 'z'), CharacterSet.Of(0x10000, 0x1FFFF).Complement()];
        var classes = new CharacterClasses(sets);
        RegexTwin[] twins = [.. Names.Select(name => new RegexTwin($@"\p{{{name}}}"))];
        Assert.Equal(Names.Length, twins.Length);
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (!Rune.IsValid(codePoint))
            {
                continue;
            }

            int found = classes.OfCodePoint(codePoint);
            var rune = new Rune(codePoint);
            bool isRight = classes.IsIn(found, 0) == Rune.IsLetter(rune)
                && classes.IsIn(found, 1) == Rune.IsUpper(rune)
                && classes.IsIn(found, 2) == Rune.IsLower(rune)
                && classes.IsIn(found, 6) == Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                && classes.IsIn(found, 10) == Rune.IsNumber(rune)
                && classes.IsIn(found, 11) == Rune.IsDigit(rune)
                && classes.IsIn(found, 14) == Rune.IsPunctuation(rune)
                && classes.IsIn(found, 15) == Rune.IsSymbol(rune)
                && classes.IsIn(found, 16) == Rune.IsSeparator(rune)
                && classes.IsIn(found, 18) == Rune.IsWhiteSpace(rune)
                && classes.IsIn(found, 19) == codePoint is >= 'a' and <= 'z'
                && classes.IsIn(found, 20) == codePoint is < 0x10000 or > 0x1FFFF;
            if (!isRight)
            {
                Assert.Fail($"U+{codePoint:X4} is in the wrong sets.");
            }
        }
    }

    [Fact]
    public void Every_character_is_decoded_with_its_length()
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (Rune.IsValid(codePoint))
            {
                int length = new Rune(codePoint).EncodeToUtf8(bytes);
                if (Utf8.Decode(bytes[..length], out int decoded) != codePoint || decoded != length)
                {
                    Assert.Fail($"U+{codePoint:X4} is read with {decoded} bytes.");
                }
            }
        }
    }

    [Fact]
    public void Any_three_bytes_are_valid_exactly_when_the_runtime_says_so()
    {
        byte[] tail = [0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF];
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
            {
                foreach (byte third in tail)
                {
                    foreach (byte fourth in tail)
                    {
                        byte[] bytes = [(byte)first, (byte)second, third, fourth];
                        for (int available = 1; available <= 4; available++)
                        {
                            CompareWithRune(bytes.AsSpan(0, available));
                        }
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(0x1D49C)] // 𝒜
    [InlineData(0x20000)] // 𠀀
    public void Astral_letters_are_letters(int codePoint)
    {
        var classes = new CharacterClasses([CharacterSet.Named("L")!]);
        Assert.True(classes.IsIn(classes.OfCodePoint(codePoint), 0));
    }

    private static void CompareWithRune(ReadOnlySpan<byte> bytes)
    {
        bool valid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done;
        int found = Utf8.Decode(bytes, out int decoded);
        bool equal = valid ? decoded == length && found == rune.Value : decoded == 1 && found == Utf8.Invalid;
        if (!equal)
        {
            Assert.Fail($"{Convert.ToHexString(bytes)} is read as U+{found:X4} of {decoded} bytes.");
        }
    }
}
