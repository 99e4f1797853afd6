using System.Globalization;
using System.Text;

namespace Gestalt.Text.Tests;

public sealed unsafe class CharacterClassTests
{
    [Fact]
    public void Every_code_point_has_the_class_of_its_category()
    {
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (!Rune.IsValid(codePoint))
            {
                continue;
            }

            var rune = new Rune(codePoint);
            CharacterClass expected =
                codePoint is '\r' or '\n' ? CharacterClass.LineEnd
                : Rune.IsWhiteSpace(rune) ? CharacterClass.Space
                : Rune.IsLetter(rune) ? CharacterClass.Letter
                : Rune.IsNumber(rune) ? CharacterClass.Number
                : CharacterClass.Other;
            if (CharacterClasses.OfCodePoint(codePoint) != expected)
            {
                Assert.Fail($"U+{codePoint:X4} is {CharacterClasses.OfCodePoint(codePoint)}, not {expected}.");
            }
        }
    }

    [Fact]
    public void Every_character_is_decoded_with_its_length_and_class()
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (Rune.IsValid(codePoint))
            {
                int length = new Rune(codePoint).EncodeToUtf8(bytes);
                fixed (byte* text = bytes)
                {
                    CharacterClass found = CharacterClasses.At(text, 0, length, out int decoded);
                    if (decoded != length || found != CharacterClasses.OfCodePoint(codePoint))
                    {
                        Assert.Fail($"U+{codePoint:X4} is read as {found} of {decoded} bytes.");
                    }
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
    [InlineData(0x1D49C, UnicodeCategory.UppercaseLetter)] // 𝒜
    [InlineData(0x20000, UnicodeCategory.OtherLetter)] // 𠀀
    public void Astral_letters_are_letters(int codePoint, UnicodeCategory category)
    {
        Assert.Equal(category, Rune.GetUnicodeCategory(new Rune(codePoint)));
        Assert.Equal(CharacterClass.Letter, CharacterClasses.OfCodePoint(codePoint));
    }

    private static void CompareWithRune(ReadOnlySpan<byte> bytes)
    {
        bool valid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
        fixed (byte* text = bytes)
        {
            CharacterClass found = CharacterClasses.At(text, 0, bytes.Length, out int decoded);
            bool equal = valid
                ? decoded == length && found == CharacterClasses.OfCodePoint(rune.Value)
                : decoded == 1 && found == CharacterClass.Other;
            if (!equal)
            {
                Assert.Fail($"{Convert.ToHexString(bytes)} is read as {found} of {decoded} bytes.");
            }
        }
    }
}
