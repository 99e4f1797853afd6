using System.Text;

namespace Gestalt.Corpus.Tests.Reading;

public sealed class TextReadingTests
{
    [Fact]
    public void A_text_file_is_one_document_byte_for_byte()
    {
        byte[] text = "Line one.\r\n\r\n  Indented — with a dash.\n"u8.ToArray();
        RawDocument document = Assert.Single(Samples.Read(text, "book.txt").Documents);
        Assert.Equal(text, document.Body.ToArray());
        Assert.False(document.Crawled);
    }

    [Fact]
    public void Compressed_text_reads_like_plain_text()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Samples.Prose, 100)));
        Assert.Equal(text, Assert.Single(Samples.Read(Samples.Gzip(text), "book.txt.gz").Documents).Body.ToArray());
    }

    [Fact]
    public void Compressed_text_that_is_cut_short_is_refused_whole()
    {
        byte[] gzip = Samples.Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 7919} "))));
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(gzip[..(gzip.Length / 2)], "book.txt.gz");
        Assert.Empty(documents);
        Assert.Equal("damaged-gzip", Assert.Single(problems).Reason);
    }

    [Fact]
    public void Lines_before_the_damage_in_a_compressed_jsonl_are_kept()
    {
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20000).Select(i => $"{{\"text\": \"{(long)i * 7919 * 104729}\"}}\n")));
        byte[] gzip = Samples.Gzip(lines);
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(gzip[..(gzip.Length / 2)], "lines.jsonl.gz");
        Assert.InRange(documents.Count, 5000, 15000);
        Assert.Equal("damaged-gzip", Assert.Single(problems).Reason);
        Assert.All(documents, document => Assert.EndsWith("}", document.Text(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_beyond_the_limit_becomes_several_documents_that_join_to_the_same_bytes()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Join("\n\n", Enumerable.Range(0, 400).Select(i => $"Paragraph {i} tells of ä, é and 雪.")));
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(text, "long.txt", new ReadLimits { MaximumTextBytes = 1000 });
        Assert.True(documents.Count > 10);
        Assert.Equal(text, documents.SelectMany(document => document.Body.ToArray()));
        Assert.All(documents.SkipLast(1), document => Assert.EndsWith("\n\n", document.Text(), StringComparison.Ordinal));
        Assert.Equal("cut-in-parts", Assert.Single(problems).Reason);
    }

    [Fact]
    public void A_text_without_any_break_is_cut_between_characters()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("雪", 1000)));
        (List<RawDocument> documents, _) = Samples.Read(text, "snow.txt", new ReadLimits { MaximumTextBytes = 1000 });
        Assert.Equal(text, documents.SelectMany(document => document.Body.ToArray()));
        Assert.All(documents, document => Assert.DoesNotContain('\uFFFD', document.Text()));
    }

    [Theory]
    [InlineData("notes.txt", "{\"text\": \"x\"}", DocumentFormat.PlainText)]
    [InlineData("notes.md", "# Title", DocumentFormat.Markdown)]
    [InlineData("notes.jsonl", "{\"text\": \"x\"}", DocumentFormat.JsonLine)]
    [InlineData("notes", "{\"text\": \"x\"}\n{\"text\": \"y\"}", DocumentFormat.JsonLine)]
    [InlineData("-", "  <!DOCTYPE html><p>x", DocumentFormat.Html)]
    [InlineData("-", "<HTML><body>x", DocumentFormat.Html)]
    [InlineData("README", "Just words.", DocumentFormat.PlainText)]
    [InlineData("page.htm.gz", "words", DocumentFormat.Html)]
    [InlineData("script.py", "{x: 1}", DocumentFormat.PlainText)]
    public void The_format_follows_from_the_name_or_else_from_the_content(string name, string content, DocumentFormat format) =>
        Assert.Equal(format, Samples.Read(Encoding.UTF8.GetBytes(content), name).Documents[0].Format);

    [Fact]
    public void Lines_longer_than_the_limit_are_reported_and_the_next_line_is_read()
    {
        byte[] lines = Encoding.UTF8.GetBytes($"{{\"text\": \"{new string('x', 200_000)}\"}}\n{{\"text\": \"short\"}}");
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(lines, "lines.jsonl", new ReadLimits { MaximumRecordBytes = 1000 });
        Assert.Equal("{\"text\": \"short\"}", Assert.Single(documents).Text());
        Assert.Equal(("line-too-long", "lines.jsonl#1"), (Assert.Single(problems).Reason, problems[0].Source));
    }

    [Theory]
    [InlineData("{\"text\": \"a\\nb\", \"url\": \"http://x.example/\"}", "a\nb", null)]
    [InlineData("{\"meta\": {\"text\": \"no\"}, \"text\": \"yes\"}", "yes", null)]
    [InlineData("\uFEFF{\"text\": \"mark\"}", "mark", null)]
    [InlineData("{\"text\": 5}", null, "no-text-field")]
    [InlineData("{\"content\": \"x\"}", null, "no-text-field")]
    [InlineData("[1]", null, "malformed-json")]
    [InlineData("{\"text\": \"x\"", null, "malformed-json")]
    [InlineData("{\"text\": \"x\"} trailing", null, "malformed-json")]
    [InlineData("{\"text\": \"\\ud800\"}", null, "malformed-json")]
    [InlineData("nonsense", null, "malformed-json")]
    public void A_line_of_jsonl_gives_its_text_or_a_reason(string line, string? text, string? reason)
    {
        (string? found, _, Drop? drop) = JsonRecord.Parse(Encoding.UTF8.GetBytes(line));
        Assert.Equal((text, reason), (found, drop?.Reason));
    }
}
