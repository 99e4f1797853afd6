using System.Diagnostics;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;

namespace Gestalt.Studio.Api;

/// <summary>A model and a place on it, held for one request, and what is measured of it.</summary>
internal sealed class Generation : IDisposable
{
    private readonly ServerMetrics _metrics;
    private readonly string _operation;
    private readonly ModelLease _lease;
    private readonly Admission.Place _place;
    private readonly Activity? _activity;
    private readonly long _began;
    private bool _hasPiece;
    private bool _isWhole;

    private Generation(ServerMetrics metrics, string operation, ModelLease lease, Admission.Place place, Activity? activity, long began)
    {
        (_metrics, _operation, _lease, _place, _activity, _began) = (metrics, operation, lease, place, activity, began);
    }

    /// <summary>The model.</summary>
    public HostedModel Model => _lease.Hosted;

    /// <summary>Gets a model and a place on it.</summary>
    /// <param name="pool">The models.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="operation">The interface.</param>
    /// <param name="model">What the request calls the model.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="sequences">How many sequences.</param>
    /// <param name="cancellation">The client is gone.</param>
    /// <exception cref="ApiException">There is no such model, or no place.</exception>
    public static async ValueTask<Generation> StartAsync(ModelPool pool, ServerMetrics metrics, string operation, string? model, string user, int sequences, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        Activity? activity = ServerMetrics.Traces.StartActivity(operation, ActivityKind.Internal);
        ModelLease? lease = null;
        try
        {
            lease = await pool.UseAsync(model, cancellation).ConfigureAwait(false);
            Admission.Place place = await lease.Hosted.Admission.EnterAsync(user, sequences, cancellation).ConfigureAwait(false);
            activity?.SetTag("gen_ai.operation.name", operation).SetTag("gen_ai.request.model", lease.Hosted.Entry.Name).SetTag("gen_ai.request.choice.count", sequences);
            return new Generation(metrics, operation, lease, place, activity, began);
        }
        catch (Exception problem)
        {
            activity?.SetStatus(ActivityStatusCode.Error, problem.Message);
            activity?.Dispose();
            lease?.Dispose();
            throw;
        }
    }

    /// <summary>Notes that a part of an answer came.</summary>
    public void NotePiece()
    {
        if (_hasPiece)
            return;
        _hasPiece = true;
        _metrics.NoteFirstToken(_operation, Model.Entry.Name, Stopwatch.GetElapsedTime(_began));
    }

    /// <summary>Notes that all came.</summary>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="cached">Those of them that did not have to be read.</param>
    /// <param name="generated">Tokens of the answers.</param>
    public void NoteEnd(long prompt, long cached, long generated)
    {
        _isWhole = true;
        _metrics.NoteTokens(_operation, Model.Entry.Name, prompt, cached, generated, Stopwatch.GetElapsedTime(_began));
        _activity?.SetTag("gen_ai.usage.input_tokens", prompt).SetTag("gen_ai.usage.output_tokens", generated).SetTag("gestalt.cached_tokens", cached);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isWhole)
            _activity?.SetStatus(ActivityStatusCode.Error, "ended early");
        _activity?.Dispose();
        _place.Dispose();
        _lease.Dispose();
    }
}
