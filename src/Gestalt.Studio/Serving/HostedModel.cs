using Gestalt.Inference;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Serving;

/// <summary>A model that is loaded: its one engine, which all users share, and who may use it when.</summary>
public sealed class HostedModel : IDisposable
{
    internal HostedModel(CatalogModel entry, LanguageModel model, Admission admission)
    {
        (Entry, Model, Admission) = (entry, model, admission);
        Chat = model.AsChatClient();
    }

    /// <summary>What it is called and where it lies.</summary>
    public CatalogModel Entry { get; }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>The model behind .NET's chat interface.</summary>
    public IChatClient Chat { get; }

    /// <summary>Who may use it when.</summary>
    internal Admission Admission { get; }

    /// <summary>Bytes that it takes at most: parameters, keys and values.</summary>
    public long Bytes => Entry.Bytes + Model.Engine.CacheBytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        Chat.Dispose();
        Model.Dispose();
    }
}

/// <summary>The use of a model: while one is held, the model stays loaded.</summary>
public sealed class ModelLease : IDisposable
{
    private Action? _release;

    internal ModelLease(HostedModel hosted, Action release) => (Hosted, _release) = (hosted, release);

    /// <summary>The model.</summary>
    public HostedModel Hosted { get; }

    /// <summary>Ends the use.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
