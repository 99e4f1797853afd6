using System.Runtime.CompilerServices;
using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests.Vectors;

public sealed unsafe class VectorMathTests
{
    private static readonly WorkerPool Pool = WorkerPool.Shared;

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Exp_is_within_its_bound_of_the_true_value() =>
        AssertUlps<ExpRule>(Floats(-87.32f, 88.37f, 40_000), Math.Exp, 1.5);

    [Fact]
    public void Exp2_is_within_its_bound_of_the_true_value() =>
        AssertUlps<Exp2Rule>(Floats(-125.9f, 127.4f, 40_000), x => Math.Pow(2, x), 1.5);

    [Fact]
    public void Tanh_is_within_its_bound_of_the_true_value() =>
        AssertUlps<TanhRule>(Floats(-12, 12, 40_000), Math.Tanh, 3);

    [Fact]
    public void Sigmoid_is_within_four_ulps_of_the_true_value() =>
        AssertUlps<SigmoidRule>(Floats(-87, 87, 40_000), x => 1 / (1 + Math.Exp(-x)), 4);

    [Fact]
    public void Log2_is_within_its_bound_of_the_true_value() =>
        AssertUlps<Log2Rule>(Floats(1.2e-38f, 3e38f, 40_000), Math.Log2, 4);

    [Fact]
    public void Log2_is_as_good_near_one_where_it_vanishes() =>
        AssertUlps<Log2Rule>(Floats(0.99f, 1.01f, 20_000), Math.Log2, 4);

    [Theory]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-1e30f, 0f)]
    [InlineData(-88f, 0f)]
    [InlineData(0f, 1f)]
    [InlineData(float.NaN, float.NaN)]
    public void Exponentials_at_the_edges(float x, float expected) => Widths.ForEach(() =>
    {
        Assert.Equal(expected, Apply<ExpRule>([x])[0]);
        Assert.Equal(expected, Apply<Exp2Rule>([x * 2])[0]);
        Assert.InRange(Apply<ExpRule>([float.PositiveInfinity])[0], 2e38f, float.PositiveInfinity);
        Assert.InRange(Apply<Exp2Rule>([float.PositiveInfinity])[0], 2e38f, float.PositiveInfinity);
        Assert.Equal(1, Apply<TanhRule>([float.PositiveInfinity])[0]);
        Assert.Equal(-1, Apply<TanhRule>([-1000])[0]);
        Assert.True(float.IsNaN(Apply<TanhRule>([float.NaN])[0]));
        Assert.Equal(0, Apply<TanhRule>([0])[0]);
    });

    [Fact]
    public void A_value_does_not_depend_on_the_width_or_on_its_place()
    {
        float[] x = Floats(-80, 80, 1003);
        VectorWidth.Limit = 0;
        float[] widest = Apply<ExpRule>(x);
        Widths.ForEach(() =>
        {
            Assert.Equal(widest, Apply<ExpRule>(x));
            Assert.Equal(widest[1..], Apply<ExpRule>(x[1..]));
        });
    }

    /// <summary>Every processor can emulate every width but one: that the widest is used where it exists has to be seen too.</summary>
    [Fact]
    public void The_widest_registers_are_used_and_the_limit_is_obeyed()
    {
        Assert.Equal(System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated, VectorWidth.Bits == 512);
        Widths.ForOne(256, () => Assert.True(VectorWidth.Bits <= 256));
        Widths.ForOne(32, () => Assert.Equal(32, VectorWidth.Bits));
    }

    /// <summary>Floats spread evenly over the bit patterns between two bounds, so that every power of two gets its share, and evenly in value.</summary>
    private static float[] Floats(float from, float to, int count)
    {
        var random = new Random(count);
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            float even = (float)(from + ((to - (double)from) * random.NextDouble()));
            float sign = from < 0 && random.Next(2) == 0 ? -1 : 1;
            float bound = sign < 0 ? -from : to;
            float lowest = from > 0 ? from : 1e-30f;
            int pattern = random.Next(BitConverter.SingleToInt32Bits(lowest), BitConverter.SingleToInt32Bits(bound));
            values[i] = i % 2 == 0 ? even : sign * BitConverter.Int32BitsToSingle(pattern);
        }

        return values;
    }

    private static void AssertUlps<TRule>(float[] x, Func<double, double> truth, double bound)
        where TRule : struct, IRule => Widths.ForEach(() =>
    {
        float[] y = Apply<TRule>(x);
        for (int i = 0; i < x.Length; i++)
        {
            double expected = truth(x[i]);
            double ulp = Math.Max(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)Math.Abs(expected)) + 1) - Math.Abs((float)expected), 1e-45);
            double error = Math.Abs(y[i] - expected) / ulp;
            Assert.True(error <= bound, $"f({x[i]:r}) is {y[i]:r}, true {expected:r}: {error:f2} ulp with registers ≤ {VectorWidth.Limit}");
        }
    });

    private static float[] Apply<TRule>(float[] x)
        where TRule : struct, IRule
    {
        using Guarded<float> input = new(x);
        using Guarded<float> output = new(x.Length);
        ElementLoop.Run(Pool, x.Length, new Body<TRule>(input.Pointer, output.Pointer));
        return output.ToArray();
    }

    private interface IRule
    {
        static abstract R Apply<R>(R x)
            where R : struct, IRegister<R>;
    }

    private readonly struct Body<TRule>(float* x, float* y) : IElementwise
        where TRule : struct, IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow => window.Store(y + index, TRule.Apply(window.Load<R>(x + index)));
    }

    private readonly struct ExpRule : IRule
    {
        public static R Apply<R>(R x)
            where R : struct, IRegister<R> => VectorMath.Exp(x);
    }

    private readonly struct Exp2Rule : IRule
    {
        public static R Apply<R>(R x)
            where R : struct, IRegister<R> => VectorMath.Exp2(x);
    }

    private readonly struct TanhRule : IRule
    {
        public static R Apply<R>(R x)
            where R : struct, IRegister<R> => VectorMath.Tanh(x);
    }

    private readonly struct SigmoidRule : IRule
    {
        public static R Apply<R>(R x)
            where R : struct, IRegister<R> => VectorMath.Sigmoid(x);
    }

    private readonly struct Log2Rule : IRule
    {
        public static R Apply<R>(R x)
            where R : struct, IRegister<R> => VectorMath.Log2(x);
    }
}
