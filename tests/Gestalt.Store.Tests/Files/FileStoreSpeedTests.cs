using System.Diagnostics;
using System.Text.Json;

namespace Gestalt.Store.Tests.Files;

public sealed class FileStoreSpeedTests(ITestOutputHelper output) : IDisposable
{
    private const int Documents = 100_000;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_hundred_thousand_documents_stay_quick()
    {
        var random = new Random(1);
        string[] words = [.. Enumerable.Range(0, 5000).Select(i => $"word{i}")];
        string[] texts = [.. Enumerable.Range(0, 1000).Select(_ => JsonSerializer.Serialize(new { text = string.Join(' ', random.GetItems(words, 200)) }))];
        long bytes;
        FileStore store = FileStore.Open(_folder.Path);
        await using (store)
        {
            var watch = Stopwatch.StartNew();
            await Parallel.ForEachAsync(Enumerable.Range(0, Documents), new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, _) => await store.PutAsync("k", $"{i}", texts[i % texts.Length]));
            Tell("put by 256 callers", watch, Documents);
            watch.Restart();
            for (int i = 0; i < 200; i++)
                await store.PutAsync("one", $"{i}", texts[i]);
            Tell("put one after the other", watch, 200);
        }
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var open = Stopwatch.StartNew();
        store = FileStore.Open(_folder.Path, Assert.Fail);
        Tell("open", open, Documents, limit: 10);
        await using (store)
        {
            bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
            output.WriteLine($"index: {bytes / (double)Documents:0} bytes a document");
            var watch = Stopwatch.StartNew();
            for (int i = 0; i < Documents; i++)
                await store.GetAsync("k", $"{random.Next(Documents)}");
            Tell("get", watch, Documents, limit: 20);
            watch.Restart();
            Assert.Equal(Documents, await store.ListAsync("k").CountAsync());
            Tell("list all", watch, Documents, limit: 20);
            watch.Restart();
            Assert.Equal(50, await store.ListAsync("k").Take(50).CountAsync());
            Tell("list the first 50", watch, 50, limit: 2);
            watch.Restart();
            int found = await store.ListAsync("k", "WORD17 word42").CountAsync();
            Tell($"search ({found} found)", watch, Documents, limit: 30);
            watch.Restart();
            await store.CompactAsync();
            Tell("compact", watch, Documents, limit: 20);
        }
        Assert.InRange(bytes / Documents, 1, 400);
    }

    /// <summary>Writes down what was measured; the limits are ten times what a slow disk and a busy machine need.</summary>
    private void Tell(string what, Stopwatch watch, int documents, double limit = double.PositiveInfinity)
    {
        double seconds = watch.Elapsed.TotalSeconds;
        output.WriteLine($"{what}: {seconds:0.00} s, {documents / seconds:0} a second");
        Assert.InRange(seconds, 0, limit);
    }
}
