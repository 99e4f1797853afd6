namespace Gestalt.Tensors;

/// <content>
/// Rotary positions (Su et al., arXiv 2104.09864), optionally after an RMSNorm of each head (QK-norm, Henry et al., arXiv 2010.04245, as in
/// Qwen3): pair i of a head at position p turns by the angle p f(i), f(i) = θ^(−2i/D) in the paper; <see cref="RotaryTable"/> knows f and what a pair is.
/// A rotation's gradient is the rotation back: dx = R(−p) dy, then the norm's own.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Turns each head's pairs by its token's position, after normalising the head if there is a gain.</summary>
    /// <param name="x">Queries or keys (B,T,H·D).</param>
    /// <param name="table">Cosines and sines, which also say how wide a head is.</param>
    /// <param name="positions">Position of each of the B·T tokens, below the table's length; they must stay until backward has passed.</param>
    /// <param name="gain">Gain (D) of the norm over each head, or null for no norm.</param>
    /// <param name="epsilon">The norm's ε.</param>
    /// <param name="spends">Whether nobody else reads the input: it is turned where it stands, unless it is normalised and backward needs it.</param>
    public Tensor Rotary(Tensor x, RotaryTable table, int* positions, Parameter? gain = null, float epsilon = 0, bool spends = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(table);
        (int tokens, int headWidth) = (x.Shape.Rows, table.HeadWidth);
        int heads = x.Shape.Width / headWidth;
        bool record = Records(x, gain);
        float* input = x.Data;
        Tensor y = spends && gain is null && CanSpend(x) ? TakeOver(x, record) : New(x.Shape, record);
        Tensor? inverseRms = null;
        if (gain is null)
        {
            Device.RotaryApply(input, y.Data, positions, table, tokens, heads, inverse: false);
        }
        else
        {
            inverseRms = record ? New(new Shape(tokens * heads)) : null;
            Device.RmsNormForward(input, gain.Data, y.Data, DataOf(inverseRms), tokens * heads, headWidth, epsilon);
            Device.RotaryApply(y.Data, y.Data, positions, table, tokens, heads, inverse: false);
        }

        if (record)
        {
            RotaryOperation operation = Record<RotaryOperation>(y, inverseRms);
            (operation.Input, operation.Table, operation.Gain) = (x, table, gain);
            operation.Positions = positions;
        }
        else if (spends)
        {
            Discard(x);
        }

        return y;
    }

    private sealed class RotaryOperation : Operation
    {
        public Tensor Input = null!;
        public RotaryTable Table = null!;
        public int* Positions;
        public Parameter? Gain;

        public override void Backward(Tape tape)
        {
            (int tokens, int headWidth) = (Input.Shape.Rows, Table.HeadWidth);
            int heads = Input.Shape.Width / headWidth;
            float* dy = Output.Gradient;

            // Nobody reads dy after this operation, so it is turned back where it stands.
            tape.Device.RotaryApply(dy, dy, Positions, Table, tokens, heads, inverse: true);
            if (Gain is null)
            {
                tape.PassGradient(Output, Input);
            }
            else
            {
                float* dx = tape.GradientToOverwrite(Input, out bool accumulate);
                tape.Device.RmsNormBackward(dy, Input.Data, Gain.Data, Saved!.Data, dx, GradientOf(Gain), tokens * heads, headWidth, accumulate);
            }
        }

        protected override void Forget() => (Input, Table, Gain) = (null!, null!, null);
    }
}
