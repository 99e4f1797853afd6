using System.Text;

namespace Gestalt.Store.Tests.Files;

/// <summary>What a store makes of a log that a kill, a power cut or a bad disk left behind.</summary>
public sealed class LogDamageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string LogPath => _folder["a/store.log"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_log_that_ends_at_any_byte_holds_all_that_was_acknowledged_until_then()
    {
        List<(long Length, string State)> states = await WriteAsync();
        byte[] log = File.ReadAllBytes(LogPath);
        for (int length = 0; length <= log.Length; length++)
        {
            string folder = Copy($"cut-{length}", log.AsSpan(0, length));
            (long whole, string state) = states.LastOrDefault(one => one.Length <= length);
            await using (FileStore store = FileStore.Open(folder))
            {
                Assert.Equal(state ?? "", await StateAsync(store));
                Assert.Equal(length == whole ? 0 : 1, store.Warnings.Count);
                await store.PutAsync("after", "x", $"{length}");
            }
            string[] aside = Directory.GetFiles(folder, "store.log.damaged-*");
            if (length > whole)
                Assert.Equal(log[(int)whole..length], File.ReadAllBytes(Assert.Single(aside)));
            await using (FileStore again = FileStore.Open(folder, Assert.Fail))
                Assert.Equal($"{length}", (await again.GetAsync("after", "x"))?.Json);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_changed_byte_costs_no_more_than_the_lines_it_stands_in_and_is_told()
    {
        await WriteAsync();
        byte[] log = File.ReadAllBytes(LogPath);
        for (int at = 0; at < log.Length; at += 3)
        {
            byte[] damaged = [.. log];
            damaged[at] ^= (byte)(1 + at % 255);
            string folder = Copy($"flip-{at}", damaged);
            string expected = await ReplayAsync(damaged);
            await using (FileStore store = FileStore.Open(folder))
            {
                Assert.Equal(expected, await StateAsync(store));
                Assert.NotEmpty(store.Warnings);
                await store.PutAsync("after", "x", "1");
            }
            await using (FileStore again = FileStore.Open(folder, Assert.Fail))
                Assert.EndsWith(expected, await StateAsync(again));
            Assert.NotEmpty(Directory.GetFiles(folder, "store.log.damaged-*"));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Blocks_that_a_power_cut_left_empty_are_set_aside()
    {
        List<(long Length, string State)> states = await WriteAsync();
        byte[] log = [.. File.ReadAllBytes(LogPath), .. new byte[100_000]];
        string folder = Copy("zeros", log);
        await using FileStore store = FileStore.Open(folder);
        Assert.Equal(states[^1].State, await StateAsync(store));
        Assert.Contains("100000 bytes", Assert.Single(store.Warnings));
        Assert.Equal(states[^1].Length, new FileInfo(Path.Combine(folder, "store.log")).Length);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_stretch_without_line_breaks_that_is_longer_than_any_record_is_passed_over()
    {
        List<(long Length, string State)> states = await WriteAsync();
        byte[] log = File.ReadAllBytes(LogPath);
        int cut = (int)states[3].Length;
        byte[] rubbish = new byte[LogRecord.MaxLength * 2 + 12345];
        rubbish.AsSpan().Fill((byte)'x');
        rubbish[^1] = (byte)'\n';
        string folder = Copy("long", [.. log[..cut], .. rubbish, .. log[cut..]]);
        await using (FileStore store = FileStore.Open(folder))
        {
            Assert.Equal(states[^1].State, await StateAsync(store));
            Assert.Contains($"the {rubbish.Length} bytes from byte {cut} on", Assert.Single(store.Warnings));
        }
        Assert.Equal(rubbish.Length, new FileInfo(Assert.Single(Directory.GetFiles(folder, "*.damaged-*"))).Length);
        Assert.True(new FileInfo(Path.Combine(folder, "store.log")).Length <= log.Length);
    }

    [Fact]
    public async Task What_is_damaged_after_opening_is_refused_when_it_is_read_and_nothing_else_is()
    {
        Directory.CreateDirectory(_folder["a"]);
        await using FileStore store = FileStore.Open(_folder["a"]);
        await store.PutAsync("k", "good", "\"good\"");
        await store.PutAsync("k", "bad", "\"find me\"");
        byte[] log = File.ReadAllBytes(LogPath);
        int at = log.AsSpan().IndexOf("find me"u8);
        using (var file = new FileStream(LogPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = at;
            file.WriteByte((byte)'F');
        }
        Assert.Equal("\"good\"", (await store.GetAsync("k", "good"))?.Json);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<StoreException>(() => store.GetAsync("k", "bad").AsTask())).Message);
        await Assert.ThrowsAsync<StoreException>(() => store.CompactAsync());
        Assert.Equal(2, (await store.PutAsync("k", "bad", "\"new\"")).Version);
        await store.CompactAsync();
    }

    [Fact]
    public void A_file_that_is_no_log_is_refused_and_left_alone()
    {
        string folder = Copy("foreign", "[settings]\nname = value\n"u8);
        var refusal = Assert.Throws<StoreException>(() => FileStore.Open(folder));
        Assert.Contains("not the log of a Gestalt store", refusal.Message);
        Assert.Equal("[settings]\nname = value\n", File.ReadAllText(Path.Combine(folder, "store.log")));
        Assert.Throws<StoreException>(() => FileStore.Open(folder)).Message.Contains("not the log", StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_of_a_newer_version_is_refused_and_left_alone()
    {
        string header = Encoding.UTF8.GetString(LogRecord.Header())[9..].Replace("\"version\":1", "\"version\":2").TrimEnd('\n');
        string line = $"{Gestalt.Text.Crc32C.Of(Encoding.UTF8.GetBytes(header)):x8} {header}\n";
        string folder = Copy("newer", Encoding.UTF8.GetBytes(line));
        Assert.Contains("version 2", Assert.Throws<StoreException>(() => FileStore.Open(folder)).Message);
        Assert.Equal(line, File.ReadAllText(Path.Combine(folder, "store.log")));
    }

    [Fact]
    public async Task A_kill_while_the_log_is_written_anew_leaves_the_old_one()
    {
        List<(long Length, string State)> states = await WriteAsync();
        File.WriteAllText(LogPath + ".new", "half of it");
        await using FileStore store = FileStore.Open(_folder["a"], Assert.Fail);
        Assert.Equal(states[^1].State, await StateAsync(store));
        Assert.False(File.Exists(LogPath + ".new"));
    }

    /// <summary>Does a few things to a store, and says after each how long the log was and what it held.</summary>
    private async Task<List<(long Length, string State)>> WriteAsync()
    {
        await using FileStore store = FileStore.Open(_folder["a"]);
        var states = new List<(long, string)>();
        await NoteAsync();
        await store.PutAsync("k", "a", "1");
        await NoteAsync();
        await store.PutAsync("k", "b", """{"x":"é\n"}""");
        await NoteAsync();
        await store.PutAsync("k", "a", "2");
        await NoteAsync();
        await store.DeleteAsync("k", "b");
        await NoteAsync();
        await store.PutAsync("k", "b", "[]");
        await NoteAsync();
        return states;

        async Task NoteAsync() => states.Add((new FileInfo(LogPath).Length, await StateAsync(store)));
    }

    /// <summary>What the whole lines of a log say, found the plain way: split at line feeds, drop what has the wrong checksum.</summary>
    private async Task<string> ReplayAsync(byte[] log)
    {
        using var folder = new TestFolder();
        string text = Encoding.Latin1.GetString(log);
        string[] lines = text.Split('\n')[..^1];
        IEnumerable<string> whole = lines.Where(line => line.Length > 9 && line[8] == ' ' && $"{Gestalt.Text.Crc32C.Of(Encoding.Latin1.GetBytes(line[9..])):x8}" == line[..8].ToLowerInvariant());
        File.WriteAllBytes(folder["store.log"], Encoding.Latin1.GetBytes(string.Concat(whole.Select(line => line + "\n"))));
        await using FileStore store = FileStore.Open(folder.Path, Assert.Fail);
        return await StateAsync(store);
    }

    private static async Task<string> StateAsync(IStore store) =>
        string.Join(' ', (await store.ListAsync("k").ToListAsync()).OrderBy(one => one.Id).Select(one => $"{one.Id}{one.Version}={one.Json}"));

    private string Copy(string name, ReadOnlySpan<byte> log)
    {
        string folder = _folder[name];
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "store.log"), log);
        return folder;
    }
}
