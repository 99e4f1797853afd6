using System.IO.Compression;
using System.Text;

namespace Gestalt.Corpus.Tests.Reading;

public sealed class WarcReaderTests
{
    private static readonly byte[] Info = Samples.Record("warcinfo", "application/warc-fields", "software: test\r\n"u8.ToArray(), null);

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Responses_become_documents_and_other_records_are_passed_over()
    {
        byte[] warc = [.. Info, .. Samples.Response("<p>one"), .. Samples.Record("request", "application/http", "GET / HTTP/1.1\r\n\r\n"u8.ToArray()), .. Samples.Response("<p>two", url: "http://b.example/")];
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc");
        Assert.Empty(problems);
        Assert.Equal(["<p>one", "<p>two"], documents.Select(document => document.Text()));
        Assert.Equal(["http://harbour.example/", "http://b.example/"], documents.Select(document => document.Url));
        Assert.Equal(["crawl.warc#2", "crawl.warc#4"], documents.Select(document => document.Source));
        Assert.All(documents, document => Assert.True(document is { Format: DocumentFormat.Html, Charset: "utf-8", Crawled: true }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gzip_with_a_member_for_each_record_or_for_all_reads_the_same(bool memberPerRecord)
    {
        byte[][] records = [Info, Samples.Response("<p>one"), Samples.Response("<p>two")];
        byte[] warc = memberPerRecord ? [.. records.SelectMany(Samples.Gzip)] : Samples.Gzip([.. records.SelectMany(record => record)]);
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc.gz");
        Assert.Empty(problems);
        Assert.Equal(["<p>one", "<p>two"], documents.Select(document => document.Text()));
    }

    [Fact]
    public void A_broken_gzip_member_costs_only_its_own_record()
    {
        byte[] broken = Samples.Gzip(Samples.Response("<p>" + new string('x', 500)));
        broken[broken.Length / 2] ^= 0xFF;
        broken[^6] ^= 0xFF;
        byte[] warc = [.. Samples.Gzip(Samples.Response("<p>one")), .. broken, .. Samples.Gzip(Samples.Response("<p>three"))];
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc.gz");
        Assert.Equal(["<p>one", "<p>three"], documents.Select(document => document.Text()));
        Assert.Equal("damaged-gzip", Assert.Single(problems).Reason);
    }

    [Fact]
    public void A_broken_first_gzip_member_does_not_hide_the_rest()
    {
        byte[] broken = Samples.Gzip(Samples.Response("<p>one"));
        broken[20] ^= 0xFF;
        byte[] warc = [.. broken, .. Samples.Gzip(Samples.Response("<p>two"))];
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc.gz");
        Assert.Equal(["<p>two"], documents.Select(document => document.Text()));
        Assert.NotEmpty(problems);
    }

    [Fact]
    public void Rubbish_between_gzip_members_is_reported_and_passed_over()
    {
        byte[] warc = [.. Samples.Gzip(Samples.Response("<p>one")), .. "rubbish between members"u8, .. Samples.Gzip(Samples.Response("<p>two"))];
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc.gz");
        Assert.Equal(["<p>one", "<p>two"], documents.Select(document => document.Text()));
        Assert.Equal("damaged-gzip", Assert.Single(problems).Reason);
    }

    [Fact]
    public void A_record_that_ends_early_is_reported()
    {
        byte[] warc = [.. Samples.Response("<p>one"), .. Samples.Response("<p>two")[..^8]];
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc");
        Assert.Equal(["<p>one"], documents.Select(document => document.Text()));
        Assert.Equal("truncated-record", Assert.Single(problems).Reason);
    }

    [Fact]
    public void A_record_with_a_length_too_large_does_not_swallow_the_next()
    {
        string liar = Encoding.UTF8.GetString(Samples.Response("<p>one"));
        liar = liar.Replace("Content-Length: ", "Content-Length: 1", StringComparison.Ordinal);
        byte[] warc = [.. Encoding.UTF8.GetBytes(liar), .. Samples.Response("<p>two" + new string(' ', 300)), .. Samples.Response("<p>three")];
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc");
        Assert.Equal(["<p>two", "<p>three"], documents.Select(document => document.Text().Trim()));
        Assert.Contains(problems, problem => problem.Reason == "wrong-length");
    }

    [Theory]
    [InlineData("Content-Length: -5")]
    [InlineData("Content-Length: 12abc")]
    [InlineData("Content-Length: 99999999999999999999999")]
    [InlineData("No-Length: 1")]
    [InlineData("no colon here")]
    public void A_record_without_a_sound_length_is_skipped(string line)
    {
        byte[] bad = Encoding.UTF8.GetBytes($"WARC/1.0\r\nWARC-Type: response\r\n{line}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>x\r\n\r\n");
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read([.. bad, .. Samples.Response("<p>two")], "crawl.warc");
        Assert.Equal(["<p>two"], documents.Select(document => document.Text()));
        Assert.Contains(problems, problem => problem.Reason == "malformed-record");
    }

    [Fact]
    public void A_length_beyond_the_limit_is_skipped_without_reading_it_into_memory()
    {
        byte[] bad = "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9000000000000\r\n\r\nshort"u8.ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(bad, "crawl.warc");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
        Assert.Empty(documents);
        Assert.Equal("record-too-large", Assert.Single(problems).Reason);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw-deflate")]
    [InlineData("br")]
    public void Compressed_bodies_are_decompressed(string coding)
    {
        byte[] page = "<p>The same text, however it travelled."u8.ToArray();
        var compressed = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(compressed, CompressionLevel.Optimal),
            "raw-deflate" => new DeflateStream(compressed, CompressionLevel.Optimal),
            _ => new BrotliStream(compressed, CompressionLevel.Optimal),
        })
        {
            encoder.Write(page);
        }

        string name = coding == "raw-deflate" ? "deflate" : coding;
        byte[] warc = Samples.Response(compressed.ToArray(), $"Content-Type: text/html\r\nContent-Encoding: {name}\r\n");
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc");
        Assert.Empty(problems);
        Assert.Equal(page, Assert.Single(documents).Body.ToArray());
    }

    [Fact]
    public void A_body_that_unpacks_beyond_the_limit_is_refused()
    {
        byte[] bomb = Samples.Gzip(new byte[8 << 20]);
        byte[] warc = Samples.Response(bomb, "Content-Type: text/html\r\nContent-Encoding: gzip\r\n");
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc", new ReadLimits { MaximumRecordBytes = 1 << 20 });
        Assert.Empty(documents);
        Assert.Contains("grows beyond", Assert.Single(problems).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5\r\n<p>on\r\n1;name=value\r\ne\r\n0\r\n\r\n", "<p>one")]
    [InlineData("6\n<p>one\n0\n\n", "<p>one")]
    [InlineData("<p>stored already joined", "<p>stored already joined")]
    public void Chunked_bodies_are_joined(string body, string expected)
    {
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(Samples.Response(body, "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n"), "crawl.warc");
        Assert.Empty(problems);
        Assert.Equal(expected, Assert.Single(documents).Text());
    }

    [Theory]
    [InlineData("5\r\n<p>on\r\n")]
    [InlineData("5\r\n<p>on\r\nzz\r\n")]
    [InlineData("7fffffff\r\n<p>one\r\n0\r\n\r\n")]
    [InlineData("3\r\n<p>one\r\n0\r\n\r\n")]
    public void Broken_chunks_are_reported(string body)
    {
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(Samples.Response(body, "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n"), "crawl.warc");
        Assert.Empty(documents);
        Assert.Equal("malformed-response", Assert.Single(problems).Reason);
    }

    [Fact]
    public void Answers_that_are_no_success_and_types_that_are_no_text_are_reported()
    {
        byte[] warc = [.. Samples.Response("gone", status: "HTTP/1.1 404 Not Found"), .. Samples.Response("{}", "Content-Type: application/json\r\n")];
        (List<RawDocument> documents, List<ReadProblem> problems) = Samples.Read(warc, "crawl.warc");
        Assert.Empty(documents);
        Assert.Equal(["http-status", "content-type"], problems.Select(problem => problem.Reason));
    }

    [Fact]
    public void A_wet_file_gives_plain_text_and_a_folded_header_and_angle_brackets_are_understood()
    {
        byte[] block = "Plain words."u8.ToArray();
        byte[] warc = Encoding.UTF8.GetBytes($"WARC/1.1\r\nWARC-Type:\r\n conversion\r\nWARC-Target-URI: <http://a.example/>\r\ncontent-type: text/plain\r\ncontent-length: {block.Length}\r\n\r\nPlain words.\r\n\r\n");
        RawDocument document = Assert.Single(Samples.Read(warc, "crawl.wet").Documents);
        Assert.Equal((DocumentFormat.PlainText, "http://a.example/", "Plain words."), (document.Format, document.Url, document.Text()));
    }

    [Theory]
    [InlineData("example.warc", 1)]
    [InlineData("example.warc.gz", 1)]
    [InlineData("example-bad-non-chunked.warc.gz", 1)]
    [InlineData("example-iana.org-chunked.warc", 1)]
    [InlineData("example-resource.warc.gz", 1)]
    [InlineData("example-wrong-chunks.warc.gz", 1)]
    [InlineData("example-digest.warc", 0)]
    [InlineData("example-trunc.warc", 0)]
    [InlineData("post-test.warc.gz", 0)]
    public void Real_files_give_their_pages(string file, int pages)
    {
        string path = RealData.Path($"warc/{file}");
        var problems = new List<ReadProblem>();
        List<RawDocument> documents = [.. new InputReader(ReadLimits.Default, problems.Add).Read(path)];
        Assert.Equal(pages, documents.Count);
        if (file.Contains("trunc", StringComparison.Ordinal) || file.Contains("post", StringComparison.Ordinal))
            Assert.NotEmpty(problems);
        if (pages == 1 && !file.Contains("iana", StringComparison.Ordinal))
            Assert.Contains("This domain is established to be used for illustrative examples", new PageExtractor().Extract(documents[0].Text()), StringComparison.Ordinal);
    }
}
