using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>Text that is rich in what pre-tokenizers disagree about.</summary>
internal static class RandomText
{
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "a", "b", "Z", "the", " the", "word", "é", "ß", "ſ", "ж", "字", "𝒜", "𠀀", "ª", "ʼ", "ǅ", "ย",
            "0", "7", "12345", "²", "Ⅷ", "٣", "𝟘", "½",
            " ", " ", "  ", "\t", "\r", "\n", "\r\n", "\n\n", "\v", "\f", "\u0085", "\u00A0", "\u2003", "\u2028", "\u3000", "\u1680", "\u180E", "\u200B", "\uFEFF",
            "'", "'s", "'S", "'ſ", "'t", "'T", "'re", "'rE", "'RE", "'ve", "'ll", "'Ll", "'l", "'m", "'d", "'D", "’s", "ll", "S",
            ".", ",", "!", "!!", "?", "-", "--", "(", ")", "_", "=", "€", "…", "—", "😀", "\u0301", "👨‍👩‍👧", "\0", "\u007F", "\uFFFD", "\uE000", "K",
            "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyzabcde", "abcdefghijklmnopqrstuvwxyzabcdef",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0x80], [0xC0, 0x80], [0xC3], [0xE5, 0xAD], [0xED, 0xA0, 0x80], [0xF0, 0x9D, 0x92], [0xF4, 0x90, 0x80, 0x80], [0xF8],
    ];

    /// <summary>A few pieces of the kinds that matter, some random code points, some invalid bytes.</summary>
    public static byte[] Next(Random random, int pieces)
    {
        var bytes = new List<byte>();
        Span<byte> encoded = stackalloc byte[4];
        for (int i = 0; i < pieces; i++)
        {
            if (random.Next(12) == 0)
            {
                int codePoint = random.Next(random.Next(2) == 0 ? 0x3000 : 0x110000);
                Rune rune = Rune.IsValid(codePoint) ? new Rune(codePoint) : Rune.ReplacementChar;
                bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
            }
            else
            {
                bytes.AddRange(Pieces[random.Next(Pieces.Length)]);
            }
        }

        return [.. bytes];
    }

    /// <summary>Any bytes.</summary>
    public static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
