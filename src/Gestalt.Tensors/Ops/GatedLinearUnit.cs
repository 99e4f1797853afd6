using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <content>
/// Gated linear units (Shazeer, arXiv 2002.05202): y = f(g) u. SwiGLU takes f = silu, g σ(g); GeGLU, as Gemma uses it
/// (arXiv 2403.08295), GELU in the tanh form. Gradients: du = f(g) dy, dg = f'(g) u dy.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Gates one half of a feed-forward layer with the other.</summary>
    /// <param name="kind">What opens the gate: SwiGLU or GeGLU.</param>
    /// <param name="gate">Gate (…,F), before its function.</param>
    /// <param name="up">What passes (…,F).</param>
    /// <param name="spends">Whether nobody else reads the two: their memory serves for the result, or in backward for their gradients. They are the largest tensors of a block.</param>
    public Tensor Gated(GateKind kind, Tensor gate, Tensor up, bool spends = false)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        bool record = Recording && (gate.RequiresGradient || up.RequiresGradient);
        spends &= gate != up && CanSpend(gate) && CanSpend(up);
        float* opening = gate.Data;
        Tensor y = spends && !Recording ? TakeOver(gate, requiresGradient: false) : New(gate.Shape, record);
        Device.GatedForward(kind, opening, up.Data, y.Data, gate.Shape.Length);
        if (record)
        {
            GatedOperation operation = Record<GatedOperation>(y);
            (operation.Kind, operation.Gate, operation.Up, operation.Spends) = (kind, gate, up, spends);
        }
        else if (spends)
        {
            Discard(up);
        }

        return y;
    }

    private sealed class GatedOperation : Operation
    {
        public GateKind Kind;
        public Tensor Gate = null!;
        public Tensor Up = null!;
        public bool Spends;

        public override void Backward(Tape tape)
        {
            float* dy = Output.Gradient;
            float* up = Up.Data;
            bool accumulate = Gate == Up || Gate.Gradient is not null || Up.Gradient is not null;
            if (accumulate)
            {
                accumulate = tape.ReadyGradients(Gate, Up);
            }
            else
            {
                // The kernel reads each value before it writes there, so the gate's gradient can take the place of dy, and that of what passes its values': of the largest tensors of a block, two less.
                tape.PassGradient(Output, Gate);
                if (Spends)
                {
                    Up.Gradient = up;
                    Up.Data = null;
                }
                else
                {
                    tape.GradientToOverwrite(Up, out _);
                }
            }

            tape.Device.GatedBackward(Kind, dy, Gate.Data, up, Gate.Gradient, Up.Gradient, Gate.Shape.Length, accumulate);
        }

        protected override void Forget() => (Gate, Up) = (null!, null!);
    }
}
