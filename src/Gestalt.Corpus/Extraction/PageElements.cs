using System.Collections.Frozen;

namespace Gestalt.Corpus;

/// <summary>What an element means for finding the text of a page.</summary>
internal enum ElementRole
{
    /// <summary>A block: starts a new piece of text.</summary>
    Block,

    /// <summary>Part of a line.</summary>
    Inline,

    /// <summary>Never text for a reader: scripts, styles, form controls, embedded media.</summary>
    Ignored,

    /// <summary>Furniture of the page by its very meaning: navigation, footer, side notes.</summary>
    Furniture,

    /// <summary>A link.</summary>
    Link,

    /// <summary>A line break inside a block.</summary>
    Break,

    /// <summary>A heading.</summary>
    Heading,

    /// <summary>An item of a list.</summary>
    ListItem,

    /// <summary>A table row.</summary>
    Row,

    /// <summary>A table cell.</summary>
    Cell,

    /// <summary>Text whose white space counts.</summary>
    Preformatted,
}

/// <summary>The names, roles and words by which pages mark their parts.</summary>
internal static class PageElements
{
    private static readonly FrozenDictionary<string, ElementRole> Roles = Build();

    /// <summary>ARIA landmark and widget roles that hold no reading text (WAI-ARIA 1.2, section 5.3).</summary>
    private static readonly FrozenSet<string> FurnitureRoles = new[]
    {
        "navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar", "tablist", "tooltip",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Words in class and id names that, on the web at large, mark what is not the text. They only raise a suspicion: a part
    /// that holds most of the page's prose is kept whatever it is called.
    /// </summary>
    private static readonly FrozenSet<string> FurnitureWords = new[]
    {
        "nav", "navbar", "navigation", "menu", "sidebar", "footer", "masthead", "breadcrumb", "breadcrumbs", "crumbs", "pagination", "pager",
        "cookie", "cookies", "consent", "gdpr", "privacy", "banner", "popup", "modal", "overlay", "toast", "ad", "ads", "adsense", "advert", "advertisement",
        "advertising", "sponsor", "sponsored", "promo", "promoted", "promotion", "related", "recommended", "recommendations", "trending", "popular", "share", "sharing", "social",
        "newsletter", "subscribe", "subscription", "signup", "login", "widget", "toolbar", "skip", "copyright", "legal", "tags", "taglist", "blogroll", "webring", "counter",
        "disclaimer", "outbrain", "taboola", "hidden", "noprint", "tracking", "topbar", "teaser", "teasers", "partners", "linklist",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> CommentWords = new[] { "comment", "comments", "disqus", "respond", "responses", "reply", "replies", "discussion" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The role of an element by its name; unknown names are blocks.</summary>
    public static ElementRole Role(string name) => Roles.GetValueOrDefault(name, ElementRole.Block);

    /// <summary>True for an ARIA role that marks furniture.</summary>
    public static bool IsFurnitureRole(string role) => FurnitureRoles.Contains(role.Trim());

    /// <summary>True for an element that by its name or ARIA role holds the main text.</summary>
    public static bool IsArticle(string name, string? role) => name is "main" or "article" || role is "main" or "article";

    /// <summary>True when a class or id name contains a word for furniture.</summary>
    public static bool NamesFurniture(string? names) => Names(names, FurnitureWords);

    /// <summary>True when a class or id name contains a word for readers' comments.</summary>
    public static bool NamesComments(string? names) => Names(names, CommentWords);

    /// <summary>True when the list of class names or the id contains one of the words, in <c>kebab-case</c>, <c>snake_case</c> or <c>camelCase</c>.</summary>
    private static bool Names(string? names, FrozenSet<string> words)
    {
        if (string.IsNullOrEmpty(names))
            return false;
        FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        ReadOnlySpan<char> rest = names;
        while (!rest.IsEmpty)
        {
            int length = 0;
            while (length < rest.Length && char.IsAsciiLetter(rest[length]) && !(length > 0 && char.IsAsciiLetterUpper(rest[length]) && char.IsAsciiLetterLower(rest[length - 1])))
                length++;
            if (length > 0 && lookup.Contains(rest[..length]))
                return true;
            rest = rest[Math.Max(1, length)..];
        }

        return false;
    }

    private static FrozenDictionary<string, ElementRole> Build()
    {
        var roles = new Dictionary<string, ElementRole>();
        Add(ElementRole.Inline, "abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark meter nobr output q ruby rb s samp small span strike strong sub sup time tt u var wbr");
        Add(ElementRole.Ignored, "script style noscript template iframe frame frameset noframes object embed applet canvas svg math audio video map area head title meta link base button input select option optgroup textarea datalist progress img picture source track rt rp basefont bgsound param slot portal dialog");
        Add(ElementRole.Furniture, "nav footer aside menu form");
        Add(ElementRole.Heading, "h1 h2 h3 h4 h5 h6");
        Add(ElementRole.ListItem, "li");
        Add(ElementRole.Link, "a");
        Add(ElementRole.Break, "br");
        Add(ElementRole.Row, "tr");
        Add(ElementRole.Cell, "td th");
        Add(ElementRole.Preformatted, "pre listing xmp plaintext");
        return roles.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(ElementRole role, string names)
        {
            foreach (string name in names.Split(' '))
                roles[name] = role;
        }
    }
}
