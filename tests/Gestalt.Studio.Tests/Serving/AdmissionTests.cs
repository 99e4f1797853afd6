using Gestalt.Studio.Api;
using Gestalt.Studio.Serving;

namespace Gestalt.Studio.Tests.Serving;

/// <summary>Places are given fairly, and no one waits in vain.</summary>
public sealed class AdmissionTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Who_holds_fewest_comes_next()
    {
        var admission = new Admission(2, mostWaiting: 10, Long);
        Admission.Place first = await admission.EnterAsync("greedy", 1, default);
        Admission.Place second = await admission.EnterAsync("greedy", 1, default);
        Task<Admission.Place> third = admission.EnterAsync("greedy", 1, default).AsTask();
        Task<Admission.Place> modest = admission.EnterAsync("modest", 1, default).AsTask();
        Assert.Equal((2, 2), (admission.Running, admission.Waiting));
        first.Dispose();
        await modest; // came last, and holds nothing
        Assert.False(third.IsCompleted);
        second.Dispose();
        (await third).Dispose();
        (await modest).Dispose();
        Assert.Equal((0, 0), (admission.Running, admission.Waiting));
    }

    [Fact]
    public async Task When_too_many_wait_the_greediest_is_told_to_come_again()
    {
        var admission = new Admission(1, mostWaiting: 2, Long);
        using Admission.Place running = await admission.EnterAsync("greedy", 1, default);
        Task<Admission.Place> one = admission.EnterAsync("greedy", 1, default).AsTask();
        Task<Admission.Place> two = admission.EnterAsync("greedy", 1, default).AsTask();
        Task<Admission.Place> modest = admission.EnterAsync("modest", 1, default).AsTask();
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => two);
        Assert.Equal(429, refusal.Status);
        Assert.InRange(refusal.RetryAfter!.Value.TotalSeconds, 1, 60);
        Assert.False(modest.IsCompleted);
        Assert.False(one.IsCompleted);
    }

    [Fact]
    public async Task Who_leaves_the_queue_leaves_no_gap()
    {
        var admission = new Admission(2, mostWaiting: 10, Long);
        Admission.Place running = await admission.EnterAsync("a", 1, default);
        using var leaves = new CancellationTokenSource();
        Task<Admission.Place> wide = admission.EnterAsync("b", 2, leaves.Token).AsTask(); // needs both places
        Task<Admission.Place> narrow = admission.EnterAsync("c", 1, default).AsTask();
        Assert.False(narrow.IsCompleted);
        leaves.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wide);
        (await narrow).Dispose();
        running.Dispose();
        Assert.Equal((0, 0), (admission.Running, admission.Waiting));
    }

    [Fact]
    public async Task Whoever_waits_too_long_is_told_to_come_again()
    {
        var admission = new Admission(1, mostWaiting: 2, TimeSpan.FromMilliseconds(50));
        using Admission.Place running = await admission.EnterAsync("a", 1, default);
        Assert.Equal(429, (await Assert.ThrowsAsync<ApiException>(() => admission.EnterAsync("b", 1, default).AsTask())).Status);
        Assert.Equal(0, admission.Waiting);
    }

    [Fact]
    public async Task No_place_is_lost_among_many_who_come_and_leave()
    {
        var admission = new Admission(4, mostWaiting: 1000, Long);
        var random = new Random(7);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            int seed;
            lock (random)
                seed = random.Next();
            var own = new Random(seed);
            using var leaves = new CancellationTokenSource(own.Next(3) == 0 ? own.Next(5) : 20_000);
            try
            {
                using Admission.Place place = await admission.EnterAsync($"user{i % 7}", 1 + own.Next(6), leaves.Token);
                Assert.InRange(admission.Running, 1, 4);
                await Task.Yield();
            }
            catch (OperationCanceledException)
            {
            }
        }));
        Assert.Equal((0, 0), (admission.Running, admission.Waiting));
    }
}
