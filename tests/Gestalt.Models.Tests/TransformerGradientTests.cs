using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

public sealed class TransformerGradientTests
{
    private const double Step = 1e-4;

    [Theory]
    [MemberData(nameof(TinyModels.Names), MemberType = typeof(TinyModels))]
    public void Logits_agree_with_the_naive_model(string name)
    {
        using Transformer model = TinyModels.Random(TinyModels.Config(name));
        using TokenBatch batch = TinyModels.Batch(3, 9);
        batch.SetDocument(1, 4, 5);
        using Tape tape = new(model.Device, recording: false);
        float[] expected = [.. new NaiveTransformer(model).Logits(batch).SelectMany(row => row).Select(z => (float)z)];
        TinyModels.AssertClose(expected, model.Forward(tape, batch, rows: LogitRows.All).Values, 3e-5f, name);
    }

    [Theory]
    [MemberData(nameof(TinyModels.Names), MemberType = typeof(TinyModels))]
    public void Every_parameters_gradient_agrees_with_finite_differences_of_the_naive_model(string name)
    {
        using WorkerPool pool = new(2);
        using Transformer model = TinyModels.Random(TinyModels.Config(name), new Device(pool));
        using TokenBatch batch = TinyModels.Batch(2, 7);
        batch.SetDocument(1, 3, 4); // two documents in one row
        NaiveTransformer naive = new(model);
        using Tape tape = new(model.Device);
        Tensor loss = model.Loss(tape, batch);
        Assert.Equal(naive.Loss(batch), loss.Scalar, 1e-5);
        tape.Backward(loss);
        foreach (Parameter parameter in model.Parameters)
        {
            double[] weights = naive.Weights[parameter.Name];
            int stride = Math.Max(1, weights.Length / 25);
            List<float> expected = [];
            List<float> actual = [];
            for (int i = 0; i < weights.Length; i += stride)
            {
                double value = weights[i];
                weights[i] = value + Step;
                double above = naive.Loss(batch);
                weights[i] = value - Step;
                double below = naive.Loss(batch);
                weights[i] = value;
                expected.Add((float)((above - below) / (2 * Step)));
                actual.Add(parameter.GradientValues[i]);
            }

            // Relative to the parameter's largest gradient; a parameter without any influence would compare 0 with 0.
            if (parameter.Name != "blk.0.attn_k.bias" && !parameter.Name.EndsWith("attn_k.bias", StringComparison.Ordinal))
            {
                Assert.Contains(expected, g => Math.Abs(g) > 1e-4);
            }

            TinyModels.AssertClose([.. expected], [.. actual], 1e-4f, parameter.Name);
        }
    }
}
