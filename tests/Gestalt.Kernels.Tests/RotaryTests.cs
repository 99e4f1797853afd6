using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class RotaryTests
{
    private const int Positions = 50;

    private static readonly WorkerPool Pool = WorkerPool.Shared;

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(0, 4, 8)]
    [InlineData(5, 3, 6)]
    [InlineData(7, 2, 20)]
    [InlineData(9, 2, 34)]
    [InlineData(4, 4, 64)]
    public void Turns_pairs_and_its_inverse_is_its_gradient(int tokens, int heads, int width)
    {
        var random = new Random(width);
        int count = tokens * heads * width;
        float[] x = Numbers.Normal(random, count);
        float[] dy = Numbers.Normal(random, count);
        int[] positions = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(Positions))];
        double[] Twin(double[] input) => Turn(input, positions, heads, width);
        double[] y = Twin(Numbers.Widen(x));
        double[] dx = Numbers.Gradient(Numbers.Widen(x), v => Numbers.Dot(Twin(v), Numbers.Widen(dy)));
        using Guarded<float> cos = new(Positions * width / 2);
        using Guarded<float> sin = new(Positions * width / 2);
        Rotary.FillTables(cos.Pointer, sin.Pointer, Positions, width, 10_000);
        Widths.ForEach(() =>
        {
            using Guarded<float> input = new(x);
            using Guarded<float> output = new(count);
            using Guarded<int> places = new(positions);
            using Guarded<float> upstream = new(dy);
            using Guarded<float> gradient = new(Enumerable.Repeat(2f, count).ToArray());
            Rotary.Apply(Pool, input.Pointer, output.Pointer, places.Pointer, cos.Pointer, sin.Pointer, tokens, heads, width, inverse: false, accumulate: false);
            Numbers.AssertClose(y, output.Span, 1e-6, 2e-6, "y");
            Rotary.Apply(Pool, upstream.Pointer, gradient.Pointer, places.Pointer, cos.Pointer, sin.Pointer, tokens, heads, width, inverse: true, accumulate: true);
            Numbers.AssertClose([.. dx.Select(v => v + 2)], gradient.Span, 1e-6, 2e-6, "dx");
            Rotary.Apply(Pool, input.Pointer, input.Pointer, places.Pointer, cos.Pointer, sin.Pointer, tokens, heads, width, inverse: false, accumulate: false);
            Assert.Equal(output.ToArray(), input.ToArray());
        });
    }

    [Fact]
    public void Products_depend_on_distance_only()
    {
        using Guarded<float> cos = new(Positions * 16);
        using Guarded<float> sin = new(Positions * 16);
        Rotary.FillTables(cos.Pointer, sin.Pointer, Positions, 32, 10_000);
        float[] row = Numbers.Normal(new Random(2), 32);
        using Guarded<float> x = new([.. row, .. row, .. row, .. row]);
        using Guarded<int> places = new([3, 10, 40, 47]);
        Rotary.Apply(Pool, x.Pointer, x.Pointer, places.Pointer, cos.Pointer, sin.Pointer, 4, 1, 32, inverse: false, accumulate: false);
        double[] y = Numbers.Widen(x.Span);
        Assert.Equal(Numbers.Dot(y[..32], y[32..64]), Numbers.Dot(y[64..96], y[96..]), 1e-4);
    }

    [Fact]
    public void An_odd_head_width_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Rotary.FillTables(null, null, 1, 7, 10_000));
        Assert.Throws<ArgumentException>(() => Rotary.Apply(Pool, null, null, null, null, null, 1, 1, 7, false, false));
    }

    private static double[] Turn(double[] x, int[] positions, int heads, int width)
    {
        var y = new double[x.Length];
        int half = width / 2;
        for (int row = 0; row < x.Length / width; row++)
        {
            for (int i = 0; i < half; i++)
            {
                double angle = positions[row / heads] * Math.Pow(10_000, -2.0 * i / width);
                double a = x[(row * width) + i];
                double b = x[(row * width) + half + i];
                y[(row * width) + i] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                y[(row * width) + half + i] = (a * Math.Sin(angle)) + (b * Math.Cos(angle));
            }
        }

        return y;
    }
}
