using System.Numerics;

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
        double[] b = Values(_b, rounded);
        if (_transposeB)
        {
            b = Transposed(b, _n, _k);
        }

        double[] a = Values(_a, rounded);
        if (_transposeA)
        {
            a = Transposed(a, _k, _m);
        }

        magnitude = Product([.. a.Select(Math.Abs)], [.. b.Select(Math.Abs)]);
        double[] sums = Product(a, b);
        for (int i = 0; i < _m; i++)
        {
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

    private static double[] Values(GemmOperand operand, bool rounded)
    {
        var values = new double[operand.Rows * operand.Columns];
        for (int row = 0; row < operand.Rows; row++)
        {
            for (int column = 0; column < operand.Columns; column++)
            {
                values[(row * operand.Columns) + column] = Round(operand[row, column], rounded);
            }
        }

        return values;
    }

    private static double[] Transposed(double[] values, int rows, int columns)
    {
        var transposed = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            transposed[(i % columns * rows) + (i / columns)] = values[i];
        }

        return transposed;
    }

    /// <summary>One multiple of a row of B after the other is added to a row of C.</summary>
    private double[] Product(double[] a, double[] b)
    {
        var sums = new double[_m * _n];
        for (int i = 0; i < _m; i++)
        {
            Span<double> row = sums.AsSpan(i * _n, _n);
            for (int p = 0; p < _k; p++)
            {
                ReadOnlySpan<double> other = b.AsSpan(p * _n, _n);
                double factor = a[(i * _k) + p];
                int j = 0;
                for (; j <= _n - Vector<double>.Count; j += Vector<double>.Count)
                {
                    (new Vector<double>(row[j..]) + (new Vector<double>(other[j..]) * factor)).CopyTo(row[j..]);
                }

                for (; j < _n; j++)
                {
                    row[j] += factor * other[j];
                }
            }
        }

        return sums;
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
