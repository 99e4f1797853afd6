using Gestalt.Inference;
using Gestalt.Studio.Api;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;

namespace Gestalt.Studio.Tests.Serving;

/// <summary>Models load when they are asked for, and go when others need their room.</summary>
public sealed class ModelPoolTests : IDisposable
{
    private const long CacheBytes = 1 << 20;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"gestalt-pool-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private StudioOptions Options(int models, double room)
    {
        string[] paths = [.. Enumerable.Range(0, models).Select(i => TinyModel.Write(Path.Combine(_folder, $"m{i}.gguf"), context: 128, seed: i))];
        long one = new FileInfo(paths[0]).Length + CacheBytes;
        return new StudioOptions { Models = paths, MemoryBudget = (long)(one * room), Engine = new EngineOptions { CacheBytes = CacheBytes }, Limits = new RequestLimits { WaitingTime = TimeSpan.FromSeconds(1) } };
    }

    private static string[] Names(ModelPool pool) => [.. pool.Loaded.Select(model => model.Entry.Name).Order()];

    [Fact]
    public async Task The_model_that_was_used_longest_ago_makes_room()
    {
        await using var pool = new ModelPool(Options(3, room: 2.2));
        (await pool.UseAsync("m0", default)).Dispose();
        await Task.Delay(20);
        (await pool.UseAsync("m1", default)).Dispose();
        await Task.Delay(20);
        (await pool.UseAsync("m0", default)).Dispose();
        Assert.Equal(["m0", "m1"], Names(pool));
        (await pool.UseAsync("m2", default)).Dispose();
        Assert.Equal(["m0", "m2"], Names(pool));
        Assert.True(pool.Loaded.Sum(model => model.Bytes) <= pool.Budget);
    }

    [Fact]
    public async Task A_model_in_use_stays_and_others_wait_or_are_told()
    {
        await using var pool = new ModelPool(Options(2, room: 1.02));
        ModelLease used = await pool.UseAsync("m0", default);
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => pool.UseAsync("m1", default).AsTask());
        Assert.Equal(503, refusal.Status);
        Assert.NotNull(refusal.RetryAfter);
        Task<ModelLease> waits = pool.UseAsync("m1", default).AsTask();
        await Task.Delay(100);
        Assert.False(waits.IsCompleted);
        used.Dispose();
        (await waits).Dispose();
        Assert.Equal(["m1"], Names(pool));
    }

    [Fact]
    public async Task Whoever_asks_at_the_same_time_gets_the_same_model()
    {
        await using var pool = new ModelPool(Options(1, room: 2));
        ModelLease[] leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pool.UseAsync(null, default).AsTask()));
        Assert.Single(leases.Select(lease => lease.Hosted).Distinct());
        Assert.False(pool.Unload("m0"));
        foreach (ModelLease lease in leases)
            lease.Dispose();
        Assert.True(pool.Unload("m0"));
        Assert.Empty(pool.Loaded);
    }

    [Fact]
    public async Task A_model_that_is_larger_than_the_budget_is_refused_with_both_numbers()
    {
        StudioOptions options = Options(1, room: 1);
        await using var pool = new ModelPool(options with { MemoryBudget = 1000 });
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => pool.UseAsync(null, default).AsTask());
        Assert.Equal(503, refusal.Status);
        Assert.Contains("0 MB", refusal.Message);
        Assert.Empty(pool.Loaded);
    }

    [Fact]
    public async Task A_damaged_model_can_be_mended_without_a_restart()
    {
        StudioOptions options = Options(1, room: 2);
        byte[] whole = File.ReadAllBytes(options.Models[0]);
        File.WriteAllBytes(options.Models[0], whole[..100]);
        await using var pool = new ModelPool(options);
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => pool.UseAsync(null, default).AsTask());
        Assert.DoesNotContain(_folder, refusal.Message);
        File.WriteAllBytes(options.Models[0], whole);
        (await pool.UseAsync(null, default)).Dispose();
    }

    [Fact]
    public void A_model_that_is_not_there_is_said_at_the_start() => Assert.Throws<FileNotFoundException>(() => new ModelPool(Options(1, 1) with { Models = ["nowhere.gguf"] }));
}
