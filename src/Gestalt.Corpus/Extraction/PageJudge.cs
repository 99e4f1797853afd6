using System.Buffers;

namespace Gestalt.Corpus;

/// <summary>
/// Decides which parts of a page are its text. In order: parts named as furniture go, unless most of the prose is in them;
/// parts that are mostly links go; what lies outside the smallest container that holds nearly all of the prose goes; short
/// phrases of the machinery go (share, read more, copyright).
/// </summary>
/// <remarks>
/// The idea of judging blocks by link and text density is that of Kohlschütter et al., "Boilerplate Detection using Shallow
/// Text Features" (WSDM 2010); the choice of one main container that of Readability. Departures: containers are judged as
/// wholes before blocks, so that lists of short items inside an article stay.
/// </remarks>
internal static class PageJudge
{
    /// <summary>A part that holds more than this share of the page's prose is text whatever it is called.</summary>
    private const double MainShare = 0.5;

    /// <summary>The main container holds at least this share of the prose that is left.</summary>
    private const double ContainerShare = 0.85;

    /// <summary>A part with more than this share of its words in links is a list of links.</summary>
    private const double MaximumLinkShare = 0.5;

    /// <summary>A longest block of machinery, in words.</summary>
    private const int MachineryWords = 14;

    /// <summary>A longest title of a section of machinery, in words.</summary>
    private const int MaximumTitleWords = 5;

