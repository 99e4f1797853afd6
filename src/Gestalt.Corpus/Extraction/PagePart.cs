namespace Gestalt.Corpus;

/// <summary>What kind of text a leaf of the page holds.</summary>
internal enum PartKind
{
    /// <summary>A container of other parts.</summary>
    Container,

    /// <summary>Running text.</summary>
    Paragraph,

    /// <summary>A heading.</summary>
    Heading,

    /// <summary>An item of a list.</summary>
    ListItem,

    /// <summary>A row of a table, cells separated by <c>" | "</c>.</summary>
    Row,

    /// <summary>Text whose white space counts.</summary>
    Preformatted,
}

/// <summary>How strongly a part is marked as furniture of the page.</summary>
internal enum Suspicion
{
    /// <summary>Nothing speaks against it.</summary>
    None,

    /// <summary>Its name does: it goes unless it holds most of the page's prose.</summary>
    Named,

    /// <summary>It holds readers' comments.</summary>
    Comments,
}

/// <summary>A piece of a page: a container, or a leaf with a block of text. Sums include everything below.</summary>
internal sealed class PagePart(PagePart? parent, PartKind kind)
{
    /// <summary>A leaf with at least this many words, few of them links, and a sentence's end counts as prose.</summary>
    private const int ProseWords = 8;

    /// <summary>Prose may have at most this share of its words in links.</summary>
    private const double ProseLinkShare = 0.34;

    public PagePart? Parent { get; } = parent;

    public PartKind Kind { get; } = kind;

    public List<PagePart> Children { get; } = [];

    public string Text { get; private set; } = "";

    public Suspicion Suspicion { get; init; }

    /// <summary>True for an element that by its meaning holds the main text, and that alone.</summary>
    public bool IsArticle { get; init; }

    /// <summary>True once the part was judged not to belong to the text.</summary>
    public bool Dropped { get; set; }

    public int Words { get; private set; }

    public int LinkWords { get; private set; }

    public int ProseWordCount { get; private set; }

    public double LinkShare => Words == 0 ? 0 : (double)LinkWords / Words;

    /// <summary>True for a list or a table: part of a text, never the whole.</summary>
    public bool IsList => Children.Count > 0 && Children.TrueForAll(child => child.Kind is PartKind.ListItem or PartKind.Row);

    /// <summary>Adds a leaf below this container.</summary>
    public PagePart AddLeaf(PartKind leafKind, string text, int words, int linkWords)
    {
        bool prose = leafKind is not PartKind.Heading && words >= ProseWords && linkWords <= words * ProseLinkShare && EndsSentence(text);
        var leaf = new PagePart(this, leafKind) { Text = text, Words = words, LinkWords = linkWords, ProseWordCount = prose ? words : 0 };
        Children.Add(leaf);
        return leaf;
    }

    /// <summary>Brings the sums up to date from the leaves, leaving dropped parts out.</summary>
    public void Sum()
    {
        if (Kind != PartKind.Container)
            return;
        Words = LinkWords = ProseWordCount = 0;
        foreach (PagePart child in Children)
        {
            if (child.Dropped)
                continue;
            child.Sum();
            Words += child.Words;
            LinkWords += child.LinkWords;
            ProseWordCount += child.ProseWordCount;
        }
    }

    private static bool EndsSentence(string text) => text.AsSpan().TrimEnd("\"'”’»)* ").Length is > 0 and int length && text[length - 1] is '.' or '!' or '?' or '…' or ':' or ';' or '—' or '"' or '”';
}
