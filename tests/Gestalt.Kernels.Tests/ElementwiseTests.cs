using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

/// <summary>
/// All kernels that treat every element alike, from one table: how to call it, and what it should do to one element, in double precision.
/// Derivatives in the table are finite differences of the forward formula.
/// </summary>
public sealed unsafe class ElementwiseTests
{
    /// <summary>Inputs reach ±8: the exponent of GELU then reaches 50, of which one rounding is 2e-6.</summary>
    private const double Absolute = 3e-5;
    private const double Relative = 1e-6;

    private static readonly WorkerPool Pool = WorkerPool.Shared;

    private static readonly Dictionary<string, Kernel> Kernels = new()
    {
        ["Add"] = new(2, 1, (a, y, n) => Elementwise.Add(Pool, a[0], a[1], y[0], n), (x, y) => [x[0] + x[1]]),
        ["AddInPlace"] = new(1, 1, (a, y, n) => Elementwise.AddInPlace(Pool, y[0], a[0], n), (x, y) => [y[0] + x[0]]),
        ["Multiply"] = new(2, 1, (a, y, n) => Elementwise.Multiply(Pool, a[0], a[1], y[0], n), (x, y) => [x[0] * x[1]]),
        ["MultiplyBackward"] = new(
            3, 2, (a, y, n) => Elementwise.MultiplyBackward(Pool, a[0], a[1], a[2], y[0], y[1], n),
            (x, y) => [y[0] + (x[0] * x[2]), y[1] + (x[0] * x[1])]),
        ["Copy"] = new(1, 1, (a, y, n) => Elementwise.Copy(Pool, a[0], y[0], n), (x, y) => [x[0]]),
        ["Scale"] = new(0, 1, (a, y, n) => Elementwise.Scale(Pool, y[0], -1.7f, n), (x, y) => [y[0] * -1.7f]),
        ["AddScaled"] = new(1, 1, (a, y, n) => Elementwise.AddScaled(Pool, y[0], a[0], 0.3f, n), (x, y) => [y[0] + (0.3f * x[0])]),
        ["Fill"] = new(0, 1, (a, y, n) => Elementwise.Fill(Pool, y[0], 4.25f, n), (x, y) => [4.25]),
        ["SoftCap"] = new(1, 1, (a, y, n) => Elementwise.SoftCap(Pool, a[0], y[0], 1.5f, n), (x, y) => [1.5 * Math.Tanh(x[0] / 1.5)]),
        ["SoftCapBackward"] = new(
            2, 1, (a, y, n) => Elementwise.SoftCapBackward(Pool, a[0], a[1], y[0], 8f, n), (x, y) => [y[0] + (x[0] * (1 - (x[1] / 8 * x[1] / 8)))]),
        ["SwiGlu"] = new(2, 1, (a, y, n) => GatedLinearUnit.Forward(Pool, GateKind.Silu, a[0], a[1], y[0], n), (x, y) => [Silu(x[0]) * x[1]]),
        ["SwiGluBackward"] = new(
            3, 2, (a, y, n) => GatedLinearUnit.Backward(Pool, GateKind.Silu, a[0], a[1], a[2], y[0], y[1], n),
            (x, y) => [y[0] + (x[0] * x[2] * Slope(Silu, x[1])), y[1] + (x[0] * Silu(x[1]))]),
        ["SwiGluBackwardOverwriting"] = new(
            3, 2, (a, y, n) => GatedLinearUnit.Backward(Pool, GateKind.Silu, a[0], a[1], a[2], y[0], y[1], n, accumulate: false),
            (x, y) => [x[0] * x[2] * Slope(Silu, x[1]), x[0] * Silu(x[1])]),
        ["GeGlu"] = new(2, 1, (a, y, n) => GatedLinearUnit.Forward(Pool, GateKind.Gelu, a[0], a[1], y[0], n), (x, y) => [GeluOf(x[0]) * x[1]], Absolute),
        ["GeGluBackward"] = new(
            3, 2, (a, y, n) => GatedLinearUnit.Backward(Pool, GateKind.Gelu, a[0], a[1], a[2], y[0], y[1], n),
            (x, y) => [y[0] + (x[0] * x[2] * Slope(GeluOf, x[1])), y[1] + (x[0] * GeluOf(x[1]))], Absolute),
        ["GeGluBackwardOverwriting"] = new(
            3, 2, (a, y, n) => GatedLinearUnit.Backward(Pool, GateKind.Gelu, a[0], a[1], a[2], y[0], y[1], n, accumulate: false),
            (x, y) => [x[0] * x[2] * Slope(GeluOf, x[1]), x[0] * GeluOf(x[1])], Absolute),
        ["Gelu"] = new(1, 1, (a, y, n) => Gelu.Forward(Pool, a[0], y[0], n), (x, y) => [GeluOf(x[0])]),
        ["GeluBackward"] = new(
            2, 1, (a, y, n) => Gelu.Backward(Pool, a[0], a[1], y[0], n), (x, y) => [y[0] + (x[0] * Slope(GeluOf, x[1]))], Absolute),
        ["GeluBackwardOverwriting"] = new(
            2, 1, (a, y, n) => Gelu.Backward(Pool, a[0], a[1], y[0], n, accumulate: false), (x, y) => [x[0] * Slope(GeluOf, x[1])], Absolute),
        ["SquaredRelu"] = new(1, 1, (a, y, n) => SquaredRelu.Forward(Pool, a[0], y[0], n), (x, y) => [Squared(x[0])]),
        ["SquaredReluBackward"] = new(
            2, 1, (a, y, n) => SquaredRelu.Backward(Pool, a[0], a[1], y[0], n), (x, y) => [y[0] + (x[0] * Slope(Squared, x[1]))]),
        ["SquaredReluBackwardOverwriting"] = new(
            2, 1, (a, y, n) => SquaredRelu.Backward(Pool, a[0], a[1], y[0], n, accumulate: false), (x, y) => [x[0] * Slope(Squared, x[1])]),
        ["AdamW"] = new(
            1, 3, (a, y, n) =>
            {
                // The second moment is never negative; its square root would not exist.
                for (long i = 0; i < n; i++)
                {
                    y[2][i] = Math.Abs(y[2][i]);
                }

                AdamW.Step(Pool, y[0], a[0], y[1], y[2], n, 0.01f, 0.9f, 0.95f, 1e-8f, 0.1f, 3, 0.5f);
            },
            (x, y) =>
            {
                double g = 0.5 * x[0];
                double m = (0.9f * y[1]) + ((1 - (double)0.9f) * g);
                double v = (0.95f * Math.Abs(y[2])) + ((1 - (double)0.95f) * g * g);
                double correctedM = m / (1 - Math.Pow(0.9f, 3));
                double correctedV = v / (1 - Math.Pow(0.95f, 3));
                return [(y[0] * (1 - (0.01f * (double)0.1f))) - (0.01f * correctedM / (Math.Sqrt(correctedV) + 1e-8f)), m, v];
            }),
    };

