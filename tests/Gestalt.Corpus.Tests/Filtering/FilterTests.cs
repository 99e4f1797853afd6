namespace Gestalt.Corpus.Tests.Filtering;

public sealed class FilterTests
{
    [Fact]
    [Trait("Speed", "Smoke")]
    public void Good_prose_passes_every_rule()
    {
        var view = new TextView(Samples.Prose);
        Assert.Null(GopherQuality.Judge(view));
        Assert.Null(GopherRepetition.Judge(view));
        Assert.Null(C4Rules.Judge(view));
        Assert.Null(FineWebRules.Judge(view));
        Assert.Same(Samples.Prose, C4Rules.Clean(Samples.Prose));
    }

    [Fact]
    public void Words_and_lines_are_counted_without_punctuation_and_blank_lines()
    {
        var view = new TextView("  Hello, world — again!\n\n - it's #1…\n");
        Assert.Equal(["Hello", "world", "again", "it's", "#1…"], view.Words.Select(word => view.Slice(word).ToString()));
        Assert.Equal(["Hello, world — again!", "- it's #1…"], view.Lines.Select(line => view.Slice(line).ToString()));
    }

    public static TheoryData<string, string> QualityCases => new()
    {
        { "Too short to learn from.", "gopher-quality.too-few-words" },
        { Repeat("a I o ", 40), "gopher-quality.word-length" },
        { Repeat("unquestionable incomprehensibilities ", 40), "gopher-quality.word-length" },
        { Samples.Prose + Repeat(" # #", 20), "gopher-quality.symbols" },
        { Repeat("- the list goes on and on with words\n", 20), "gopher-quality.bullets" },
        { Repeat("the story goes on and on with words and more words and yet more of them...\n", 20) + "The end.", "gopher-quality.ellipses" },
        { Repeat("1234 5678 the of word ", 30), "gopher-quality.alphabetic" },
        { Repeat("buy cheap shoes online today ", 30), "gopher-quality.stop-words" },
    };

    [Theory]
    [MemberData(nameof(QualityCases))]
    public void Gophers_quality_rules_name_what_is_wrong(string text, string reason) => Assert.Equal(reason, GopherQuality.Judge(new TextView(text))?.Reason);

    [Fact]
    public void Thirty_words_are_enough()
    {
        Assert.Equal("gopher-quality.too-few-words", GopherQuality.Judge(new TextView(Repeat("the of people ", 9) + "the end"))?.Reason);
        Assert.Null(GopherQuality.Judge(new TextView(Repeat("the of people ", 10))));
    }

    public static TheoryData<string, string> RepetitionCases => new()
    {
        { Samples.Prose + "\n" + Samples.Prose.Replace("The lighthouse", "A lighthouse", StringComparison.Ordinal), "gopher-repetition.lines" },
        { string.Join('\n', Enumerable.Range(0, 20).Select(i => $"Line {i}.")) + Repeat("\nThe same long line of text again, with many words in it so that it weighs a lot.", 4), "gopher-repetition.line-characters" },
        { Distinct(60) + " " + Repeat("goose soup ", 20), "gopher-repetition.top-2-gram" },
        { Distinct(80) + " " + string.Join(' ', Enumerable.Range(0, 9).Select(i => $"{Phrase(i % 3)} {i}{i}")), "gopher-repetition.5-grams" },
    };

    [Theory]
    [MemberData(nameof(RepetitionCases))]
    public void Gophers_repetition_rules_name_what_is_wrong(string text, string reason) => Assert.Equal(reason, GopherRepetition.Judge(new TextView(text))?.Reason);

