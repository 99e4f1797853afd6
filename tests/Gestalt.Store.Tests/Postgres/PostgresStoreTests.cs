namespace Gestalt.Store.Tests.Postgres;

public sealed class PostgresStoreTests(PrivateCluster cluster)
{
    [Fact]
    public async Task Two_programs_share_one_database()
    {
        string address = await cluster.NewSchemaAsync();
        IStore[] stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Stores.OpenAsync(address)));
        await stores[0].PutAsync("k", "i", "1");
        Assert.Equal("1", (await stores[5].GetAsync("k", "i"))?.Json);
        await Assert.ThrowsAsync<StoreConflictException>(() => stores[3].PutAsync("k", "i", "2", expectedVersion: 0).AsTask());
        foreach (IStore store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task Tables_of_a_newer_version_are_refused()
    {
        string address = await cluster.NewSchemaAsync();
        await (await Stores.OpenAsync(address)).DisposeAsync();
        string schema = address[(address.IndexOf("Path=", StringComparison.Ordinal) + 5)..^",public".Length];
        await cluster.RunAsync($"INSERT INTO {schema}.gestalt_schema VALUES (99)");
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Stores.OpenAsync(address));
        Assert.Contains("version 99", refusal.Message);
    }

    [Fact]
    public async Task Search_finds_the_same_without_the_extension_that_makes_it_fast()
    {
        string address = await cluster.NewSchemaAsync(withExtensions: false);
        await using IStore store = await Stores.OpenAsync(address);
        await store.PutAsync("k", "i", "\"by the river\"");
        Assert.Single(await store.ListAsync("k", "RIVE").ToListAsync());
        Assert.Empty(await store.ListAsync("k", "rover").ToListAsync());
    }

    [Fact]
    public async Task An_index_serves_search_where_the_extension_is_there()
    {
        string address = await cluster.NewSchemaAsync();
        await (await Stores.OpenAsync(address)).DisposeAsync();
        string schema = address[(address.IndexOf("Path=", StringComparison.Ordinal) + 5)..^",public".Length];
        Assert.Equal(1L, await cluster.RunAsync($"SELECT count(*) FROM pg_indexes WHERE schemaname = '{schema}' AND indexdef LIKE '%gin_trgm_ops%'"));
    }

    [Fact]
    public async Task A_search_of_too_many_words_is_refused()
    {
        await using IStore store = await Stores.OpenAsync(await cluster.NewSchemaAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => store.ListAsync("k", string.Join(' ', Enumerable.Range(0, 101))).ToListAsync().AsTask());
        Assert.Empty(await store.ListAsync("k", string.Join(' ', Enumerable.Range(0, 100))).ToListAsync());
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_named_without_its_password()
    {
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Stores.OpenAsync("postgresql://me:secret-word@127.0.0.1:1/things?connect_timeout=5"));
        Assert.Contains("'things' at 127.0.0.1:1", refusal.Message);
        Assert.DoesNotContain("secret-word", refusal.ToString());
    }
}
