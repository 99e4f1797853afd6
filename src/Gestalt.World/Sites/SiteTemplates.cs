using System.Globalization;
using System.Text;
using Gestalt.World.Grammar;

namespace Gestalt.World.Sites;

/// <summary>
/// Dresses the main text as a page of its site: with menus, cookie banners, advertisements, comments and links around it, in six
/// different styles of markup from tidy to careless. A host always wears the same style.
/// </summary>
internal static class SiteTemplates
{
    private static readonly string[] Menu = ["Home", "News", "Archive", "About us", "Contact", "Shop", "Gallery", "Login", "Help", "Newsletter"];

    private static readonly string[] CookieBanners =
    [
        "We use cookies to make this site taste better. Accept all | Only necessary | Settings",
        "This website uses cookies. By continuing to browse you agree to our cookie policy.",
        "Your privacy matters to us and to our 214 partners. Manage choices",
    ];

    private static readonly string[] Ads =
    [
        "ADVERTISEMENT Boots that fit! Now 20% off at Bootland.", "Sponsored: One weird trick to dry socks. Click here.",
        "Buy now: garden gnomes, two for one!", "Subscribe for only 3 crowns a month and read without ads.",
        "Advertisement. Our honey is sweeter than theirs. Order today!", "Download our free app and never miss a headline.",
    ];

    private static readonly string[] Comments =
    [
        "First!", "Nice page, thanks for sharing.", "Can somebody fix the font?", "lol", "I disagree with everything, as usual.",
        "Great read, greetings from the other side of the hill", "Why is there always a goose?", "+1", "My printer is out of ink, please make it shorter.",
        "Who else is here after the storm?", "Thanks!!!", "This made my day :)",
    ];

    private static readonly string[] Related =
    [
        "Ten hats you must see", "The truth about soup", "Why owls are late", "How to fold a map", "Letters to the editor", "The week in pictures",
        "Five easy knots", "What the frogs know", "Best benches of the year", "A short history of mud",
    ];

    /// <summary>The whole HTML document.</summary>
    public static string Render(Page page)
    {
        var dice = new Dice(page.Look, 7);
        var html = new StringBuilder((page.Text.Length * 2) + 3000);
        string host = HostOf(page.Url);
        int style = (int)(Dice.Mix(StableHash(host)) % 6);
        string title = Encode(page.Blocks.Length > 0 ? page.Text[page.Blocks[0].Start..page.Blocks[0].End] : host);
        Head(html, style, title, host, ref dice);
        if (style is 0 or 2 or 5)
        {
            Cookie(html, style, ref dice);
        }
        Navigation(html, style, host, ref dice);
        if (dice.Chance(60))
        {
            Ad(html, style, ref dice);
        }
        html.Append(style switch
        {
            0 => "<main id=\"content\"><article class=\"post\">\n",
            1 => "<div id=\"main\"><div class=\"entry-content\">\n",
            2 => "<section role=\"main\">\n<div class=\"article-body\">\n",
            3 => "<table width=\"100%\"><tr><td valign=top class=main>\n",
            4 => "<div class=\"wrapper\"><div class=\"col-8 text\">\n",
            _ => "<article itemprop=\"articleBody\">\n",
        });
        Body(html, page, style, ref dice);
        html.Append(style switch
        {
            0 => "</article></main>\n",
            1 => "</div></div>\n",
            2 => "</div></section>\n",
            3 => "</td><td class=side width=200>\n",
            4 => "</div>\n",
            _ => "</article>\n",
        });
        if (dice.Chance(50))
        {
            Talkback(html, style, ref dice);
        }
        Links(html, style, host, ref dice);
        if (style == 3)
        {
            html.Append("</td></tr></table>\n");
        }
        else if (style == 4)
        {
            html.Append("</div>\n");
        }
        if (style is 1 or 3 or 4)
        {
            Cookie(html, style, ref dice);
        }
        Foot(html, style, host);
        return html.ToString();
    }

    public static string Encode(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    public static string HostOf(string url)
    {
        int start = url.IndexOf("//", StringComparison.Ordinal) + 2;
        int end = url.IndexOf('/', start);
        return end < 0 ? url[start..] : url[start..end];
    }

    private static ulong StableHash(string text)
    {
        ulong hash = 14695981039346656037UL;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }
        return hash;
    }

