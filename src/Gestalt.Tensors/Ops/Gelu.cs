namespace Gestalt.Tensors;

/// <content>
/// GELU in the tanh form that GPT-2 uses (Hendrycks and Gimpel, arXiv 1606.08415): y = ½ x (1 + tanh u), u = √(2/π) (x + 0.044715 x³).
/// Gradient: dx = dy (½ (1 + tanh u) + ½ x (1 − tanh² u) √(2/π) (1 + 0.134145 x²)).
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Applies GELU to each value.</summary>
    /// <param name="x">Input of any shape.</param>
    public Tensor Gelu(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        bool record = Records(x);
        Tensor y = New(x.Shape, record);
        Device.GeluForward(x.Data, y.Data, x.Shape.Length);
        if (record)
        {
            Record<GeluOperation>(y).Input = x;
        }

        return y;
    }

    private sealed class GeluOperation : Operation
    {
        public Tensor Input = null!;

        public override void Backward(Tape tape)
        {
            float* dx = tape.GradientToOverwrite(Input, out bool accumulate);
            tape.Device.GeluBackward(Output.Gradient, Input.Data, dx, Input.Shape.Length, accumulate);
        }

        protected override void Forget() => Input = null!;
    }
}
