using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class NormalisationTests
{
    private const float Epsilon = 1e-5f;

    private static readonly WorkerPool Pool = WorkerPool.Shared;

    public static TheoryData<int, int, bool> Sizes() => new()
    {
        { 0, 8, true },
        { 1, 1, true },
        { 3, 2, false },
        { 4, 15, true },
        { 7, 16, true },
        { 5, 17, false },
        { 9, 32, true },
        { 6, 33, true },
        { 3, 100, true },
        { 2, 256, false },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rms_norm_and_its_gradients_equal_the_formula(int rows, int width, bool withGain)
    {
        var random = new Random((rows * 1000) + width);
        float[] x = Numbers.Normal(random, rows * width);
        float[] gain = withGain ? Numbers.Normal(random, width) : [.. Enumerable.Repeat(1f, width)];
        float[] dy = Numbers.Normal(random, rows * width);
        double[] Twin(double[] input, double[] factors) => RmsTwin(input, factors, width);
        double[] y = Twin(Numbers.Widen(x), Numbers.Widen(gain));
        double[] dx = Numbers.Gradient(Numbers.Widen(x), v => Numbers.Dot(Twin(v, Numbers.Widen(gain)), Numbers.Widen(dy)));
        double[] dGain = Numbers.Gradient(Numbers.Widen(gain), v => Numbers.Dot(Twin(Numbers.Widen(x), v), Numbers.Widen(dy)));
        Widths.ForEach(() =>
        {
            using Guarded<float> input = new(x);
            using Guarded<float> factors = new(gain);
            using Guarded<float> output = new(x.Length);
            using Guarded<float> inverse = new(rows);
            using Guarded<float> upstream = new(dy);
            using Guarded<float> gradient = new(Enumerable.Repeat(2f, x.Length).ToArray());
            using Guarded<float> gainGradient = new(Enumerable.Repeat(3f, width).ToArray());
            float* g = withGain ? factors.Pointer : null;
            RmsNorm.Forward(Pool, input.Pointer, g, output.Pointer, inverse.Pointer, rows, width, Epsilon);
            Numbers.AssertClose(y, output.Span, 2e-6, 2e-6, "y");
            RmsNorm.Forward(Pool, input.Pointer, g, output.Pointer, null, rows, width, Epsilon);
            Numbers.AssertClose(y, output.Span, 2e-6, 2e-6, "y without r");

            RmsNorm.Backward(Pool, upstream.Pointer, input.Pointer, g, inverse.Pointer, gradient.Pointer, withGain ? gainGradient.Pointer : null, rows, width);
            Numbers.AssertClose([.. dx.Select(v => v + 2)], gradient.Span, 1e-5, 2e-5, "dx");
            Numbers.AssertClose([.. dGain.Select(v => 3 + (withGain ? v : 0))], gainGradient.Span, 1e-5, 2e-5, "dGain");
            RmsNorm.Backward(Pool, upstream.Pointer, input.Pointer, g, inverse.Pointer, gradient.Pointer, null, rows, width, accumulate: false);
            Numbers.AssertClose(dx, gradient.Span, 1e-5, 2e-5, "dx overwritten");
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Layer_norm_and_its_gradients_equal_the_formula(int rows, int width, bool withGain)
    {
        var random = new Random((rows * 1000) + width);
        float[] x = [.. Numbers.Normal(random, rows * width).Select(v => v + 3)];
        float[] gain = withGain ? Numbers.Normal(random, width) : [.. Enumerable.Repeat(1f, width)];
        float[] bias = withGain ? Numbers.Normal(random, width) : new float[width];
        float[] dy = Numbers.Normal(random, rows * width);
        double[] Twin(double[] input, double[] factors, double[] summands) => LayerTwin(input, factors, summands, width);
        (double[] wideX, double[] wideGain, double[] wideBias, double[] wideDy) = (Numbers.Widen(x), Numbers.Widen(gain), Numbers.Widen(bias), Numbers.Widen(dy));
        double[] y = Twin(wideX, wideGain, wideBias);
        double[] dx = Numbers.Gradient(wideX, v => Numbers.Dot(Twin(v, wideGain, wideBias), wideDy));
        double[] dGain = Numbers.Gradient(wideGain, v => Numbers.Dot(Twin(wideX, v, wideBias), wideDy));
        double[] dBias = Numbers.Gradient(wideBias, v => Numbers.Dot(Twin(wideX, wideGain, v), wideDy));

        // One value has variance 0, two may come close: 1/√ε then magnifies the rounding of x.
        double absolute = width <= 2 ? 1e-3 : 3e-5;
        Widths.ForEach(() =>
        {
            using Guarded<float> input = new(x);
            using Guarded<float> factors = new(gain);
            using Guarded<float> summands = new(bias);
            using Guarded<float> output = new(x.Length);
            using Guarded<float> mean = new(rows);
            using Guarded<float> inverse = new(rows);
            using Guarded<float> upstream = new(dy);
            using Guarded<float> gradient = new(Enumerable.Repeat(2f, x.Length).ToArray());
            using Guarded<float> gainGradient = new(Enumerable.Repeat(3f, width).ToArray());
            using Guarded<float> biasGradient = new(Enumerable.Repeat(4f, width).ToArray());
            float* g = withGain ? factors.Pointer : null;
            float* b = withGain ? summands.Pointer : null;
            LayerNorm.Forward(Pool, input.Pointer, g, b, output.Pointer, mean.Pointer, inverse.Pointer, rows, width, Epsilon);
            Numbers.AssertClose(y, output.Span, 5e-6, absolute, "y");
            LayerNorm.Backward(
                Pool, upstream.Pointer, input.Pointer, g, mean.Pointer, inverse.Pointer, gradient.Pointer, gainGradient.Pointer, biasGradient.Pointer, rows, width);
            Numbers.AssertClose([.. dx.Select(v => v + 2)], gradient.Span, 1e-5, absolute, "dx");
            Numbers.AssertClose([.. dGain.Select(v => v + 3)], gainGradient.Span, 1e-5, absolute, "dGain");
            Numbers.AssertClose([.. dBias.Select(v => v + 4)], biasGradient.Span, 1e-5, absolute, "dBias");
            LayerNorm.Backward(
                Pool, upstream.Pointer, input.Pointer, g, mean.Pointer, inverse.Pointer, gradient.Pointer, null, null, rows, width, accumulate: false);
            Numbers.AssertClose(dx, gradient.Span, 1e-5, absolute, "dx overwritten");
        });
    }

    [Fact]
    public void Layer_norm_keeps_its_precision_far_from_zero()
    {
        const int Width = 300;
        float[] x = [.. Numbers.Normal(new Random(3), Width).Select(v => v + 10_000)];
        double[] expected = LayerTwin(Numbers.Widen(x), [.. Enumerable.Repeat(1.0, Width)], new double[Width], Width);
        using Guarded<float> input = new(x);
        using Guarded<float> output = new(Width);
        LayerNorm.Forward(Pool, input.Pointer, null, null, output.Pointer, null, null, 1, Width, Epsilon);
        Numbers.AssertClose(expected, output.Span, 1e-3, 1e-3, "y");
    }

    [Theory]
    [InlineData(2000, 96)]
    [InlineData(5000, 33)]
    public void Gradients_over_many_rows_are_the_same_bits_for_any_number_of_threads(int rows, int width)
    {
        var random = new Random(5);
        using Guarded<float> x = new(Numbers.Normal(random, rows * width));
        using Guarded<float> dy = new(Numbers.Normal(random, rows * width));
        using Guarded<float> gain = new(Numbers.Normal(random, width));
        using Guarded<float> y = new(rows * width);
        using Guarded<float> mean = new(rows);
        using Guarded<float> inverse = new(rows);
        float[]? first = null;
        for (int threads = 1; threads <= 3; threads++)
        {
            using var pool = new WorkerPool(threads);
            using Guarded<float> dx = new(rows * width);
            using Guarded<float> sums = new(3 * width);
            RmsNorm.Forward(pool, x.Pointer, gain.Pointer, y.Pointer, inverse.Pointer, rows, width, Epsilon);
            RmsNorm.Backward(pool, dy.Pointer, x.Pointer, gain.Pointer, inverse.Pointer, dx.Pointer, sums.Pointer, rows, width);
            LayerNorm.Forward(pool, x.Pointer, gain.Pointer, null, y.Pointer, mean.Pointer, inverse.Pointer, rows, width, Epsilon);
            LayerNorm.Backward(
                pool, dy.Pointer, x.Pointer, gain.Pointer, mean.Pointer, inverse.Pointer, dx.Pointer, sums.Pointer + width, sums.Pointer + (2 * width), rows, width);
            float[] result = [.. y.Span, .. dx.Span, .. sums.Span];
            first ??= result;
            Assert.Equal(first, result);
        }

        double[] biasGradient = new double[width];
        for (int i = 0; i < dy.Count; i++)
        {
            biasGradient[i % width] += dy.Span[i];
        }

        Numbers.AssertClose(biasGradient, first.AsSpan()[^width..], 1e-5, 1e-3, "dBias");
    }

    private static double[] RmsTwin(double[] x, double[] gain, int width)
    {
        var y = new double[x.Length];
        for (int start = 0; start < x.Length; start += width)
        {
            double squares = 0;
            for (int i = 0; i < width; i++)
            {
                squares += x[start + i] * x[start + i];
            }

            for (int i = 0; i < width; i++)
            {
                y[start + i] = x[start + i] / Math.Sqrt((squares / width) + Epsilon) * gain[i];
            }
        }

        return y;
    }

    private static double[] LayerTwin(double[] x, double[] gain, double[] bias, int width)
    {
        var y = new double[x.Length];
        for (int start = 0; start < x.Length; start += width)
        {
            double mean = x.AsSpan(start, width).ToArray().Average();
            double variance = x.AsSpan(start, width).ToArray().Average(v => (v - mean) * (v - mean));
            for (int i = 0; i < width; i++)
            {
                y[start + i] = ((x[start + i] - mean) / Math.Sqrt(variance + Epsilon) * gain[i]) + bias[i];
            }
        }

        return y;
    }
}
