namespace Gestalt.Kernels.Tests;

/// <summary>One product with its operands, and the naive twin that it is compared with.</summary>
internal sealed unsafe class GemmCase : IDisposable
{
    private readonly bool _transposeA;
    private readonly bool _transposeB;
    private readonly int _m;
    private readonly int _n;
    private readonly int _k;
    private readonly bool _accumulate;
    private readonly GemmOperand _a;
    private readonly GemmOperand _b;
    private readonly GemmOperand _c;
    private readonly GemmOperand? _bias;

    public GemmCase(bool transposeA, bool transposeB, int m, int n, int k, bool accumulate, bool bias, int gap, Func<float> next)
    {
        (_transposeA, _transposeB, _m, _n, _k, _accumulate) = (transposeA, transposeB, m, n, k, accumulate);
        _a = (transposeA ? new GemmOperand(k, m, gap) : new GemmOperand(m, k, gap)).Fill(next);
        _b = (transposeB ? new GemmOperand(n, k, gap) : new GemmOperand(k, n, gap)).Fill(next);
        _c = new GemmOperand(m, n, gap);
        _bias = bias ? new GemmOperand(1, n, 0).Fill(next) : null;
        if (accumulate)
        {
            _c.Fill(next);
        }
    }

    public string Name => $"m={_m} n={_n} k={_k} transposeA={_transposeA} transposeB={_transposeB} accumulate={_accumulate} bias={_bias is not null} gap={_a.Stride - _a.Columns}";

    public GemmOperand Result => _c;

    public GemmProblem Problem => new(
        _transposeA, _transposeB, _m, _n, _k, _a.First, _a.Stride, _b.First, _b.Stride, _c.First, _c.Stride, _accumulate, _bias is null ? null : _bias.First);

    /// <summary>The product by its definition, in double precision, from what C holds now.</summary>
    /// <param name="rounded">Whether operands are rounded to bfloat16 first.</param>
    /// <param name="magnitude">Sum of the absolute values of everything added up: what rounding errors are proportional to.</param>
    public double[] Expected(bool rounded, out double[] magnitude)
    {
        var sums = new double[_m * _n];
        magnitude = new double[_m * _n];
        for (int i = 0; i < _m; i++)
        {
            for (int p = 0; p < _k; p++)
            {
                double x = Round(_transposeA ? _a[p, i] : _a[i, p], rounded);
                for (int j = 0; j < _n; j++)
                {
                    double product = x * Round(_transposeB ? _b[j, p] : _b[p, j], rounded);
                    sums[(i * _n) + j] += product;
                    magnitude[(i * _n) + j] += Math.Abs(product);
                }
            }

            for (int j = 0; j < _n; j++)
            {
                double rest = (_accumulate ? _c[i, j] : 0) + (_bias is null ? 0 : _bias[0, j]);
                sums[(i * _n) + j] += rest;
                magnitude[(i * _n) + j] += Math.Abs(rest);
            }
        }

        return sums;
    }

    /// <summary>Multiplies and compares; whole numbers have to come out exactly.</summary>
    public void Check(WorkerPool pool, GemmBackend backend, bool rounded, double tolerance)
    {
        double[] expected = Expected(rounded, out double[] magnitude);
        Gemm.Multiply(pool, backend, Problem);
        for (int i = 0; i < _m; i++)
        {
            for (int j = 0; j < _n; j++)
            {
                double allowed = tolerance * magnitude[(i * _n) + j];
                double difference = Math.Abs(_c[i, j] - expected[(i * _n) + j]);
                Assert.True(difference <= allowed, $"{Name}: C[{i},{j}] is {_c[i, j]}, expected {expected[(i * _n) + j]}");
            }
        }

        Assert.True(_c.GapsAreUntouched(), $"{Name}: wrote between the rows of C");
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
        _bias?.Dispose();
    }

    private static float Round(float value, bool rounded)
    {
        if (!rounded)
        {
            return value;
        }

        // To nearest, ties to even, by comparing with both neighbours rather than by the kernels' bit trick.
        uint bits = BitConverter.SingleToUInt32Bits(value);
        float below = BitConverter.UInt32BitsToSingle(bits & 0xFFFF_0000);
        float above = BitConverter.UInt32BitsToSingle((bits & 0xFFFF_0000) + 0x1_0000);
        double toBelow = Math.Abs((double)value - below);
        double toAbove = Math.Abs((double)above - value);
        bool belowIsEven = (bits & 0x1_0000) == 0;
        return toBelow < toAbove || (toBelow == toAbove && belowIsEven) ? below : above;
    }
}
