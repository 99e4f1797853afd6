using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gestalt.Inference;

/// <summary>One sequence as it is generated, id by id: <c>foreach</c> it, or <c>await foreach</c> its <see cref="ReadAsync"/>, once. Leaving the loop early ends it.</summary>
public sealed class TokenStream : IEnumerable<int>
{
    private readonly Engine _engine;
    private readonly int[] _prompt;
    private readonly GenerationOptions _options;
    private readonly int? _limit;
    private readonly CancellationToken _cancellation;
    private bool _isTaken;

    internal TokenStream(Engine engine, int[] prompt, GenerationOptions options, int? limit, CancellationToken cancellation)
    {
        _engine = engine;
        _prompt = prompt;
        _options = options;
        _limit = limit;
        _cancellation = cancellation;
    }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens => _prompt.Length;

    /// <summary>Tokens generated so far, without a stop id.</summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>Why the sequence ended; null while it goes on, and when the loop was left early.</summary>
    public FinishReason? Reason { get; private set; }

    /// <summary>The natural log-probability of the latest id, if the options ask for it.</summary>
    public float LogProbability { get; private set; } = float.NaN;

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator()
    {
        Take();
        return Run(_cancellation).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same stream, each step on a thread of the pool.</summary>
    /// <param name="cancellation">Ends it, as does the token that the stream was made with.</param>
    public async IAsyncEnumerable<int> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Take();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cancellation, cancellation);
        using IEnumerator<int> steps = Run(either.Token).GetEnumerator();
        while (await Task.Run(steps.MoveNext, either.Token).ConfigureAwait(false))
            yield return steps.Current;
    }

    private void Take()
    {
        if (_isTaken)
            throw new InvalidOperationException("A stream is generated once; ask the engine for another.");
        _isTaken = true;
    }

    private IEnumerable<int> Run(CancellationToken cancellation)
    {
        _engine.Enter();
        try
        {
            var sampler = new Sampler(_options.Sampling, _engine.Model.Config.Vocabulary);
            List<int> tokens = [.. _prompt];
            int first = 0; // where the context begins: 0 until it slides
            while (_limit is null || GeneratedTokens < _limit)
            {
                if (tokens.Count - first > _engine.Context)
                    first = tokens.Count - Math.Max(1, _engine.Context / 2);
                int id = Next(sampler, tokens, first, cancellation);
                if (_options.StopIds.Contains(id))
                {
                    Reason = FinishReason.Stop;
                    yield break;
                }
                tokens.Add(id);
                GeneratedTokens++;
                yield return id;
            }
            Reason = GeneratedTokens == _options.MaxTokens ? FinishReason.TokenLimit : FinishReason.ContextFull;
        }
        finally
        {
            _engine.Leave();
        }
    }

    private int Next(Sampler sampler, List<int> tokens, int first, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ReadOnlySpan<int> all = CollectionsMarshal.AsSpan(tokens);
        ReadOnlySpan<float> logits = _engine.Read(all[first..], cancellation);
        int id = sampler.Next(logits, all);
        if (_options.LogProbabilities)
            LogProbability = Sampler.LogProbability(logits, id);
        return id;
    }
}
