namespace Gestalt.Store;

/// <summary>Keeps JSON documents: in files of one folder (the default), or in PostgreSQL. Safe for any number of callers at once.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>A document; null if there is none.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its name among those of its kind.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<StoredDocument?> GetAsync(string kind, string id, CancellationToken cancellation = default);

    /// <summary>Puts a document, new or in place of the one of the same name; it is kept once this returns, also if the machine stops.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its name among those of its kind.</param>
    /// <param name="json">What it says.</param>
    /// <param name="expectedVersion">The version that it follows on, 0 for none; null to overwrite whatever is there.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreConflictException">Somebody else has put another version meanwhile.</exception>
    ValueTask<StoredDocument> PutAsync(string kind, string id, string json, long? expectedVersion = null, CancellationToken cancellation = default);

    /// <summary>Removes a document; false if there was none.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its name among those of its kind.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<bool> DeleteAsync(string kind, string id, CancellationToken cancellation = default);

    /// <summary>All documents of a kind, the last updated first.</summary>
    /// <param name="kind">What they are.</param>
    /// <param name="search">Words that each must contain, in any case and order; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    IAsyncEnumerable<StoredDocument> ListAsync(string kind, string? search = null, CancellationToken cancellation = default);
}
