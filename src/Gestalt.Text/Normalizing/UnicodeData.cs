using System.Globalization;

namespace Gestalt.Text;

/// <summary>Decompositions, compositions and combining classes of characters (Unicode, section 3.11), from the table beside this file.</summary>
internal static class UnicodeData
{
    private const int HangulFirst = 0xAC00, HangulCount = 11172, LeadFirst = 0x1100, VowelFirst = 0x1161, TailFirst = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28;

    private static readonly Dictionary<int, int[]> Canonical = [];
    private static readonly Dictionary<int, int[]> Compatible = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, int> Classes = [];

    static UnicodeData()
    {
        using Stream stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("Gestalt.Text.unicode.txt")
            ?? throw new InvalidOperationException("The table of Unicode decompositions is missing from this build.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is string line)
        {
            string[] fields = line.Split(' ');
            foreach (string field in line.StartsWith('#') ? [] : fields.AsSpan(1))
            {
                int equals = field.IndexOf('=', StringComparison.Ordinal);
                Add(fields[0], field[..equals], field[(equals + 1)..]);
            }
        }
    }

    /// <summary>The combining class of a character: 0 for one that begins anew.</summary>
    public static int CombiningClass(int codePoint) => Classes.GetValueOrDefault(codePoint);

    /// <summary>Appends the full decomposition of a character.</summary>
    public static void Decompose(int codePoint, bool compatibly, List<int> result)
    {
        if (codePoint - HangulFirst is >= 0 and < HangulCount and int syllable)
        {
            result.Add(LeadFirst + syllable / (VowelCount * TailCount));
            result.Add(VowelFirst + syllable % (VowelCount * TailCount) / TailCount);
            if (syllable % TailCount is not 0 and int tail)
            {
                result.Add(TailFirst + tail);
            }
        }
        else if (Canonical.TryGetValue(codePoint, out int[]? parts) || (compatibly && Compatible.TryGetValue(codePoint, out parts)))
        {
            foreach (int part in parts)
            {
                Decompose(part, compatibly, result);
            }
        }
        else
        {
            result.Add(codePoint);
        }
    }

    /// <summary>The character that two make together; -1 when there is none.</summary>
    public static int Compose(int first, int second)
    {
        if (first - LeadFirst is >= 0 and < LeadCount and int lead && second - VowelFirst is >= 0 and < VowelCount and int vowel)
        {
            return HangulFirst + (lead * VowelCount + vowel) * TailCount;
        }

        if (first - HangulFirst is >= 0 and < HangulCount and int syllable && syllable % TailCount == 0 && second - TailFirst is > 0 and < TailCount and int tail)
        {
            return first + tail;
        }

        return Compositions.TryGetValue((first, second), out int composed) ? composed : -1;
    }

    private static void Add(string kind, string key, string value)
    {
        if (kind == "class")
        {
            int dash = key.IndexOf('-', StringComparison.Ordinal);
            for (int i = Hexadecimal(key[..dash]); i <= Hexadecimal(key[(dash + 1)..]); i++)
            {
                Classes.Add(i, int.Parse(value, CultureInfo.InvariantCulture));
            }

            return;
        }

        int codePoint = Hexadecimal(key);
        int[] parts = [.. value.Split('+').Select(Hexadecimal)];
        (kind == "compatible" ? Compatible : Canonical).Add(codePoint, parts);
        if (kind == "composed")
        {
            Compositions.Add((parts[0], parts[1]), codePoint);
        }
    }

    private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
