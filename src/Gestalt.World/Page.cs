using System.Text;
using Gestalt.World.Grammar;
using Gestalt.World.Sites;

namespace Gestalt.World;

/// <summary>What sort of page it is.</summary>
public enum Genre
{
    /// <summary>An entry of an encyclopedia.</summary>
    Encyclopedia,
    /// <summary>A portrait of one person.</summary>
    Biography,
    /// <summary>A newspaper report.</summary>
    Newspaper,
    /// <summary>A tale.</summary>
    Story,
    /// <summary>A question and its answers in a forum.</summary>
    Forum,
    /// <summary>A shop's own page.</summary>
    Shop,
    /// <summary>A page written by school children.</summary>
    School,
    /// <summary>A recipe.</summary>
    Recipe,
    /// <summary>A diary entry.</summary>
    Diary,
    /// <summary>A letter.</summary>
    Letter,
    /// <summary>A travel guide.</summary>
    Travel,
    /// <summary>The announcement of a festival.</summary>
    Notice,
    /// <summary>An interview.</summary>
    Interview,
    /// <summary>Questions with their answers.</summary>
    Quiz,
    /// <summary>A weather report.</summary>
    Weather,
    /// <summary>A review of a shop or a book.</summary>
    Review,
    /// <summary>Who is who: a line about each of many.</summary>
    Directory,
    /// <summary>Small advertisements, greetings and gossip.</summary>
    Column,
    /// <summary>Not a page that anybody wanted.</summary>
    Junk,
}

/// <summary>What a good filter does with the page.</summary>
public enum Fate
{
    /// <summary>Keep the main text.</summary>
    Keep,
    /// <summary>Keep the main text without the personal data in it.</summary>
    KeepScrubbed,
    /// <summary>Drop the page.</summary>
    Drop,
}

/// <summary>Why a page must be dropped.</summary>
public enum DropReason
{
    /// <summary>It need not be.</summary>
    None,
    /// <summary>Advertising and stuffed keywords.</summary>
    Spam,
    /// <summary>Words without sense, written by a machine.</summary>
    Gibberish,
    /// <summary>Nearly the same as an earlier page.</summary>
    NearDuplicate,
    /// <summary>The same text as an earlier page, on another site.</summary>
    Mirror,
    /// <summary>From a site on the block list.</summary>
    BlockedDomain,
    /// <summary>In another language.</summary>
    OtherLanguage,
    /// <summary>Markup so broken that hardly any text is left.</summary>
    BrokenHtml,
    /// <summary>Letters destroyed by a wrong charset.</summary>
    WrongCharset,
    /// <summary>Navigation and notices around nothing.</summary>
    Empty,
}

/// <summary>One page of the small internet, with everything a filter or a model could be examined on.</summary>
public sealed class Page
{
    private readonly Block[] _blocks;
    private byte[]? _html;

    internal Page(long index, string url, Genre genre, string text, Block[] blocks, int[] factIds)
    {
        Index = index;
        Url = url;
        Genre = genre;
        Text = text;
        FactIds = factIds;
        _blocks = blocks;
    }

    /// <summary>The page's number in the crawl; it and the world decide everything else.</summary>
    public long Index { get; }

    /// <summary>Its address, under the reserved top-level domain <c>.example</c>.</summary>
    public string Url { get; }

    /// <summary>What sort of page it is.</summary>
    public Genre Genre { get; }

    /// <summary>The clean main text: headings and paragraphs set apart by an empty line, list items by a new line. This is what extraction should find.</summary>
    public string Text { get; }

    /// <summary>The facts that <see cref="Text"/> states, in order, repeated if stated again.</summary>
    public IReadOnlyList<int> FactIds { get; }

    /// <summary>What a good filter does with it.</summary>
    public Fate Fate { get; internal init; } = Fate.Keep;

    /// <summary>Why it must be dropped, if it must.</summary>
    public DropReason Reason { get; internal init; }

    /// <summary>The page of which this is a copy, or null.</summary>
    public long? CopyOf { get; internal init; }

    /// <summary>The pieces of personal data in <see cref="Text"/> that must not reach a model.</summary>
    public IReadOnlyList<string> PersonalData { get; internal init; } = [];

    /// <summary>When the crawl fetched it: one page each ten seconds from 1 March 2024.</summary>
    public DateTime Fetched => new DateTime(SmallWorld.Now, 3, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(Index % 2_000_000 * 10);

    /// <summary>The page as a browser would receive it, rendered on first use.</summary>
    public byte[] Html => _html ??= Render is null ? Encoding.UTF8.GetBytes(SiteTemplates.Render(this)) : Render(this);

    internal ReadOnlySpan<Block> Blocks => _blocks;

    /// <summary>The chance of what stands around the main text.</summary>
    internal ulong Look { get; init; }

    /// <summary>Writes the bytes of pages that no site template would produce.</summary>
    internal Func<Page, byte[]>? Render { get; init; }
}
