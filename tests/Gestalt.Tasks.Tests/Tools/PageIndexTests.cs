using Gestalt.Tasks.Tools;

namespace Gestalt.Tasks.Tests.Tools;

public sealed class PageIndexTests
{
    private static readonly PageIndex Index = new(
    [
        new SearchPage(1, "a", "The baker\n\nAda Oakshaw is a baker. She bakes bread."),
        new SearchPage(2, "b", "Ned Oakshaw's goat is famous. Ned lives in Tarnwood!"),
        new SearchPage(3, "c", "Bread, bread and more bread. Nothing else."),
        new SearchPage(7, "d", ""),
    ]);

    [Fact]
    [Trait("Speed", "Smoke")]
    public void The_sentence_with_the_rarest_words_comes_first()
    {
        Assert.Equal("Ada Oakshaw is a baker.", Index.Search("ada OAKSHAW baker", 3)[0].Sentence);
        Assert.Equal(1, Index.Search("Ada", 3)[0].Page.Number);
        Assert.Equal("Ned Oakshaw's goat is famous.", Index.Search("oakshaw goat", 1).Single().Sentence);
    }

    [Fact]
    public void A_whole_name_is_worth_more_than_its_parts()
    {
        var index = new PageIndex([new SearchPage(1, "", "Lila has a brother who is called Hopperby now."), new SearchPage(2, "", "It is known that in town nobody saw Lila Hopperby today."), new SearchPage(3, "", "Hopperby, said Lila, is a name.")]);
        Assert.Equal(2, index.Search("Lila Hopperby", 1)[0].Page.Number);
        Assert.Equal(3, index.Search("Hopperby Lila", 1)[0].Page.Number); // nobody's name: the shorter sentence
    }

    [Fact]
    public void No_page_with_a_word_of_the_query_is_missed_and_no_sentence_without_one_is_found()
    {
        Assert.Equal(["Bread, bread and more bread.", "She bakes bread."], Index.Search("bread", 9).Select(found => found.Sentence).Order(StringComparer.Ordinal));
        Assert.Empty(Index.Search("dragon", 9));
        Assert.Empty(Index.Search("", 9));
        Assert.Empty(new PageIndex([]).Search("bread", 9));
    }

    [Fact]
    public void Ranking_is_that_of_Okapi()
    {
        // Three pages hold one of the words each, once; the shorter the page, the better.
        var index = new PageIndex([new SearchPage(1, "", "apple x x x x x"), new SearchPage(2, "", "apple"), new SearchPage(3, "", "apple x x"), new SearchPage(4, "", "x x")]);
        Assert.Equal([2, 3, 1], index.Search("apple", 9).Select(found => found.Page.Number));
    }

    [Fact]
    public void Results_cite_their_pages_and_have_bounds()
    {
        var search = new PageSearch(() => Index);
        Assert.Equal("[1] Ada Oakshaw is a baker.", search.Answer("Ada baker").Split('\n')[0]);
        Assert.Equal("Nothing was found.", search.Answer("dragon"));
        Assert.Contains("600 characters", Assert.Throws<ToolException>(() => search.Answer(new string('x', 600))).Message, StringComparison.Ordinal);
        var large = new PageSearch(() => new PageIndex([new SearchPage(1, "", "word " + new string('y', 5000))]));
        Assert.InRange(large.Answer("word").Length, 100, 220);
    }

    [Fact]
    public void Agrees_with_a_search_that_looks_at_every_sentence()
    {
        var random = new Random(3);
        string Word() => $"w{random.Next(60)}";
        SearchPage[] pages = [.. Enumerable.Range(1, 30).Select(n => new SearchPage(n, "", string.Join(". ", Enumerable.Range(0, random.Next(1, 6)).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => Word()))))))];
        var index = new PageIndex(pages);
        for (int i = 0; i < 100; i++)
        {
            string word = Word();
            string[] expected = [.. pages.SelectMany(page => PageIndex.SentencesOf(page.Text)).Where(sentence => PageIndex.Words(sentence).Contains(word)).Distinct().Order(StringComparer.Ordinal)];
            Assert.Equal(expected, index.Search(word, 1000).Select(found => found.Sentence).Order(StringComparer.Ordinal));
        }
    }
}
