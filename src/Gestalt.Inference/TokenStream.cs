using System.Collections;
using System.Runtime.CompilerServices;
using Gestalt.Inference.Scheduling;

namespace Gestalt.Inference;

/// <summary>One sequence as it is generated, id by id: <c>foreach</c> it, or <c>await foreach</c> its <see cref="ReadAsync"/>, once. Leaving the loop early ends it.</summary>
public sealed class TokenStream : IEnumerable<int>
{
    private readonly Engine _engine;
    private readonly Scheduler _scheduler;
    private readonly int[] _prompt;
    private readonly GenerationOptions _options;
    private readonly int? _limit;
    private readonly CancellationToken _cancellation;
    private int _isTaken;

    internal TokenStream(Engine engine, Scheduler scheduler, int[] prompt, GenerationOptions options, int? limit, CancellationToken cancellation)
    {
        (_engine, _scheduler) = (engine, scheduler);
        (_prompt, _options, _limit, _cancellation) = (prompt, options, limit, cancellation);
    }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens => _prompt.Length;

    /// <summary>Those of them that did not have to be read, because an earlier or another sequence began alike; known from the first id on.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>Tokens handed out so far, without a stop id.</summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>Why the sequence ended; null while it goes on, and when the loop was left early.</summary>
    public FinishReason? Reason { get; private set; }

    /// <summary>The natural log-probability of the latest id, if the options ask for it.</summary>
    public float LogProbability { get; private set; } = float.NaN;

    /// <summary>The tokens that the model itself found likeliest in place of the latest id, the likeliest first, if the options ask for them.</summary>
    public IReadOnlyList<TokenLogProbability> Likeliest { get; private set; } = [];

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator()
    {
        Take();
        return Run();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same stream, waiting without a thread.</summary>
    /// <param name="cancellation">Ends it, as does the token that the stream was made with.</param>
    public async IAsyncEnumerable<int> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Take();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cancellation, cancellation);
        Request request = Submit(either.Token);
        try
        {
            while (await _scheduler.WaitForAsync(request, GeneratedTokens, either.Token).ConfigureAwait(false))
            {
                int id = Next(request);
                yield return id;
                either.Token.ThrowIfCancellationRequested();
            }
            End(request);
        }
        finally
        {
            _scheduler.Abandon(request);
        }
    }

    private IEnumerator<int> Run()
    {
        _cancellation.ThrowIfCancellationRequested();
        Request request = Submit(_cancellation);
        try
        {
            while (_scheduler.WaitFor(request, GeneratedTokens))
            {
                int id = Next(request);
                yield return id;
                _cancellation.ThrowIfCancellationRequested();
            }
            End(request);
        }
        finally
        {
            _scheduler.Abandon(request);
        }
    }

    private void Take()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
            throw new InvalidOperationException("A stream is generated once; ask the engine for another.");
    }

    private Request Submit(CancellationToken cancellation)
    {
        var group = new RequestGroup(_options, cancellation) { IsStream = true, Open = 1 };
        var sampler = new Sampler(_options.Sampling, _engine.Model.Config.Vocabulary);
        var request = new Request(group, 0, _prompt, _limit, sampler, new Xoshiro256(_options.Sampling.Seed), _options.Constraint?.Clone());
        group.Waiting.Enqueue(request);
        _scheduler.Submit(group);
        return request;
    }

    private int Next(Request request)
    {
        lock (_scheduler.Gate)
        {
            if (_options.LogProbabilities)
                LogProbability = request.LogProbabilities[GeneratedTokens];
            if (request.Likeliest.Count > GeneratedTokens)
                Likeliest = request.Likeliest[GeneratedTokens];
            CachedTokens = request.KnownTokens;
            return request.Tokens[_prompt.Length + GeneratedTokens++];
        }
    }

    private void End(Request request)
    {
        CachedTokens = request.KnownTokens;
        Reason = request.Reason;
    }
}
