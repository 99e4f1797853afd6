namespace Gestalt.Tensors;

/// <content>
/// GeGLU (Shazeer, arXiv 2002.05202), as Gemma uses it (arXiv 2403.08295): y = gelu(g) u, with GELU in the tanh form.
/// Gradients: du = gelu(g) dy, dg = gelu'(g) u dy.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Gates one half of a feed-forward layer with the other.</summary>
    /// <param name="gate">Gate (…,F), before the GELU.</param>
    /// <param name="up">What passes (…,F).</param>
    public Tensor GeGlu(Tensor gate, Tensor up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        bool record = Recording && (gate.RequiresGradient || up.RequiresGradient);
        Tensor y = New(gate.Shape, record);
        Device.GeGluForward(gate.Data, up.Data, y.Data, gate.Shape.Length);
        if (record)
        {
            GeGluOperation operation = Record<GeGluOperation>(y);
            (operation.Gate, operation.Up) = (gate, up);
        }

        return y;
    }

    private sealed class GeGluOperation : Operation
    {
        public Tensor Gate = null!;
        public Tensor Up = null!;

        public override void Backward(Tape tape)
        {
            bool accumulate = tape.ReadyGradients(Gate, Up);
            tape.Device.GeGluBackward(Output.Gradient, Gate.Data, Up.Data, Gate.Gradient, Up.Gradient, Gate.Shape.Length, accumulate);
        }

        protected override void Forget() => (Gate, Up) = (null!, null!);
    }
}
