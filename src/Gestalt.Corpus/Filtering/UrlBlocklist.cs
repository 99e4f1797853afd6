using System.Collections.Frozen;

namespace Gestalt.Corpus;

/// <summary>
/// Addresses that are not read at all: listed domains with everything below them, and addresses that contain a telling word,
/// as RefinedWeb and FineWeb do (arXiv 2306.01116, appendix G.1; arXiv 2406.17557).
/// </summary>
public sealed class UrlBlocklist
{
    /// <summary>Words that, standing alone between the marks of an address, give away what it offers.</summary>
    private static readonly FrozenSet<string> TellingWords = new[]
    {
        "porn", "porno", "xxx", "sex", "xvideos", "hentai", "escort", "escorts", "camgirls", "casino", "casinos", "poker", "slots", "betting", "gambling",
        "viagra", "cialis", "payday", "torrent", "torrents", "warez", "keygen", "crackz",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenSet<string> domains;

    /// <summary>Creates a list.</summary>
    /// <param name="domains">Domains such as <c>example.com</c>; subdomains are blocked with them.</param>
    public UrlBlocklist(IEnumerable<string> domains) =>
        this.domains = domains.Select(domain => domain.Trim().TrimStart('.').ToLowerInvariant()).Where(domain => domain.Length > 0).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The list without domains: only the telling words count.</summary>
    public static UrlBlocklist WordsOnly { get; } = new([]);

    /// <summary>Reads a list of domains: one a line, <c>#</c> starts a comment (the form of the UT1 lists).</summary>
    /// <exception cref="CorpusException">The file cannot be read.</exception>
    public static UrlBlocklist Load(string path) =>
        new(CorpusException.Guard("read the list of blocked domains", path, () => File.ReadAllLines(path)).Select(line => line.Split('#')[0]));

    /// <summary>Judges an address.</summary>
    /// <returns>The reason to leave it out, or null.</returns>
    public Drop? Judge(string? url)
    {
        if (url is null)
            return null;
        ReadOnlySpan<char> host = Host(url);
        FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = domains.GetAlternateLookup<ReadOnlySpan<char>>();
        for (ReadOnlySpan<char> suffix = host; !suffix.IsEmpty; suffix = suffix[(suffix.IndexOf('.') is var dot && dot < 0 ? suffix.Length : dot + 1)..])
        {
            if (lookup.Contains(suffix))
                return new Drop("url-blocklist.domain", $"the domain '{suffix}' is blocked");
        }

        FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> words = TellingWords.GetAlternateLookup<ReadOnlySpan<char>>();
        int start = 0;
        for (int i = 0; i <= url.Length; i++)
        {
            if (i < url.Length && char.IsAsciiLetterOrDigit(url[i]))
                continue;
            if (words.Contains(url.AsSpan(start, i - start)))
                return new Drop("url-blocklist.word", $"the word '{url[start..i]}' stands in the address");
            start = i + 1;
        }

        return null;
    }

    private static ReadOnlySpan<char> Host(ReadOnlySpan<char> url)
    {
        int scheme = url.IndexOf("://");
        if (scheme >= 0)
            url = url[(scheme + 3)..];
        int end = url.IndexOfAny("/?#");
        if (end >= 0)
            url = url[..end];
        url = url[(url.LastIndexOf('@') + 1)..];
        int port = url.IndexOf(':');
        return (port < 0 ? url : url[..port]).TrimEnd('.');
    }
}
