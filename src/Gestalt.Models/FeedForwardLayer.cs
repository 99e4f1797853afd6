using System.Globalization;
using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>The second half of a block: x + down(activation(up(norm(x)))), gated or not; or the same in several experts, of which each token takes some.</summary>
internal sealed class FeedForwardLayer : IBlock<BlockContext>
{
    private readonly TransformerConfig _config;
    private readonly NormLayer _norm;
    private readonly NormLayer? _postNorm;
    private readonly Parameter? _gate, _gateBias, _up, _upBias, _down, _downBias, _router;
    private readonly Expert[] _experts;

    public FeedForwardLayer(TransformerConfig config, in WeightScope scope)
    {
        _config = config;
        (int width, int hidden) = (config.Width, config.FeedForwardWidth);
        _norm = new NormLayer(scope, "ffn_norm", config);
        _experts = new Expert[config.Experts];
        if (config.Experts > 0)
        {
            _router = scope.Matrix("ffn_gate_inp", config.Experts, width);
            for (int i = 0; i < _experts.Length; i++)
            {
                string number = i.ToString(CultureInfo.InvariantCulture);
                _experts[i] = new Expert(
                    scope.Matrix($"ffn_gate.{number}", hidden, width), scope.Matrix($"ffn_up.{number}", hidden, width), scope.Matrix($"ffn_down.{number}", width, hidden));
            }
        }
        else
        {
            _gate = config.IsGated ? scope.Matrix("ffn_gate", hidden, width) : null;
            _gateBias = scope.Bias("ffn_gate", hidden, config.IsGated && config.OutputBias);
            _up = scope.Matrix("ffn_up", hidden, width);
            _upBias = scope.Bias("ffn_up", hidden, config.OutputBias);
            _down = scope.Matrix("ffn_down", width, hidden);
            _downBias = scope.Bias("ffn_down", width, config.OutputBias);
        }

        _postNorm = config.PostNorms ? new NormLayer(scope, "post_ffw_norm", config) : null;
    }

    /// <summary>Whether no matrix of it is trained.</summary>
    public bool IsFrozen => _gate is null or { Trainable: false } && _up is null or { Trainable: false } && _down is null or { Trainable: false };

    public Tensor Forward(Tape tape, Tensor x, in BlockContext context)
    {
        ForwardProbe? probe = context.Probe;
        Tensor h = _norm.Forward(tape, x); // (B,T,C)
        if (_router is not null)
        {
            probe?.Routed(tape.Linear(h, _router));
            Tensor mixed = tape.Experts(h, _router, _experts, _config.ExpertsUsed, Gate); // (B,T,C)
            return tape.Add(x, _postNorm is { } after ? after.Forward(tape, mixed) : mixed);
        }

        Tensor active = _gate is null ? Plain(tape, tape.Linear(h, _up!, _upBias)) : Gated(tape, h); // (B,T,F)
        tape.Discard(h);
        probe?.Activated(active);
        return _postNorm is { } norm
            ? tape.Add(x, norm.Forward(tape, tape.Linear(active, _down!, _downBias, spends: true)))
            : tape.Linear(active, _down!, _downBias, residual: x, spends: true, endsBlock: true); // (B,T,C)
    }

    private Tensor Gated(Tape tape, Tensor h)
    {
        Span<Tensor> projected = [null!, null!];
        tape.LinearMany(h, [_up!, _gate!], [_upBias, _gateBias], projected); // (B,T,F) each
        return tape.Gated(Gate, projected[1], projected[0], spends: true);
    }

    private GateKind Gate => _config.FeedForward == FeedForwardKind.GeGlu ? GateKind.Gelu : GateKind.Silu;

    private Tensor Plain(Tape tape, Tensor up) => _config.FeedForward == FeedForwardKind.Gelu ? tape.Gelu(up) : tape.SquaredRelu(up);
}
