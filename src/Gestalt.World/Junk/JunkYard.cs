using System.Text;
using Gestalt.World.Grammar;
using Gestalt.World.Sites;

namespace Gestalt.World.Junk;

/// <summary>The part of a crawl that nobody wants: each page knows why it should be dropped.</summary>
internal static class JunkYard
{
    // How the thirty junk pages of a block are divided.
    private const int Spam = 5, Gibberish = 9, NearDuplicate = 14, Mirror = 18, Blocked = 21, Foreign = 25, Broken = 26, Charset = 28;

    /// <summary>How far back a copy's original may lie.</summary>
    private const int CopyReach = 900;

    public static Page Write(PageWriter writer, Pen pen, long index, int kind)
    {
        var dice = new Dice(pen.World.Seed ^ 0x7A5, (ulong)index);
        return kind switch
        {
            < Spam => Plain(index, DropReason.Spam, Rubbish.Spam(ref dice), ref dice, "cheap-deals.example"),
            < Gibberish => Plain(index, DropReason.Gibberish, Rubbish.Gibberish(ref dice), ref dice, "auto-text.example"),
            < NearDuplicate => Copy(writer, pen, index, DropReason.NearDuplicate, ref dice),
            < Mirror => Copy(writer, pen, index, DropReason.Mirror, ref dice),
            < Blocked => Plain(index, DropReason.BlockedDomain, Rubbish.Casino(ref dice), ref dice, dice.Pick(Hosts.Blocked)),
            < Foreign => Plain(index, DropReason.OtherLanguage, ForeignText.Write(ref dice), ref dice, "far-away.example"),
            < Broken => Damaged(writer, pen, index, DropReason.BrokenHtml, ref dice),
            < Charset => Damaged(writer, pen, index, DropReason.WrongCharset, ref dice),
            _ => Plain(index, DropReason.Empty, Rubbish.Nothing(ref dice), ref dice, "under-construction.example"),
        };
    }

    private static Page Plain(long index, DropReason reason, string text, ref Dice dice, string host)
    {
        int line = text.IndexOf('\n', StringComparison.Ordinal);
        return new(index, Hosts.Url(host, text.AsSpan(0, Math.Clamp(line, 0, 50)), index), Genre.Junk, text, BlocksOf(text), [])
        {
            Fate = Fate.Drop,
            Reason = reason,
            Look = dice.Next(),
        };
    }

    /// <summary>A copy of an earlier kept page: word for word on another site, or with small changes.</summary>
    private static Page Copy(PageWriter writer, Pen pen, long index, DropReason reason, ref Dice dice)
    {
        long original = index - 1 - dice.Below((int)Math.Min(CopyReach, Math.Max(1, index)));
        while (original >= 0 && PagePlan.Of(pen.World.Seed, original).Role == PageRole.Junk)
        {
            original--;
        }
        if (original < 0)
        {
            return Plain(index, DropReason.Spam, Rubbish.Spam(ref dice), ref dice, "cheap-deals.example");
        }
        Page first = writer.Write(original);
        string text = first.Text;
        Block[] blocks = first.Blocks.ToArray();
        if (reason == DropReason.NearDuplicate)
        {
            text = Rubbish.Change(text, ref dice);
            blocks = BlocksOf(text);
        }
        string host = reason == DropReason.Mirror ? Hosts.Mirror(ref dice) : SiteTemplates.HostOf(first.Url);
        return new(index, Hosts.Url(host, text.AsSpan(0, Math.Min(40, text.Length)), index), Genre.Junk, text, blocks, [])
        {
            Fate = Fate.Drop,
            Reason = reason,
            CopyOf = original,
            Look = dice.Next(),
        };
    }

    /// <summary>A good page that arrived in pieces, or whose letters were decoded wrongly and encoded again.</summary>
    private static Page Damaged(PageWriter writer, Pen pen, long index, DropReason reason, ref Dice dice)
    {
        writer.Compose(index);
        string text = new(pen.Text);
        Block[] blocks = [.. pen.Blocks];
        if (reason == DropReason.WrongCharset)
        {
            text = Rubbish.Mangle(text);
            blocks = BlocksOf(text);
        }
        return new(index, Hosts.Url("old-server.example", "page", index), Genre.Junk, text, blocks, [])
        {
            Fate = Fate.Drop,
            Reason = reason,
            Look = dice.Next(),
            Render = reason == DropReason.BrokenHtml ? BreakMarkup : null,
        };
    }

    /// <summary>The document ends in the middle of a tag, before its text has begun.</summary>
    private static byte[] BreakMarkup(Page page)
    {
        string html = SiteTemplates.Render(page);
        int start = html.IndexOf("<h1>", StringComparison.Ordinal);
        int cut = Math.Min(html.Length, start + 4 + (int)(page.Look % 40));
        return Encoding.UTF8.GetBytes(string.Concat(html.AsSpan(0, cut), "<div class=\"con<<p <table><tr <script>if (a < b) { "));
    }

    /// <summary>Divides text into blocks: a heading, then paragraphs at empty lines.</summary>
    internal static Block[] BlocksOf(string text)
    {
        var blocks = new List<Block>();
        int start = 0;
        while (start < text.Length)
        {
            int end = text.IndexOf("\n\n", start, StringComparison.Ordinal);
            end = end < 0 ? text.Length : end;
            blocks.Add(new(blocks.Count == 0 ? BlockKind.Heading : BlockKind.Paragraph, start, end));
            start = end + 2;
        }
        return [.. blocks];
    }
}
