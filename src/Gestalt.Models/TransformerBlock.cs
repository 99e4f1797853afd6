using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>What every block needs beside the residual stream.</summary>
internal readonly unsafe struct BlockContext
{
    public required int Rows { get; init; }

    public required int Tokens { get; init; }

    public required int* Positions { get; init; }

    /// <summary>First visible key of each token, or null for 0.</summary>
    public required int* KeyStart { get; init; }

    /// <summary>The same for layers with a sliding window.</summary>
    public required int* WindowKeyStart { get; init; }

    public required RotaryTable? Rotary { get; init; }

    /// <summary>The same for layers with a sliding window.</summary>
    public required RotaryTable? WindowRotary { get; init; }

    /// <summary>The sequences that the tokens belong to, where they are no rows of equal length.</summary>
    public RaggedBatch? Ragged { get; init; }

    /// <summary>Who looks on; null for nobody.</summary>
    public ForwardProbe? Probe { get; init; }
}

/// <summary>A norm with its parameters.</summary>
internal readonly struct NormLayer(in WeightScope scope, string name, TransformerConfig config)
{
    private readonly Parameter _gain = scope.Gain(name, config.Width);
    private readonly Parameter? _bias = scope.Bias(name, config.Width, config.Norm == NormKind.LayerNorm);
    private readonly float _epsilon = config.NormEpsilon;

    public Tensor Forward(Tape tape, Tensor x) =>
        _bias is null ? tape.RmsNorm(x, _gain, _epsilon) : tape.LayerNorm(x, _gain, _bias, _epsilon);
}

/// <summary>
/// One block, pre-norm (arXiv 2002.04745): x + attention(norm(x)), then x + feed-forward(norm(x)); with post-norms what is added is normalised, too.
/// </summary>
internal sealed unsafe class TransformerBlock : IRowwiseEndBlock<BlockContext>
{
    private readonly TransformerConfig _config;
    private readonly int _layer;
    private readonly bool _windowed;
    private readonly NormLayer _attentionNorm;
    private readonly NormLayer? _attentionPostNorm;
    private readonly Parameter _query, _key, _value, _attentionOutput;
    private readonly Parameter? _queryBias, _keyBias, _valueBias, _attentionOutputBias, _queryNorm, _keyNorm;
    private readonly FeedForwardLayer _feedForward;

    public TransformerBlock(TransformerConfig config, int layer, in WeightScope scope)
    {
        (_config, _layer, _windowed) = (config, layer, config.IsWindowed(layer));
        (int width, int queryWidth, int keyWidth) = (config.Width, config.QueryWidth, config.KeyWidth);
        _attentionNorm = new NormLayer(scope, "attn_norm", config);
        _query = scope.Matrix("attn_q", queryWidth, width);
        _queryBias = scope.Bias("attn_q", queryWidth, config.QueryKeyValueBias);
        _key = scope.Matrix("attn_k", keyWidth, width);
        _keyBias = scope.Bias("attn_k", keyWidth, config.QueryKeyValueBias);
        _value = scope.Matrix("attn_v", keyWidth, width);
        _valueBias = scope.Bias("attn_v", keyWidth, config.QueryKeyValueBias);
        _queryNorm = config.QueryKeyNorm ? scope.Gain("attn_q_norm", config.HeadWidth) : null;
        _keyNorm = config.QueryKeyNorm ? scope.Gain("attn_k_norm", config.HeadWidth) : null;
        _attentionOutput = scope.Matrix("attn_output", width, queryWidth);
        _attentionOutputBias = scope.Bias("attn_output", width, config.OutputBias);
        _attentionPostNorm = config.PostNorms ? new NormLayer(scope, "post_attention_norm", config) : null;
        _feedForward = new FeedForwardLayer(config, scope);
    }

    public IBlock<BlockContext> End => _feedForward;

    public bool EndsFrozen => _feedForward.IsFrozen;

    public Tensor Forward(Tape tape, Tensor x, in BlockContext context)
    {
        x = Begin(tape, x, context); // (B,T,C)
        context.Probe?.Attended(x);
        x = _feedForward.Forward(tape, x, context); // (B,T,C)
        context.Probe?.Passed(x);
        return x;
    }

    /// <summary>x + attention(norm(x)).</summary>
    public Tensor Begin(Tape tape, Tensor x, in BlockContext context)
    {
        Tensor a = _attentionNorm.Forward(tape, x); // (B,T,C)
        Span<Tensor> projected = [null!, null!, null!];
        tape.LinearMany(a, [_query, _key, _value], [_queryBias, _keyBias, _valueBias], projected);
        tape.Discard(a);
        Tensor q = Place(tape, projected[0], _queryNorm, context); // (B,T,H·D)
        Tensor k = Place(tape, projected[1], _keyNorm, context); // (B,T,K·D)
        Tensor v = projected[2]; // (B,T,K·D)
        context.Probe?.Heads(_layer, q, k, v, _windowed ? context.WindowKeyStart : context.KeyStart);
        Tensor o = context.Ragged is { } ragged ? ragged.Attend(tape, _layer, q, k, v) : Attend(tape, q, k, v, context); // (B,T,H·D)
        tape.Discard(q);
        tape.Discard(k);
        tape.Discard(v);
        return _attentionPostNorm is { } norm
            ? tape.Add(x, norm.Forward(tape, tape.Linear(o, _attentionOutput, _attentionOutputBias, spends: true)))
            : tape.Linear(o, _attentionOutput, _attentionOutputBias, residual: x, spends: true); // (B,T,C)
    }

    private Tensor Attend(Tape tape, Tensor q, Tensor k, Tensor v, in BlockContext context)
    {
        AttentionShape shape = new(context.Rows, context.Tokens, context.Tokens, context.Tokens, _config.Heads, _config.KeyValueHeads, _config.HeadWidth,
            _config.AttentionScale, _config.AttentionSoftCap);
        return tape.CausalAttention(q, k, v, shape, _windowed ? context.WindowKeyStart : context.KeyStart);
    }

    /// <summary>QK-norm and rotary positions, where the configuration has them.</summary>
    private Tensor Place(Tape tape, Tensor heads, Parameter? gain, in BlockContext context)
    {
        if ((_windowed ? context.WindowRotary : context.Rotary) is { } rotary)
        {
            return tape.Rotary(heads, rotary, context.Positions, gain, _config.NormEpsilon, spends: true);
        }

        return gain is null ? heads : tape.HeadNorm(heads, gain, _config.NormEpsilon);
    }
}
