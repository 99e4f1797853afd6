using System.Text;

namespace Gestalt.Text;

/// <summary>The four normalization forms (Unicode Standard Annex 15).</summary>
internal sealed class UnicodeNormalizer(NormalizationForm form) : TextNormalizer
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        if (Ascii.IsValid(utf8))
        {
            return utf8;
        }

        List<int> codePoints = Decompose(CodePoints.Of(utf8), form is NormalizationForm.FormKC or NormalizationForm.FormKD);
        if (form is NormalizationForm.FormC or NormalizationForm.FormKC)
        {
            Compose(codePoints);
        }

        return CodePoints.ToUtf8(codePoints);
    }

    /// <summary>Takes characters apart, marks in the order of their combining classes.</summary>
    public static List<int> Decompose(List<int> codePoints, bool compatibly)
    {
        var result = new List<int>(codePoints.Count + codePoints.Count / 8);
        foreach (int codePoint in codePoints)
        {
            UnicodeData.Decompose(codePoint, compatibly, result);
        }

        for (int start = 0; start < result.Count; start++)
        {
            int end = start;
            while (end < result.Count && UnicodeData.CombiningClass(result[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] marks = [.. result.GetRange(start, end - start).OrderBy(UnicodeData.CombiningClass)];
                for (int i = 0; i < marks.Length; i++)
                {
                    result[start + i] = marks[i];
                }
            }

            start = end;
        }

        return result;
    }

    private static void Compose(List<int> codePoints)
    {
        int starter = -1, kept = 0, lastClass = 0;
        foreach (int codePoint in codePoints.ToArray())
        {
            int combiningClass = UnicodeData.CombiningClass(codePoint);
            bool isBlocked = kept > starter + 1 && (lastClass == 0 || lastClass >= combiningClass);
            int composed = starter < 0 || isBlocked ? -1 : UnicodeData.Compose(codePoints[starter], codePoint);
            if (composed >= 0)
            {
                codePoints[starter] = composed;
                continue;
            }

            starter = combiningClass == 0 ? kept : starter;
            lastClass = combiningClass;
            codePoints[kept++] = codePoint;
        }

        codePoints.RemoveRange(kept, codePoints.Count - kept);
    }
}
