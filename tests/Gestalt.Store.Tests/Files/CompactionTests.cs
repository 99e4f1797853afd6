namespace Gestalt.Store.Tests.Files;

public sealed class CompactionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compaction_keeps_documents_versions_times_and_order_and_nothing_else()
    {
        List<StoredDocument> before;
        await using (FileStore store = FileStore.Open(_folder.Path))
        {
            for (int i = 0; i < 200; i++)
                await store.PutAsync("k", $"{i % 40}", $"\"{i}\"");
            for (int i = 0; i < 10; i++)
                await store.DeleteAsync("k", $"{i}");
            before = await store.ListAsync("k").ToListAsync();
            long length = Length();
            Assert.True(store.DeadBytes > length / 2);
            await store.CompactAsync();
            Assert.InRange(Length(), 1, length / 4);
            Assert.Equal(LogRecord.Header().Length, store.DeadBytes);
            Assert.Equal(before, await store.ListAsync("k").ToListAsync());
            Assert.Equal(6, (await store.PutAsync("k", "39", "1")).Version);
        }
        await using FileStore again = FileStore.Open(_folder.Path, Assert.Fail);
        Assert.Equal(before.Where(one => one.Id != "39"), (await again.ListAsync("k").ToListAsync()).Skip(1));
    }

    [Fact]
    public async Task A_log_that_is_mostly_out_of_date_is_written_anew_by_itself()
    {
        await using FileStore store = FileStore.Open(_folder.Path);
        string json = $"\"{new string('x', 1 << 20)}\"";
        long longest = 0;
        for (int i = 0; i < 30; i++)
        {
            await store.PutAsync("k", "same", json);
            longest = Math.Max(longest, Length());
        }
        Assert.InRange(longest, 8 << 20, 12 << 20);
        Assert.Equal((json, 30L), ((await store.GetAsync("k", "same"))!.Json, (await store.GetAsync("k", "same"))!.Version));
    }

    [Fact]
    public async Task Reading_and_writing_go_on_while_the_log_is_written_anew_again_and_again()
    {
        await using FileStore store = FileStore.Open(_folder.Path);
        for (int i = 0; i < 50; i++)
            await store.PutAsync("k", $"{i}", $"\"{i} 0\"");
        using var end = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (int reads = 0; !end.IsCancellationRequested || reads < 100; reads++)
            {
                string id = $"{random.Next(50)}";
                Assert.StartsWith($"\"{id} ", (await store.GetAsync("k", id))!.Json);
                if (reads % 50 == 0)
                    Assert.Equal(50, (await store.ListAsync("k").ToListAsync()).Count);
            }
        }))];
        Task writer = Task.Run(async () =>
        {
            for (int i = 0; !end.IsCancellationRequested; i++)
                await store.PutAsync("k", $"{i % 50}", $"\"{i % 50} {i}\"");
        });
        for (int i = 0; i < 40; i++)
            await store.CompactAsync();
        end.Cancel();
        await Task.WhenAll([.. readers, writer]);
    }

    private long Length() => new FileInfo(_folder["store.log"]).Length;
}
