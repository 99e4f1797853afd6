using Gestalt.Store;
using Gestalt.Studio.Api;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Hosting;

/// <summary>
/// Lets in who shows a key, once there are keys: as <c>Authorization: Bearer KEY</c>, as OpenAI's clients do, or in the cookie that signing in to Studio leaves. Keys are made and revoked with
/// <c>gestalt serve keys</c>; of each, the store holds a hash.
/// </summary>
/// <param name="store">Where keys are kept.</param>
internal sealed class KeyGuard(IStore store)
{
    /// <summary>Where a request keeps whose key it showed.</summary>
    public const string UserItem = "gestalt.user";

    /// <summary>The cookie of those who signed in.</summary>
    public const string Cookie = "gestalt-key";

    // Whether there are keys at all is looked up at most this often, so that the first key that is made shuts out strangers soon.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private readonly ApiKeys _keys = new(store);
    private long _lookedAt = long.MinValue / 2;
    private bool _hasKeys;

    /// <summary>Whether there are keys.</summary>
    public async ValueTask<bool> HasKeysAsync(CancellationToken cancellation)
    {
        if (Environment.TickCount64 - _lookedAt < LookAgain.TotalMilliseconds)
            return _hasKeys;
        _hasKeys = await store.CountAsync(ApiKeys.Kind, cancellation).ConfigureAwait(false) > 0;
        _lookedAt = Environment.TickCount64;
        return _hasKeys;
    }

    /// <summary>Whether a key is one.</summary>
    /// <param name="key">What somebody shows.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValueTask<StoredApiKey?> FindAsync(string key, CancellationToken cancellation) => _keys.FindAsync(key, cancellation);

    /// <summary>Lets a request in, and notes whose it is.</summary>
    /// <exception cref="ApiException">It shows no key, or none that is known.</exception>
    public async ValueTask AdmitAsync(HttpContext context)
    {
        if (!await HasKeysAsync(context.RequestAborted).ConfigureAwait(false))
            return;
        string? header = context.Request.Headers.Authorization;
        string? key = header?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true ? header["Bearer ".Length..].Trim() : context.Request.Cookies[Cookie];
        if (string.IsNullOrEmpty(key))
            throw Refusal("This server needs a key. Send it as Authorization: Bearer KEY; whoever runs the server makes one with: gestalt serve keys add NAME");
        StoredApiKey known = await _keys.FindAsync(key, context.RequestAborted).ConfigureAwait(false) ?? throw Refusal("This key is none that the server knows, or was revoked.");
        context.Items[UserItem] = "key:" + known.Id;
    }

    /// <summary>Whether pages would work for who asks: there are no keys, or the browser has one.</summary>
    public async ValueTask<bool> MayShowPagesAsync(HttpContext context) =>
        !await HasKeysAsync(context.RequestAborted).ConfigureAwait(false)
        || (context.Request.Cookies[Cookie] is { Length: > 0 } key && await _keys.FindAsync(key, context.RequestAborted).ConfigureAwait(false) is not null);

    private static ApiException Refusal(string message) => new(StatusCodes.Status401Unauthorized, message, code: "invalid_api_key");
}
