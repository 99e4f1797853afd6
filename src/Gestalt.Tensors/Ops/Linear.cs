using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <content>
/// Linear layer, with the residual connection fused in: y = x Wᵀ [+ b] [+ r], W (out,in) as model files store it.
/// Gradients: dx = dy W, dW = dyᵀ x, db = sum of the rows of dy, dr = dy. W may lie as a model file stores it, quantized perhaps: then it is frozen, and dx is made of
/// the values that it stands for (as QLoRA does, arXiv 2305.14314).
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Values of a stored weight that backward decodes at a time: 4 MiB, deep enough for a product at full speed.</summary>
    private const int DecodedWeights = 1 << 20;

    /// <summary>y (…,out) = x (…,in) Wᵀ, plus a bias, plus a residual.</summary>
    /// <param name="x">Input, rows of "in" values.</param>
    /// <param name="weight">Weights (out,in).</param>
    /// <param name="bias">Bias (out), or null.</param>
    /// <param name="residual">What to add, shaped as the output, or null: the stream around a Transformer's sublayer.</param>
    /// <param name="spends">Whether nobody else reads the input: in backward its memory serves for its gradient.</param>
    /// <param name="endsBlock">Whether this is what a <see cref="Block"/> returns: where it runs again for its gradients, nobody reads that, and it is not computed.</param>
    public Tensor Linear(Tensor x, Parameter weight, Parameter? bias = null, Tensor? residual = null, bool spends = false, bool endsBlock = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        if (x.Shape.Width != inputs)
        {
            throw new ArgumentException($"{weight.Name} {weight.Shape} takes rows of {inputs} values, not {x.Shape}.", nameof(x));
        }

        if (Recording && AdapterRows?.Single(weight) is LowRankUpdate update)
        {
            return Adapted(x, weight, update, bias, residual, spends, endsBlock);
        }

        bool record = Records(x, weight, bias) || (Recording && residual is { RequiresGradient: true });
        bool isRead = !(endsBlock && _reruns && record);
        Tensor y = isRead ? New(x.Shape.WithWidth(outputs), record) : Unread(x.Shape.WithWidth(outputs));
        if (isRead)
        {
            if (residual is not null)
            {
                Device.Copy(residual.Data, y.Data, y.Shape.Length);
            }

            Product(weight, x.Data, x.Shape.Rows, y.Data, accumulate: residual is not null, bias);
        }

        if (!Recording)
        {
            AddUpdates(weight, x, y, bias, residual);
        }

        if (record)
        {
            LinearOperation operation = Record<LinearOperation>(y);
            (operation.Input, operation.Weight, operation.Bias, operation.Residual, operation.Spends) = (x, weight, bias, residual, spends);
        }
        else if (spends)
        {
            Discard(x);
        }

        return y;
    }

    /// <summary>Several linear layers of one input, such as queries, keys and values; where their weights are stored, in one go.</summary>
    /// <param name="x">Input, rows of "in" values.</param>
    /// <param name="weights">Weights, (out,in) each.</param>
    /// <param name="biases">A bias or null for each.</param>
    /// <param name="results">Receives the results.</param>
    public void LinearMany(Tensor x, ReadOnlySpan<Parameter> weights, ReadOnlySpan<Parameter?> biases, Span<Tensor> results)
    {
        ArgumentNullException.ThrowIfNull(x);
        const int Most = 8;
        int stored = 0;
        while (stored < weights.Length && weights[stored].Stored is { Format: not WeightFormat.F32 } one && one.Columns == x.Shape.Width)
        {
            stored++;
        }

        if (stored < weights.Length || stored > Most || Recording)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                results[i] = Linear(x, weights[i], biases[i]);
            }

            return;
        }

        Span<StoredMatrix> matrices = stackalloc StoredMatrix[Most];
        Span<StoredOutput> outputs = stackalloc StoredOutput[Most];
        for (int i = 0; i < weights.Length; i++)
        {
            ProductObserver?.Invoke(weights[i], x.Data, x.Shape.Rows);
            results[i] = New(x.Shape.WithWidth(weights[i].Shape[0]));
            matrices[i] = weights[i].Stored!.Value;
            outputs[i] = new StoredOutput(results[i].Data, weights[i].Shape[0], DataOf(biases[i]));
        }

        Device.MultiplyStored(matrices[..stored], x.Data, x.Shape.Rows, outputs[..stored], accumulate: false);
        for (int i = 0; i < weights.Length; i++)
        {
            AddUpdates(weights[i], x, results[i], biases[i], residual: null);
        }
    }

    /// <summary>y(m,out) = x(m,in) Wᵀ, plus y if asked, plus a bias; with the weight as it lies.</summary>
    private void Product(Parameter weight, float* x, int m, float* y, bool accumulate = false, Parameter? bias = null)
    {
        ProductObserver?.Invoke(weight, x, m);
        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        if (weight.Stored is { Format: not WeightFormat.F32 } stored)
        {
            StoredOutput output = new(y, outputs, DataOf(bias));
            Device.MultiplyStored(new ReadOnlySpan<StoredMatrix>(in stored), x, m, new ReadOnlySpan<StoredOutput>(in output), accumulate);
        }
        else
        {
            Device.Multiply(false, true, m, outputs, inputs, x, inputs, weight.Data, inputs, y, outputs, accumulate, DataOf(bias));
        }
    }

    /// <summary>dx(m,in) = dy(m,out) W, plus dx if asked; of a stored weight some rows at a time are decoded.</summary>
    private void MultiplyByWeight(Parameter weight, float* dy, int m, float* dx, bool accumulate)
    {
        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        if (weight.Stored is not { Format: not WeightFormat.F32 })
        {
            Device.Multiply(false, false, m, inputs, outputs, dy, outputs, weight.Data, inputs, dx, inputs, accumulate);
            return;
        }

        int mark = TensorCount, step = Math.Clamp(DecodedWeights / inputs, 1, outputs);
        float* panel = New(new Shape(step, inputs)).Data;
        for (int row = 0; row < outputs; row += step)
        {
            int rows = Math.Min(step, outputs - row);
            Device.DecodeRows(weight, row, rows, panel);
            Device.Multiply(false, false, m, inputs, rows, dy + row, outputs, panel, inputs, dx, inputs, accumulate || row > 0);
        }

        ReleaseSince(mark, keep: null);
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
        public bool Spends;

        public override void Backward(Tape tape)
        {
            (int rows, int outputs, int inputs) = (Output.Shape.Rows, Weight.Shape[0], Weight.Shape[1]);
            float* dy = Output.Gradient;
            if (Weight.Trainable)
            {
                float* dw = tape.GradientToOverwrite(Weight, out bool accumulate);
                tape.Device.Multiply(true, false, outputs, inputs, rows, dy, outputs, Input.Data, inputs, dw, inputs, accumulate);
            }

            if (Spends && CanSpend(Input))
            {
                tape.ReleaseData(Input);
            }

            if (Input.RequiresGradient)
            {
                float* dx = tape.GradientToOverwrite(Input, out bool accumulate);
                tape.MultiplyByWeight(Weight, dy, rows, dx, accumulate);
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
