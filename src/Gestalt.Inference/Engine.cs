using System.Runtime.InteropServices;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference;

/// <summary>
/// Runs a model: token ids in, token ids out. <see cref="Generate"/> streams one sequence; <see cref="GenerateAll"/> answers thousands of
/// prompts, many rows at a time. It knows nothing of text.
/// </summary>
/// <remarks>
/// One engine runs one request at a time; a second one meanwhile is refused. Between requests it can keep what it has read
/// (<see cref="RemembersLastSequence"/>).
/// </remarks>
public sealed unsafe class Engine : IDisposable
{
    // Tokens of a prompt read in one pass: enough for efficient matrix products, small enough to be cancelled within a moment.
    internal const int ReadingLength = 512;

    // The cache starts small and doubles, so that a model of a long context does not take its memory for a short question.
    private const int SmallestCache = 256;

    private readonly Tape _tape;
    private readonly TokenBatch _batch = new(1, 1);
    private readonly List<int> _cached = [];
    private KvCache? _cache;
    private int _isBusy;

    /// <summary>Makes an engine for a model, which stays the caller's.</summary>
    /// <param name="model">The model.</param>
    public Engine(Transformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _tape = new Tape(model.Device, recording: false);
    }

    /// <summary>The model.</summary>
    public Transformer Model { get; }

    /// <summary>Tokens that a sequence may have, prompt and answer together.</summary>
    public int Context => Model.Config.Context;

    /// <summary>
    /// How many sequences <see cref="GenerateAll"/> runs side by side. More rows share each pass over the weights; beyond some 64 nothing is gained.
    /// </summary>
    public int BatchRows { get; set; } = 64;

    /// <summary>
    /// Whether the keys and values of the last streamed sequence are kept, so that a prompt that begins like it, as a conversation's next turn does, is only read
    /// from where it differs. Only for models that do not change meanwhile: after a training step, what was read with the old weights is wrong.
    /// </summary>
    public bool RemembersLastSequence { get; set; }

    /// <summary>Streams the continuation of a prompt. Nothing is computed before the first token is asked for.</summary>
    /// <param name="prompt">At least one id.</param>
    /// <param name="options">What to generate.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    /// <exception cref="ArgumentException">The prompt is empty, an id is none of the model's, or an option is impossible.</exception>
    public TokenStream Generate(ReadOnlySpan<int> prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        Check(prompt, options);
        return new TokenStream(this, prompt.ToArray(), options, LimitFor(prompt.Length, options), cancellation);
    }

