namespace Gestalt.Store.Tests.Typed;

/// <summary>Settings, votes and keys.</summary>
public sealed class SmallKindsTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private IStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await Stores.OpenAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_setting_holds_until_it_is_changed_or_removed()
    {
        var settings = new Settings(_store);
        Assert.Equal(7, await settings.GetAsync("size", 7));
        await settings.SetAsync("size", 12);
        Assert.Equal(12, await settings.GetAsync("size", 7));
        Assert.Equal(13, await settings.ChangeAsync("size", 0, size => size + 1));
        await Assert.ThrowsAsync<StoreException>(() => settings.GetAsync("size", "text"));
        Assert.True(await settings.RemoveAsync("size"));
        Assert.False(await settings.RemoveAsync("size"));
    }

    [Fact]
    public async Task Changes_of_one_setting_by_many_at_once_all_count()
    {
        var settings = new Settings(_store);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
                await settings.ChangeAsync("count", 0, count => count + 1);
        })));
        Assert.Equal(80, await settings.GetAsync("count", 0));
    }

    [Fact]
    public async Task Votes_come_back_the_last_given_first()
    {
        var votes = new Votes(_store);
        var vote = new Vote { Left = "a", Right = "b", Outcome = VoteOutcome.BothBad, Prompt = "?", LeftAnswer = "x", RightTokens = 3 };
        StoredVote first = await votes.AddAsync(vote);
        StoredVote second = await votes.AddAsync(vote with { Outcome = VoteOutcome.Left });
        Assert.Equal([second, first], await votes.ListAsync().ToListAsync());
        Assert.Contains("\"outcome\":\"both_bad\"", (await _store.GetAsync(Votes.Kind, first.Id))!.Json);
        Assert.True(await votes.RemoveAsync(first.Id));
        await Assert.ThrowsAsync<ArgumentException>(() => votes.AddAsync(vote with { Right = "a" }));
    }

    [Fact]
    public async Task A_key_is_known_by_whoever_has_it_and_by_nobody_who_reads_the_store()
    {
        var keys = new ApiKeys(_store);
        (string key, StoredApiKey kept) = await keys.CreateAsync("laptop");
        (string other, _) = await keys.CreateAsync("laptop");
        Assert.StartsWith(ApiKeys.Prefix, key);
        Assert.Equal(ApiKeys.Prefix.Length + 43, key.Length);
        Assert.NotEqual(key, other);
        Assert.Equal(kept, await keys.FindAsync(key));
        Assert.Null(await keys.FindAsync(key[..^1] + (key[^1] == 'A' ? 'B' : 'A')));
        Assert.Null(await keys.FindAsync(""));
        await _store.DisposeAsync();
        string log = await File.ReadAllTextAsync(_folder["store.log"]);
        Assert.Contains(kept.Key.Hash, log);
        Assert.DoesNotContain(key[ApiKeys.Prefix.Length..], log);
        _store = await Stores.OpenAsync(_folder.Path);
        keys = new ApiKeys(_store);
        Assert.Equal(2, await keys.ListAsync().CountAsync());
        Assert.True(await keys.RevokeAsync(kept.Id));
        Assert.Null(await keys.FindAsync(key));
        Assert.NotNull(await keys.FindAsync(other));
    }

    [Fact]
    public async Task A_document_that_somebody_else_spoiled_is_named()
    {
        await _store.PutAsync(Votes.Kind, "v1", """{"left":"a"}""");
        var refusal = await Assert.ThrowsAsync<StoreException>(() => new Votes(_store).ListAsync().ToListAsync().AsTask());
        Assert.Contains("The vote 'v1'", refusal.Message);
    }
}
