using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens.Struct;

namespace Gestalt.Corpus;

/// <summary>
/// Finds the main text of an HTML page: headings, paragraphs, lists and tables as plain text, without navigation, banners,
/// advertising and the rest of a page's furniture. AngleSharp parses; the judgement is <see cref="PageJudge"/>'s.
/// Instances keep no state: one may be used by many threads.
/// </summary>
public sealed class PageExtractor
{
    /// <summary>
    /// Elements nested deeper than this are laid side by side by the parser, so that no page can overflow the stack.
    /// <see cref="MarkupGuard"/> takes most of them out before.
    /// </summary>
    private const int MaximumDepth = 300;

    private static readonly HtmlParserOptions Options = new()
    {
        MaximumDepth = MaximumDepth,
        SkipComments = true,
        SkipScriptText = true,
        SkipRawText = true,
        SkipProcessingInstructions = true,
        DisableElementPositionTracking = true,
        ShouldEmitAttribute = (ref StructHtmlToken _, ReadOnlyMemory<char> name) =>
            name.Span is "class" or "id" or "role" or "href" or "hidden" or "style" or "aria-hidden" or "lang",
    };

    private readonly bool keepComments;

    /// <summary>Creates an extractor.</summary>
    /// <param name="keepComments">Whether readers' comments below an article belong to the text.</param>
    public PageExtractor(bool keepComments = false) => this.keepComments = keepComments;

    /// <summary>The main text of a page; empty when it has none.</summary>
    /// <param name="html">The page's source, decoded.</param>
    public string Extract(string html) => Extract(html, out _);

    /// <summary>The main text of a page, or why the page is refused.</summary>
    internal string Extract(string html, out Drop? refusal)
    {
        html = MarkupGuard.Tame(html, out refusal);
        using IHtmlDocument page = new HtmlParser(Options).ParseDocument(html);
        if (page.Body is null)
            return "";
        PagePart root = PageSegmenter.Segment(page.Body);
        PageJudge.Judge(root, keepComments);
        return Write(root);
    }

    private static string Write(PagePart root)
    {
        var leaves = new List<PagePart>();
        PageJudge.Collect(root, leaves);
        var text = new StringBuilder();
        PagePart? previous = null;
        foreach (PagePart leaf in leaves)
        {
            if (previous is not null)
                text.Append(leaf.Kind == previous.Kind && leaf.Kind is PartKind.ListItem or PartKind.Row ? "\n" : "\n\n");
            if (leaf.Kind == PartKind.ListItem)
                text.Append("- ");
            text.Append(leaf.Text);
            previous = leaf;
        }

        return text.ToString();
    }
}
