namespace Gestalt.Tensors;

/// <content>
/// RMSNorm (Zhang and Sennrich, arXiv 1910.07467): y = x r g, r = 1/√(mean(x²) + ε), over each row.
/// Gradients: dx = r (g dy − x̂ mean(g dy x̂)) with x̂ = x r; dg = sum over rows of dy x̂. Only r is kept, a number per row.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Divides each row by its root mean square and scales it.</summary>
    /// <param name="x">Input (…,C).</param>
    /// <param name="gain">Scale (C), or null for none.</param>
    /// <param name="epsilon">Keeps rows of zeros finite.</param>
    public Tensor RmsNorm(Tensor x, Parameter? gain, float epsilon) => NormRows(x, gain, x.Shape.Width, epsilon);

    /// <summary>The same over each head of D values, D being the width of the gain: QK-norm (arXiv 2010.04245).</summary>
    /// <param name="x">Queries or keys (B,T,H·D).</param>
    /// <param name="gain">Scale (D), shared by all heads.</param>
    /// <param name="epsilon">Keeps rows of zeros finite.</param>
    public Tensor HeadNorm(Tensor x, Parameter gain, float epsilon) => NormRows(x, gain, gain.Shape.Width, epsilon);

    private Tensor NormRows(Tensor x, Parameter? gain, int width, float epsilon)
    {
        int rows = checked((int)(x.Shape.Length / width));
        bool record = Records(x, gain);
        Tensor y = New(x.Shape, record);
        Tensor? inverseRms = record ? New(new Shape(rows)) : null;
        Device.RmsNormForward(x.Data, DataOf(gain), y.Data, DataOf(inverseRms), rows, width, epsilon);
        if (record)
        {
            RmsNormOperation operation = Record<RmsNormOperation>(y, inverseRms);
            (operation.Input, operation.Gain, operation.Width) = (x, gain, width);
        }

        return y;
    }

    private static float* DataOf(Tensor? tensor) => tensor is null ? null : tensor.Data;

    private sealed class RmsNormOperation : Operation
    {
        public Tensor Input = null!;
        public Parameter? Gain;
        public int Width;

        public override void Backward(Tape tape)
        {
            float* dx = tape.GradientToOverwrite(Input, out bool accumulate);
            tape.Device.RmsNormBackward(Output.Gradient, Input.Data, DataOf(Gain), Saved!.Data, dx, GradientOf(Gain),
                (int)(Input.Shape.Length / Width), Width, accumulate);
        }

        protected override void Forget() => (Input, Gain) = (null!, null);
    }
}
