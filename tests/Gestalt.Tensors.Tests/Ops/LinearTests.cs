namespace Gestalt.Tensors.Tests.Ops;

public sealed class LinearTests
{
    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    public void Linear_and_its_gradients_agree_with_the_twin(bool bias, bool residual, bool spends)
    {
        const int Rows = 6, Inputs = 5, Outputs = 7;
        Shape[] tensors = residual ? [new(2, 3, Inputs), new(2, 3, Outputs)] : [new(2, 3, Inputs)];
        Shape[] parameters = bias ? [new(Outputs, Inputs), new(Outputs)] : [new(Outputs, Inputs)];
        OperationCheck.Compare(tensors, parameters,
            (tape, t, p) => tape.Linear(spends ? tape.Scale(t[0], 1) : t[0], p[0], bias ? p[1] : null, residual ? t[1] : null, spends),
            (t, p) =>
            {
                double[] y = new double[Rows * Outputs];
                for (int row = 0; row < Rows; row++)
                {
                    for (int o = 0; o < Outputs; o++)
                    {
                        double sum = (bias ? p[1][o] : 0) + (residual ? t[1][(row * Outputs) + o] : 0);
                        for (int i = 0; i < Inputs; i++)
                        {
                            sum += t[0][(row * Inputs) + i] * p[0][(o * Inputs) + i];
                        }

                        y[(row * Outputs) + o] = sum;
                    }
                }

                return y;
            });
    }

    [Fact]
    public void What_its_maker_reads_in_backward_is_not_spent() =>
        OperationCheck.Compare([new(1, 3)], [new(1, 3)],
            (tape, t, p) => tape.Linear(tape.SoftCap(t[0], 0.7f), p[0], spends: true),
            (t, p) => [t[0].Zip(p[0], (x, w) => 0.7f * Math.Tanh(x / 0.7f) * w).Sum()]);

    [Fact]
    public void Rows_of_the_wrong_width_are_refused_by_name()
    {
        Device device = new();
        using Tape tape = new(device);
        using Parameter weight = new(device, "blk.0.attn_q.weight", new Shape(4, 8), ParameterRole.Matrix);
        weight.Allocate();
        ArgumentException error = Assert.Throws<ArgumentException>(() => tape.Linear(tape.Input(new Shape(2, 7)), weight));
        Assert.Contains("blk.0.attn_q.weight", error.Message, StringComparison.Ordinal);
    }
}
