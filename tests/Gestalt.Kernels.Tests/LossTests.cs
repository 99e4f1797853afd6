using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class LossTests
{
    private static readonly WorkerPool Pool = WorkerPool.Shared;

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(3, 1, 0)]
    [InlineData(5, 7, 0)]
    [InlineData(9, 100, 0)]
    [InlineData(4, 257, 3)]
    [InlineData(3, 31, 0.8)]
    public void Cross_entropy_and_its_gradient_equal_the_formula(int rows, int vocabulary, float softCap)
    {
        var random = new Random((rows * 100) + vocabulary);
        float[] logits = Numbers.Normal(random, rows * vocabulary, 3);
        float[] weights = Numbers.Normal(random, rows);
        int[] targets = [.. Enumerable.Range(0, rows).Select(row => row == 1 ? -1 : random.Next(vocabulary))];
        double[] wide = Numbers.Widen(logits);
        double[] losses = [.. Enumerable.Range(0, rows).Select(row => Loss(wide, row, targets[row], vocabulary, softCap))];
        double Total(double[] x)
        {
            double sum = 0;
            for (int row = 0; row < rows; row++)
            {
                sum += 0.25 * weights[row] * Loss(x, row, targets[row], vocabulary, softCap);
            }

            return sum;
        }

        double[] gradient = Numbers.Gradient(wide, Total);
        Widths.ForEach(() =>
        {
            using Guarded<float> x = new(logits);
            using Guarded<int> t = new(targets);
            using Guarded<float> w = new(weights);
            using Guarded<float> actual = new(rows);
            CrossEntropy.Rows(Pool, x.Pointer, t.Pointer, w.Pointer, actual.Pointer, rows, vocabulary, 0.25f, withGradient: true, softCap);
            Numbers.AssertClose(losses, actual.Span, 2e-6, 3e-6, "loss");
            Numbers.AssertClose(gradient, x.Span, 1e-5, 1e-6, "gradient");

            using Guarded<float> again = new(logits);
            using Guarded<float> without = new(rows);
            CrossEntropy.Rows(Pool, again.Pointer, t.Pointer, null, without.Pointer, rows, vocabulary, 1, withGradient: false, softCap);
            Assert.Equal(actual.ToArray(), without.ToArray());
        });
    }

    /// <summary>Rows longer than a chunk, whose chunks have very different maxima.</summary>
    [Theory]
    [InlineData(5000, 0)]
    [InlineData(50257, 0)]
    [InlineData(5000, 30)]
    public void Long_rows_equal_the_formula(int vocabulary, float softCap)
    {
        var random = new Random(vocabulary);
        float[] logits = Numbers.Normal(random, 2 * vocabulary, 2);
        for (int i = 0; i < vocabulary; i++)
        {
            logits[i] += i / 1000 * 7;
            logits[vocabulary + i] -= i / 1000 * 7;
        }

        int[] targets = [vocabulary - 1, vocabulary / 2];
        double[] wide = Numbers.Widen(logits);
        Widths.ForEach(() =>
        {
            using Guarded<float> x = new(logits);
            using Guarded<int> t = new(targets);
            using Guarded<float> losses = new(2);
            CrossEntropy.Rows(Pool, x.Pointer, t.Pointer, null, losses.Pointer, 2, vocabulary, 1, withGradient: true, softCap);
            for (int row = 0; row < 2; row++)
            {
                double logSum = Loss(wide, row, targets[row], vocabulary, softCap) + Cap(wide[(row * vocabulary) + targets[row]], softCap);
                Numbers.AssertClose([Loss(wide, row, targets[row], vocabulary, softCap)], losses.Span.Slice(row, 1), 3e-6, 3e-6, "loss");
                var expected = new double[vocabulary];
                for (int i = 0; i < vocabulary; i++)
                {
                    double capped = Cap(wide[(row * vocabulary) + i], softCap);
                    double slope = softCap > 0 ? 1 - (capped / softCap * capped / softCap) : 1;
                    expected[i] = (Math.Exp(capped - logSum) - (i == targets[row] ? 1 : 0)) * slope;
                }

                Numbers.AssertClose(expected, x.Span.Slice(row * vocabulary, vocabulary), 1e-4, 1e-6, "gradient");
            }
        });
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Ignored_targets_give_no_loss_and_no_gradient_whatever_the_logits() => Widths.ForEach(() =>
    {
        using Guarded<float> x = new([float.NaN, 1, 2, float.PositiveInfinity, 3, 4]);
        using Guarded<int> t = new([-1, -100]);
        using Guarded<float> losses = new([9f, 9f]);
        CrossEntropy.Rows(Pool, x.Pointer, t.Pointer, null, losses.Pointer, 2, 3, 1, withGradient: true);
        Assert.All(losses.ToArray(), loss => Assert.Equal(0, loss));
        Assert.All(x.ToArray(), gradient => Assert.Equal(0, gradient));
    });

    [Fact]
    public void Forbidden_tokens_of_minus_infinity_get_no_gradient() => Widths.ForEach(() =>
    {
        float[] logits = [.. Enumerable.Repeat(float.NegativeInfinity, 5000)];
        logits[4000] = 1;
        logits[4999] = 1;
        using Guarded<float> x = new(logits);
        using Guarded<int> t = new([4999]);
        using Guarded<float> losses = new(1);
        CrossEntropy.Rows(Pool, x.Pointer, t.Pointer, null, losses.Pointer, 1, 5000, 1, withGradient: true);
        Assert.Equal(Math.Log(2), losses.Span[0], 1e-6);
        Assert.Equal(-0.5f, x.Span[4999]);
        Assert.Equal(0.5f, x.Span[4000]);
        Assert.Equal(4998, x.ToArray().Count(gradient => gradient == 0));
    });

    [Fact]
    public void A_logit_that_is_not_a_number_shows_in_the_loss() => Widths.ForEach(() =>
    {
        for (int place = 0; place < 40; place++)
        {
            float[] logits = new float[40];
            logits[place] = float.NaN;
            using Guarded<float> x = new(logits);
            using Guarded<int> t = new([3]);
            using Guarded<float> losses = new(1);
            CrossEntropy.Rows(Pool, x.Pointer, t.Pointer, null, losses.Pointer, 1, 40, 1, withGradient: false);
            Assert.True(float.IsNaN(losses.Span[0]), $"at {place}");
        }
    });

    [Fact]
    public void A_target_outside_the_vocabulary_is_refused_before_anything_changes()
    {
        using Guarded<float> x = new([1f, 2, 3, 4]);
        using Guarded<int> t = new([0, 2]);
        using Guarded<float> losses = new(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.Rows(Pool, x.Pointer, t.Pointer, null, losses.Pointer, 2, 2, 1, true));
        Assert.Equal([1f, 2, 3, 4], x.ToArray());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(4, 16)]
    [InlineData(5, 67)]
    [InlineData(2, 300)]
    [InlineData(0, 3)]
    public void Softmax_equals_the_formula(int rows, int width)
    {
        float[] x = Numbers.Normal(new Random(width), rows * width, 5);
        var expected = new double[x.Length];
        for (int row = 0; row < rows; row++)
        {
            double sum = 0;
            for (int i = 0; i < width; i++)
            {
                sum += Math.Exp(x[(row * width) + i]);
            }

            for (int i = 0; i < width; i++)
            {
                expected[(row * width) + i] = Math.Exp(x[(row * width) + i]) / sum;
            }
        }

        Widths.ForEach(() =>
        {
            using Guarded<float> input = new(x);
            using Guarded<float> output = new(x.Length);
            Softmax.Rows(Pool, input.Pointer, output.Pointer, rows, width);
            Numbers.AssertClose(expected, output.Span, 1e-5, 1e-7, "softmax");
            Softmax.Rows(Pool, input.Pointer, input.Pointer, rows, width);
            Assert.Equal(output.ToArray(), input.ToArray());
        });
    }

    private static double Cap(double x, float softCap) => softCap > 0 ? softCap * Math.Tanh(x / softCap) : x;

    private static double Loss(double[] logits, int row, int target, int vocabulary, float softCap)
    {
        if (target < 0)
        {
            return 0;
        }

        double highest = double.NegativeInfinity;
        for (int i = 0; i < vocabulary; i++)
        {
            highest = Math.Max(highest, Cap(logits[(row * vocabulary) + i], softCap));
        }

        double sum = 0;
        for (int i = 0; i < vocabulary; i++)
        {
            sum += Math.Exp(Cap(logits[(row * vocabulary) + i], softCap) - highest);
        }

        return Math.Log(sum) + highest - Cap(logits[(row * vocabulary) + target], softCap);
    }
}
