using System.Text;
using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Corpus.Tests.Building;

/// <summary>The small internet knows each page's main text and fate: extraction and filters are measured against that.</summary>
public sealed partial class SmallInternetTests(SmallInternetTests.Crawl crawl) : IClassFixture<SmallInternetTests.Crawl>
{
    /// <summary>Part of a crawl and the corpus that was made of it.</summary>
    public sealed class Crawl : IDisposable
    {
        private const ulong Seed = 20;
        private const long TextBytes = 1_500_000;

        private readonly TestFolder folder = new();

        public Crawl()
        {
            Pages = [.. new Internet(SmallWorld.Create(Seed)).Pages(TextBytes)];
            string path = folder["pages.warc.gz"];
            using (var writer = new WarcWriter(File.Create(path)))
            {
                foreach (Page page in Pages)
                    writer.Write(page);
            }

            Corpus = CorpusBuilder.Build([path], folder["corpus"], new CorpusOptions { HoldOut = new HoldOut.Nothing(), Blocklist = new UrlBlocklist(Internet.BlockedDomains) });
            Dictionary<string, string> texts = Corpus.Training().ToDictionary(document => document.Source, document => document.Text);

            // The first record says who wrote the file.
            Kept = [.. Pages.Select((_, i) => texts.GetValueOrDefault($"{path}#{i + 2}"))];
        }

        public IReadOnlyList<Page> Pages { get; }

        public CorpusFolder Corpus { get; }

        /// <summary>For each page the text that was kept, or null.</summary>
        public IReadOnlyList<string?> Kept { get; }

        public void Dispose() => folder.Dispose();
    }

    [Fact]
    public void Nearly_every_page_meets_its_fate()
    {
        Assert.True(crawl.Pages.Count > 2000);
        int right = Enumerable.Range(0, crawl.Pages.Count).Count(i => crawl.Kept[i] is not null == (crawl.Pages[i].Fate != Fate.Drop));
        Assert.True(right >= crawl.Pages.Count * 0.99, $"{right} of {crawl.Pages.Count}");
        Assert.Equal(crawl.Pages.Count, crawl.Corpus.Report.DocumentsRead);
    }

    [Theory]
    [InlineData(DropReason.Spam, 0.95, "")]
    [InlineData(DropReason.Gibberish, 1, "")]
    [InlineData(DropReason.NearDuplicate, 0.85, "duplicate.near")]
    [InlineData(DropReason.Mirror, 0.97, "duplicate.exact")]
    [InlineData(DropReason.BlockedDomain, 1, "url-blocklist.domain")]
    [InlineData(DropReason.OtherLanguage, 1, "language.not-english")]
    [InlineData(DropReason.BrokenHtml, 1, "")]
    [InlineData(DropReason.WrongCharset, 0.9, "encoding.damaged")]
    [InlineData(DropReason.Empty, 1, "")]
    public void Junk_is_dropped_for_what_is_wrong_with_it(DropReason reason, double share, string name)
    {
        int[] junk = [.. Enumerable.Range(0, crawl.Pages.Count).Where(i => crawl.Pages[i].Reason == reason)];
        int dropped = junk.Count(i => crawl.Kept[i] is null);
        Assert.NotEmpty(junk);
        Assert.True(dropped >= junk.Length * share, $"{dropped} of {junk.Length}");
        if (name.Length > 0)
            Assert.True(crawl.Corpus.Report.Dropped.Single(drop => drop.Reason == name).Documents >= junk.Length * share * 0.8);
    }

    [Fact]
    public void Good_pages_are_hardly_ever_lost()
    {
        int[] good = [.. Enumerable.Range(0, crawl.Pages.Count).Where(i => crawl.Pages[i].Fate != Fate.Drop)];
        int lost = good.Count(i => crawl.Kept[i] is null);
        Assert.True(lost <= good.Length * 0.003, $"{lost} of {good.Length}");
    }

    [Fact]
    public void No_personal_data_reaches_the_corpus()
    {
        int seen = 0;
        for (int i = 0; i < crawl.Pages.Count; i++)
        {
            if (crawl.Kept[i] is not { } text)
                continue;
            seen += crawl.Pages[i].PersonalData.Count;
            Assert.All(crawl.Pages[i].PersonalData, data => Assert.DoesNotContain(data, text, StringComparison.Ordinal));
        }

        Assert.True(seen > 10);
    }

    /// <summary>
    /// Also with all names and roles taken away, and with every structural element turned into a div: the text must be found by what it
    /// is, not by what the templates call it.
    /// </summary>
    [Theory]
    [InlineData(false, false, 0.995)]
    [InlineData(true, false, 0.96)]
    [InlineData(true, true, 0.96)]
    public void The_main_text_is_found(bool withoutNames, bool onlyDivs, double minimum)
    {
        var extractor = new PageExtractor();
        double sum = 0;
        int count = 0;
        foreach (Page page in crawl.Pages.Where(page => page.Fate != Fate.Drop))
        {
            string html = Encoding.UTF8.GetString(page.Html);
            if (withoutNames)
                html = Names().Replace(html, "");
            if (onlyDivs)
                html = Structure().Replace(html, "<$1div>");
            sum += WordF1(page.Text, extractor.Extract(html));
            count++;
        }

        Assert.True(sum / count >= minimum, $"word F1 {sum / count:F4} over {count} pages");
    }

    private static double WordF1(string expected, string actual)
    {
        Dictionary<string, int> a = Words(expected);
        Dictionary<string, int> b = Words(actual);
        int common = a.Sum(word => Math.Min(word.Value, b.GetValueOrDefault(word.Key)));
        return 2.0 * common / (a.Values.Sum() + b.Values.Sum());
    }

    private static Dictionary<string, int> Words(string text) =>
        Word().Matches(text).GroupBy(match => match.Value, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.Count(), StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s(class|id|role|itemprop)=(""[^""]*""|[^ >]+)")]
    private static partial Regex Names();

    [GeneratedRegex("<(/?)(nav|aside|footer|header|main|article|section)[^>]*>")]
    private static partial Regex Structure();
}
