using System.Collections.Frozen;
using System.Text;

namespace Gestalt.Corpus;

/// <summary>
/// Keeps hostile or hopeless markup from the parser. The rules of HTML open formatting elements that were not closed again in
/// every following paragraph, and look through all open elements at each tag: a few kilobytes of <c>&lt;p&gt;&lt;font&gt;</c> take
/// minutes, in browsers too. Where more is open than a page needs, such tags are taken out: they say nothing about the text.
/// </summary>
internal static class MarkupGuard
{
    /// <summary>Longer pages, in characters, are refused: crawlers cut at 1 to 5 MB, and nobody reads so much on one page.</summary>
    public const int MaximumCharacters = 8 << 20;

    /// <summary>Pages with more tags are refused: each costs the parser some 200 bytes of memory.</summary>
    public const int MaximumTags = 400_000;

    /// <summary>More unclosed formatting elements than this are taken out.</summary>
    private const int MaximumFormatting = 4;

    /// <summary>Elements nested deeper than this are taken out; real pages stay below 60.</summary>
    private const int MaximumDepth = 250;

    private static readonly FrozenSet<string> Formatting =
        "b big code em font i nobr s small strike strong tt u".Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Elements that have no content, or that the next of their kind closes.</summary>
    private static readonly FrozenSet<string> SelfClosing =
        "a area base br col embed hr img input link meta param source track wbr p li td tr th dt dd option optgroup thead tbody tfoot colgroup rt rp html head body".Split(' ')
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The page, without tags that would make parsing explode; a page in order comes back as it is.</summary>
    /// <param name="html">The page.</param>
    /// <param name="refusal">Why the page is refused, or null.</param>
    public static string Tame(string html, out Drop? refusal)
    {
        refusal = null;
        if (html.Length > MaximumCharacters)
        {
            refusal = new Drop("markup.too-long", $"the page has {html.Length:N0} characters, more than {MaximumCharacters:N0}");
            return "";
        }

        (int tags, int formatting, int depth) = Measure(html);
        if (tags > MaximumTags)
        {
            refusal = new Drop("markup.too-many-tags", $"the page has {tags:N0} tags, more than {MaximumTags:N0}");
            return "";
        }

        return formatting <= MaximumFormatting && depth <= MaximumDepth ? html : TakeOut(html, formatting > MaximumFormatting);
    }

    private static (int Tags, int Formatting, int Depth) Measure(ReadOnlySpan<char> html)
    {
        int tags = 0;
        int formatting = 0;
        int mostFormatting = 0;
        int depth = 0;
        int deepest = 0;
        var names = Formatting.GetAlternateLookup<ReadOnlySpan<char>>();
        var flat = SelfClosing.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int open = html.IndexOf('<'); open >= 0;)
        {
            html = html[(open + 1)..];
            ReadOnlySpan<char> name = TagName(html, out bool closes);
            if (!name.IsEmpty)
            {
                tags++;
                int step = closes ? -1 : 1;
                if (names.Contains(name))
                    mostFormatting = Math.Max(mostFormatting, formatting = Math.Max(0, formatting + step));
                else if (!flat.Contains(name))
                    deepest = Math.Max(deepest, depth = Math.Max(0, depth + step));
            }

            open = html.IndexOf('<');
        }

        return (tags, mostFormatting, deepest);
    }

    private static string TakeOut(string html, bool formatting)
    {
        var kept = new StringBuilder(html.Length);
        ReadOnlySpan<char> rest = html;
        int depth = 0;
        var names = Formatting.GetAlternateLookup<ReadOnlySpan<char>>();
        var flat = SelfClosing.GetAlternateLookup<ReadOnlySpan<char>>();
        while (true)
        {
            int open = rest.IndexOf('<');
            if (open < 0)
                return kept.Append(rest).ToString();
            kept.Append(rest[..open]);
            rest = rest[open..];
            ReadOnlySpan<char> name = TagName(rest[1..], out bool closes);
            bool drop = false;
            if (!name.IsEmpty && names.Contains(name))
                drop = formatting;
            else if (!name.IsEmpty && !flat.Contains(name))
                drop = closes ? --depth >= MaximumDepth : ++depth > MaximumDepth;
            depth = Math.Max(0, depth);
            int close = rest.IndexOf('>');
            int length = close < 0 ? rest.Length : close + 1;
            if (!drop)
                kept.Append(rest[..(length = 1)]);
            rest = rest[length..];
        }
    }

    /// <summary>The name of the tag whose <c>&lt;</c> stands before the text; empty where it starts none.</summary>
    private static ReadOnlySpan<char> TagName(ReadOnlySpan<char> text, out bool closes)
    {
        closes = text is ['/', ..];
        if (closes)
            text = text[1..];
        int length = 0;
        while (length < text.Length && char.IsAsciiLetterOrDigit(text[length]))
            length++;
        return length > 0 && char.IsAsciiLetter(text[0]) ? text[..length] : default;
    }
}
