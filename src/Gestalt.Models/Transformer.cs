using System.Collections.Frozen;
using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>Which positions' logits <see cref="Transformer.Forward(Tape, TokenBatch, LogitRows)"/> computes.</summary>
public enum LogitRows
{
    /// <summary>The last token of each row: (B,V).</summary>
    Last,

    /// <summary>Every token: (B,T,V).</summary>
    All,
}

/// <summary>
/// A decoder-only language model: token ids in, logits of the next token out. Training and inference are the same forward pass, with and
/// without a recording <see cref="Tape"/>.
/// </summary>
/// <remarks>B batch, T time (tokens), C channels (model width), V vocabulary, H query heads, K key-value heads, D head width, F feed-forward width.</remarks>
public sealed unsafe partial class Transformer : IDisposable
{
    private readonly List<Parameter> _parameters = [];
    private readonly FrozenDictionary<string, Parameter> _byName;
    private readonly TransformerBlock[] _blocks;
    private readonly Parameter _tokens;
    private readonly Parameter? _positions;
    private readonly NormLayer _finalNorm;
    private readonly Parameter _head;
    private readonly Parameter? _rotaryFactors, _longRotaryFactors;
    private GrowingRotaryTable? _rotary, _windowRotary;
    private Tape? _measuringTape;

    /// <summary>Builds the model; its parameters are zeros until <see cref="Initialize"/> or a model file fills them.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="device">Where it lives and computes.</param>
    /// <param name="allocate">False to leave the parameters without memory, for a loader that attaches them to a mapped file.</param>
    /// <exception cref="ArgumentException">The configuration cannot be built.</exception>
    public Transformer(TransformerConfig config, Device device, bool allocate = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(device);
        config.Validate();
        (Config, Device, LongestSequence) = (config, device, config.Context);
        WeightScope scope = new(device, _parameters);
        _tokens = scope.Matrix("token_embd", config.Vocabulary, config.Width, ParameterRole.Embedding);
        _positions = config.Positions == PositionKind.Learned
            ? scope.Matrix("position_embd", config.Context, config.Width, ParameterRole.Embedding)
            : null;
        _blocks = new TransformerBlock[config.Layers];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            _blocks[layer] = new TransformerBlock(config, layer, scope.Block(layer));
        }

