using System.Globalization;
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
