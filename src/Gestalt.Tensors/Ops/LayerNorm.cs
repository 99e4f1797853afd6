namespace Gestalt.Tensors;

/// <content>
/// Layer normalisation (Ba et al., arXiv 1607.06450): y = x̂ g + b, x̂ = (x − mean(x)) s, s = 1/√(var(x) + ε), over each row.
/// Gradients: dx = s (g dy − mean(g dy) − x̂ mean(g dy x̂)); dg = sum over rows of dy x̂; db = sum over rows of dy.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Moves each row to mean 0 and variance 1, then scales and shifts it.</summary>
    /// <param name="x">Input (…,C).</param>
    /// <param name="gain">Scale (C).</param>
    /// <param name="bias">Shift (C), or null for none.</param>
    /// <param name="epsilon">Keeps constant rows finite.</param>
    public Tensor LayerNorm(Tensor x, Parameter gain, Parameter? bias, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(gain);
        int rows = x.Shape.Rows;
        bool record = Records(x, gain, bias);
        Tensor y = New(x.Shape, record);
        Tensor statistics = New(new Shape(2, rows));
        Device.LayerNormForward(x.Data, gain.Data, DataOf(bias), y.Data, statistics.Data, statistics.Data + rows, rows, x.Shape.Width, epsilon);
        if (record)
        {
            LayerNormOperation operation = Record<LayerNormOperation>(y, statistics);
            (operation.Input, operation.Gain, operation.Bias) = (x, gain, bias);
        }

        return y;
    }

    private sealed class LayerNormOperation : Operation
    {
        public Tensor Input = null!;
        public Parameter Gain = null!;
        public Parameter? Bias;

        public override void Backward(Tape tape)
        {
            int rows = Input.Shape.Rows;
            float* dx = tape.GradientToOverwrite(Input, out bool accumulate);
            tape.Device.LayerNormBackward(Output.Gradient, Input.Data, Gain.Data, Saved!.Data, Saved.Data + rows, dx,
                GradientOf(Gain), GradientOf(Bias), rows, Input.Shape.Width, accumulate);
        }

        protected override void Forget() => (Input, Gain, Bias) = (null!, null!, null);
    }
}
