namespace Gestalt.Store;

/// <summary>The settings of a store: JSON values by name.</summary>
/// <param name="store">The store.</param>
public sealed class Settings(IStore store)
{
    /// <summary>The kind of their documents.</summary>
    public const string Kind = "setting";

    /// <summary>A setting; <paramref name="otherwise"/> if it was never set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What holds then.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">It is of another type.</exception>
    public async Task<T> GetAsync<T>(string name, T otherwise, CancellationToken cancellation = default) =>
        await store.GetAsync(Kind, name, cancellation).ConfigureAwait(false) is { } document ? StoreJson.Read<T>(document) : otherwise;

    /// <summary>Sets a setting.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What holds from now on.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task SetAsync<T>(string name, T value, CancellationToken cancellation = default) =>
        await store.PutAsync(Kind, name, StoreJson.Write(value), cancellation: cancellation).ConfigureAwait(false);

    /// <summary>Changes a setting by what it was, also when others change it at the same time.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is if it was never set.</param>
    /// <param name="change">What it is to be; may be asked several times.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What it is now.</returns>
    public async Task<T> ChangeAsync<T>(string name, T otherwise, Func<T, T> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (true)
        {
            StoredDocument? document = await store.GetAsync(Kind, name, cancellation).ConfigureAwait(false);
            T value = change(document is null ? otherwise : StoreJson.Read<T>(document));
            try
            {
                await store.PutAsync(Kind, name, StoreJson.Write(value), document?.Version ?? 0, cancellation).ConfigureAwait(false);
                return value;
            }
            catch (StoreConflictException)
            {
                // Somebody was faster: on with what it is now.
            }
        }
    }

    /// <summary>Forgets a setting; false if it was never set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation = default) => store.DeleteAsync(Kind, name, cancellation);
}
