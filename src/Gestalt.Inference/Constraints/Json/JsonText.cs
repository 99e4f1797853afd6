using System.Globalization;
using System.Text;

namespace Gestalt.Inference.Constraints;

/// <summary>
/// Strings as JSON writes them. Where a schema says something about a string's characters, only the plain spelling is allowed: each character is itself, except those that have to be escaped,
/// which have one escape each. Every string has exactly one such spelling, so nothing that a schema allows is lost.
/// </summary>
internal static class JsonText
{
    private const string ShortEscaped = "\"\\\b\f\n\r\t";
    private const string ShortEscapes = "\"\\bfnrt";

    /// <summary>Characters that need no escape.</summary>
    public static CodePointSet Plain { get; } = CodePointSet.Of((0, 0x1F), ('"', '"'), ('\\', '\\')).Complement();

    /// <summary>Any character, plainly spelt.</summary>
    public static Expression AnyCharacter { get; } = Spell(CodePointSet.All);

    /// <summary>A character of a set, plainly spelt.</summary>
    public static Expression Spell(CodePointSet set)
    {
        var options = new List<Expression>();
        CodePointSet plain = set.Intersect(Plain);
        if (!plain.IsEmpty)
            options.Add(new Characters(plain));
        // Escapes that differ in their last character only are one text and a class, which keeps the automata of many strings small.
        IEnumerable<string> escapes = set.Except(Plain).Ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)).Select(Escape);
        foreach (IGrouping<string, string> group in escapes.GroupBy(escape => escape[..^1], StringComparer.Ordinal))
            options.Add(Expression.Join(Expression.Text(group.Key), Expression.OneOf(string.Concat(group.Select(escape => escape[^1])))));
        return Expression.AnyOf([.. options]);
    }

    /// <summary>A text plainly spelt, without quotes.</summary>
    public static string Spell(string text)
    {
        var spelt = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
            spelt.Append(Plain.Contains(rune.Value) ? rune.ToString() : Escape(rune.Value));
        return spelt.ToString();
    }

    private static string Escape(int value) => ShortEscaped.IndexOf((char)value, StringComparison.Ordinal) is int index and >= 0
        ? "\\" + ShortEscapes[index]
        : "\\u" + value.ToString("x4", CultureInfo.InvariantCulture);
}
