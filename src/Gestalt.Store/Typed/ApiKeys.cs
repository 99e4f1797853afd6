using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Gestalt.Store;

/// <summary>What is kept of an API key: not the key.</summary>
/// <param name="Name">Whose it is or what it is for.</param>
/// <param name="Hash">SHA-256 of the key, in small hexadecimal digits.</param>
/// <param name="Hint">The key's last four characters, for a person to tell it from others.</param>
public sealed record ApiKey(string Name, string Hash, string Hint);

/// <summary>An API key with the name under which it is kept.</summary>
/// <param name="Id">Its name: what <see cref="ApiKeys.RevokeAsync"/> takes.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Key">What is kept of it.</param>
public sealed record StoredApiKey(string Id, DateTimeOffset Created, ApiKey Key);

/// <summary>
/// The API keys of a store. A key is 256 random bits, so one round of SHA-256 keeps it safe: nobody can try 2^256 keys, and slow hashes are for what people make up. Who reads the store finds no
/// key in it.
/// </summary>
/// <param name="store">The store.</param>
public sealed class ApiKeys(IStore store)
{
    /// <summary>The kind of their documents.</summary>
    public const string Kind = "api-key";

    /// <summary>What every key begins with, so that scanners for leaked secrets know it.</summary>
    public const string Prefix = "sk-gestalt-";

    private const int RandomBytes = 32;

    /// <summary>The first 64 bits of the hash name the document: a key is found by one look.</summary>
    private const int IdDigits = 16;

    /// <summary>Makes a key.</summary>
    /// <param name="name">Whose it is or what it is for.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The key, which nobody can show again, and what is kept of it.</returns>
    public async Task<(string Key, StoredApiKey Kept)> CreateAsync(string name, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        string hash = Hash(key);
        var kept = new ApiKey(name, hash, key[^4..]);
        StoredDocument document = await store.PutAsync(Kind, hash[..IdDigits], StoreJson.Write(kept), expectedVersion: 0, cancellation).ConfigureAwait(false);
        return (key, new StoredApiKey(document.Id, document.Created, kept));
    }

    /// <summary>What is kept of a key that a caller shows; null if it is none, or was revoked.</summary>
    /// <param name="key">The key, as it came with the request.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<StoredApiKey?> FindAsync(string key, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        string hash = Hash(key);
        StoredDocument? document = await store.GetAsync(Kind, hash[..IdDigits], cancellation).ConfigureAwait(false);
        if (document is null)
            return null;
        var kept = StoreJson.Read<ApiKey>(document);
        bool same = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(kept.Hash), Encoding.ASCII.GetBytes(hash));
        return same ? new StoredApiKey(document.Id, document.Created, kept) : null;
    }

    /// <summary>All keys, the newest first.</summary>
    /// <param name="cancellation">Gives up.</param>
    public async IAsyncEnumerable<StoredApiKey> ListAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (StoredDocument document in store.ListAsync(Kind, search: null, cancellation).ConfigureAwait(false))
            yield return new StoredApiKey(document.Id, document.Created, StoreJson.Read<ApiKey>(document));
    }

    /// <summary>Makes a key worthless; false if there was none.</summary>
    /// <param name="id">Its <see cref="StoredApiKey.Id"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValueTask<bool> RevokeAsync(string id, CancellationToken cancellation = default) => store.DeleteAsync(Kind, id, cancellation);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
