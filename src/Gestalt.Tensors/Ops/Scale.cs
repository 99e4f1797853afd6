namespace Gestalt.Tensors;

/// <content>A constant factor: y = s x, such as the √C that Gemma gives its embeddings (arXiv 2403.08295). Gradient: dx = s dy.</content>
public sealed unsafe partial class Tape
{
    /// <summary>Multiplies each value by a constant.</summary>
    /// <param name="x">Input of any shape.</param>
    /// <param name="factor">The constant.</param>
    public Tensor Scale(Tensor x, float factor)
    {
        ArgumentNullException.ThrowIfNull(x);
        bool record = Records(x);
        Tensor y = New(x.Shape, record);
        Device.Copy(x.Data, y.Data, x.Shape.Length);
        Device.Scale(y.Data, factor, x.Shape.Length);
        if (record)
        {
            ScaleOperation operation = Record<ScaleOperation>(y);
            (operation.Input, operation.Factor) = (x, factor);
        }

        return y;
    }

    private sealed class ScaleOperation : Operation
    {
        public Tensor Input = null!;
        public float Factor;

        public override void Backward(Tape tape) =>
            tape.Device.AddScaled(tape.GradientOf(Input), Output.Gradient, Factor, Input.Shape.Length);

        protected override void Forget() => Input = null!;
    }
}
