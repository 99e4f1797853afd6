using Gestalt.Inference.Embedding;
using Gestalt.Inference.Scheduling;
using Gestalt.Inference.Scoring;
using Gestalt.Models;

namespace Gestalt.Inference;

/// <summary>
/// Runs a model: token ids in, token ids out. <see cref="Generate"/> streams one sequence; <see cref="GenerateAll"/> answers thousands of
/// prompts; <see cref="Embed"/> turns texts into vectors. It knows nothing of text.
/// </summary>
/// <remarks>
/// <para>
/// Any number of threads may ask at once. All their sequences share each pass over the weights, new ones join between two passes, long prompts are read in pieces beside
/// streams that go on, and beginnings that sequences have in common are read once.
/// </para>
/// <para>
/// A sum's rounding depends on how many tokens are computed together, so the logits of a sequence differ in their last bits between batches; a choice between two
/// tokens that are as good as equal may fall differently. The same calls in the same order, from one thread, give the same result.
/// </para>
/// </remarks>
public sealed class Engine : IDisposable
{
    private readonly StepRunner _runner;
    private readonly Scheduler _scheduler;
    private int _batchRows = 64;

    /// <summary>Makes an engine for a model, which stays the caller's.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What it is given to work with.</param>
    /// <exception cref="CacheMemoryException">The context that is asked for does not fit in memory.</exception>
    /// <exception cref="ArgumentException">A number is impossible.</exception>
    /// <remarks>
    /// The context is also what a model goes by that has other wavelengths for long sequences than for short ones (<see cref="Transformer.LongestSequence"/>); engines of the same
    /// model share that choice, which the first token makes final.
    /// </remarks>
    public Engine(Transformer model, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Options = options ?? new EngineOptions();
        Budget = CacheBudget.For(model, Options, _batchRows, StepRunner.ReadingLength);
        model.LongestSequence = Budget.Context;
        if (Options.Draft is Transformer draft)
        {
            DraftBudget = CacheBudget.For(draft, new EngineOptions { Context = Math.Min(draft.Config.Context, Budget.Context) }, sequences: 4, StepRunner.ReadingLength);
            draft.LongestSequence = DraftBudget.Context;
        }
        KeepsPrefixes = !model.TrainableParameters.Any();
        _runner = new StepRunner(this);
        _scheduler = new Scheduler(_runner);
    }

    /// <summary>The model.</summary>
    public Transformer Model { get; }

    /// <summary>What the engine was given to work with.</summary>
    public EngineOptions Options { get; }

    /// <summary>Tokens that a sequence may have, prompt and answer together.</summary>
    public int Context => Budget.Context;

    /// <summary>Bytes that keys and values may take.</summary>
    public long CacheBytes => Budget.Bytes;

