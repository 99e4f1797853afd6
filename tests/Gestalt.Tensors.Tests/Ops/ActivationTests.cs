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