    private static void Head(StringBuilder html, int style, string title, string host, ref Dice dice)
    {
        html.Append(style == 3 ? "<HTML><HEAD>\n" : "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
        if (style != 3)
        {
            html.Append("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
        }
        html.Append("<title>").Append(title).Append(" - ").Append(host).Append("</title>\n");
        if (style is 1 or 4)
        {
            html.Append("<style>.nav li{display:inline} .ad{border:1px solid red} p{margin:0 0 1em 0}</style>\n");
        }
        if (style is 0 or 2)
        {
            html.Append("<script>var page={id:").Append(dice.Below(100000).ToString(CultureInfo.InvariantCulture))
                .Append(",track:function(){return \"<p>not text</p>\";}};</script>\n");
        }
        html.Append(style == 3 ? "</HEAD><BODY bgcolor=white>\n" : "</head>\n<body>\n");
    }

    private static void Cookie(StringBuilder html, int style, ref Dice dice) => html
        .Append(style == 3 ? "<p class=cookie>" : "<div class=\"cookie-banner\" role=\"dialog\">").Append(Encode(dice.Pick(CookieBanners)))
        .Append(style == 3 ? "</p>\n" : " <button>OK</button></div>\n");

    private static void Navigation(StringBuilder html, int style, string host, ref Dice dice)
    {
        html.Append(style switch
        {
            0 or 5 => "<header><a class=\"logo\" href=\"/\">",
            3 => "<center><b>",
            _ => "<div class=\"header\"><span class=\"brand\">",
        });
        html.Append(host);
        html.Append(style switch { 0 or 5 => "</a><nav><ul>", 3 => "</b><br>", _ => "</span><ul class=\"nav\">" });
        int entries = dice.Between(4, 7);
        int start = dice.Below(Menu.Length);
        for (int n = 0; n < entries; n++)
        {
            string entry = Menu[(start + n) % Menu.Length];
            html.Append(style == 3 ? "<a href=\"#\">" : "<li><a href=\"#\">").Append(entry).Append(style == 3 ? "</a> | " : "</a></li>");
        }
        html.Append(style switch { 0 or 5 => "</ul></nav></header>\n", 3 => "</center><hr>\n", _ => "</ul></div>\n" });
    }

    private static void Ad(StringBuilder html, int style, ref Dice dice) => html
        .Append(style == 0 ? "<aside class=\"ad\">" : "<div class=\"ad banner\">").Append(Encode(dice.Pick(Ads)))
        .Append(style == 0 ? "</aside>\n" : "</div>\n");

    private static void Body(StringBuilder html, Page page, int style, ref Dice dice)
    {
        bool list = false;
        ReadOnlySpan<Block> blocks = page.Blocks;
        for (int n = 0; n < blocks.Length; n++)
        {
            Block block = blocks[n];
            string text = Encode(page.Text[block.Start..block.End]);
            if (style is 2 or 4 && dice.Chance(30))
            {
                text = text.Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);
            }
            text = text.Replace("\n", style == 0 ? "<br>\n" : "<br />", StringComparison.Ordinal);
            if (list != (block.Kind == BlockKind.Item))
            {
                list = !list;
                html.Append(list ? "<ul>\n" : "</ul>\n");
            }
            switch (block.Kind)
            {
                case BlockKind.Heading:
                    html.Append("<h1>").Append(text).Append("</h1>\n");
                    if (style is 1 or 5)
                    {
                        html.Append("<div class=\"share\">Share | Tweet | Print</div>\n");
                    }
                    break;
                case BlockKind.Subheading:
                    html.Append("<h2>").Append(text).Append("</h2>\n");
                    break;
                case BlockKind.Item:
                    html.Append("<li>").Append(text).Append(style == 3 ? "\n" : "</li>\n");
                    break;
                default:
                    html.Append("<p>").Append(text).Append(style == 3 ? "\n" : "</p>\n");
                    break;
            }
            if (style is 2 or 4 && n > 0 && n + 1 < blocks.Length && !list && dice.Chance(12))
            {
                Ad(html, style, ref dice);
            }
        }
        if (list)
        {
            html.Append("</ul>\n");
        }
    }

    private static void Talkback(StringBuilder html, int style, ref Dice dice)
    {
        html.Append(style == 0 ? "<section class=\"comments\"><h3>Comments</h3>" : "<div id=\"comments\"><b>Comments</b>");
        int count = dice.Between(1, 4);
        for (int n = 0; n < count; n++)
        {
            html.Append("<div class=\"comment\"><span class=\"by\">guest").Append(dice.Between(10, 999).ToString(CultureInfo.InvariantCulture))
                .Append("</span> ").Append(Encode(dice.Pick(Comments))).Append("</div>");
        }
        html.Append(style == 0 ? "</section>\n" : "</div>\n");
    }

    private static void Links(StringBuilder html, int style, string host, ref Dice dice)
    {
        html.Append(style is 0 or 5 ? "<aside><h3>Related</h3><ul>" : "<div class=\"related\">You may also like: <ul>");
        for (int n = 0; n < 3; n++)
        {
            html.Append("<li><a href=\"https://").Append(host).Append("/x").Append(dice.Below(999).ToString(CultureInfo.InvariantCulture))
                .Append("\">").Append(dice.Pick(Related)).Append("</a></li>");
        }
        html.Append(style is 0 or 5 ? "</ul></aside>\n" : "</ul></div>\n");
    }

    private static void Foot(StringBuilder html, int style, string host) => html
        .Append(style == 3 ? "<hr><small>" : "<footer>").Append("Copyright 2024 ").Append(host)
        .Append(". All rights reserved. <a href=\"#\">Imprint</a> <a href=\"#\">Privacy</a>")
        .Append(style == 3 ? "</small></BODY></HTML>\n" : "</footer>\n</body>\n</html>\n");
}
