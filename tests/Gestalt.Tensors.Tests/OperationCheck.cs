using Gestalt.Kernels;

namespace Gestalt.Tensors.Tests;

/// <summary>Compares an operation with a naive twin in double precision: values with values, gradients with the twin's central finite differences.</summary>
internal static unsafe class OperationCheck
{
    private const double Step = 1e-4;

    /// <summary>Relative to the largest value of the array compared: float32 sums of at most some hundred terms.</summary>
    private const double Tolerance = 2e-5;

    public delegate Tensor Operation(Tape tape, Tensor[] tensors, Parameter[] parameters);

    public delegate double[] Twin(double[][] tensors, double[][] parameters);

    /// <summary>Checks the operation alone, then used twice on the same operands, where every gradient has to be the sum.</summary>
    public static void Compare(Shape[] tensors, Shape[] parameters, Operation operation, Twin twin)
    {
        foreach (int threads in (int[])[1, 3])
        {
            using WorkerPool pool = new(threads);
            Device device = new(pool);
            Run(device, tensors, parameters, operation, twin);
            Run(device, tensors, parameters, (tape, t, p) => tape.Add(operation(tape, t, p), operation(tape, t, p)),
                (t, p) => [.. twin(t, p).Select(y => 2 * y)]);
        }
    }

    /// <summary>Checks an operation that makes a loss, from which backward starts with 1.</summary>
    public static void CompareLoss(Shape[] tensors, Shape[] parameters, Operation operation, Twin twin) =>
        Run(new Device(), tensors, parameters, operation, twin, upstreamOfOne: true);

    public static double[] Random(Random random, long count) => [.. Enumerable.Range(0, (int)count).Select(_ => (double)(float)((random.NextDouble() * 2) - 1))];

    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = 1e-3;
        foreach (double value in expected)
        {
            scale = Math.Max(scale, Math.Abs(value));
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance * scale,
                $"{what}[{i}] is {actual[i]}, the twin says {expected[i]} (largest value {scale})");
        }
    }

    private static void Run(Device device, Shape[] tensorShapes, Shape[] parameterShapes, Operation operation, Twin twin, bool upstreamOfOne = false)
    {
        Random random = new(7);
        double[][] tensorValues = [.. tensorShapes.Select(s => Random(random, s.Length))];
        double[][] parameterValues = [.. parameterShapes.Select(s => Random(random, s.Length))];
        using Tape tape = new(device);
        Tensor[] tensors = [.. tensorShapes.Select(s => tape.Input(s, requiresGradient: true))];
        Parameter[] parameters = [.. parameterShapes.Select((s, i) => new Parameter(device, $"p{i}", s, ParameterRole.Matrix))];
        for (int i = 0; i < tensors.Length; i++)
        {
            Fill(tensors[i].Values, tensorValues[i]);
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i].Allocate();
            Fill(parameters[i].Values, parameterValues[i]);
        }

        Tensor y = operation(tape, tensors, parameters);
        double[] expected = twin(tensorValues, parameterValues);
        AssertClose(expected, y.Values, "y");

        double[] upstream = upstreamOfOne ? [1] : Random(random, expected.Length);
        tape.Backward(y, [.. upstream.Select(u => (float)u)]);
        for (int i = 0; i < tensors.Length; i++)
        {
            AssertClose(Differences(tensorValues[i], tensorValues, parameterValues, twin, upstream), tensors[i].GradientValues, $"gradient of input {i}");
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            AssertClose(Differences(parameterValues[i], tensorValues, parameterValues, twin, upstream), parameters[i].GradientValues,
                $"gradient of parameter {i}");
            parameters[i].Dispose();
        }
    }

    private static double[] Differences(double[] values, double[][] tensors, double[][] parameters, Twin twin, double[] upstream)
    {
        double[] gradient = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            values[i] = value + Step;
            double above = Dot(twin(tensors, parameters), upstream);
            values[i] = value - Step;
            double below = Dot(twin(tensors, parameters), upstream);
            values[i] = value;
            gradient[i] = (above - below) / (2 * Step);
        }

        return gradient;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static void Fill(Span<float> target, double[] source)
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = (float)source[i];
        }
    }
}
