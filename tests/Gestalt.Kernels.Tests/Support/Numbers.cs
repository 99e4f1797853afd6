namespace Gestalt.Kernels.Tests.Support;

/// <summary>Random inputs, comparisons and finite differences.</summary>
internal static class Numbers
{
    public static float[] Normal(Random random, int count, double scale = 1)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    public static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }

    /// <summary>Fails if a value is further from the expected one than relative * its size + absolute.</summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double relative, double absolute, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = (Math.Abs(expected[i]) * relative) + absolute;
            if (!(Math.Abs(expected[i] - actual[i]) <= allowed))
            {
                Assert.Fail($"{what}[{i}] of {expected.Length} is {actual[i]}, expected {expected[i]} within {allowed:g2} (registers ≤ {VectorWidth.Limit} bits)");
            }
        }
    }

    /// <summary>Central differences of a scalar function at x.</summary>
    public static double[] Gradient(double[] x, Func<double[], double> function, double step = 1e-5)
    {
        var gradient = new double[x.Length];
        double[] moved = [.. x];
        for (int i = 0; i < x.Length; i++)
        {
            moved[i] = x[i] + step;
            double above = function(moved);
            moved[i] = x[i] - step;
            double below = function(moved);
            moved[i] = x[i];
            gradient[i] = (above - below) / (2 * step);
        }

        return gradient;
    }

    /// <summary>Σ a b: turns a function's outputs into one number whose gradient has b as the upstream gradient.</summary>
    public static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    public static double[] Add(double[] a, double[] b)
    {
        var sum = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            sum[i] = a[i] + b[i];
        }

        return sum;
    }
}
