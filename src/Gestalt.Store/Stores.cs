namespace Gestalt.Store;

/// <summary>Opens stores.</summary>
public static class Stores
{
    /// <summary>Opens the store of a folder, or of a PostgreSQL database; what is not there yet is made.</summary>
    /// <param name="folderOrConnectionString">
    /// A folder; or a database, as <c>Host=localhost;Database=gestalt;Username=me</c> or <c>postgresql://me@localhost/gestalt</c>.
    /// </param>
    /// <param name="warn">Is told what was found damaged and where it was set aside; null for nobody (<see cref="FileStore.Warnings"/> still tells it).</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">It is in use by another process, of a newer version, no store, or out of reach; the message says what to do.</exception>
    public static async Task<IStore> OpenAsync(string folderOrConnectionString, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folderOrConnectionString);
        return PostgresAddress.Parse(folderOrConnectionString) is string address
            ? await PostgresStore.OpenAsync(address, cancellation).ConfigureAwait(false)
            : await Task.Run(() => FileStore.Open(folderOrConnectionString, warn), cancellation).ConfigureAwait(false);
    }
}
