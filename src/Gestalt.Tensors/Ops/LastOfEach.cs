namespace Gestalt.Tensors;

/// <content>The last row of each sequence: y[b] = x[b, T−1]. Its gradient goes back to where it came from: dx[b, T−1] += dy[b].</content>
public sealed unsafe partial class Tape
{
    /// <summary>Picks the last token's row of each sequence: (B,T,C) → (B,C).</summary>
    /// <param name="x">Input (B,T,C), T at least 1.</param>
    public Tensor LastOfEach(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        (int batch, int time, int width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, 1);
        bool record = Records(x);
        Tensor y = New(new Shape(batch, width), record);
        for (int b = 0; b < batch; b++)
        {
            Device.Copy(x.Data + ((((long)(b + 1) * time) - 1) * width), y.Data + ((long)b * width), width);
        }

        if (record)
        {
            Record<LastOfEachOperation>(y).Input = x;
        }

        return y;
    }

    private sealed class LastOfEachOperation : Operation
    {
        public Tensor Input = null!;

        public override void Backward(Tape tape)
        {
            (int batch, int time, int width) = (Input.Shape[0], Input.Shape[1], Input.Shape[2]);
            float* dx = tape.GradientOf(Input);
            for (int b = 0; b < batch; b++)
            {
                tape.Device.AddInPlace(dx + ((((long)(b + 1) * time) - 1) * width), Output.Gradient + ((long)b * width), width);
            }
        }

        protected override void Forget() => Input = null!;
    }
}