    [Fact]
    public void Top_and_duplicate_shares_agree_with_counting_by_hand()
    {
        // "a b" stands three times in the nineteen characters: 9 of 19.
        Assert.Contains("47%", GopherRepetition.Judge(new TextView("a b c a b d e a b f"))!.Value.Detail.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_every_sentence_and_a_title_on_a_short_page_are_no_repetition()
    {
        Assert.Null(GopherRepetition.Judge(new TextView("Ruth Dimbleworth laughs. Ruth Dimbleworth mends an umbrella. We know Ruth Dimbleworth. Everybody likes Ruth Dimbleworth.")));
        Assert.Null(GopherRepetition.Judge(new TextView("Who wrote \"The Umbrella at the End of the Lane\"? I have looked everywhere for it.\n\n\"The Umbrella at the End of the Lane\" was written by Jasper. My aunt has it, and she will never give it back to me.")));
    }

    public static TheoryData<string, string> C4Cases => new()
    {
        { Samples.Prose + " Lorem ipsum dolor sit amet.", "c4.lorem-ipsum" },
        { Samples.Prose + Repeat(" {x}", 10), "c4.curly-brackets" },
        { Samples.Prose + " " + new string('x', 1001), "c4.word-length" },
        { "No sentence ends here, whatever one may think of it", "c4.too-few-sentences" },
    };

    [Theory]
    [MemberData(nameof(C4Cases))]
    public void C4s_rules_name_what_is_wrong(string text, string reason) => Assert.Equal(reason, C4Rules.Judge(new TextView(text))?.Reason);

    [Fact]
    public void Lines_of_machinery_and_citation_marks_are_taken_out() => Assert.Equal(
        "Geese[x] fly south.\nThey return.\na[1234]",
        C4Rules.Clean("Geese[x] fly[2] south[citation needed].\nPlease enable JavaScript to see geese.\nThey return.[14]\nThis site uses cookies.\na[1234]"));

    public static TheoryData<string, string> FineWebCases => new()
    {
        { Repeat("a line of words that ends with nothing at all\n", 10).Insert(0, "One.\n"), "fineweb.punctuation" },
        { Samples.Prose + Repeat("\nThe same line of text again.", 6), "fineweb.duplicate-lines" },
        { string.Join('\n', Enumerable.Range(0, 20).Select(i => $"Short line {i}.")), "fineweb.short-lines" },
    };

    [Theory]
    [MemberData(nameof(FineWebCases))]
    public void FineWebs_rules_name_what_is_wrong(string text, string reason) => Assert.Equal(reason, FineWebRules.Judge(new TextView(text))?.Reason);

    [Theory]
    [InlineData("http://bad.example/page", "url-blocklist.domain")]
    [InlineData("https://www.bad.example:8080/", "url-blocklist.domain")]
    [InlineData("https://user@BAD.EXAMPLE./x?y", "url-blocklist.domain")]
    [InlineData("http://notbad.example/", null)]
    [InlineData("http://bad.example.org/", null)]
    [InlineData("http://fun.example/free-casino-slots", "url-blocklist.word")]
    [InlineData("http://casinotown.example/", null)]
    [InlineData("http://essex.example/sussex", null)]
    [InlineData("not an address", null)]
    [InlineData(null, null)]
    public void Addresses_are_blocked_by_domain_and_by_telling_words(string? url, string? reason) =>
        Assert.Equal(reason, new UrlBlocklist([" Bad.example", ""]).Judge(url)?.Reason);

    [Fact]
    public void A_list_of_domains_is_read_with_its_comments()
    {
        using var folder = new TestFolder();
        UrlBlocklist list = UrlBlocklist.Load(folder.Write("list.txt", "# adult\nbad.example # very\n\n.worse.example\n"));
        Assert.NotNull(list.Judge("http://x.worse.example/"));
        Assert.NotNull(list.Judge("http://bad.example/"));
        Assert.Null(list.Judge("http://good.example/"));
    }

    [Theory]
    [InlineData("Write to Anna.Berg+news@post.firm.example.com today.", "Write to <email> today.", 1)]
    [InlineData("Call +44 20 7946 0958 or (555) 010-1234, or 555-010-1234.", "Call <phone> or <phone>, or <phone>.", 3)]
    [InlineData("The server 8.8.4.4 answered; 192.168.1.10 and 10.0.0.1 did not.", "The server <ip> answered; 192.168.1.10 and 10.0.0.1 did not.", 1)]
    [InlineData("Version 1.2.3.4 costs 12,500.00 in 1914-1918; ISBN 978-3-16-148410-0; page 300.400.500.600", "Version 1.2.3.4 costs 12,500.00 in 1914-1918; ISBN 978-3-16-148410-0; page 300.400.500.600", 0)]
    [InlineData("Meet @noon at a@b, on 2024-11-20 at 12:30.", "Meet @noon at a@b, on 2024-11-20 at 12:30.", 0)]
    public void Personal_data_is_replaced_and_other_numbers_stay(string text, string expected, int places)
    {
        Assert.Equal(expected, PersonalData.Scrub(text, out int replaced));
        Assert.Equal(places, replaced);
    }

    private static string Phrase(int number) => $"alpha{number} beta{number} gamma{number} delta{number} epsi{number}";

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Distinct(int words, int from = 0) => string.Join(' ', Enumerable.Range(from, words).Select(i => $"w{i:x}"));
}
