using Gestalt.Kernels;

namespace Gestalt.Tensors.Tests.Ops;

public sealed class ActivationTests
{
    [Fact]
    public void SwiGlu_and_its_gradients_agree_with_the_twin() =>
        OperationCheck.Compare([new(3, 21), new(3, 21)], [],
            (tape, t, _) => tape.Gated(GateKind.Silu, t[0], t[1]),
            (t, _) => [.. t[0].Zip(t[1], (gate, up) => gate / (1 + Math.Exp(-gate)) * up)]);

    [Fact]
    public void SwiGlu_adds_to_one_gradient_and_begins_the_other()
    {
        OperationCheck.Compare([new(3, 21), new(3, 21)], [],
            (tape, t, _) => tape.Add(tape.Gated(GateKind.Silu, t[0], t[1]), t[0]),
            (t, _) => [.. t[0].Zip(t[1], (gate, up) => (gate / (1 + Math.Exp(-gate)) * up) + gate)]);
        OperationCheck.Compare([new(3, 21)], [],
            (tape, t, _) => tape.Gated(GateKind.Silu, t[0], t[0]),
            (t, _) => [.. t[0].Select(x => x / (1 + Math.Exp(-x)) * x)]);
    }

    [Theory]
    [InlineData(GateKind.Silu)]
    [InlineData(GateKind.Gelu)]
    public void Spent_inputs_give_their_memory_and_the_same_values_and_gradients(GateKind kind)
    {
        float[] kept = Run(recording: true, spends: false, out float[] expected, out _), spent = Run(recording: true, spends: true, out float[] actual, out _);
        Assert.Equal(kept, spent);
        Assert.Equal(expected, actual);
        Assert.Equal(kept, Run(recording: false, spends: false, out _, out long before));
        Assert.Equal(kept, Run(recording: false, spends: true, out _, out long after));
        Assert.True(after < before, $"{after} of {before} bytes");

        float[] Run(bool recording, bool spends, out float[] gradients, out long peak)
        {
            using Tape tape = new(new Device(), recording);
            Tensor[] inputs = [.. Enumerable.Range(0, 2).Select(_ => tape.Input(new Shape(3, 160), requiresGradient: true))];
            for (int i = 0; i < 2 * 480; i++) inputs[i % 2].Values[i / 2] = MathF.Sin(i);
            Tensor y = tape.Gated(kind, tape.Scale(inputs[0], 2), tape.Scale(inputs[1], 3), spends);
            float[] values = y.Values.ToArray();
            if (recording) tape.Backward(y, values);
            gradients = [.. inputs[0].GradientValues, .. inputs[1].GradientValues];
            peak = tape.PeakBytes;
            return values;
        }
    }

    [Fact]
    public void GeGlu_and_its_gradients_agree_with_the_twin()
    {
        OperationCheck.Compare([new(3, 21), new(3, 21)], [],
            (tape, t, _) => tape.Gated(GateKind.Gelu, t[0], t[1]),
            (t, _) => [.. t[0].Zip(t[1], (gate, up) => Gelu(gate) * up)]);
        OperationCheck.Compare([new(3, 21), new(3, 21)], [],
            (tape, t, _) => tape.Add(tape.Gated(GateKind.Gelu, t[0], t[1]), t[0]),
            (t, _) => [.. t[0].Zip(t[1], (gate, up) => (Gelu(gate) * up) + gate)]);
    }

    [Fact]
    public void Scale_and_its_gradient_agree_with_the_twin() =>
        OperationCheck.Compare([new(3, 21)], [],
            (tape, t, _) => tape.Scale(t[0], 3.5f),
            (t, _) => [.. t[0].Select(x => 3.5 * x)]);

    [Fact]
    public void Gelu_and_its_gradient_agree_with_the_twin() =>
        OperationCheck.Compare([new(3, 21)], [],
            (tape, t, _) => tape.Gelu(t[0]),
            (t, _) => [.. t[0].Select(Gelu)]);

    [Fact]
    public void SquaredRelu_and_its_gradient_agree_with_the_twin() =>
        OperationCheck.Compare([new(3, 21)], [],
            (tape, t, _) => tape.SquaredRelu(t[0]),
            (t, _) => [.. t[0].Select(x => Math.Max(x, 0) * Math.Max(x, 0))]);

    [Fact]
    public void SoftCap_and_its_gradient_agree_with_the_twin() =>
        OperationCheck.Compare([new(3, 21)], [],
            (tape, t, _) => tape.SoftCap(t[0], 0.7f),
            (t, _) => [.. t[0].Select(x => 0.7f * Math.Tanh(x / 0.7f))]);

    [Fact]
    public void Add_and_its_gradients_agree_with_the_twin() =>
        OperationCheck.Compare([new(3, 21), new(3, 21)], [],
            (tape, t, _) => tape.Add(t[0], t[1]),
            (t, _) => [.. t[0].Zip(t[1], (a, b) => a + b)]);

    [Fact]
    public void A_tensor_added_to_itself_gets_both_gradients() =>
        OperationCheck.Compare([new(3, 21)], [],
            (tape, t, _) => tape.Add(t[0], t[0]),
            (t, _) => [.. t[0].Select(x => 2 * x)]);

    [Fact]
    public void LastOfEach_and_its_gradient_agree_with_the_twin() =>
        OperationCheck.Compare([new(3, 4, 5)], [],
            (tape, t, _) => tape.LastOfEach(t[0]),
            (t, _) => [.. t[0][15..20], .. t[0][35..40], .. t[0][55..60]]);

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
}