    /// <summary>Phrases that only the machinery of a site uses, wherever they stand in a short block.</summary>
    private static readonly SearchValues<string> MachineryPhrases = SearchValues.Create(
        [
            "all rights reserved", "terms of use", "terms of service", "privacy policy", "cookie policy", "we use cookies", "uses cookies", "use of cookies", "enable javascript",
            "no comments yet", "you may also like", "you might also like", "skip to content", "skip to main content", "back to top", "click here to",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Words with which short blocks of machinery begin.</summary>
    private static readonly string[] MachineryOpenings =
    [
        "©", "(c) 20", "copyright 20", "copyright ©", "share", "tweet", "print this", "email this", "pin it", "follow us", "like us on", "subscribe", "sign up", "sign in", "log in", "register now",
        "leave a comment", "leave a reply", "post a comment", "add a comment", "read more", "continue reading", "click here", "learn more", "see also", "next page", "previous page", "advertisement",
        "sponsored", "powered by", "add to cart", "add to basket", "add to wishlist", "loading", "view all", "show more", "load more", "permalink", "filed under", "tagged", "tags:", "posted in", "posted by",
    ];

    /// <summary>Titles of sections that are not the text; a number may stand before or behind.</summary>
    private static readonly string[] SectionTitles =
    [
        "comments", "comment", "responses", "replies", "discussion", "leave a comment", "leave a reply", "post a comment", "related", "related articles", "related posts", "related stories", "recommended", "recommended for you",
        "you may also like", "you might also like", "read next", "more from", "more stories", "popular", "most read", "trending", "share", "share this", "tags", "advertisement", "sponsored", "newsletter", "navigation", "menu",
    ];

    /// <summary>Marks everything that is not the page's text as dropped.</summary>
    /// <param name="root">The page's parts, summed.</param>
    /// <param name="keepComments">Whether readers' comments are text.</param>
    public static void Judge(PagePart root, bool keepComments)
    {
        int prose = root.ProseWordCount;
        DropSuspects(root, prose, keepComments);
        root.Sum();
        DropLinkLists(root);
        root.Sum();
        KeepMain(root);
        root.Sum();
        DropMachinery(root);
        DropOrphanHeadings(root);
    }

    private static void DropSuspects(PagePart part, int pageProse, bool keepComments)
    {
        foreach (PagePart child in part.Children)
        {
            Suspicion suspicion = child.Suspicion == Suspicion.None ? SuspicionByTitle(child) : child.Suspicion;
            bool suspect = suspicion == Suspicion.Named || (suspicion == Suspicion.Comments && !keepComments);
            if (suspect && child.ProseWordCount <= pageProse * MainShare)
                child.Dropped = true;
            else
                DropSuspects(child, pageProse, keepComments);
        }
    }

    /// <summary>A container that begins with a telling title is suspect even without a telling name.</summary>
    private static Suspicion SuspicionByTitle(PagePart part)
    {
        if (part.Kind != PartKind.Container || part.Children.Count < 2 || part.Children[0] is not { Kind: not PartKind.Container, Words: <= MaximumTitleWords } first)
            return Suspicion.None;
        ReadOnlySpan<char> title = first.Text.AsSpan().Trim(" 0123456789():.");
        foreach (string known in SectionTitles)
        {
            if (title.Equals(known, StringComparison.OrdinalIgnoreCase))
                return PageElements.NamesComments(known) ? Suspicion.Comments : Suspicion.Named;
        }

        return Suspicion.None;
    }

    private static void DropLinkLists(PagePart part)
    {
        foreach (PagePart child in part.Children)
        {
            if (child.Dropped)
                continue;
            if (child.Kind != PartKind.Heading && child.LinkShare > MaximumLinkShare && child.ProseWordCount == 0)
                child.Dropped = true;
            else
                DropLinkLists(child);
        }
    }

    /// <summary>Walks down while one child alone holds nearly all of the prose, dropping its siblings.</summary>
    private static void KeepMain(PagePart root)
    {
        Func<PagePart, int> weight = root.ProseWordCount > 0 ? part => part.ProseWordCount : part => part.Words - part.LinkWords;
        int total = weight(root);
        PagePart part = root;
        while (!part.IsArticle && part.Children.Find(child => !child.Dropped && child.Kind == PartKind.Container && !child.IsList && weight(child) >= total * ContainerShare) is { } main)
        {
            int place = part.Children.IndexOf(main);
            for (int i = 0; i < part.Children.Count; i++)
            {
                PagePart sibling = part.Children[i];
                bool title = sibling.Kind == PartKind.Heading && i < place;
                if (i != place && !title && sibling.ProseWordCount == 0)
                    sibling.Dropped = true;
            }

            part = main;
        }
    }

    private static void DropMachinery(PagePart part)
    {
        foreach (PagePart child in part.Children)
        {
            if (child.Dropped)
                continue;
            if (child.Kind == PartKind.Container)
                DropMachinery(child);
            else if (child.Words <= MachineryWords && child.Kind != PartKind.Preformatted && IsMachinery(child))
                child.Dropped = true;
        }
    }

    private static bool IsMachinery(PagePart leaf)
    {
        ReadOnlySpan<char> text = leaf.Text;
        if (text.ContainsAny(MachineryPhrases))
            return true;

        // A whole sentence may well begin with such a word; a button or a label is no sentence.
        if (leaf.ProseWordCount > 0)
            return false;
        foreach (string opening in MachineryOpenings)
        {
            if (text.StartsWith(opening, StringComparison.OrdinalIgnoreCase) && (text.Length == opening.Length || !char.IsLetterOrDigit(text[opening.Length])))
                return true;
        }

        return false;
    }

    /// <summary>A heading above something that was dropped goes with it: what follows is another heading at once, or nothing.</summary>
    private static void DropOrphanHeadings(PagePart root)
    {
        var leaves = new List<PagePart>();
        Collect(root, leaves, withDropped: true);
        bool droppedBelow = false;
        bool keptBelow = false;
        for (int i = leaves.Count - 1; i >= 0; i--)
        {
            PagePart leaf = leaves[i];
            if (leaf.Kind != PartKind.Heading)
            {
                droppedBelow |= IsDropped(leaf);
                keptBelow |= !IsDropped(leaf);
                continue;
            }

            if (droppedBelow && !keptBelow)
                leaf.Dropped = true;
            droppedBelow = keptBelow = false;
        }
    }

    /// <summary>The leaves in reading order.</summary>
    public static void Collect(PagePart part, List<PagePart> leaves, bool withDropped = false)
    {
        if (part.Dropped && !withDropped)
            return;
        if (part.Kind != PartKind.Container)
            leaves.Add(part);
        foreach (PagePart child in part.Children)
            Collect(child, leaves, withDropped);
    }

    private static bool IsDropped(PagePart leaf)
    {
        for (PagePart? part = leaf; part is not null; part = part.Parent)
        {
            if (part.Dropped)
                return true;
        }

        return false;
    }
}
