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

    public required KvCache? Cache { get; init; }
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

/// <summary>One block, pre-norm (arXiv 2002.04745): x + attention(norm(x)), then x + feed-forward(norm(x)).</summary>
internal sealed unsafe class TransformerBlock : IBlock<BlockContext>
{
    private readonly TransformerConfig _config;
    private readonly int _layer;
    private readonly NormLayer _attentionNorm, _feedForwardNorm;
    private readonly Parameter _query, _key, _value, _attentionOutput, _up, _down;
    private readonly Parameter? _queryBias, _keyBias, _valueBias, _attentionOutputBias, _gateBias, _upBias, _downBias;
    private readonly Parameter? _queryNorm, _keyNorm, _gate;

    public TransformerBlock(TransformerConfig config, int layer, in WeightScope scope)
    {
        (_config, _layer) = (config, layer);
        (int width, int queryWidth, int keyWidth, int hidden) = (config.Width, config.QueryWidth, config.KeyWidth, config.FeedForwardWidth);
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
        _feedForwardNorm = new NormLayer(scope, "ffn_norm", config);
        bool gated = config.FeedForward == FeedForwardKind.SwiGlu;
        _gate = gated ? scope.Matrix("ffn_gate", hidden, width) : null;
        _gateBias = scope.Bias("ffn_gate", hidden, gated && config.OutputBias);
        _up = scope.Matrix("ffn_up", hidden, width);
        _upBias = scope.Bias("ffn_up", hidden, config.OutputBias);
        _down = scope.Matrix("ffn_down", width, hidden);
        _downBias = scope.Bias("ffn_down", width, config.OutputBias);
    }

    public Tensor Forward(Tape tape, Tensor x, in BlockContext context)
    {
        x = Attention(tape, x, context); // (B,T,C)
        return FeedForward(tape, x); // (B,T,C)
    }

    private Tensor Attention(Tape tape, Tensor x, in BlockContext context)
    {
        Tensor a = _attentionNorm.Forward(tape, x); // (B,T,C)
        Tensor q = tape.Linear(a, _query, _queryBias); // (B,T,H·D)
        Tensor k = tape.Linear(a, _key, _keyBias); // (B,T,K·D)
        Tensor v = tape.Linear(a, _value, _valueBias); // (B,T,K·D)
        q = Place(tape, q, _queryNorm, context);
        k = Place(tape, k, _keyNorm, context);

        int keys = context.Tokens;
        int capacity = context.Tokens;
        if (context.Cache is { } cache)
        {
            cache.Append(_layer, k, v, context.Tokens);
            (keys, capacity) = (cache.Length + context.Tokens, cache.Capacity);
            Shape stored = new(context.Rows, capacity, _config.KeyWidth);
            k = tape.External(stored, cache.Keys(_layer)); // (B,capacity,K·D)
            v = tape.External(stored, cache.Values(_layer));
        }

        AttentionShape shape = new(context.Rows, context.Tokens, keys, capacity, _config.Heads, _config.KeyValueHeads, _config.HeadWidth,
            1 / MathF.Sqrt(_config.HeadWidth), _config.AttentionSoftCap);
        int* keyStart = _config.IsWindowed(_layer) ? context.WindowKeyStart : context.KeyStart;
        Tensor o = tape.CausalAttention(q, k, v, shape, keyStart); // (B,T,H·D)
        return tape.Linear(o, _attentionOutput, _attentionOutputBias, residual: x); // (B,T,C)
    }

    /// <summary>QK-norm and rotary positions, where the configuration has them.</summary>
    private Tensor Place(Tape tape, Tensor heads, Parameter? gain, in BlockContext context)
    {
        if (context.Rotary is { } rotary)
        {
            return tape.Rotary(heads, rotary, context.Positions, gain, _config.NormEpsilon);
        }

        return gain is null ? heads : tape.HeadNorm(heads, gain, _config.NormEpsilon);
    }

    private Tensor FeedForward(Tape tape, Tensor x)
    {
        Tensor h = _feedForwardNorm.Forward(tape, x); // (B,T,C)
        Tensor up = tape.Linear(h, _up, _upBias); // (B,T,F)
        Tensor active = _config.FeedForward switch
        {
            FeedForwardKind.SwiGlu => tape.SwiGlu(tape.Linear(h, _gate!, _gateBias), up),
            FeedForwardKind.Gelu => tape.Gelu(up),
            _ => tape.SquaredRelu(up),
        }; // (B,T,F)
        return tape.Linear(active, _down, _downBias, residual: x); // (B,T,C)
    }
}
