namespace Gestalt.Tensors;

/// <content>Squared ReLU (So et al., arXiv 2109.08668): y = max(x, 0)². Gradient: dx = 2 max(x, 0) dy.</content>
public sealed unsafe partial class Tape
{
    /// <summary>Squares each positive value and drops the others.</summary>
    /// <param name="x">Input of any shape.</param>
    public Tensor SquaredRelu(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        bool record = Records(x);
        Tensor y = New(x.Shape, record);
        Device.SquaredReluForward(x.Data, y.Data, x.Shape.Length);
        if (record)
        {
            Record<SquaredReluOperation>(y).Input = x;
        }

        return y;
    }

    private sealed class SquaredReluOperation : Operation
    {
        public Tensor Input = null!;

        public override void Backward(Tape tape)
        {
            float* dx = tape.GradientToOverwrite(Input, out bool accumulate);
            tape.Device.SquaredReluBackward(Output.Gradient, Input.Data, dx, Input.Shape.Length, accumulate);
        }

        protected override void Forget() => Input = null!;
    }
}
