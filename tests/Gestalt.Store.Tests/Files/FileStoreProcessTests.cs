using System.Diagnostics;

namespace Gestalt.Store.Tests.Files;

/// <summary>A store between processes: kills, locks, full disks.</summary>
public sealed class FileStoreProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(300)]
    public async Task A_process_that_is_killed_loses_nothing_that_it_was_told_is_kept(int acknowledged)
    {
        using Process writer = StoreWriter.Start(_folder.Path);
        int last = -1;
        while (last < acknowledged)
            last = int.Parse(await writer.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await writer.StandardError.ReadToEndAsync()));
        writer.Kill();
        while (await writer.StandardOutput.ReadLineAsync() is { Length: > 0 } line)
            _ = int.TryParse(line, out int number) ? last = number : 0;
        await writer.WaitForExitAsync();

        await using FileStore store = FileStore.Open(_folder.Path);
        for (int i = 0; i <= last; i++)
            Assert.Equal($"\"{new string((char)('a' + i % 26), i % 300)}\"", (await store.GetAsync("k", $"{i}"))?.Json);
        Assert.InRange(await store.CountAsync("k"), last + 1, last + 3);
    }

    [Fact]
    public async Task A_second_process_is_refused_and_told_whose_the_store_is()
    {
        using Process writer = StoreWriter.Start(_folder.Path);
        await writer.StandardOutput.ReadLineAsync();
        var refusal = Assert.Throws<StoreInUseException>(() => FileStore.Open(_folder.Path));
        Assert.Contains($"in use by another program (process {writer.Id})", refusal.Message);
        writer.Kill();
        await writer.WaitForExitAsync();
        await FileStore.Open(_folder.Path).DisposeAsync();
    }

    [Fact]
    public async Task A_store_is_open_once_in_a_program()
    {
        FileStore store = FileStore.Open(_folder.Path);
        Assert.Contains("in use by this program already", Assert.Throws<StoreInUseException>(() => FileStore.Open(_folder.Path)).Message);
        await store.DisposeAsync();
        await FileStore.Open(_folder.Path).DisposeAsync();
    }

    [Fact]
    public async Task A_change_that_the_disk_has_no_room_for_is_refused_and_leaves_the_log_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux limits files like this");
        const int limit = 20_000;
        using Process writer = StoreWriter.Start(_folder.Path, limit);
        string[] said = (await writer.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await writer.WaitForExitAsync();
        Assert.StartsWith($"refused: The store {_folder.Path} could not keep a change", said[^2]);
        Assert.Equal("then: 1", said[^1]);
        await using FileStore store = FileStore.Open(_folder.Path, Assert.Fail);
        Assert.Equal(said.Length - 1, await store.CountAsync("k"));
        Assert.InRange(new FileInfo(_folder["store.log"]).Length, limit - 600, limit + 600);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder["file"], "");
        Assert.Contains("file", Assert.ThrowsAny<IOException>(() => FileStore.Open(_folder["file/store"])).Message);
    }
}