    /// <summary>
    /// How many sequences run side by side; others wait their turn. More of them share each pass over the weights; beyond some 64 nothing is gained.
    /// </summary>
    public int BatchRows
    {
        get => _batchRows;
        set => _batchRows = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"BatchRows is {value}; it must be at least 1.");
    }

    /// <summary>
    /// Whether keys and values of sequences that have ended are kept while memory lasts, so that a prompt that begins like one of them, as a conversation's next turn does, is only
    /// read from where it differs. By default only for models that cannot be trained: after a training step, what was read with the old weights is wrong.
    /// Sequences that run at the same time share their beginnings in any case.
    /// </summary>
    public bool KeepsPrefixes { get; set; }

    /// <summary>Tokens that were guessed so far (<see cref="EngineOptions.Draft"/>, <see cref="EngineOptions.LooksUpDrafts"/>).</summary>
    public long GuessedTokens { get; internal set; }

    /// <summary>Guessed tokens that turned out right.</summary>
    public long RightGuesses { get; internal set; }

    /// <summary>Guess even where it does not pay: for tests of exactness.</summary>
    internal bool AlwaysGuess { get; set; }

    /// <summary>Bytes that hold keys and values now.</summary>
    public long UsedCacheBytes => _runner.Cache?.UsedBytes ?? 0;

    internal CacheBudget Budget { get; }

    internal CacheBudget DraftBudget { get; }

    /// <summary>Streams the continuation of a prompt. Nothing is computed before the first token is asked for.</summary>
    /// <param name="prompt">At least one id.</param>
    /// <param name="options">What to generate.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/> and frees what it holds.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    /// <exception cref="ArgumentException">The prompt is empty, an id is none of the model's, or an option is impossible.</exception>
    public TokenStream Generate(ReadOnlySpan<int> prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        Check(prompt, options);
        return new TokenStream(this, _scheduler, prompt.ToArray(), options, LimitFor(prompt.Length, options), cancellation);
    }

    /// <summary>
    /// Continues many prompts, <see cref="BatchRows"/> at a time: a sequence that finishes makes room for the next prompt. Sequence i draws with its own random
    /// numbers, which follow from the seed and i alone.
    /// </summary>
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
        cancellation.ThrowIfCancellationRequested();
        var results = new Generation[prompts.Count];
        var group = new RequestGroup(options, cancellation) { Stop = stop, Finished = Note };
        var shared = new Sampler(options.Sampling, Model.Config.Vocabulary);
        for (int i = 0; i < limits.Length; i++)
        {
            Xoshiro256 random = Xoshiro256.ForStream(options.Sampling.Seed, (ulong)i);
            Sampler sampler = options.Sampling.HasMemory ? new Sampler(options.Sampling, Model.Config.Vocabulary) : shared;
            group.Waiting.Enqueue(new Request(group, i, prompts[i], limits[i], sampler, random, options.Constraint?.Clone()));
        }
        group.Open = limits.Length;
        _scheduler.Submit(group);
        _scheduler.WaitFor(group);
        return results;

        void Note(Request request)
        {
            var generation = new Generation([.. request.Tokens[request.Prompt.Length..]], [.. request.LogProbabilities], request.Reason!.Value);
            results[request.Index] = generation;
            finished?.Invoke(request.Index, generation);
        }
    }

    /// <summary>A vector for each text: what the model makes of it, for search and comparison.</summary>
    /// <param name="texts">The texts as ids, each of at least one.</param>
    /// <param name="pooling">Which of the last hidden states.</param>
    /// <param name="normalize">Whether vectors get length 1, so that their products are cosines.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The vectors (C) in the order of the texts.</returns>
    /// <exception cref="ContextLimitException">A text does not fit.</exception>
    /// <exception cref="ArgumentException">A text is empty, or an id is none of the model's.</exception>
    public float[][] Embed(IReadOnlyList<int[]> texts, Pooling pooling = Pooling.Mean, bool normalize = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (int[] text in texts)
        {
            CheckIds(text);
            if (text.Length > Context)
                throw new ContextLimitException(text.Length, 0, Context);
        }
        float[][] vectors = [];
        _scheduler.Exclusively(() => vectors = Embedder.Embed(Model, Budget.Format, texts, pooling, normalize, cancellation));
        return vectors;
    }

    /// <summary>
    /// How likely the model finds each token of a text after those before it, before penalties, filters and temperature: what a text costs, read in one pass rather than generated.
    /// </summary>
    /// <param name="ids">The text, at least one id.</param>
    /// <param name="likeliest">How many of the likeliest tokens are told in each place; 0 for none.</param>
    /// <param name="vocabulary">How many ids, from 0, share the probability (<see cref="GenerationOptions.Vocabulary"/>); null for all that the model has.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The second token and those behind it: nothing comes before the first. A token beyond the vocabulary has negative infinity.</returns>
    /// <exception cref="ContextLimitException">The text does not fit.</exception>
    /// <exception cref="ArgumentException">There are no ids, or an id is none of the model's, or a number is impossible.</exception>
    public IReadOnlyList<GeneratedToken> Score(ReadOnlySpan<int> ids, int likeliest = 0, int? vocabulary = null, CancellationToken cancellation = default)
    {
        CheckIds(ids);
        ArgumentOutOfRangeException.ThrowIfNegative(likeliest);
        if (vocabulary < 1)
            throw new ArgumentOutOfRangeException(nameof(vocabulary), vocabulary, $"The vocabulary is {vocabulary}; it must be at least 1.");
        if (ids.Length > Context)
            throw new ContextLimitException(ids.Length, 0, Context);
        int[] text = ids.ToArray();
        IReadOnlyList<GeneratedToken> scores = [];
        _scheduler.Exclusively(() => scores = Scorer.Score(Model, Budget.Format, text, likeliest, Math.Min(vocabulary ?? int.MaxValue, Model.Config.Vocabulary), cancellation));
        return scores;
    }

    /// <summary>
    /// Reads a text while no sequence runs, and keeps what the model computes at its last position (<see cref="Transformer.Inspect"/>): why it says what it says.
    /// </summary>
    /// <param name="ids">The text, at least one token.</param>
    /// <param name="mapLayer">The block whose attention is wanted for every position; null for none.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ContextLimitException">The text does not fit.</exception>
    /// <exception cref="ArgumentException">There are no ids, an id is none of the model's, or there is no such block.</exception>
    public Inspection Inspect(ReadOnlySpan<int> ids, int? mapLayer = null, CancellationToken cancellation = default)
    {
        CheckIds(ids);
        if (ids.Length > Context)
            throw new ContextLimitException(ids.Length, 0, Context);
        int[] text = ids.ToArray();
        Inspection? inspection = null;
        _scheduler.Exclusively(() => inspection = Model.Inspect(text, mapLayer, cancellation));
        return inspection!;
    }

    /// <summary>Forgets what is kept of sequences that have ended; returns the memory to the system if none is running.</summary>
    public void Forget() => _scheduler.Exclusively(_runner.Forget);

    /// <summary>Ends all sequences and returns the engine's memory to the system; the model stays.</summary>
    public void Dispose() => _scheduler.Dispose();

    private void Check(ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        CheckIds(prompt);
        if (options.StopStrings.Count > 0)
            throw new ArgumentException("The engine knows ids only; stop strings are for TextGenerator.", nameof(options));
        if (options.MaxTokens < 0)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxTokens, $"MaxTokens is {options.MaxTokens}; it must be 0 or more.");
        if (options.Adapter is { } adapter && adapter.Model != Model)
            throw new ArgumentException("The adapter was made for another model than the engine's: load it for this one.", nameof(options));
        if (options.Vocabulary < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.Vocabulary, $"Vocabulary is {options.Vocabulary}; it must be at least 1.");
        options.Sampling.Validate();
    }

    private void CheckIds(ReadOnlySpan<int> prompt)
    {
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt has no tokens; begin with the end-of-text token to start from nothing.", nameof(prompt));
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
