using System.Text;

namespace Gestalt.World.Sites;

/// <summary>The sites of the small internet, all under the reserved top-level domain <c>.example</c> (RFC 2606).</summary>
internal static class Hosts
{
    private static readonly string[][] ByGenre =
    [
        ["valleypedia.example", "know.longlake.example"],
        ["people.valley-post.example", "portraits.example"],
        ["valley-post.example", "the-morning-goose.example", "lakeside-herald.example"],
        ["stove-tales.example", "bedtime.longlake.example", "small-stories.example"],
        ["forum.bench-talk.example", "askthevalley.example"],
        ["shops.marketsquare.example", "buy-local.example"],
        ["school-by-the-mill.example", "classroom.longlake.example"],
        ["spoon-and-pot.example", "grandmothers-kitchen.example"],
        ["ink-and-candle.example", "dear-diary.example"],
        ["letters.longlake.example", "postbag.example"],
        ["coach-and-boots.example", "visit.valley.example"],
        ["whatson.valley.example", "fairs-and-feasts.example"],
        ["people.valley-post.example", "bench-interviews.example"],
        ["quiz.bench-talk.example", "paper-crown.example"],
        ["frog-forecast.example", "weather.valley.example"],
        ["five-stars.example", "honest-opinions.example"],
        ["whoiswho.valley.example", "address-book.example"],
        ["pump-gossip.example", "notices.valley-post.example"],
        ["misc.example"],
    ];

    /// <summary>Sites that a sensible crawl leaves out.</summary>
    public static readonly string[] Blocked = ["win-gold-now.example", "lucky-dice-palace.example", "miracle-pills.example", "free-crowns.example"];

    private static readonly string[] MirrorHosts = ["copycat-cache.example", "mirror.oldnet.example", "scraped-pages.example"];

    public static string Of(Genre genre, ref Dice dice) => dice.Pick(ByGenre[(int)genre]);

    public static string Mirror(ref Dice dice) => dice.Pick(MirrorHosts);

    /// <summary>The address of a page: host, words of the heading, number.</summary>
    public static string Url(string host, ReadOnlySpan<char> heading, long index)
    {
        var url = new StringBuilder("https://", 96);
        url.Append(host).Append('/');
        foreach (char c in heading)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                url.Append(char.ToLowerInvariant(c));
            }
            else if (url[^1] is not ('-' or '/'))
            {
                url.Append('-');
            }
            if (url.Length > 88)
            {
                break;
            }
        }
        if (url[^1] != '-')
        {
            url.Append('-');
        }
        return url.Append(index).ToString();
    }
}
