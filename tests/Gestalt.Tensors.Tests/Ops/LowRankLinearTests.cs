using Gestalt.Kernels;

namespace Gestalt.Tensors.Tests.Ops;

public sealed unsafe class LowRankLinearTests
{
    private const int Rows = 6, Inputs = 5, Outputs = 7, Rank = 2;
    private const float Scale = 1.7f;

    [Theory]
    [InlineData(false, false, false, true)]
    [InlineData(false, true, true, false)]
    [InlineData(true, false, false, false)]
    [InlineData(true, true, true, true)]
    public void Update_and_its_gradients_agree_with_the_twin(bool magnitude, bool bias, bool residual, bool spends)
    {
        double[] lengths = [];
        Shape[] tensors = residual ? [new(2, 3, Inputs), new(2, 3, Outputs)] : [new(2, 3, Inputs)];
        List<Shape> parameters = [new(Rank, Inputs), new(Outputs, Rank)];
        if (magnitude) parameters.Add(new Shape(Outputs));
        using Parameter weight = Weight(new Device(), 3);
        using Parameter offset = Filled(new Device(), new Shape(Outputs), 4);
        OperationCheck.Compare(tensors, [.. parameters],
            (tape, t, p) =>
            {
                var update = new LowRankUpdate(tape.Device, weight, Scale, p[0], p[1], magnitude ? p[2] : null);
                update.Refresh();
                lengths = magnitude ? [.. Enumerable.Range(0, Outputs).Select(o => (double)update.Lengths[o])] : [];
                tape.AdapterRows = new AdapterRows();
                tape.AdapterRows.Add(new Dictionary<Parameter, LowRankUpdate> { [weight] = update });
                return tape.Linear(spends ? tape.Scale(t[0], 1) : t[0], weight, bias ? offset : null, residual ? t[1] : null, spends);
            },
            (t, p) => Twin(t, p, weight.Values.ToArray(), lengths, bias ? offset.Values.ToArray() : null));
    }

