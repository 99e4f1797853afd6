namespace Gestalt.Tensors;

/// <content>
/// Soft cap (Gemma 2, arXiv 2408.00118): y = cap tanh(x / cap) keeps logits within ±cap. Gradient: dx = dy (1 − (y / cap)²).
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Bends values so that none exceeds a cap.</summary>
    /// <param name="x">Input of any shape.</param>
    /// <param name="cap">The bound, above 0.</param>
    public Tensor SoftCap(Tensor x, float cap)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap);
        bool record = Records(x);
        Tensor y = New(x.Shape, record);
        Device.SoftCapForward(x.Data, y.Data, x.Shape.Length, cap);
        if (record)
        {
            SoftCapOperation operation = Record<SoftCapOperation>(y);
            (operation.Input, operation.Cap) = (x, cap);
        }

        return y;
    }

    private sealed class SoftCapOperation : Operation
    {
        public Tensor Input = null!;
        public float Cap;

        public override bool ReadsOutput => true;

        public override void Backward(Tape tape) =>
            tape.Device.SoftCapBackward(Output.Gradient, Output.Data, tape.GradientOf(Input), Output.Shape.Length, Cap);

        protected override void Forget() => Input = null!;
    }
}
