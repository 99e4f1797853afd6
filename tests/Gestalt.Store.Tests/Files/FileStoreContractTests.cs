namespace Gestalt.Store.Tests.Files;

public sealed class FileStoreContractTests : StoreContract, IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Task<IStore> OpenAsync() => Stores.OpenAsync(_folder.Path, Assert.Fail);

    protected override async Task<IStore> ReopenAsync(IStore store)
    {
        await store.DisposeAsync();
        return await OpenAsync();
    }
}