        _finalNorm = new NormLayer(scope, "output_norm", config);
        (_rotaryFactors, _longRotaryFactors) = config.RotaryScaling?.Kind switch
        {
            RotaryScalingKind.Factors => (scope.Constant("rope_freqs", config.RotatedWidth / 2), null),
            RotaryScalingKind.LongAndShortFactors =>
                (scope.Constant("rope_factors_short", config.RotatedWidth / 2), scope.Constant("rope_factors_long", config.RotatedWidth / 2)),
            _ => ((Parameter?)null, (Parameter?)null),
        };
        _head = config.TiedEmbeddings ? _tokens : scope.Matrix("output", config.Vocabulary, config.Width, ParameterRole.Head);
        _byName = _parameters.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
        if (allocate)
        {
            _parameters.ForEach(p => p.Allocate());
        }
    }

    /// <summary>The model's shape.</summary>
    public TransformerConfig Config { get; }

    /// <summary>Where it lives and computes.</summary>
    public Device Device { get; }

    /// <summary>All parameters, in the order of the forward pass, named as in GGUF.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>
    /// Whether training keeps only each block's output and computes the rest again in backward (arXiv 1604.06174): memory for a third more
    /// arithmetic, the same bits; or, with feed-forward layers that are frozen, all but the same, since their rows are taken some at a time.
    /// </summary>
    public bool Recompute { get; set; }

    /// <summary>
    /// The longest sequence that will be run, in tokens: where a model has other rotary wavelengths for long contexts than for short ones, this chooses,
    /// once, before the first token. Keys in a cache would not fit a later choice.
    /// </summary>
    public int LongestSequence { get; set; }

    /// <summary>What changes the model's matrices for all that is computed with it; null for nothing. Requests of an engine may bring their own.</summary>
    public Adapter? Adapter { get; set; }

    /// <summary>Whatever training changes: the parameters that are not frozen, and those of the adapter.</summary>
    public IEnumerable<Parameter> TrainableParameters => _parameters.Concat(Adapter?.Parameters ?? []).Where(parameter => parameter.Trainable);

    /// <summary>
    /// α of NEFTune (arXiv 2310.05914): while training, uniform noise in ±α/√(T C) is added to the token vectors of a document of T tokens; 0 for none. It is drawn by
    /// <see cref="TokenBatch.NoiseKey"/>.
    /// </summary>
    public float EmbeddingNoise { get; set; }

    /// <summary>A parameter by its name, for example <c>blk.0.attn_q.weight</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">This configuration has no such parameter.</exception>
    public Parameter this[string name] => _byName.TryGetValue(name, out Parameter? parameter)
        ? parameter
        : throw new KeyNotFoundException($"The model has no parameter '{name}'.");

    /// <summary>Forgets all gradients: once per optimizer step, before its first micro-batch.</summary>
    public void ZeroGradients()
    {
        _parameters.ForEach(p => p.ZeroGradient());
        foreach (Parameter parameter in Adapter?.Parameters ?? [])
        {
            parameter.ZeroGradient();
        }
    }

    /// <summary>
    /// The mean loss in nats of the batch's targets, weighted: sum of weight × loss, divided by <see cref="TokenBatch.LossNormalizer"/>. Exactly 0, with
    /// no gradient, where nothing counts.
    /// </summary>
    /// <param name="tape">Records for <see cref="Tape.Backward"/> if it is recording.</param>
    /// <param name="batch">The tokens; it must stay as it is until backward has passed.</param>
    public Tensor Loss(Tape tape, TokenBatch batch)
    {
        Tensor hidden = Hidden(tape, batch); // (B,T,C)
        CheckTargets(batch);
        return tape.LinearCrossEntropy(hidden, _head, batch.TargetPointer, batch.WeightPointer,
            (float)(batch.LossNormalizer ?? batch.WeightSum), Config.FinalSoftCap);
    }

    /// <summary>The loss of every single token in nats, unweighted, for bits per byte and scoring; 0 where there is no target or the weight is 0.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="losses">Where the B·T losses go.</param>
    public void Losses(TokenBatch batch, Span<float> losses)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (losses.Length < batch.Count)
        {
            throw new ArgumentException($"{losses.Length} places for {batch.Count} losses.", nameof(losses));
        }

        Tape tape = _measuringTape ??= new Tape(Device, recording: false);
        Tensor hidden = Hidden(tape, batch); // (B,T,C)
        CheckTargets(batch);
        fixed (float* to = losses)
        {
            tape.TokenLosses(hidden, _head, batch.TargetPointer, batch.WeightPointer, to, Config.FinalSoftCap);
        }

        tape.Reset();
    }

    /// <summary>Logits of the next token. The tensor belongs to the tape: reset the tape before the next call.</summary>
    /// <param name="tape">Where to compute; not recording for inference.</param>
    /// <param name="batch">The tokens.</param>
    /// <param name="rows">Which positions' logits.</param>
    /// <returns>(B,V) for the last position of each row, or (B,T,V).</returns>
    public Tensor Forward(Tape tape, TokenBatch batch, LogitRows rows = LogitRows.Last)
    {
        Tensor hidden = Hidden(tape, batch); // (B,T,C)
        if (rows == LogitRows.Last)
        {
            hidden = tape.LastOfEach(hidden); // (B,C)
        }

        Tensor logits = tape.Linear(hidden, _head); // (B,V) or (B,T,V)
        return Config.FinalSoftCap > 0 ? tape.SoftCap(logits, Config.FinalSoftCap) : logits;
    }

    /// <summary>The last hidden states, normalised: what the head reads, and what probes and value heads may read, too.</summary>
    /// <param name="tape">Where to compute.</param>
    /// <param name="batch">The tokens.</param>
    /// <returns>(B,T,C).</returns>
    public Tensor Hidden(Tape tape, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        return _finalNorm.Forward(tape, Stream(tape, batch, Prepare(tape, batch))); // (B,T,C)
    }

    /// <summary>Returns the model's memory to the system.</summary>
    public void Dispose()
    {
        _parameters.ForEach(p => p.Dispose());
        _rotary?.Dispose();
        _windowRotary?.Dispose();
        _measuringTape?.Dispose();
    }

    /// <summary>The residual stream after the last block.</summary>
    private Tensor Stream(Tape tape, TokenBatch batch, in BlockContext context)
    {
        Shape tokens = new(batch.Rows, batch.Length);
        Tensor x = tape.Embedding(_tokens, batch.InputPointer, tokens); // (B,T,C)
        AddNoise(tape, x, batch);
        if (Config.EmbeddingScale != 1)
        {
            x = tape.Scale(x, Config.EmbeddingScale);
        }

        if (_positions is not null)
        {
            x = tape.Add(x, tape.Embedding(_positions, batch.PositionPointer, tokens)); // (B,T,C)
        }

        context.Probe?.Embedded(x);
        foreach (TransformerBlock block in _blocks)
        {
            Tensor before = x;
            x = tape.Block(block, x, context, Recompute); // (B,T,C)
            tape.Discard(before);
        }

        return x;
    }

    private BlockContext Prepare(Tape tape, TokenBatch batch)
    {
        bool everything = CheckInputs(batch, out int positions);
        ChooseAdapters(tape, batch);
        int* keyStart = everything ? null : batch.KeyStartPointer;
        (RotaryTable? rotary, RotaryTable? windowRotary) = Config.Positions == PositionKind.Rotary ? Rotary(positions) : (null, null);
        return new BlockContext
        {
            Rows = batch.Rows,
            Tokens = batch.Length,
            Positions = batch.PositionPointer,
            KeyStart = keyStart,
            WindowKeyStart = Config.SlidingWindow > 0 ? WindowStarts(tape, batch) : keyStart,
            Rotary = rotary,
            WindowRotary = windowRotary,
        };
    }

    /// <summary>The later of where a token's document starts and where its window does.</summary>
    private int* WindowStarts(Tape tape, TokenBatch batch)
    {
        int* starts = (int*)tape.Input(new Shape(batch.Rows, batch.Length)).Data;
        for (int i = 0; i < batch.Count; i++)
        {
            int key = i % batch.Length;
            starts[i] = Math.Max(batch.KeyStartPointer[i], key - Config.SlidingWindow + 1);
        }

        return starts;
    }

    /// <summary>Cosines and sines for layers that see everything and for those with a window.</summary>
    private (RotaryTable All, RotaryTable Window) Rotary(int positions)
    {
        if (_rotary is null)
        {
            Parameter? factors = _longRotaryFactors is not null && LongestSequence > Config.RotaryScaling!.OriginalContext ? _longRotaryFactors : _rotaryFactors;
            (double[] frequencies, double magnitude) = RotaryFrequencies.Global(Config, factors is null ? [] : factors.Values);
            _windowRotary = Config.LocalRotaryTheta > 0 ? new GrowingRotaryTable(Device, Config, RotaryFrequencies.Local(Config), magnitude: 1) : null;
            _rotary = new GrowingRotaryTable(Device, Config, frequencies, magnitude);
        }

        RotaryTable all = _rotary.For(positions);
        return (all, _windowRotary?.For(positions) ?? all);
    }
}
