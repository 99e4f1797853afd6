using System.Globalization;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Models.Hub;
using Gestalt.Studio.Api;
using Gestalt.Studio.Hosting;

namespace Gestalt.Studio.Serving;

/// <summary>
/// Models loaded on demand, within a memory budget: when one more does not fit, those that nobody uses go, the one that was used longest ago first. Each has one engine, shared by all users.
/// </summary>
public sealed class ModelPool : IAsyncDisposable
{
    // The rest of the machine wants to live, too.
    private const double ShareOfMachine = 0.75;

    private readonly StudioOptions _options;
    private readonly long _budget;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal); // by path
    private TaskCompletionSource _changed = NewSignal();
    private bool _isDisposed;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="options">Which models, and within which limits.</param>
    /// <exception cref="FileNotFoundException">A model that is named is not there.</exception>
    public ModelPool(StudioOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _budget = options.MemoryBudget ?? (long)(ShareOfMachine * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        Catalog = new ModelCatalog(options.Models);
    }

    /// <summary>The models that can be asked for.</summary>
    public ModelCatalog Catalog { get; }

    /// <summary>Bytes that models and their keys and values may take together.</summary>
    public long Budget => _budget;

    /// <summary>The models that are loaded now.</summary>
    public IReadOnlyList<HostedModel> Loaded
    {
        get
        {
            lock (_gate)
                return [.. _slots.Values.Where(slot => slot.Loading.IsCompletedSuccessfully).Select(slot => slot.Loading.Result)];
        }
    }

    /// <summary>A model, loaded if it is not yet.</summary>
    /// <param name="name">What a request calls it; null for the default.</param>
    /// <param name="cancellation">Gives up waiting; what was begun for others goes on.</param>
    /// <exception cref="ApiException">There is no such model, or no room for it, or it cannot be loaded.</exception>
    internal async ValueTask<ModelLease> UseAsync(string? name, CancellationToken cancellation)
    {
        CatalogModel entry = Find(name);
        Slot slot;
        lock (_gate)
        {
            if (_isDisposed)
                throw ApiException.Unavailable("The server is stopping.");
            if (!_slots.TryGetValue(entry.Path, out slot!))
            {
                _slots[entry.Path] = slot = new Slot(entry);
                slot.Loading = Task.Run(() => LoadAsync(slot), CancellationToken.None);
            }
            slot.Users++;
        }
        try
        {
            HostedModel hosted = await slot.Loading.WaitAsync(cancellation).ConfigureAwait(false);
            return new ModelLease(hosted, () => Release(slot));
        }
        catch
        {
            Release(slot);
            throw;
        }
    }

    /// <summary>Lets a model go that nobody uses.</summary>
    /// <param name="name">What requests call it.</param>
    /// <returns>False if it is not loaded, or in use.</returns>
    public bool Unload(string name)
    {
        Slot? idle;
        lock (_gate)
        {
            idle = _slots.Values.FirstOrDefault(slot => slot.Entry.Name == name && slot is { Users: 0, Loading.IsCompletedSuccessfully: true });
            if (idle is null)
                return false;
            Forget(idle);
        }
        idle.Loading.Result.Dispose();
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Slot[] slots;
        lock (_gate)
        {
            _isDisposed = true;
            slots = [.. _slots.Values];
            _slots.Clear();
            Signal();
        }
        foreach (Slot slot in slots)
        {
            await ((Task)slot.Loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (slot.Loading.IsCompletedSuccessfully)
                slot.Loading.Result.Dispose();
        }
    }

    private CatalogModel Find(string? name)
    {
        try
        {
            return Catalog.Find(name) ?? throw ApiException.NoModel(string.IsNullOrEmpty(name)
                ? "The request names no model, and there is none to take instead. GET /v1/models lists what there is."
                : $"There is no model '{name}'. GET /v1/models lists what there is: {string.Join(", ", Catalog.All().Take(5).Select(model => model.Name))}.");
        }
        catch (HubException problem)
        {
            throw ApiException.NoModel(problem.Message);
        }
    }

    private async Task<HostedModel> LoadAsync(Slot slot)
    {
        try
        {
            await MakeRoomAsync(slot, slot.Entry.Bytes).ConfigureAwait(false);
            LanguageModel model = Open(slot);
            RequestLimits limits = _options.Limits;
            model.Engine.BatchRows = limits.RunningSequences;
            return new HostedModel(slot.Entry, model, new Admission(limits.RunningSequences, limits.WaitingRequests, limits.WaitingTime));
        }
        catch (Exception problem)
        {
            lock (_gate)
                Forget(slot);
            throw problem is ApiException ? problem : Explain(slot.Entry, problem);
        }
    }

    /// <summary>Opens a model with keys and values that fit in what the budget leaves.</summary>
    private LanguageModel Open(Slot slot)
    {
        LanguageModel model = LanguageModel.Open(slot.Entry.Path, _options.Engine);
        try
        {
            if (TryReserve(slot, slot.Entry.Bytes + model.Engine.CacheBytes, out long left))
                return model;
            int context = model.Engine.Context;
            model.Dispose();
            model = LanguageModel.Open(slot.Entry.Path, _options.Engine with { CacheBytes = Math.Max(1, left - slot.Entry.Bytes) });
            if (model.Engine.Context < context)
                _options.Warn?.Invoke(FormattableString.Invariant($"{slot.Entry.Name} serves contexts of {model.Engine.Context} tokens instead of {context}: {Size(left)} are left of the budget of {Size(_budget)}."));
            TryReserve(slot, slot.Entry.Bytes + model.Engine.CacheBytes, out _);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Waits until a model fits, letting go what nobody uses.</summary>
    private async Task MakeRoomAsync(Slot slot, long needed)
    {
        if (needed > _budget)
            throw ApiException.Unavailable($"The model '{slot.Entry.Name}' takes {Size(needed)}, and the server may use {Size(_budget)} for models. Start it with more: gestalt serve --memory.");
        DateTime deadline = DateTime.UtcNow + _options.Limits.WaitingTime;
        while (!TryReserve(slot, needed, out _))
        {
            Task changed = _changed.Task;
            if (TryReserve(slot, needed, out _))
                return;
            TimeSpan left = deadline - DateTime.UtcNow;
            if (left <= TimeSpan.Zero || _isDisposed)
                throw ApiException.Unavailable($"There is no room for the model '{slot.Entry.Name}' ({Size(needed)}) while others are in use. Try again later.", TimeSpan.FromSeconds(10));
            await Task.WhenAny(changed, Task.Delay(left)).ConfigureAwait(false);
        }
    }

    /// <summary>Takes bytes of the budget for a model; lets go what nobody uses if that makes it possible.</summary>
    private bool TryReserve(Slot slot, long needed, out long left)
    {
        var gone = new List<Slot>();
        try
        {
            lock (_gate)
            {
                while (true)
                {
                    left = _budget - _slots.Values.Where(other => other != slot).Sum(other => other.Bytes);
                    if (needed <= left)
                    {
                        slot.Bytes = needed;
                        return true;
                    }
                    Slot? idle = _slots.Values.Where(other => other != slot && other is { Users: 0, Loading.IsCompletedSuccessfully: true }).MinBy(other => other.LastUse);
                    if (idle is null)
                        return false;
                    Forget(idle);
                    gone.Add(idle);
                }
            }
        }
        finally
        {
            foreach (Slot idle in gone)
                idle.Loading.Result.Dispose();
        }
    }

    private void Release(Slot slot)
    {
        lock (_gate)
        {
            slot.Users--;
            slot.LastUse = Environment.TickCount64;
            if (slot.Users == 0)
                Signal();
        }
    }

    private void Forget(Slot slot)
    {
        if (_slots.GetValueOrDefault(slot.Entry.Path) == slot)
            _slots.Remove(slot.Entry.Path);
        Signal();
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private ApiException Explain(CatalogModel entry, Exception problem)
    {
        _options.Warn?.Invoke($"{entry.Name} cannot be loaded: {problem.Message}");
        // What a file holds is the operator's business; where it lies is nobody else's.
        return problem is ModelFileException or CacheMemoryException or FileNotFoundException
            ? ApiException.Unavailable($"The model '{entry.Name}' cannot be loaded: {problem.Message.Replace(entry.Path, entry.Name, StringComparison.Ordinal)}")
            : ApiException.Unavailable($"The model '{entry.Name}' cannot be loaded; the server's log says why.");
    }

    private static string Size(long bytes) => bytes < 1_000_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Slot(CatalogModel entry)
    {
        public CatalogModel Entry => entry;

        public Task<HostedModel> Loading { get; set; } = null!;

        /// <summary>What it takes of the budget; 0 until it was given some.</summary>
        public long Bytes { get; set; }

        public int Users { get; set; }

        public long LastUse { get; set; }
    }
}
