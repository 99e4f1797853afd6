using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gestalt.Studio.Serving;

namespace Gestalt.Studio.Hosting;

/// <summary>What the server counts. <c>/metrics</c> tells it to Prometheus, and OpenTelemetry to whoever is named; both read the same instruments.</summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The name of the meter and of the source of traces.</summary>
    public const string Name = "Gestalt.Studio";

    // Powers of two from a millisecond on: answers take from a few of them to minutes.
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, 18).Select(power => 0.001 * (1 << power))] };

    private readonly Counter<long> _requests;
    private readonly Counter<long> _tokens;
    private readonly Histogram<double> _requestSeconds;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _perToken;

    /// <summary>Makes the instruments.</summary>
    /// <param name="pool">The models, for what is asked of them when somebody looks.</param>
    public ServerMetrics(ModelPool pool)
    {
        _requests = Meter.CreateCounter<long>("gestalt.requests", "{request}", "Requests by route and HTTP status; 499 is a client that left.");
        _tokens = Meter.CreateCounter<long>("gestalt.tokens", "{token}", "Tokens of prompts (read or cached) and of answers (generated).");
        _requestSeconds = Meter.CreateHistogram("gestalt.request.duration", "s", "Time from a request to the end of its answer.", null, Seconds);
        _firstToken = Meter.CreateHistogram("gestalt.first_token.duration", "s", "Time from a request to its first token, waiting included.", null, Seconds);
        _perToken = Meter.CreateHistogram("gestalt.token.duration", "s", "Time of an answer for each token that it generated.", null, Seconds);
        Meter.CreateObservableGauge("gestalt.running", () => PerModel(pool, model => model.Admission.Running), "{sequence}", "Sequences that are being generated.");
        Meter.CreateObservableGauge("gestalt.waiting", () => PerModel(pool, model => model.Admission.Waiting), "{request}", "Requests that wait for a place.");
        Meter.CreateObservableGauge("gestalt.model.memory", () => PerModel(pool, model => model.Bytes), "By", "What a loaded model takes at most: parameters, keys and values.");
        Meter.CreateObservableGauge("gestalt.cache.memory", () => PerModel(pool, model => model.Model.Engine.UsedCacheBytes), "By", "What keys and values take now, remembered beginnings included.");
        Meter.CreateObservableGauge("gestalt.process.memory", () => Environment.WorkingSet, "By", "Memory of the process, mapped parameters included.");
    }

    /// <summary>The instruments.</summary>
    public Meter Meter { get; } = new(Name);

    /// <summary>Traces: one for each request to a model.</summary>
    public static ActivitySource Traces { get; } = new(Name);

    /// <summary>Counts a request.</summary>
    /// <param name="route">The route's pattern.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="time">How long it took.</param>
    public void NoteRequest(string route, int status, TimeSpan time)
    {
        var tag = new KeyValuePair<string, object?>("route", route);
        _requests.Add(1, tag, new KeyValuePair<string, object?>("status", status));
        _requestSeconds.Record(time.TotalSeconds, tag);
    }

    /// <summary>Measures the wait for a first token.</summary>
    /// <param name="operation">The interface.</param>
    /// <param name="model">The model.</param>
    /// <param name="time">Since the request.</param>
    public void NoteFirstToken(string operation, string model, TimeSpan time) => _firstToken.Record(time.TotalSeconds, new("operation", operation), new("model", model));

    /// <summary>Counts the tokens of a request.</summary>
    /// <param name="operation">The interface.</param>
    /// <param name="model">The model.</param>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="cached">Those of them that did not have to be read.</param>
    /// <param name="generated">Tokens of the answers.</param>
    /// <param name="time">Since the request.</param>
    public void NoteTokens(string operation, string model, long prompt, long cached, long generated, TimeSpan time)
    {
        var tag = new KeyValuePair<string, object?>("model", model);
        _tokens.Add(prompt - cached, tag, new("kind", "read"));
        _tokens.Add(cached, tag, new("kind", "cached"));
        _tokens.Add(generated, tag, new("kind", "generated"));
        if (generated > 0)
            _perToken.Record(time.TotalSeconds / generated, new("operation", operation), tag);
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private static IEnumerable<Measurement<long>> PerModel(ModelPool pool, Func<HostedModel, long> measure) =>
        pool.Loaded.Select(model => new Measurement<long>(measure(model), new KeyValuePair<string, object?>("model", model.Entry.Name)));
}
