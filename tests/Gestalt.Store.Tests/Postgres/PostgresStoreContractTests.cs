namespace Gestalt.Store.Tests.Postgres;

public sealed class PostgresStoreContractTests(PrivateCluster cluster) : StoreContract
{
    private string? _address;

    protected override async Task<IStore> OpenAsync() => await Stores.OpenAsync(_address ??= await cluster.NewSchemaAsync());

    protected override async Task<IStore> ReopenAsync(IStore store)
    {
        await store.DisposeAsync();
        return await OpenAsync();
    }
}