    /// <summary>
    /// Continues many prompts, <see cref="BatchRows"/> at a time: a row that finishes makes room for the next prompt. Row i draws with its own random
    /// numbers, which follow from the seed and i alone.
    /// </summary>
    /// <remarks>
    /// A sum's rounding depends on how many rows are computed together, so the logits of a row differ in their last bits between batches; a choice between two
    /// tokens that are as good as equal may fall differently than in <see cref="Generate"/>. The same call gives the same result.
    /// </remarks>
    /// <param name="prompts">The prompts, each of at least one id.</param>
    /// <param name="options">What to generate, for all.</param>
    /// <param name="stop">Asked after each token with the prompt's index and the new id; true ends that sequence (<see cref="FinishReason.Stop"/>) with the id in it.</param>
    /// <param name="finished">Told of each sequence as it ends.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The results in the order of the prompts.</returns>
    /// <exception cref="ContextLimitException">A prompt does not fit.</exception>
    /// <exception cref="ArgumentException">A prompt is empty, an id is none of the model's, or an option is impossible (a sliding context is, here).</exception>
    public Generation[] GenerateAll(
        IReadOnlyList<int[]> prompts,
        GenerationOptions? options = null,
        Func<int, int, bool>? stop = null,
        Action<int, Generation>? finished = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        options ??= new GenerationOptions();
        if (options.WhenFull == ContextPolicy.Slide)
            throw new ArgumentException("A batch has no sliding context; generate such sequences one by one.", nameof(options));
        var limits = new int[prompts.Count];
        for (int i = 0; i < limits.Length; i++)
        {
            Check(prompts[i], options);
            limits[i] = LimitFor(prompts[i].Length, options)!.Value;
        }
        Enter();
        try
        {
            using var batch = new BatchRun(this, _tape, prompts, limits, options, stop, finished);
            return batch.Run(cancellation);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Forgets the last sequence and returns its memory to the system.</summary>
    public void Forget()
    {
        _cached.Clear();
        _cache?.Dispose();
        _cache = null;
    }

    /// <summary>Returns the engine's memory to the system; the model stays.</summary>
    public void Dispose()
    {
        Forget();
        _batch.Dispose();
        _tape.Dispose();
    }

    internal void Enter()
    {
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
            throw new InvalidOperationException("This engine is already generating. Finish or dispose of that sequence first, or use another engine.");
    }

    internal void Leave()
    {
        if (!RemembersLastSequence)
            _cached.Clear();
        Volatile.Write(ref _isBusy, 0);
    }

    /// <summary>
    /// Makes the cache hold <paramref name="tokens"/> and returns the logits after the last. What the cache already holds is not read again;
    /// the result is valid until the next call.
    /// </summary>
    internal ReadOnlySpan<float> Read(ReadOnlySpan<int> tokens, CancellationToken cancellation)
    {
        int known = Math.Min(tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(_cached)), tokens.Length - 1);
        MakeRoom(known, tokens.Length);
        ReadOnlySpan<float> logits = default;
        for (int start = known; start < tokens.Length; start += ReadingLength)
        {
            cancellation.ThrowIfCancellationRequested();
            logits = Append(tokens.Slice(start, Math.Min(ReadingLength, tokens.Length - start)), isLast: start + ReadingLength >= tokens.Length);
        }
        return logits;
    }

    private ReadOnlySpan<float> Append(ReadOnlySpan<int> tokens, bool isLast)
    {
        _tape.Reset();
        _batch.Resize(1, tokens.Length);
        tokens.CopyTo(_batch.Inputs);
        _batch.SetLeftPadding(0, padding: 0, cached: _cache!.Length);
        if (isLast)
        {
            Tensor logits = Model.Forward(_tape, _batch, _cache); // (1,V)
            _cached.AddRange(tokens);
            return logits.Values;
        }
        Model.Hidden(_tape, _batch, _cache);
        _cached.AddRange(tokens);
        return default;
    }

    private void MakeRoom(int known, int length)
    {
        CollectionsMarshal.SetCount(_cached, known);
        _cache?.Truncate(known);
        if (_cache is not null && _cache.Capacity >= length)
            return;
        int capacity = Math.Max(SmallestCache, _cache?.Capacity ?? 0);
        while (capacity < length)
            capacity *= 2;
        var larger = new KvCache(Model.Config, Model.Device, rows: 1, Math.Max(length, Math.Min(capacity, Context)));
        if (known > 0)
        {
            larger.PadFront(known);
            larger.CopyRow(0, _cache!, 0, known);
        }
        _cache?.Dispose();
        _cache = larger;
    }

    private void Check(ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt has no tokens; begin with the end-of-text token to start from nothing.", nameof(prompt));
        if (options.StopStrings.Count > 0)
            throw new ArgumentException("The engine knows ids only; stop strings are for TextGenerator.", nameof(options));
        if (options.MaxTokens < 0)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxTokens, $"MaxTokens is {options.MaxTokens}; it must be 0 or more.");
        options.Sampling.Validate();
        foreach (int id in prompt)
        {
            if ((uint)id >= (uint)Model.Config.Vocabulary)
                throw new ArgumentException($"The prompt holds the id {id}; the model has ids 0 to {Model.Config.Vocabulary - 1}.", nameof(prompt));
        }
    }

    /// <summary>How many tokens may follow; null when nothing limits them.</summary>
    private int? LimitFor(int prompt, GenerationOptions options)
    {
        if (options.WhenFull == ContextPolicy.Slide)
            return options.MaxTokens;
        int asked = options.MaxTokens ?? 1;
        // The last token is never read back, so it needs no room.
        if ((long)prompt + asked - 1 > Context)
            throw new ContextLimitException(prompt, asked, Context);
        return options.MaxTokens ?? Context - prompt + 1;
    }
}