    private delegate void Call(float*[] inputs, float*[] outputs, long count);

    public static TheoryData<string> Names() => [.. Kernels.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Equals_its_formula_at_every_length(string name)
    {
        Kernel kernel = Kernels[name];
        var random = new Random(7);
        Widths.ForEach(() =>
        {
            for (int count = 0; count <= 256; count++)
            {
                Check(kernel, random, count);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equals_its_formula_over_several_parts(string name) => Check(Kernels[name], new Random(8), (3 * ElementLoop.Block) + 5);

    private static void Check(Kernel kernel, Random random, int count)
    {
        var inputs = new Guarded<float>[kernel.Inputs];
        var outputs = new Guarded<float>[kernel.Outputs];
        var inputPointers = new float*[kernel.Inputs];
        var outputPointers = new float*[kernel.Outputs];
        for (int i = 0; i < kernel.Inputs; i++)
        {
            inputs[i] = new(Numbers.Normal(random, count, 2));
            inputPointers[i] = inputs[i].Pointer;
        }

        for (int i = 0; i < kernel.Outputs; i++)
        {
            outputs[i] = new(Numbers.Normal(random, count, 2));
            outputPointers[i] = outputs[i].Pointer;
        }

        var expected = new double[kernel.Outputs][];
        for (int i = 0; i < kernel.Outputs; i++)
        {
            expected[i] = new double[count];
        }

        var x = new double[kernel.Inputs];
        var y = new double[kernel.Outputs];
        for (int element = 0; element < count; element++)
        {
            for (int i = 0; i < kernel.Inputs; i++)
            {
                x[i] = inputPointers[i][element];
            }

            for (int i = 0; i < kernel.Outputs; i++)
            {
                y[i] = outputPointers[i][element];
            }

            double[] result = kernel.Formula(x, y);
            for (int i = 0; i < kernel.Outputs; i++)
            {
                expected[i][element] = result[i];
            }
        }

        kernel.Call(inputPointers, outputPointers, count);
        for (int i = 0; i < kernel.Outputs; i++)
        {
            Numbers.AssertClose(expected[i], outputs[i].Span, Relative, kernel.Absolute, $"output {i}");
            outputs[i].Dispose();
        }

        foreach (Guarded<float> input in inputs)
        {
            input.Dispose();
        }
    }

    [Fact]
    public void Activations_stay_finite_for_extreme_inputs() => Widths.ForEach(() =>
    {
        float[] extreme = [-3e38f, -1e4f, -100, -0f, 0, 1e-38f, 100, 1e4f];
        using Guarded<float> x = new(extreme);
        using Guarded<float> one = new(Enumerable.Repeat(1f, extreme.Length).ToArray());
        using Guarded<float> y = new(extreme.Length);
        using Guarded<float> z = new(extreme.Length);
        GatedLinearUnit.Forward(Pool, GateKind.Silu, x.Pointer, one.Pointer, y.Pointer, extreme.Length);
        Assert.Equal(100, y.Span[6]);
        Assert.All(y.ToArray(), v => Assert.True(float.IsFinite(v)));
        GatedLinearUnit.Backward(Pool, GateKind.Silu, one.Pointer, x.Pointer, one.Pointer, y.Pointer, z.Pointer, extreme.Length, accumulate: false);
        Assert.All(y.Span[1..].ToArray(), v => Assert.True(float.IsFinite(v)));
        Gelu.Forward(Pool, x.Pointer + 1, y.Pointer + 1, extreme.Length - 1);
        Assert.All(y.Span[1..].ToArray(), v => Assert.True(float.IsFinite(v)));
        Assert.Equal(1e4f, y.Span[7]);
    });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 5)]
    [InlineData(7, 0)]
    [InlineData(5, 3)]
    [InlineData(64, 64)]
    [InlineData(33, 130)]
    [InlineData(1000, 17)]
    public void Bias_gradient_adds_the_sum_of_each_column(int rows, int width)
    {
        var random = new Random(rows + width);
        using Guarded<float> dy = new(Numbers.Normal(random, rows * width));
        float[] before = Numbers.Normal(random, width);
        double[] expected = Numbers.Widen(before);
        for (int i = 0; i < dy.Count; i++)
        {
            expected[i % width] += dy.Span[i];
        }

        Widths.ForEach(() =>
        {
            using Guarded<float> dBias = new(before);
            Elementwise.BiasGradient(Pool, dy.Pointer, dBias.Pointer, rows, width);
            Numbers.AssertClose(expected, dBias.Span, 1e-5, 1e-5, "dBias");
        });
    }

    private static double Silu(double x) => x / (1 + Math.Exp(-x));

    private static double GeluOf(double x) => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static double Squared(double x) => x > 0 ? x * x : 0;

    private static double Slope(Func<double, double> f, double x) => (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;

    /// <param name="Inputs">Arrays that are read.</param>
    /// <param name="Outputs">Arrays that are written, filled with random values before.</param>
    /// <param name="Call">Calls the kernel.</param>
    /// <param name="Formula">From one element of each input, and of each output before the call, to the outputs after it.</param>
    /// <param name="Absolute">How far from the formula a value may be.</param>
    private sealed record Kernel(int Inputs, int Outputs, Call Call, Func<double[], double[], double[]> Formula, double Absolute = 2e-6);
}
