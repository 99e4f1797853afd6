namespace Gestalt.Corpus.Tests.Extraction;

public sealed class PageExtractorTests
{
    private const string First = "The ferry leaves at seven in the morning, whatever the weather, and comes back when the captain has finished his soup.";
    private const string Second = "Passengers who bring a goose must hold it by the left wing, for reasons that were never written down.";

    private static string Extract(string html, bool keepComments = false) => new PageExtractor(keepComments).Extract(html);

    [Fact]
    [Trait("Speed", "Smoke")]
    public void The_article_is_found_among_the_furniture_of_a_tidy_page() => Assert.Equal(
        $"Ferry rules\n\n{First}\n\n{Second}",
        Extract($"""
            <!DOCTYPE html><html><head><title>Ferry</title><script>var x = "<p>no</p>";</script><style>p {"{}"}</style></head><body>
            <header><a href="/">Ferries</a><nav><ul><li><a href="/a">Home</a><li><a href="/b">Timetable</a></ul></nav></header>
            <main><article><h1>Ferry rules</h1><p>{First}</p><p>{Second}</p></article></main>
            <aside><h3>Related</h3><ul><li><a href="/c">Ten ferries you must see before it is too late</a></ul></aside>
            <div class="cookie-banner"><p>We use cookies. They are very good cookies, and you should accept all of them now.</p></div>
            <footer>© 2024 Ferries. All rights reserved.</footer></body></html>
            """));

    [Fact]
    public void The_article_is_found_without_any_telling_names() => Assert.Equal(
        $"Ferry rules\n\n{First}\n\n{Second}",
        Extract($"""
            <div><div><a href=1>Home</a> | <a href=2>News</a> | <a href=3>Weather</a></div>
            <div><div><h2>Ferry rules</h2><p>{First}<p>{Second}</div>
            <div><h3>Elsewhere</h3><ul><li><a href=4>How to fold a map</a><li><a href=5>Five easy knots for a wet day</a></ul></div></div>
            <div>Ferry Company, Harbour Road 1</div></div>
            """));

    [Fact]
    public void A_table_layout_is_read_and_a_table_of_data_keeps_its_cells() => Assert.Equal(
        $"{First}\n\nDay | Departures\nMonday | 2\nSunday | none\n\n{Second}",
        Extract($"""
            <table width=100%><tr><td><a href=1>Home</a><br><a href=2>Maps</a></td><td>
            <p>{First}</p><table><tr><th>Day<th>Departures<tr><td>Monday<td>2<tr><td>Sunday<td>none</table><p>{Second}</p></td></tr></table>
            """));

    [Fact]
    public void Lists_of_short_items_inside_the_article_stay() => Assert.Equal(
        $"Soup\n\n{First}\n\n- two onions\n- salt\n- one goose feather\n\n{Second}",
        Extract($"<body><article><h1>Soup</h1><p>{First}</p><ul><li>two onions<li>salt</li><li><p>one <b>goose</b> feather</p></li></ul><p>{Second}</p></article>"));

    [Fact]
    public void Text_loosely_between_breaks_is_kept_and_white_space_collapses() => Assert.Equal(
        $"{First}\n{Second}",
        Extract($"<body>\n  {First.Replace(" ", " \n ", StringComparison.Ordinal)} <br>\n {Second}\n</body>"));

    [Fact]
    public void Preformatted_text_keeps_its_white_space() =>
        Assert.Contains("if x:\n    soup()\n", Extract($"<body><p>{First}</p><pre>if x:\n    soup()\n\nend</pre><p>{Second}</p>"), StringComparison.Ordinal);

    [Fact]
    public void A_wrapper_with_a_misleading_name_does_not_cost_the_text() => Assert.Contains(
        Second, Extract($"<body class=has-sidebar><div id=page-sidebar-wrapper><div class=ad-free><p>{First}</p><p>{Second}</p></div></div>"), StringComparison.Ordinal);

    [Fact]
    public void Hidden_parts_and_form_controls_are_left_out() => Assert.Equal(
        First,
        Extract($"<body><p>{First}</p><p hidden>{Second}</p><p style='display: none'>{Second}</p><div aria-hidden=true>{Second}</div><form><label>Name</label><input><textarea>{Second}</textarea><button>Send</button></form>"));

    [Fact]
    public void Comments_are_left_out_or_kept_as_asked()
    {
        string page = $"<body><article><h1>Rules</h1><p>{First}</p></article><section id=comments><h3>Comments</h3><p>I held mine by the right wing and nothing happened at all.</p></section>";
        Assert.DoesNotContain("right wing", Extract(page), StringComparison.Ordinal);
        Assert.Contains("right wing", Extract(page, keepComments: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_posts_keeps_all_of_them()
    {
        string text = Extract($"<body><h1>Geese on board?</h1><div class=post><p>{First}</p></div><div class=post><p>{Second}</p></div><div class=post><p>Thank you both, that is what I needed to know.</p></div>");
        Assert.Equal($"Geese on board?\n\n{First}\n\n{Second}\n\nThank you both, that is what I needed to know.", text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("<body><nav><a href=1>Home</a></nav></body>")]
    [InlineData("<frameset><frame src=x></frameset>")]
    public void A_page_without_text_gives_none(string html) => Assert.Equal("", Extract(html));

    [Theory]
    [InlineData("<div><p>")]
    [InlineData("<b><i>")]
    [InlineData("<p><font color=#>x")]
    [InlineData("<b id=#><div></b>")]
    [InlineData("<table><tr><td>")]
    [InlineData("<a href=#><div>")]
    [InlineData("<svg><math>")]
    [InlineData("</p>")]
    [InlineData("<select><option>")]
    public void Endless_nesting_neither_overflows_nor_takes_long(string tags)
    {
        string nested = $"<p>{First}</p>" + string.Concat(Enumerable.Range(0, 20_000).Select(i => tags.Replace("#", $"{i}", StringComparison.Ordinal)));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Extract(nested);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Text_behind_too_much_nesting_is_still_found()
    {
        string nested = string.Concat(Enumerable.Repeat("<div><b>", 2000)) + $"<p>{First}</p>" + string.Concat(Enumerable.Repeat("</b></div>", 2000)) + $"<p>{Second}</p>";
        Assert.Equal($"{First}\n\n{Second}", Extract(nested));
    }

    [Fact]
    public void Pages_without_measure_are_refused_with_a_reason()
    {
        new PageExtractor().Extract(string.Concat(Enumerable.Repeat("<p>", 500_000)), out Drop? refusal);
        Assert.Equal("markup.too-many-tags", refusal?.Reason);
        new PageExtractor().Extract(new string('x', MarkupGuard.MaximumCharacters + 1), out refusal);
        Assert.Equal("markup.too-long", refusal?.Reason);
    }
}
