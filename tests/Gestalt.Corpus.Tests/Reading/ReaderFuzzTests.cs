using System.Diagnostics;
using System.Text;

namespace Gestalt.Corpus.Tests.Reading;

/// <summary>Damaged input of every kind: nothing but documents and reports may come out, soon, and without much memory.</summary>
public sealed class ReaderFuzzTests
{
    private static readonly byte[] Page = Encoding.UTF8.GetBytes(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>Geese &amp; soup</title><script>if (a<b) { x('</p>'); }</script></head><body class='a b'><nav id=menu><a href='/x'>Home</a></nav>"
        + $"<main><h1>Soup</h1><p>{Samples.Prose}</p><table><tr><td>one<td>two</table><ul><li>first<li>second</ul><pre>x\n y</pre><svg><b>x</svg><!-- note --></main><footer>&copy; 2024</footer>");

    private static readonly byte[] Warc =
    [
        .. Samples.Record("warcinfo", "application/warc-fields", "software: x\r\n"u8.ToArray(), null),
        .. Samples.Response(Page),
        .. Samples.Response("5\r\n<p>on\r\n1\r\ne\r\n0\r\n\r\n", "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n"),
        .. Samples.Response(Samples.Gzip(Page), "Content-Type: text/html\r\nContent-Encoding: gzip\r\n"),
        .. Samples.Record("conversion", "text/plain", Encoding.UTF8.GetBytes(Samples.Prose)),
    ];

    private static readonly byte[] Lines = Encoding.UTF8.GetBytes("{\"text\": \"one \\u00e9\", \"url\": \"http://a.example/\"}\n{\"text\": \"two\", \"n\": [1, {\"a\": null}]}\n\n{\"text\": \"three\"}\n");

    public static TheoryData<string, int> Kinds => new()
    {
        { "a.warc", 5000 },
        { "a.warc.gz", 6000 },
        { "a.jsonl", 5000 },
        { "a.jsonl.gz", 3000 },
        { "a.html", 4000 },
        { "a.txt", 2000 },
        { "-", 1000 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Damaged_input_gives_documents_or_reports_and_nothing_worse(string name, int mutations)
    {
        byte[] seed = name switch
        {
            "a.warc" => Warc,
            "a.warc.gz" => [.. Samples.Gzip(Warc[..400]), .. Samples.Gzip(Samples.Response(Page)), .. Samples.Gzip(Samples.Response("<p>two"))],
            "a.jsonl" => Lines,
            "a.jsonl.gz" => Samples.Gzip(Lines),
            "a.html" => Page,
            _ => Encoding.UTF8.GetBytes(Samples.Prose),
        };
        var dice = new Random(name.Length * 31 + mutations);
        var limits = new ReadLimits { MaximumRecordBytes = 1 << 20, MaximumTextBytes = 700, MaximumHeaderBytes = 4096 };
        var cleaner = new DocumentCleaner(new CorpusOptions { Threads = 1 });
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < mutations; i++)
        {
            byte[] mutant = Mutate(seed, dice);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan started = watch.Elapsed;
            var reader = new InputReader(limits, _ => { });
            foreach (RawDocument raw in reader.Read(new MemoryStream(mutant), name))
            {
                CleanedDocument cleaned = cleaner.Clean(raw);
                Assert.True(cleaned.Drop is not null != cleaned.Document is not null);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 24 << 20, $"mutation {i} of {name} allocated too much");
            Assert.True(watch.Elapsed - started < TimeSpan.FromSeconds(5), $"mutation {i} of {name} took too long");
        }
    }

    private static byte[] Mutate(byte[] seed, Random dice)
    {
        var bytes = new List<byte>(seed);
        for (int changes = dice.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = dice.Next(bytes.Count);
            int length = Math.Min(dice.Next(1, 40), bytes.Count - at);
            switch (dice.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << dice.Next(8)); break;
                case 1: bytes[at] = (byte)dice.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes.InsertRange(at, Encoding.ASCII.GetBytes(Tokens[dice.Next(Tokens.Length)])); break;
                default: bytes.InsertRange(dice.Next(bytes.Count), bytes.GetRange(at, length)); break;
            }
        }

        return [.. bytes];
    }

    private static readonly string[] Tokens =
    [
        "\r\n", "\r\n\r\n", "WARC/1.0\r\n", "Content-Length: 999999999999\r\n", "Content-Length: -1\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: br\r\n", "ffffffff\r\n", "\0", "\x1F\x8B\x08",
        "<", "</", "<!--", "<table><b>", "<p><font a=b>", "&#xD800;", "&#99999999999;", "<plaintext>", "<select>", "<template>", "\"", "\\u", "\\ud800", "[[[[[[[[", "{\"text\":", "charset=utf-16", "<svg><![CDATA[", "@a.b.c@",
    ];
}
