using System.Text;

namespace Gestalt.Corpus.Tests.Building;

public sealed class CorpusBuilderTests
{
    private static readonly CorpusOptions NoHoldOut = new() { HoldOut = new HoldOut.Nothing(), Threads = 2 };

    private static string Page(string text) => $"<html><body><nav><a href=1>Home</a></nav><main>{string.Concat(text.Split("\n\n").Select(p => $"<p>{p}</p>"))}</main></body></html>";

    private static string Story(int number) =>
        $"""
        Captain number {number} came from the island of {number * 7919 % 1000} hills, and he kept {number % 17 + 2} cats that he had named after rivers. He said that a cat with
        a name is worth {number * 31 % 97} without one.

        In year {1500 + number} he sailed to port {number * 13 % 101} with a load of {number * 37 % 211} barrels. The harbour was full of fog, and the bells of tower {number * 5 % 89} were ringing for
        somebody's wedding.

        When he asked the price of lamp oil in shop {number * 3 % 77}, the man behind the counter wrote {number * 11 % 500} on a slate and wiped it away again with his sleeve number {number}.
        """;

    [Fact]
    [Trait("Speed", "Smoke")]
    public void A_crawl_becomes_documents_and_every_loss_is_counted()
    {
        using var folder = new TestFolder();
        byte[] warc =
        [
            .. Samples.Response(Page(Story(1)), url: "http://a.example/1"),
            .. Samples.Response(Page(Story(2) + "\n\nWrite to captain@island.example for more."), url: "http://a.example/2"),
            .. Samples.Response(Page(Story(1)), url: "http://mirror.example/1"),
            .. Samples.Response(Page(Story(1).Replace("somebody's", "Anna's", StringComparison.Ordinal)), url: "http://mirror.example/2"),
            .. Samples.Response(Page(Story(3)), url: "http://bad.example/3"),
            .. Samples.Response(Page("Zu kurz."), url: "http://a.example/4"),
            .. Samples.Response(Page("Nothing."), url: "http://a.example/5"),
            .. Samples.Response("gone", status: "HTTP/1.1 500 Oops"),
        ];
        string input = folder.Write("crawl.warc.gz", Samples.Gzip(warc));
        CorpusFolder corpus = CorpusBuilder.Build([input], folder["out"], NoHoldOut with { Blocklist = new UrlBlocklist(["bad.example"]) });
        Document[] documents = [.. corpus.Training()];
        Assert.Equal(["http://a.example/1", "http://a.example/2"], documents.Select(document => document.Url));
        Assert.Equal(Story(1).ReplaceLineEndings(" ").Replace("  ", "\n\n", StringComparison.Ordinal), documents[0].Text);
        Assert.EndsWith("Write to <email> for more.", documents[1].Text, StringComparison.Ordinal);

        CorpusReport report = corpus.Report;
        Assert.Equal(8, report.DocumentsRead);
        Assert.Equal(1, report.PersonalDataReplaced);
        Assert.Equal(
            ["duplicate.exact", "duplicate.near", "gopher-quality.too-few-words", "http-status", "language.not-english", "url-blocklist.domain"],
            report.Dropped.Select(drop => drop.Reason).Order());
        Assert.Equal(8, report.Training.Documents + report.Dropped.Sum(drop => drop.Documents));
        Assert.Equal(documents.Sum(document => (long)Encoding.UTF8.GetByteCount(document.Text)), report.Training.Bytes);
        Assert.Contains("a.example/1", File.ReadAllText(corpus.TrainingPath), StringComparison.Ordinal);
        Assert.Equal(report.ToJson(), CorpusReport.FromJson(report.ToJson()).ToJson());
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes_whatever_the_number_of_threads()
    {
        using var folder = new TestFolder();
        var warc = new MemoryStream();
        for (int i = 0; i < 300; i++)
            warc.Write(Samples.Gzip(Samples.Response(Page(i % 10 == 9 ? Story(i - 5) : Story(i)), url: $"http://a.example/{i}")));
        folder.Write("in/crawl.warc.gz", warc.ToArray());
        folder.Write("in/more.jsonl", string.Concat(Enumerable.Range(0, 200).Select(i => $"{{\"text\": \"line {i % 150}\"}}\n")));
        string[] outputs = [.. new[] { 1, 2, 3, 7 }.Select(threads =>
        {
            CorpusFolder corpus = CorpusBuilder.Build([folder["in"]], folder[$"out{threads}"], new CorpusOptions { Threads = threads });
            return string.Concat(Directory.GetFiles(corpus.FolderPath).Order().Select(File.ReadAllText));
        })];
        Assert.All(outputs, output => Assert.Equal(outputs[0], output));
        Assert.Equal(3, Directory.GetFiles(folder["out1"]).Length);
    }

    [Fact]
    public void Books_survive_whole()
    {
        using var folder = new TestFolder();
        string book = "TITLE\r\n\r\n\r\n   Chapter I.\r\n\r\n\"Well, well...\"  he said.\r\n* * * * *\r\n" + string.Concat(Enumerable.Repeat("No! No! No!\r\n", 50)) + "{code} a@b.example  \r\n";
        CorpusFolder corpus = CorpusBuilder.Build([folder.Write("book.txt", book)], folder["out"], NoHoldOut);
        Assert.Equal(book.Replace("\r\n", "\n", StringComparison.Ordinal), Assert.Single(corpus.Training()).Text);
    }

    [Fact]
    public void Real_books_survive_whole_and_two_can_be_held_out()
    {
        string books = RealData.Path("books");
        using var folder = new TestFolder();
        CorpusFolder corpus = CorpusBuilder.Build([books], folder["out"], new CorpusOptions { HoldOut = HoldOut.Parse("2") });
        Assert.Equal((20, 2), (corpus.Report.Training.Documents, corpus.Report.HeldOut.Documents));
        foreach (Document document in corpus.Training().Concat(corpus.HeldOut()))
            Assert.Equal(File.ReadAllText(document.Source).ReplaceLineEndings("\n"), document.Text);
    }

    [Fact]
    public void Other_files_in_a_folder_of_text_are_refused_by_name_and_the_rest_goes_on()
    {
        using var folder = new TestFolder();
        folder.Write("in/a.txt", "Some text.");
        folder.Write("in/b.md", "# More\n\ntext");
        folder.Write("in/c.png", [0x89, 0x50, 0x4E, 0x47, 0, 0]);
        folder.Write("in/d.jsonl", "{\"text\": \"third\"}\nbroken\n{\"other\": 1}\n");
        folder.Write("in/e.txt", " \n ");
        CorpusFolder corpus = CorpusBuilder.Build([folder["in"]], folder["out"], NoHoldOut);
        Assert.Equal(["Some text.", "# More\n\ntext", "third"], corpus.Training().Select(document => document.Text));
        Assert.Equal(["empty", "malformed-json", "no-text-field", "not-text"], corpus.Report.Dropped.Select(drop => drop.Reason).Order());
        DropExample picture = corpus.Report.Dropped.Single(drop => drop.Reason == "not-text").Examples.Single();
        Assert.EndsWith("c.png", picture.Source, StringComparison.Ordinal);
        Assert.Contains("PNG", picture.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_without_text_is_refused_in_one_line_and_leaves_nothing_behind()
    {
        using var folder = new TestFolder();
        folder.Write("in/c.png", [0x89, 0x50, 0x4E, 0x47, 0, 0]);
        string message = Assert.Throws<CorpusException>(() => CorpusBuilder.Build([folder["in"]], folder["out"], NoHoldOut)).Message;
        Assert.Contains("c.png' cannot be used: it is a PNG picture", message, StringComparison.Ordinal);
        folder.Write("in/e.txt", " ");
        message = Assert.Throws<CorpusException>(() => CorpusBuilder.Build([folder["in"]], folder["out"], NoHoldOut)).Message;
        Assert.Contains("no usable text", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Empty(Directory.GetFiles(folder["out"]));
    }

    [Fact]
    public void A_corpus_stays_until_the_next_one_is_complete()
    {
        using var folder = new TestFolder();
        string input = folder.Write("a.txt", "First text.");
        CorpusBuilder.Build([input], folder["out"], NoHoldOut);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => CorpusBuilder.Build([folder.Write("b.txt", "Second.")], folder["out"], NoHoldOut, null, cancelled.Token));
        Assert.Equal("First text.", Assert.Single(CorpusFolder.Open(folder["out"]).Training()).Text);
        Assert.Equal(3, Directory.GetFiles(folder["out"]).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        using var folder = new TestFolder();
        string input = folder.Write("a.txt", "Text.");
        string message = Assert.Throws<CorpusException>(() => CorpusBuilder.Build([input], Path.Combine(input, "out"), NoHoldOut)).Message;
        Assert.Contains("cannot write the corpus to", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_or_missing_corpus_is_refused()
    {
        using var folder = new TestFolder();
        Assert.Contains("no finished corpus", Assert.Throws<CorpusException>(() => CorpusFolder.Open(folder["none"])).Message, StringComparison.Ordinal);
        CorpusFolder corpus = CorpusBuilder.Build([folder.Write("a.txt", "Text.")], folder["out"], NoHoldOut);
        File.AppendAllText(corpus.TrainingPath, "{\"source\": 1}\n");
        Assert.Contains("line 2", Assert.Throws<CorpusException>(() => corpus.Training().ToList()).Message, StringComparison.Ordinal);
        folder.Write("out/corpus.json", "{");
        Assert.Contains("is damaged", Assert.Throws<CorpusException>(() => CorpusFolder.Open(folder["out"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_ends_with_everything_read()
    {
        using var folder = new TestFolder();
        string input = folder.Write("a.txt", "Text that is read.");
        var seen = new List<CorpusProgress>();
        CorpusBuilder.Build([input], folder["out"], NoHoldOut, new Collect(seen));
        Assert.Equal(new CorpusProgress(18, 18, 1, 1), seen[^1]);
    }

    private sealed class Collect(List<CorpusProgress> seen) : IProgress<CorpusProgress>
    {
        public void Report(CorpusProgress value) => seen.Add(value);
    }
}