    [Fact]
    public void Lengths_are_those_of_the_changed_rows()
    {
        Device device = new();
        using Parameter weight = Weight(device, 5);
        using LowRankUpdate update = Random(device, weight, magnitude: true);
        update.Refresh();
        for (int o = 0; o < Outputs; o++)
        {
            double sum = 0;
            for (int i = 0; i < Inputs; i++)
            {
                double value = weight.Values[(o * Inputs) + i];
                for (int r = 0; r < Rank; r++)
                {
                    value += Scale * update.Up.Values[(o * Rank) + r] * update.Down.Values[(r * Inputs) + i];
                }

                sum += value * value;
            }

            Assert.Equal(Math.Sqrt(sum), update.Lengths[o], 1e-5);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Merged_weights_give_what_the_update_gives(bool magnitude)
    {
        Device device = new();
        using Parameter weight = Weight(device, 6);
        using LowRankUpdate update = Random(device, weight, magnitude);
        update.Refresh();
        float[] x = [.. OperationCheck.Random(new Random(8), Rows * Inputs).Select(v => (float)v)];
        float[] apart = Run(device, weight, x, update), before = weight.Values.ToArray(), plain = Run(device, weight, x);
        update.Merge();
        float[] merged = Run(device, weight, x);
        Assert.Contains(apart.Zip(plain), pair => Math.Abs(pair.First - pair.Second) > 0.1);
        for (int i = 0; i < apart.Length; i++) Assert.Equal(apart[i], merged[i], 1e-5);
        if (magnitude)
        {
            Assert.Throws<NotSupportedException>(update.Unmerge);
            return;
        }

        update.Unmerge();
        for (int i = 0; i < before.Length; i++) Assert.Equal(before[i], weight.Values[i], 1e-6);
    }

    [Fact]
    public void Rows_of_different_adapters_share_a_pass()
    {
        Device device = new();
        using Parameter weight = Weight(device, 6);
        using LowRankUpdate one = Random(device, weight, magnitude: false, seed: 1), other = Random(device, weight, magnitude: true, seed: 2);
        one.Refresh();
        other.Refresh();
        float[] x = [.. OperationCheck.Random(new Random(8), Rows * Inputs).Select(v => (float)v)];
        using Tape tape = new(device, recording: false);
        tape.AdapterRows = new AdapterRows();
        tape.AdapterRows.Add(new Dictionary<Parameter, LowRankUpdate> { [weight] = one }, 1, 2);
        tape.AdapterRows.Add(new Dictionary<Parameter, LowRankUpdate> { [weight] = other }, 4, 1);
        float[] mixed = tape.Linear(Input(tape, x), weight).Values.ToArray();
        float[][] expected = [Run(device, weight, x), Run(device, weight, x, one), Run(device, weight, x, one), Run(device, weight, x), Run(device, weight, x, other), Run(device, weight, x)];
        for (int i = 0; i < mixed.Length; i++) Assert.Equal(expected[i / Outputs][i], mixed[i], 1e-6);
    }

    [Fact]
    public void Dropout_leaves_out_its_share_and_keeps_the_mean()
    {
        Device device = new();
        using Tape tape = new(device);
        using Parameter weight = Filled(device, new Shape(1, 1000), 1);
        using LowRankUpdate update = new(device, weight, 1, 1) { Dropout = 0.25f };
        weight.Values.Clear();
        update.Down.Values.Fill(1);
        update.Up.Values.Fill(1);
        tape.AdapterRows = new AdapterRows { DropoutKey = 5 };
        tape.AdapterRows.Add(new Dictionary<Parameter, LowRankUpdate> { [weight] = update });
        float[] sums = Draw(5), again = Draw(5), others = Draw(6);
        Assert.Equal(sums, again);
        Assert.NotEqual(sums, others);
        Assert.Equal(1000, sums.Average(), 5.0); // 1000 values with a deviation of 1000 √(p / (1 - p) / 100,000) = 1.8

        float[] Draw(ulong key)
        {
            tape.Reset();
            tape.AdapterRows!.DropoutKey = key;
            Tensor x = tape.Input(new Shape(100, 1000));
            x.Values.Fill(1);
            return tape.Linear(x, weight).Values.ToArray();
        }
    }

    [Theory]
    [InlineData(WeightFormat.Q8_0)]
    [InlineData(WeightFormat.Q4_K)]
    [InlineData(WeightFormat.BF16)]
    public void A_stored_weight_hands_its_gradient_back_as_its_values_would(WeightFormat format)
    {
        const int Wide = 512;
        Device device = new();
        float[] values = [.. OperationCheck.Random(new Random(3), Outputs * Wide).Select(v => (float)v)];
        byte[] bytes = new byte[Outputs * format.ByteLength(Wide)];
        using Parameter stored = new(device, "stored", new Shape(Outputs, Wide), ParameterRole.Matrix);
        using Parameter decoded = new(device, "decoded", new Shape(Outputs, Wide), ParameterRole.Matrix);
        decoded.Allocate();
        fixed (float* from = values)
        fixed (byte* to = bytes)
        {
            WeightCodec.Encode(format, from, to, values.Length);
            WeightCodec.Decode(format, to, decoded.Data, values.Length);
            stored.Attach(new StoredMatrix(to, format, Outputs, Wide));
            float[] expected = Gradient(decoded), actual = Gradient(stored);
            OperationCheck.AssertClose([.. expected.Select(v => (double)v)], actual, format.ToString());
        }

        float[] Gradient(Parameter weight)
        {
            using Tape tape = new(device);
            Tensor x = tape.Input(new Shape(Rows, Wide), requiresGradient: true);
            x.Values.Fill(0.1f);
            Tensor y = tape.Linear(x, weight);
            tape.Backward(y, [.. OperationCheck.Random(new Random(9), Rows * Outputs).Select(v => (float)v)]);
            return x.GradientValues.ToArray();
        }
    }

    private static double[] Twin(double[][] t, double[][] p, float[] weight, double[] lengths, float[]? bias)
    {
        double[] y = new double[Rows * Outputs];
        for (int row = 0; row < Rows; row++)
        {
            for (int o = 0; o < Outputs; o++)
            {
                double sum = 0;
                for (int i = 0; i < Inputs; i++)
                {
                    double changed = weight[(o * Inputs) + i];
                    for (int r = 0; r < Rank; r++)
                    {
                        changed += Scale * p[1][(o * Rank) + r] * p[0][(r * Inputs) + i];
                    }

                    sum += t[0][(row * Inputs) + i] * changed;
                }

                double factor = p.Length > 2 ? p[2][o] / lengths[o] : 1;
                y[(row * Outputs) + o] = (factor * sum) + (bias?[o] ?? 0) + (t.Length > 1 ? t[1][(row * Outputs) + o] : 0);
            }
        }

        return y;
    }

    private static float[] Run(Device device, Parameter weight, float[] x, LowRankUpdate? update = null)
    {
        using Tape tape = new(device, recording: false);
        if (update is not null)
        {
            tape.AdapterRows = new AdapterRows();
            tape.AdapterRows.Add(new Dictionary<Parameter, LowRankUpdate> { [weight] = update });
        }

        return tape.Linear(Input(tape, x), weight).Values.ToArray();
    }

    private static Tensor Input(Tape tape, float[] x)
    {
        Tensor input = tape.Input(new Shape(Rows, Inputs));
        x.CopyTo(input.Values);
        return input;
    }

    private static Parameter Weight(Device device, int seed)
    {
        Parameter weight = Filled(device, new Shape(Outputs, Inputs), seed);
        weight.Trainable = false;
        return weight;
    }

    private static LowRankUpdate Random(Device device, Parameter weight, bool magnitude, int seed = 1)
    {
        var update = new LowRankUpdate(device, weight, Rank, Scale, magnitude);
        var random = new Random(seed);
        foreach (Parameter parameter in update.Parameters)
        {
            foreach (ref float value in parameter.Values)
            {
                value = random.NextSingle() + 0.1f;
            }
        }

        return update;
    }

    private static Parameter Filled(Device device, Shape shape, int seed)
    {
        var parameter = new Parameter(device, "w.weight", shape, ParameterRole.Matrix);
        parameter.Allocate();
        double[] values = OperationCheck.Random(new Random(seed), shape.Length);
        for (int i = 0; i < values.Length; i++) parameter.Values[i] = (float)values[i];
        return parameter;
    }
}
