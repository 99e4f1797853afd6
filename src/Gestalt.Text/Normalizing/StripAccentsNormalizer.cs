using System.Globalization;

namespace Gestalt.Text;

/// <summary>Leaves out all marks; accents that are part of a letter stay, unless the text has been decomposed before.</summary>
internal sealed class StripAccentsNormalizer : TextNormalizer
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        List<int> codePoints = CodePoints.Of(utf8);
        codePoints.RemoveAll(codePoint => CodePoints.IsCharacter(codePoint)
            && CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);
        return CodePoints.ToUtf8(codePoints);
    }
}
