using System.Text;

namespace Gestalt.Text;

/// <summary>Capitals to small letters, character by character.</summary>
internal sealed class LowercaseNormalizer : TextNormalizer
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst) => CodePoints.ToUtf8(Lower(CodePoints.Of(utf8)));

    /// <summary>The small letters; the Turkish İ is the only one that becomes two characters.</summary>
    public static List<int> Lower(List<int> codePoints)
    {
        var result = new List<int>(codePoints.Count);
        foreach (int codePoint in codePoints)
        {
            if (codePoint == 0x130)
            {
                result.AddRange(['i', 0x307]);
            }
            else
            {
                result.Add(CodePoints.IsCharacter(codePoint) ? Rune.ToLowerInvariant(new Rune(codePoint)).Value : codePoint);
            }
        }

        return result;
    }
}
