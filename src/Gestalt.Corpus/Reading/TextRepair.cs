using System.Buffers;
using System.Text;

namespace Gestalt.Corpus;

/// <summary>Small repairs that give back what the author wrote. Text that is in order passes through untouched.</summary>
internal static class TextRepair
{
    /// <summary>Twice-encoded text is repaired only where at least this many places show it.</summary>
    private const int MinimumMojibakeRuns = 3;

    /// <summary>... and at least this share of all non-ASCII places, so that a text about mojibake keeps its examples.</summary>
    private const double MinimumMojibakeShare = 0.8;

    private static readonly SearchValues<char> Untidy = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(c => c is not ('\n' or '\t')).Select(c => (char)c),
         .. Enumerable.Range(0x7F, 0x21).Select(c => (char)c),
         '\u00A0', '\u00AD', '\u200B', '\u200C', '\u200E', '\u200F', '\u2028', '\u2029', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2060', '\uFEFF', '\uFFFE', '\uFFFF']);

    /// <summary>Line ends become <c>\n</c>.</summary>
    public static string NormalizeLineEnds(string text) =>
        text.Contains('\r', StringComparison.Ordinal) ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text;

    /// <summary>
    /// Undoes UTF-8 that was read as windows-1252 and encoded again (<c>â€™</c> for <c>’</c>), once.
    /// </summary>
    /// <remarks>Each run of characters beyond ASCII is mapped back to bytes; a run that is valid UTF-8 then was written twice.</remarks>
    public static string UndoMojibake(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\u00C2', '\u00F4') < 0)
            return text;
        int runs = 0;
        int twice = 0;
        var repaired = new StringBuilder(text.Length);
        int position = 0;
        byte[] bytes = [];
        while (position < text.Length)
        {
            int next = text.AsSpan(position).IndexOfAnyInRange('\u0080', '\uFFFF');
            if (next < 0)
                break;
            repaired.Append(text, position, next);
            position += next;
            int length = text.AsSpan(position).IndexOfAnyInRange('\0', '\u007F');
            ReadOnlySpan<char> run = text.AsSpan(position, length < 0 ? text.Length - position : length);
            runs++;
            if (bytes.Length < run.Length)
                bytes = new byte[run.Length * 2];
            if (TryReadBack(run, bytes))
            {
                twice++;
                repaired.Append(Encoding.UTF8.GetString(bytes, 0, run.Length));
            }
            else
            {
                repaired.Append(run);
            }

            position += run.Length;
        }

        if (twice < MinimumMojibakeRuns || twice < runs * MinimumMojibakeShare)
            return text;
        return repaired.Append(text, position, text.Length - position).ToString();
    }

    /// <summary>
    /// Tidies text from the web: odd spaces become spaces, invisible characters go, line and paragraph separators become line
    /// ends, letters followed by a combining accent become one letter (NFC for the Latin letters, where the web needs it).
    /// </summary>
    public static string Tidy(string text)
    {
        text = NormalizeLineEnds(text);
        if (text.AsSpan().IndexOfAny(Untidy) >= 0)
            text = RemoveUntidy(text);
        return LatinComposition.Compose(text);
    }

    private static string RemoveUntidy(string text)
    {
        var tidy = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!Untidy.Contains(c))
                tidy.Append(c);
            else if (c is '\u00A0' or '\v' or '\f')
                tidy.Append(' ');
            else if (c is '\u2028' or '\u2029' or '\u0085')
                tidy.Append('\n');
        }

        return tidy.ToString();
    }

    private static bool TryReadBack(ReadOnlySpan<char> run, Span<byte> bytes)
    {
        for (int i = 0; i < run.Length; i++)
        {
            int value = Charsets.Windows1252Byte(run[i]);
            if (value < 0)
                return false;
            bytes[i] = (byte)value;
        }

        return System.Text.Unicode.Utf8.IsValid(bytes[..run.Length]);
    }
}

/// <summary>
/// Canonical composition (NFC) of Latin letters with the accents of the languages of Europe. .NET's own normalisation needs
/// ICU, which this project does without.
/// </summary>
internal static class LatinComposition
{
    private static readonly (char Mark, string Letters, string Composed)[] Table =
    [
        ('\u0300', "AEIOUaeiouNn", "ÀÈÌÒÙàèìòùǸǹ"),
        ('\u0301', "AEIOUYaeiouyCcLlNnRrSsZz", "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹź"),
        ('\u0302', "AEIOUaeiouCcGgHhJjSsWwYy", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ"),
        ('\u0303', "ANOanoIiUu", "ÃÑÕãñõĨĩŨũ"),
        ('\u0304', "AEIOUaeiou", "ĀĒĪŌŪāēīōū"),
        ('\u0306', "AaEeGgIiOoUu", "ĂăĔĕĞğĬĭŎŏŬŭ"),
        ('\u0307', "CcEeGgIZz", "ĊċĖėĠġİŻż"),
        ('\u0308', "AEIOUaeiouyY", "ÄËÏÖÜäëïöüÿŸ"),
        ('\u030A', "AaUu", "ÅåŮů"),
        ('\u030B', "OoUu", "ŐőŰű"),
        ('\u030C', "CcDdEeNnRrSsTtZz", "ČčĎďĚěŇňŘřŠšŤťŽž"),
        ('\u0327', "CcSsTt", "ÇçŞşŢţ"),
        ('\u0328', "AaEeIiUu", "ĄąĘęĮįŲų"),
    ];

    public static string Compose(string text)
    {
        int mark = text.AsSpan().IndexOfAnyInRange('\u0300', '\u0328');
        if (mark < 0)
            return text;
        var composed = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (c is >= '\u0300' and <= '\u0328' && composed.Length > 0 && Find(composed[^1], c) is { } letter)
                composed[^1] = letter;
            else
                composed.Append(c);
        }

        return composed.ToString();
    }

    private static char? Find(char letter, char mark)
    {
        foreach ((char candidate, string letters, string results) in Table)
        {
            if (candidate == mark && letters.IndexOf(letter, StringComparison.Ordinal) is >= 0 and int index)
                return results[index];
        }

        return null;
    }
}
