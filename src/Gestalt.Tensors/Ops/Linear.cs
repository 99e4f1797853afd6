namespace Gestalt.Tensors;

/// <content>
/// Linear layer, with the residual connection fused in: y = x Wᵀ [+ b] [+ r], W (out,in) as model files store it.
/// Gradients: dx = dy W, dW = dyᵀ x, db = sum of the rows of dy, dr = dy.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>y (…,out) = x (…,in) Wᵀ, plus a bias, plus a residual.</summary>
    /// <param name="x">Input, rows of "in" values.</param>
    /// <param name="weight">Weights (out,in).</param>
    /// <param name="bias">Bias (out), or null.</param>
    /// <param name="residual">What to add, shaped as the output, or null: the stream around a Transformer's sublayer.</param>
    public Tensor Linear(Tensor x, Parameter weight, Parameter? bias = null, Tensor? residual = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        if (x.Shape.Width != inputs)
        {
            throw new ArgumentException($"{weight.Name} {weight.Shape} takes rows of {inputs} values, not {x.Shape}.", nameof(x));
        }

        bool record = Records(x, weight, bias) || (Recording && residual is { RequiresGradient: true });
        Tensor y = New(x.Shape.WithWidth(outputs), record);
        if (residual is not null)
        {
            Device.Copy(residual.Data, y.Data, y.Shape.Length);
        }

        Device.Multiply(false, true, x.Shape.Rows, outputs, inputs, x.Data, inputs, weight.Data, inputs, y.Data, outputs,
            accumulate: residual is not null, DataOf(bias));
        if (record)
        {
            LinearOperation operation = Record<LinearOperation>(y);
            (operation.Input, operation.Weight, operation.Bias, operation.Residual) = (x, weight, bias, residual);
        }

        return y;
    }

    private static float* DataOf(Parameter? parameter) => parameter is null ? null : parameter.Data;

    /// <summary>The gradient of a parameter for a kernel that adds, or null where none is wanted.</summary>
    private static float* GradientOf(Parameter? parameter) => parameter is { Trainable: true } ? parameter.Gradient : null;

    private sealed class LinearOperation : Operation
    {
        public Tensor Input = null!;
        public Parameter Weight = null!;
        public Parameter? Bias;
        public Tensor? Residual;

        public override void Backward(Tape tape)
        {
            (int rows, int outputs, int inputs) = (Output.Shape.Rows, Weight.Shape[0], Weight.Shape[1]);
            float* dy = Output.Gradient;
            if (Input.RequiresGradient)
            {
                float* dx = tape.GradientToOverwrite(Input, out bool accumulate);
                tape.Device.Multiply(false, false, rows, inputs, outputs, dy, outputs, Weight.Data, inputs, dx, inputs, accumulate);
            }

            if (Weight.Trainable)
            {
                float* dw = Weight.GradientToOverwrite(out bool accumulate);
                tape.Device.Multiply(true, false, outputs, inputs, rows, dy, outputs, Input.Data, inputs, dw, inputs, accumulate);
            }

            if (Bias is { Trainable: true })
            {
                tape.Device.BiasGradient(dy, Bias.Gradient, rows, outputs);
            }

            if (Residual is { RequiresGradient: true })
            {
                tape.PassGradient(Output, Residual);
            }
        }

        protected override void Forget() => (Input, Weight, Bias, Residual) = (null!, null!, null, null);
    }
}
