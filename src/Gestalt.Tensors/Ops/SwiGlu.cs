namespace Gestalt.Tensors;

/// <content>
/// SwiGLU (Shazeer, arXiv 2002.05202): y = silu(g) u with silu(g) = g σ(g).
/// Gradients: du = silu(g) dy, dg = σ(g) (1 + g (1 − σ(g))) u dy.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Gates one half of a feed-forward layer with the other.</summary>
    /// <param name="gate">Gate (…,F), before the SiLU.</param>
    /// <param name="up">What passes (…,F).</param>
    public Tensor SwiGlu(Tensor gate, Tensor up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        bool record = Recording && (gate.RequiresGradient || up.RequiresGradient);
        Tensor y = New(gate.Shape, record);
        Device.SwiGluForward(gate.Data, up.Data, y.Data, gate.Shape.Length);
        if (record)
        {
            SwiGluOperation operation = Record<SwiGluOperation>(y);
            (operation.Gate, operation.Up) = (gate, up);
        }

        return y;
    }

    private sealed class SwiGluOperation : Operation
    {
        public Tensor Gate = null!;
        public Tensor Up = null!;

        public override void Backward(Tape tape)
        {
            bool accumulate = tape.ReadyGradients(Gate, Up);
            tape.Device.SwiGluBackward(Output.Gradient, Gate.Data, Up.Data, Gate.Gradient, Up.Gradient, Gate.Shape.Length, accumulate);
        }

        protected override void Forget() => (Gate, Up) = (null!, null!);
    }
}
