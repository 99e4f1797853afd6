using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Gestalt.Text;

/// <summary>BERT's: control characters out, white space to blanks, blanks around Chinese characters, accents off, small letters.</summary>
internal sealed class BertNormalizer(bool cleans, bool separatesChinese, bool stripsAccents, bool lowers) : TextNormalizer
{
    // Blocks of Chinese characters as BERT lists them; the last but two begins 0x100 late, in all programs.
    private static readonly (int First, int Last)[] Chinese =
        [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)];

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        // What is done to an ASCII character depends on it alone, and nothing reaches across one.
        var result = new List<byte>(utf8.Length + utf8.Length / 8);
        while (!utf8.IsEmpty)
        {
            int ascii = utf8.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            ascii = ascii < 0 ? utf8.Length : ascii;
            AppendAscii(utf8[..ascii], result);
            utf8 = utf8[ascii..];
            int others = utf8.IndexOfAnyInRange((byte)0, (byte)0x7F);
            others = others < 0 ? utf8.Length : others;
            result.AddRange(Others(utf8[..others]));
            utf8 = utf8[others..];
        }

        return CollectionsMarshal.AsSpan(result);
    }

    private void AppendAscii(ReadOnlySpan<byte> ascii, List<byte> result)
    {
        int count = result.Count;
        CollectionsMarshal.SetCount(result, count + ascii.Length);
        Span<byte> slots = CollectionsMarshal.AsSpan(result);
        foreach (byte value in ascii)
        {
            byte changed = lowers && value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
            if (cleans && value is < (byte)' ' or 0x7F)
            {
                changed = value is >= (byte)'\t' and <= (byte)'\r' ? (byte)' ' : (byte)0;
                if (value is (byte)'\v' or (byte)'\f' || changed == 0)
                {
                    continue;
                }
            }

            slots[count++] = changed;
        }

        CollectionsMarshal.SetCount(result, count);
    }

    private ReadOnlySpan<byte> Others(ReadOnlySpan<byte> utf8)
    {
        List<int> codePoints = CodePoints.Of(utf8);
        if (cleans || separatesChinese)
        {
            codePoints = Clean(codePoints);
        }

        if (stripsAccents)
        {
            codePoints = UnicodeNormalizer.Decompose(codePoints, compatibly: false);
            codePoints.RemoveAll(codePoint => CodePoints.IsCharacter(codePoint) && CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.NonSpacingMark);
        }

        return CodePoints.ToUtf8(lowers ? LowercaseNormalizer.Lower(codePoints) : codePoints);
    }

    private List<int> Clean(List<int> codePoints)
    {
        var result = new List<int>(codePoints.Count);
        foreach (int codePoint in codePoints)
        {
            if (separatesChinese && Chinese.Any(block => block.First <= codePoint && codePoint <= block.Last))
            {
                result.AddRange([' ', codePoint, ' ']);
            }
            else if (!cleans)
            {
                result.Add(codePoint);
            }
            else if (CodePoints.IsCharacter(codePoint) && !IsControl(codePoint))
            {
                result.Add(Rune.IsWhiteSpace(new Rune(codePoint)) ? ' ' : codePoint);
            }
        }

        return result;
    }

    private static bool IsControl(int codePoint) => codePoint is 0 or 0xFFFD
        || (codePoint is not ('\t' or '\n' or '\r')
            && CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate);
}
