using System.Text.Json.Nodes;
using Gestalt.Store;
using Gestalt.Studio.Hosting;

namespace Gestalt.Studio.Api.Endpoints.Responses;

/// <summary>
/// Keeps responses, so that a later request can go on from one by its name. Each belongs to whoever asked for it. What is too old or too much is cleared beside the answers, once in a while.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="options">How many are kept, and for how long.</param>
internal sealed class ResponseStore(IStore store, StudioOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan BetweenClearings = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task _clearing = Task.CompletedTask;
    private DateTimeOffset _cleared = DateTimeOffset.MinValue;
    private int _keptSince;
    private bool _isClearing;

    /// <summary>The kind of their documents.</summary>
    public const string Kind = "response";

    private const string Owner = "owner";
    private const string Whole = "response";
    private const string Items = "items";
    private const string Own = "own";

    /// <summary>A response that is kept.</summary>
    /// <param name="Response">As it was answered.</param>
    /// <param name="Items">All items of the conversation up to its end.</param>
    /// <param name="Input">Those that the request brought.</param>
    public sealed record Kept(JsonObject Response, JsonArray Items, JsonArray Input);

    /// <summary>Keeps a response.</summary>
    /// <param name="user">Who asked for it.</param>
    /// <param name="request">The request.</param>
    /// <param name="response">The whole response.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask PutAsync(string user, ResponseRequest request, JsonObject response, CancellationToken cancellation)
    {
        var items = (JsonArray)request.Items.DeepClone();
        foreach (JsonNode? item in (JsonArray)response["output"]!)
            items.Add(item!.DeepClone());
        var document = new JsonObject { [Owner] = user, [Whole] = response.DeepClone(), [Items] = items, [Own] = new JsonArray([.. request.Items.TakeLast(request.Own).Select(item => item!.DeepClone())]) };
        try
        {
            await store.PutAsync(Kind, response["id"]!.GetValue<string>(), document.ToJsonString(), expectedVersion: 0, cancellation).ConfigureAwait(false);
        }
        catch (ArgumentException problem)
        {
            throw ApiException.Bad("store", $"The response cannot be kept: {problem.Message} Ask for it with 'store': false.");
        }
        ClearNowAndThen();
    }

    /// <summary>Finds a response.</summary>
    /// <param name="user">Who asks for it.</param>
    /// <param name="id">Its name.</param>
    /// <param name="param">The parameter that names it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ApiException">There is none of that name, or it is somebody else's.</exception>
    public async ValueTask<Kept> GetAsync(string user, string id, string param, CancellationToken cancellation)
    {
        StoredDocument? document = id.Length is 0 or > StoreLimits.NameLength || id.Any(char.IsControl) ? null : await store.GetAsync(Kind, id, cancellation).ConfigureAwait(false);
        if (document is not null && JsonNode.Parse(document.Json) is JsonObject kept && document.Updated >= Oldest && kept[Owner]!.GetValue<string>() == user)
            return new Kept((JsonObject)kept[Whole]!, (JsonArray)kept[Items]!, (JsonArray)kept[Own]!);
        throw new ApiException(404, $"There is no response '{(id.Length > 100 ? id[..100] : id)}'. Only those are kept that were asked for with 'store' true, which is usual.", param: param, code: "response_not_found");
    }

    /// <summary>Deletes a response; it must be there.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValueTask<bool> DeleteAsync(string id, CancellationToken cancellation) => store.DeleteAsync(Kind, id, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _clearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private DateTimeOffset Oldest => DateTimeOffset.UtcNow - options.Limits.ResponseAge;

    /// <summary>Clears when a tenth more has come than may stay, and once an hour; one clearing at a time, and again when as many have come meanwhile.</summary>
    private void ClearNowAndThen()
    {
        lock (_gate)
        {
            _keptSince++;
            if (_isClearing || !IsDue)
                return;
            _isClearing = true;
            _clearing = Task.Run(() => ClearWhileDueAsync(_stopping.Token));
        }
    }

    private bool IsDue => _keptSince > options.Limits.KeptResponses / 10 || DateTimeOffset.UtcNow - _cleared > BetweenClearings;

    private async Task ClearWhileDueAsync(CancellationToken cancellation)
    {
        while (HasTurn())
            await ClearAsync(cancellation).ConfigureAwait(false);

        bool HasTurn()
        {
            lock (_gate)
            {
                _isClearing = IsDue && !cancellation.IsCancellationRequested;
                if (_isClearing)
                    (_keptSince, _cleared) = (0, DateTimeOffset.UtcNow);
                return _isClearing;
            }
        }
    }

    private async Task ClearAsync(CancellationToken cancellation)
    {
        try
        {
            DateTimeOffset oldest = Oldest;
            var gone = new List<string>();
            int place = 0;
            await foreach (StoredDocument document in store.ListAsync(Kind, search: null, cancellation).ConfigureAwait(false)) // the newest first
            {
                if (place++ >= options.Limits.KeptResponses || document.Updated < oldest)
                    gone.Add(document.Id);
            }
            foreach (string id in gone)
                await store.DeleteAsync(Kind, id, cancellation).ConfigureAwait(false);
        }
        catch (StoreException problem)
        {
            options.Warn?.Invoke($"old responses could not be cleared: {problem.Message}");
        }
    }
}
