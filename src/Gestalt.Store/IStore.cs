namespace Gestalt.Store;

/// <summary>
/// Keeps JSON documents: in files of one folder (<see cref="FileStore"/>, the default), or in PostgreSQL (<see cref="PostgresStore"/>). Safe for any number of callers at once.
/// <see cref="Stores.OpenAsync"/> opens either.
/// </summary>
/// <remarks>
/// Kinds and ids are 1 to <see cref="StoreLimits.NameLength"/> characters without control characters. A document is any JSON value of at most <see cref="StoreLimits.DocumentBytes"/> bytes whose
/// strings are whole Unicode; it comes back as it was put, except that a line break between its parts has become a blank.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>A document; null if there is none.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its name among those of its kind.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">The kind or the id is none.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    ValueTask<StoredDocument?> GetAsync(string kind, string id, CancellationToken cancellation = default);

    /// <summary>Puts a document, new or in place of the one of the same name; it is kept once this returns, also if the machine stops.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its name among those of its kind.</param>
    /// <param name="json">What it says.</param>
    /// <param name="expectedVersion">The version that it follows on, 0 for none; null to overwrite whatever is there.</param>
    /// <param name="cancellation">Gives up, unless it is being written already: then it is written.</param>
    /// <exception cref="StoreConflictException">Somebody else has put another version meanwhile.</exception>
    /// <exception cref="ArgumentException">The kind, the id or the document is none, or too long.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    ValueTask<StoredDocument> PutAsync(string kind, string id, string json, long? expectedVersion = null, CancellationToken cancellation = default);

    /// <summary>Removes a document; false if there was none. If it is put again it begins with version 1.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its name among those of its kind.</param>
    /// <param name="cancellation">Gives up, unless it is being removed already: then it is.</param>
    /// <exception cref="ArgumentException">The kind or the id is none.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    ValueTask<bool> DeleteAsync(string kind, string id, CancellationToken cancellation = default);

    /// <summary>
    /// All documents of a kind, the last updated first. Those that were there when it began and are there still come once each, in their order then, and as they are when their turn comes.
    /// </summary>
    /// <param name="kind">What they are.</param>
    /// <param name="search">Words (parted by blanks) that each must occur within the strings of a document, be it inside a word, in any case and order; null or blank for all.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">The kind is none, or the search has more than <see cref="StoreLimits.SearchWords"/> words.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    IAsyncEnumerable<StoredDocument> ListAsync(string kind, string? search = null, CancellationToken cancellation = default);

    /// <summary>How many documents of a kind there are.</summary>
    /// <param name="kind">What they are.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">The kind is none.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    ValueTask<long> CountAsync(string kind, CancellationToken cancellation = default);
}
