using System.Text;

namespace Gestalt.Inference.Constraints;

/// <summary>A range of bytes, both ends included.</summary>
internal readonly record struct ByteRange(byte First, byte Last);

/// <summary>
/// Characters as sequences of byte ranges, the way regular-expression engines compile UTF-8 into automata: a range of code points is cut until all
/// its members are a product of independent byte ranges (E1 80..BF 80..BF).
/// </summary>
internal static class Utf8Ranges
{
    // The last code points that take 1, 2 and 3 bytes.
    private static readonly int[] LengthEnds = [0x7F, 0x7FF, 0xFFFF];

    /// <summary>The byte sequences of a set's characters; each of one to four ranges.</summary>
    public static IEnumerable<ByteRange[]> Of(CodePointSet set)
    {
        var waiting = new Stack<(int First, int Last)>(set.Ranges.Reverse());
        while (waiting.TryPop(out (int First, int Last) range))
        {
            if (Cut(range.First, range.Last) is not int end)
            {
                yield return Encode(range.First, range.Last);
                continue;
            }
            waiting.Push((end + 1, range.Last));
            waiting.Push((range.First, end));
        }
    }

    /// <summary>After which code point a range has to be cut; null if it is a product of byte ranges.</summary>
    private static int? Cut(int first, int last)
    {
        foreach (int end in LengthEnds)
        {
            if (first <= end && last > end)
                return end;
        }
        if (last <= 0x7F)
            return null; // one byte
        for (int bits = 6; bits <= 18; bits += 6)
        {
            int low = (1 << bits) - 1;
            if ((first & ~low) == (last & ~low))
                continue;
            if ((first & low) != 0)
                return first | low;
            if ((last & low) != low)
                return (last & ~low) - 1;
        }
        return null;
    }

    private static ByteRange[] Encode(int first, int last)
    {
        Span<byte> low = stackalloc byte[4], high = stackalloc byte[4];
        int length = new Rune(first).EncodeToUtf8(low);
        new Rune(last).EncodeToUtf8(high);
        var ranges = new ByteRange[length];
        for (int i = 0; i < length; i++)
            ranges[i] = new ByteRange(low[i], high[i]);
        return ranges;
    }
}
