namespace Gestalt.Corpus.Tests.Building;

public sealed class HoldOutTests
{
    private static List<KeptDocument> Documents(int count, long bytes = 100) =>
        [.. Enumerable.Range(0, count).Select(i => new KeptDocument($"books/part-{i}.txt", DocumentId.Of($"{i}"), bytes))];

    private static int[] Chosen(HoldOutChoice choice) => [.. Enumerable.Range(0, choice.HeldOut.Length).Where(i => choice.HeldOut[i])];

    [Theory]
    [InlineData(1000, 20)]
    [InlineData(120, 3)]
    [InlineData(20, 1)]
    public void A_share_is_two_in_a_hundred_and_at_least_one(int documents, int expected)
    {
        var choice = HoldOutChoice.Make(HoldOut.Default, Documents(documents));
        Assert.Equal(expected, Chosen(choice).Length);
        Assert.False(choice.LastParts);
    }

    [Fact]
    public void The_choice_follows_the_text_not_the_order()
    {
        List<KeptDocument> documents = Documents(200);
        IEnumerable<string> chosen = Chosen(HoldOutChoice.Make(HoldOut.Default, documents)).Select(i => documents[i].Source);
        List<KeptDocument> reversed = [.. documents.AsEnumerable().Reverse()];
        Assert.Equal(chosen.Order(), Chosen(HoldOutChoice.Make(HoldOut.Default, reversed)).Select(i => reversed[i].Source).Order());
    }

    [Fact]
    public void No_more_than_the_cap_is_held_out()
    {
        var choice = HoldOutChoice.Make(new HoldOut.Share(0.1, MaximumBytes: 250), Documents(1000));
        Assert.Equal(2, Chosen(choice).Length);
    }

    [Fact]
    public void A_document_that_is_a_large_part_of_the_text_is_not_held_out()
    {
        List<KeptDocument> documents = Documents(20);
        int smallest = Enumerable.Range(0, 20).MinBy(i => documents[i].Id);
        documents[smallest] = documents[smallest] with { Bytes = 1_000_000 };
        Assert.DoesNotContain(smallest, Chosen(HoldOutChoice.Make(HoldOut.Default, documents)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Few_documents_lose_their_last_parts_instead(int documents) => Assert.True(HoldOutChoice.Make(HoldOut.Default, Documents(documents)).LastParts);

    [Theory]
    [InlineData("part-3.txt", new[] { 3 })]
    [InlineData("part-1?.txt", new[] { 10, 11 })]
    [InlineData("books/part-2.*", new[] { 2 })]
    public void Names_and_patterns_choose_files(string pattern, int[] expected) => Assert.Equal(expected, Chosen(HoldOutChoice.Make(HoldOut.Parse(pattern), Documents(12))));

    [Fact]
    public void All_records_of_a_named_file_are_held_out()
    {
        List<KeptDocument> documents = [new("a.jsonl#1", default, 1), new("b.jsonl#1", default, 1), new("b.jsonl#22", default, 1)];
        Assert.Equal([1, 2], Chosen(HoldOutChoice.Make(HoldOut.Parse("b.jsonl"), documents)));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("4")]
    [InlineData("nothing-like-it.txt")]
    [InlineData("*.txt")]
    [InlineData("0%")]
    [InlineData("80%")]
    public void Wishes_that_cannot_be_met_are_refused(string wish) => Assert.Throws<CorpusException>(() => HoldOutChoice.Make(HoldOut.Parse(wish), Documents(3)));

    [Theory]
    [InlineData("none", typeof(HoldOut.Nothing))]
    [InlineData("2", typeof(HoldOut.Documents))]
    [InlineData("2.5%", typeof(HoldOut.Share))]
    [InlineData("dracula.txt", typeof(HoldOut.Matching))]
    public void Wishes_are_understood(string wish, Type type) => Assert.IsType(type, HoldOut.Parse(wish));

    [Fact]
    public void A_single_text_is_cut_at_a_line_near_nine_tenths()
    {
        string text = string.Join('\n', Enumerable.Range(0, 100).Select(i => $"This is line {i:D2}."));
        int cut = HoldOutChoice.CutPoint(text);
        Assert.InRange(cut, (int)(text.Length * 0.88), (int)(text.Length * 0.9) + 1);
        Assert.StartsWith("This is line ", text[cut..], StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_file_is_split_into_parts_that_join_to_the_whole()
    {
        using var folder = new TestFolder();
        string text = string.Join('\n', Enumerable.Range(0, 500).Select(i => $"To be {i}, or not to be {i}."));
        CorpusFolder corpus = CorpusBuilder.Build([folder.Write("play.txt", text)], folder["out"]);
        Assert.Equal(text, Assert.Single(corpus.Training()).Text + Assert.Single(corpus.HeldOut()).Text);
    }
}
