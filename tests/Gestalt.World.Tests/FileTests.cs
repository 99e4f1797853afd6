using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Gestalt.World.Tests;

public sealed class FileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-world-").FullName;
    private readonly SmallWorld _world = SmallWorld.Create(5, WorldScale.ForText(300_000));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Speed", "Smoke")]
    public void A_web_archive_has_one_gzip_member_and_one_record_a_page()
    {
        Page[] pages = [.. new Internet(_world).Pages(60_000)];
        using var stream = new MemoryStream();
        using (var writer = new WarcWriter(stream, leaveOpen: true))
        {
            foreach (Page page in pages)
            {
                writer.Write(page);
            }
            Assert.Equal(pages.Length, writer.Records);
        }
        byte[] bytes = stream.ToArray();
        Assert.Equal(pages.Length + 1, Enumerable.Range(0, bytes.Length - 3).Count(n => bytes[n] == 0x1F && bytes[n + 1] == 0x8B && bytes[n + 2] == 8 && bytes[n + 3] == 0));

        stream.Position = 0;
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionMode.Decompress))
        {
            gzip.CopyTo(plain);
        }
        List<(Dictionary<string, string> Head, byte[] Block)> records = Records(plain.ToArray());
        Assert.Equal(pages.Length + 1, records.Count);
        Assert.Equal("warcinfo", records[0].Head["WARC-Type"]);
        var ids = new HashSet<string>();
        for (int n = 0; n < pages.Length; n++)
        {
            (Dictionary<string, string> head, byte[] block) = records[n + 1];
            Assert.Equal("response", head["WARC-Type"]);
            Assert.Equal(pages[n].Url, head["WARC-Target-URI"]);
            Assert.Equal($"{pages[n].Fetched:yyyy-MM-ddTHH:mm:ssZ}", head["WARC-Date"]);
            Assert.True(ids.Add(head["WARC-Record-ID"]));
            Assert.Matches("^<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>$", head["WARC-Record-ID"]);
            int body = block.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
            Assert.Equal(pages[n].Html, block[body..]);
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", Encoding.ASCII.GetString(block, 0, body));
        }
    }

    [Fact]
    public void The_same_pages_give_the_same_archive()
    {
        Assert.Equal(Archive(), Archive());

        byte[] Archive()
        {
            using var stream = new MemoryStream();
            using (var writer = new WarcWriter(stream, leaveOpen: true))
            {
                foreach (Page page in new Internet(_world).Pages(20_000))
                {
                    writer.Write(page);
                }
            }
            return stream.ToArray();
        }
    }

    [Fact]
    public void The_key_says_what_is_true_and_what_was_told()
    {
        var key = new AnswerKey(_world);
        key.WritePagesTo(_folder);
        Page[] pages = [.. new Internet(_world).Pages(300_000)];
        foreach (Page page in pages)
        {
            key.Add(page);
        }
        key.Write(_folder);
        Assert.Equal(["entities.jsonl", "facts.jsonl", "key.json", "pages.jsonl"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());

        string[] lines = File.ReadAllLines(Path.Combine(_folder, "pages.jsonl"));
        Assert.Equal(pages.Length, lines.Length);
        using JsonDocument first = JsonDocument.Parse(lines[3]);
        Assert.Equal(pages[3].Text, first.RootElement.GetProperty("text").GetString());
        Assert.Equal(pages[3].Url, first.RootElement.GetProperty("url").GetString());

        string[] facts = File.ReadAllLines(Path.Combine(_folder, "facts.jsonl"));
        Assert.Equal(_world.Facts.Count, facts.Length);
        int[] told = new int[_world.Facts.Count];
        foreach (int id in pages.Where(page => page.Fate != Fate.Drop).SelectMany(page => page.FactIds))
        {
            told[id]++;
        }
        for (int id = 0; id < facts.Length; id++)
        {
            using JsonDocument fact = JsonDocument.Parse(facts[id]);
            Assert.Equal(told[id], fact.RootElement.GetProperty("statements").GetInt32());
            Assert.Equal(_world.Facts[id].Value, fact.RootElement.GetProperty("value").GetString());
        }
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "key.json")));
        Assert.Equal(5, summary.RootElement.GetProperty("seed").GetInt32());
        Assert.Equal(pages.Length, summary.RootElement.GetProperty("pages").GetInt32());
        Assert.Equal(_world.Entities.Count, File.ReadLines(Path.Combine(_folder, "entities.jsonl")).Count());
    }

    [Fact]
    public void Conversations_are_written_as_messages_and_tests_with_their_answers()
    {
        var talks = new Conversations(_world);
        ConversationFiles.Write(talks, _folder, dialogues: 200);
        Dialogue[] dialogues = [.. talks.Training(200)];
        string[] lines = File.ReadAllLines(Path.Combine(_folder, "train.jsonl"));
        Assert.Equal(200, lines.Length);
        for (int n = 0; n < lines.Length; n++)
        {
            using JsonDocument line = JsonDocument.Parse(lines[n]);
            Assert.Equal(dialogues[n].Turns, line.RootElement.GetProperty("messages").EnumerateArray()
                .Select(turn => new Turn(turn.GetProperty("role").GetString()!, turn.GetProperty("content").GetString()!)));
        }
        Assert.Equal(talks.Questions().Count, File.ReadLines(Path.Combine(_folder, "questions.jsonl")).Count());
        Assert.Equal(talks.Completions().Count, File.ReadLines(Path.Combine(_folder, "completions.jsonl")).Count());
    }

    private static List<(Dictionary<string, string> Head, byte[] Block)> Records(byte[] bytes)
    {
        var records = new List<(Dictionary<string, string>, byte[])>();
        int at = 0;
        while (at < bytes.Length)
        {
            int end = at + bytes.AsSpan(at).IndexOf("\r\n\r\n"u8);
            string[] lines = Encoding.ASCII.GetString(bytes, at, end - at).Split("\r\n");
            Assert.Equal("WARC/1.1", lines[0]);
            Dictionary<string, string> head = lines.Skip(1).ToDictionary(line => line[..line.IndexOf(':', StringComparison.Ordinal)], line => line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]);
            int length = int.Parse(head["Content-Length"], System.Globalization.CultureInfo.InvariantCulture);
            records.Add((head, bytes[(end + 4)..(end + 4 + length)]));
            at = end + 4 + length;
            Assert.Equal("\r\n\r\n", Encoding.ASCII.GetString(bytes, at, 4));
            at += 4;
        }
        return records;
    }
}
