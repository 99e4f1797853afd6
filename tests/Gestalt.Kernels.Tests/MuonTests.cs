using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class MuonTests
{
    private static readonly WorkerPool Pool = WorkerPool.Shared;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(5, 13)]
    [InlineData(13, 5)]
    [InlineData(24, 24)]
    [InlineData(40, 17)]
    public void Two_steps_equal_the_formula(int rows, int columns)
    {
        var random = new Random((rows * 100) + columns);
        int count = rows * columns;
        double[] w = Numbers.Widen(Numbers.Normal(random, count));
        double[] m = new double[count];
        using Guarded<float> parameter = new([.. w.Select(x => (float)x)]);
        using Guarded<float> momentum = new(count);
        using Guarded<float> workspace = new((int)Muon.WorkspaceLength(rows, columns));
        for (int step = 0; step < 2; step++)
        {
            float[] g = Numbers.Normal(random, count);
            using Guarded<float> gradient = new(g);
            Muon.Step(Pool, Precision.Float32, parameter.Pointer, gradient.Pointer, momentum.Pointer, workspace.Pointer, rows, columns, 0.02f, 0.95f, 0.1f, 0.5f);
            Twin(w, m, g, rows, columns);
            Numbers.AssertClose(w, parameter.Span, 1e-4, 2e-5, "parameter");
            Numbers.AssertClose(m, momentum.Span, 1e-5, 1e-6, "momentum");
            Assert.Equal(g, gradient.ToArray());
        }
    }

    [Theory]
    [InlineData(32, 80, Precision.Float32)]
    [InlineData(80, 32, Precision.BFloat16)]
    public void Singular_values_come_near_one(int rows, int columns, Precision precision)
    {
        using Guarded<float> parameter = new(rows * columns);
        using Guarded<float> gradient = new(Numbers.Normal(new Random(9), rows * columns, 1e-4));
        using Guarded<float> momentum = new(rows * columns);
        using Guarded<float> workspace = new((int)Muon.WorkspaceLength(rows, columns));
        Muon.Step(Pool, precision, parameter.Pointer, gradient.Pointer, momentum.Pointer, workspace.Pointer, rows, columns, 1, 0.9f, 0, 1);

        // Of a matrix whose singular values are all s, the smaller Gram matrix is s² times the identity.
        double[] o = [.. Numbers.Widen(parameter.Span).Select(x => -x / Muon.UpdateScale(rows, columns))];
        int small = Math.Min(rows, columns);
        for (int i = 0; i < small; i++)
        {
            double diagonal = 0;
            for (int k = 0; k < Math.Max(rows, columns); k++)
            {
                double x = rows <= columns ? o[(i * columns) + k] : o[(k * columns) + i];
                diagonal += x * x;
            }

            Assert.InRange(diagonal, 0.4, 1.5);
        }
    }

    [Fact]
    public void A_zero_gradient_changes_nothing_but_the_decay()
    {
        using Guarded<float> parameter = new([1f, 2, 3, 4, 5, 6]);
        using Guarded<float> gradient = new(6);
        using Guarded<float> momentum = new(6);
        using Guarded<float> workspace = new((int)Muon.WorkspaceLength(2, 3));
        Muon.Step(Pool, Precision.Float32, parameter.Pointer, gradient.Pointer, momentum.Pointer, workspace.Pointer, 2, 3, 0.5f, 0.95f, 1, 1);
        Assert.Equal([0.5f, 1, 1.5f, 2, 2.5f, 3], parameter.ToArray());
    }

    private static void Twin(double[] w, double[] m, float[] g, int rows, int columns)
    {
        var x = new double[w.Length];
        double norm = 0;
        for (int i = 0; i < w.Length; i++)
        {
            m[i] = (0.95f * m[i]) + (0.5 * g[i]);
            x[i] = (0.5 * g[i]) + (0.95f * m[i]);
            norm += x[i] * x[i];
        }

        x = [.. x.Select(v => v / Math.Sqrt(norm))];
        for (int i = 0; i < 5; i++)
        {
            double[] a = Product(x, Transposed(x, rows, columns), rows, columns, rows);
            double[] square = Product(a, a, rows, rows, rows);
            double[] polynomial = [.. a.Select((v, j) => (-4.7750 * v) + (2.0315 * square[j]))];
            double[] change = Product(polynomial, x, rows, rows, columns);
            x = [.. x.Select((v, j) => (3.4445 * v) + change[j])];
        }

        for (int i = 0; i < w.Length; i++)
        {
            w[i] = (w[i] * (1 - (0.02f * (double)0.1f))) - (0.02f * 0.2 * Math.Sqrt(Math.Max(rows, columns)) * x[i]);
        }
    }

    private static double[] Transposed(double[] a, int rows, int columns)
    {
        var t = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            t[((i % columns) * rows) + (i / columns)] = a[i];
        }

        return t;
    }

    private static double[] Product(double[] a, double[] b, int m, int k, int n)
    {
        var c = new double[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int p = 0; p < k; p++)
            {
                for (int j = 0; j < n; j++)
                {
                    c[(i * n) + j] += a[(i * k) + p] * b[(p * n) + j];
                }
            }
        }

        return c;
    }
}
