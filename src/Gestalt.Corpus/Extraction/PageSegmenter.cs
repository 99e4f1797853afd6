using System.Text;
using AngleSharp.Dom;

namespace Gestalt.Corpus;

/// <summary>Walks a parsed page once and lays it out as a tree of parts: containers and blocks of text with their counts.</summary>
internal sealed class PageSegmenter
{
    /// <summary>Rows with cells longer than this lay out a page rather than a table.</summary>
    private const int MaximumCellLength = 300;

    private readonly StringBuilder line = new();
    private PagePart container;
    private PartKind kind = PartKind.Paragraph;
    private int linkDepth;
    private int words;
    private int linkWords;
    private bool insideWord;
    private bool preformatted;

    private PageSegmenter(PagePart root) => container = root;

    /// <summary>The parts below the body element.</summary>
    public static PagePart Segment(IElement body)
    {
        var root = new PagePart(null, PartKind.Container);
        var segmenter = new PageSegmenter(root);
        segmenter.VisitChildren(body);
        segmenter.Flush();
        root.Sum();
        return root;
    }

    private void VisitChildren(INode parent)
    {
        INodeList children = parent.ChildNodes;
        for (int i = 0; i < children.Length; i++)
        {
            if (children[i] is IElement element)
                Visit(element);
            else if (children[i] is IText text)
                Append(text.Data);
        }
    }

    private void Visit(IElement element)
    {
        ElementRole role = PageElements.Role(element.LocalName);
        if (role == ElementRole.Ignored || IsHidden(element))
            return;
        switch (role)
        {
            case ElementRole.Inline:
                VisitChildren(element);
                break;
            case ElementRole.Link:
                // A name without an address is an anchor, not a link.
                int depth = element.HasAttribute("href") ? 1 : 0;
                linkDepth += depth;
                VisitChildren(element);
                linkDepth -= depth;
                break;
            case ElementRole.Break:
                EndWord();
                TrimLineEnd();
                line.Append('\n');
                break;
            case ElementRole.Row when IsDataRow(element):
                VisitBlock(element, PartKind.Row, Suspicion.None);
                break;
            case ElementRole.Cell when kind == PartKind.Row:
                EndWord();
                if (line.Length > 0)
                    line.Append(" | ");
                VisitChildren(element);
                break;
            case ElementRole.Heading:
                VisitBlock(element, PartKind.Heading, Judge(element, role));
                break;
            case ElementRole.ListItem:
                VisitBlock(element, PartKind.ListItem, Judge(element, role));
                break;
            case ElementRole.Preformatted:
                bool outer = preformatted;
                preformatted = true;
                VisitBlock(element, PartKind.Preformatted, Judge(element, role));
                preformatted = outer;
                break;
            default:
                VisitBlock(element, kind is PartKind.ListItem or PartKind.Heading ? kind : PartKind.Paragraph, Judge(element, role));
                break;
        }
    }

    private void VisitBlock(IElement element, PartKind leafKind, Suspicion suspicion)
    {
        Flush();
        PartKind outerKind = kind;
        PagePart outer = container;
        kind = leafKind;
        container = new PagePart(outer, PartKind.Container) { Suspicion = suspicion, IsArticle = PageElements.IsArticle(element.LocalName, element.GetAttribute("role")) };
        VisitChildren(element);
        Flush();

        // A container around one thing says nothing: its only child takes its place.
        if (container.Children.Count == 1 && suspicion == Suspicion.None && !container.IsArticle)
            outer.Children.Add(container.Children[0]);
        else if (container.Children.Count > 0)
            outer.Children.Add(container);
        container = outer;
        kind = outerKind;
    }

    private static bool IsHidden(IElement element)
    {
        if (element.Attributes.Length == 0)
            return false;
        if (element.HasAttribute("hidden") || element.GetAttribute("aria-hidden") == "true")
            return true;
        string? style = element.GetAttribute("style");
        return style is not null
            && (style.Replace(" ", "", StringComparison.Ordinal) is { } compact)
            && (compact.Contains("display:none", StringComparison.OrdinalIgnoreCase) || compact.Contains("visibility:hidden", StringComparison.OrdinalIgnoreCase));
    }

    private static Suspicion Judge(IElement element, ElementRole role)
    {
        if (role == ElementRole.Furniture)
            return Suspicion.Named;
        if (element.Attributes.Length == 0)
            return Suspicion.None;
        string? classes = element.GetAttribute("class");
        string? id = element.GetAttribute("id");
        if (element.GetAttribute("role") is { } aria && PageElements.IsFurnitureRole(aria))
            return Suspicion.Named;
        if (PageElements.NamesComments(classes) || PageElements.NamesComments(id))
            return Suspicion.Comments;
        return PageElements.NamesFurniture(classes) || PageElements.NamesFurniture(id) ? Suspicion.Named : Suspicion.None;
    }

    /// <summary>A row is data when its cells hold lines, not blocks.</summary>
    private static bool IsDataRow(IElement row)
    {
        INodeList cells = row.ChildNodes;
        for (int i = 0; i < cells.Length; i++)
        {
            INodeList content = cells[i].ChildNodes;
            for (int j = 0; j < content.Length; j++)
            {
                if (content[j] is IElement inner && PageElements.Role(inner.LocalName) is not (ElementRole.Inline or ElementRole.Link or ElementRole.Break or ElementRole.Ignored))
                    return false;
                if (content[j] is IText { Length: > MaximumCellLength })
                    return false;
            }
        }

        return true;
    }

    private void Append(string data)
    {
        if (preformatted)
        {
            AppendPreformatted(data);
            return;
        }

        foreach (char c in data)
        {
            if (c is ' ' or '\n' or '\t' or '\r' or '\f' or '\u00A0')
            {
                EndWord();
                continue;
            }

            if (!insideWord)
            {
                if (line.Length > 0 && line[^1] is not (' ' or '\n'))
                    line.Append(' ');
                CountWord();
            }

            line.Append(c);
        }
    }

    private void AppendPreformatted(string data)
    {
        foreach (char c in data)
        {
            if (char.IsWhiteSpace(c))
                insideWord = false;
            else if (!insideWord)
                CountWord();
            line.Append(c);
        }
    }

    private void CountWord()
    {
        insideWord = true;
        words++;
        if (linkDepth > 0)
            linkWords++;
    }

    private void EndWord() => insideWord = false;

    private void TrimLineEnd()
    {
        while (line.Length > 0 && line[^1] == ' ')
            line.Length--;
    }

    private void Flush()
    {
        insideWord = false;
        if (words > 0)
        {
            string text = preformatted ? line.ToString().Trim('\n') : line.ToString().Trim();
            container.AddLeaf(kind, text, words, linkWords);
        }

        line.Clear();
        words = linkWords = 0;
    }
}
