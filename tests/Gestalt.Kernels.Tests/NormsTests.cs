using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class NormsTests
{
    private static readonly WorkerPool Pool = WorkerPool.Shared;

    [Fact]
    public void Sum_of_squares_equals_the_formula_at_every_length() => Widths.ForEach(() =>
    {
        var random = new Random(4);
        for (int count = 0; count <= 256; count++)
        {
            AssertSum(random, count);
        }

        AssertSum(random, (3 * ElementLoop.Block) + 1234);
    });

    [Fact]
    public void Sum_of_squares_is_the_same_bits_for_any_number_of_threads()
    {
        using Guarded<float> x = new(Numbers.Normal(new Random(5), 100_003));
        var sums = new HashSet<double>();
        for (int threads = 1; threads <= 3; threads++)
        {
            using var pool = new WorkerPool(threads);
            sums.Add(Norms.SumOfSquares(pool, x.Pointer, x.Count));
        }

        Assert.Single(sums);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void One_value_that_is_not_finite_is_found_wherever_it_stands(float value) => Widths.ForEach(() =>
    {
        using Guarded<float> x = new(Enumerable.Repeat(float.MaxValue, (2 * ElementLoop.Block) + 77).ToArray());
        Assert.True(Norms.AllFinite(Pool, x.Pointer, x.Count));
        foreach (int place in new[] { 0, 1, 17, ElementLoop.Block - 1, ElementLoop.Block, x.Count - 16, x.Count - 1 })
        {
            x.Span[place] = value;
            Assert.False(Norms.AllFinite(Pool, x.Pointer, x.Count));
            Assert.False(double.IsFinite(Norms.SumOfSquares(Pool, x.Pointer, x.Count)));
            x.Span[place] = float.MaxValue;
        }

        Assert.True(Norms.AllFinite(Pool, x.Pointer, 0));
    });

    private static void AssertSum(Random random, int count)
    {
        using Guarded<float> x = new(Numbers.Normal(random, count));
        double expected = 0;
        foreach (float value in x.Span)
        {
            expected += (double)value * value;
        }

        Assert.Equal(expected, Norms.SumOfSquares(Pool, x.Pointer, count), 1e-6 * (expected + 1e-9));
    }
}
