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

    /// <summary>A longest phrase of machinery, in words.</summary>
    private const int MachineryWords = 14;

    private static readonly SearchValues<string> MachineryPhrases = SearchValues.Create(
        [
            "all rights reserved", "©", "(c) 20", "copyright 20", "terms of use", "terms of service", "privacy policy", "cookie policy", "we use cookies", "uses cookies", "accept all", "accept cookies",
            "share this", "share on", "tweet this", "email this", "print this", "pin it", "follow us", "like us on", "subscribe to", "sign up for", "sign in", "log in", "register now",
            "leave a comment", "leave a reply", "post a comment", "no comments yet", "read more", "continue reading", "click here", "learn more", "see also:", "related articles", "related posts",
            "you may also like", "you might also like", "more from", "back to top", "skip to content", "skip to main", "next page", "previous page", "advertisement", "sponsored", "powered by",
            "add to cart", "add to basket", "add to wishlist", "your browser", "enable javascript", "loading...", "view all", "show more", "load more", "permalink", "filed under", "tagged with", "posted in",
        ],
        StringComparison.OrdinalIgnoreCase);

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
            bool suspect = child.Suspicion == Suspicion.Named || (child.Suspicion == Suspicion.Comments && !keepComments);
            if (suspect && child.ProseWordCount <= pageProse * MainShare)
                child.Dropped = true;
            else
                DropSuspects(child, pageProse, keepComments);
        }
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
        while (part.Children.Find(child => !child.Dropped && child.Kind == PartKind.Container && weight(child) >= total * ContainerShare) is { } main)
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
            else if (child.Words <= MachineryWords && child.Kind != PartKind.Preformatted && child.Text.AsSpan().ContainsAny(MachineryPhrases))
                child.Dropped = true;
        }
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
