using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>The size of a gradient, for clipping and for watching a training run, and whether it is finite at all.</summary>
public static unsafe class Norms
{
    /// <summary>Values summed in float32 before the sum is carried on in double: 64 per lane, a relative error below 4e-6 and in practice 1e-7.</summary>
    private const int Run = 1024;

    /// <summary>Σ x², with the same bits whatever the number of threads.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Values.</param>
    /// <param name="count">How many.</param>
    /// <returns>The sum; not finite if a value is not.</returns>
    public static double SumOfSquares(WorkerPool pool, float* x, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int parts = checked((int)((count + ElementLoop.Block - 1) / ElementLoop.Block));
        double* sums = (double*)Scratch.ForCaller(2L * parts);
        VectorWidth.Run(pool, parts, new SquaresWork(x, sums, count));
        double total = 0;
        for (int part = 0; part < parts; part++)
        {
            total += sums[part];
        }

        return total;
    }

    /// <summary>Whether no value is NaN or infinite.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Values.</param>
    /// <param name="count">How many.</param>
    public static bool AllFinite(WorkerPool pool, float* x, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int parts = checked((int)((count + ElementLoop.Block - 1) / ElementLoop.Block));
        float* sums = Scratch.ForCaller(parts);
        VectorWidth.Run(pool, parts, new FiniteWork(x, sums, count));
        for (int part = 0; part < parts; part++)
        {
            if (sums[part] != 0)
            {
                return false;
            }
        }

        return true;
    }

    private readonly struct SquaresWork(float* x, double* sums, long count) : IVectorWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            long start = (long)part * ElementLoop.Block;
            int length = (int)Math.Min(ElementLoop.Block, count - start);
            double sum = 0;
            for (int i = 0; i < length; i += Run)
            {
                sum += Squares<R>(x + start + i, Math.Min(Run, length - i));
            }

            sums[part] = sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static double Squares<R>(float* x, int length)
            where R : struct, IRegister<R>
        {
            R even = R.Zero;
            R odd = R.Zero;
            int i = 0;
            for (; i < length - R.Count; i += 2 * R.Count)
            {
                R a = R.Load(x + i);
                R b = RowEnds.Load<R>(x + i + R.Count, length - i - R.Count);
                even = R.MultiplyAdd(a, a, even);
                odd = R.MultiplyAdd(b, b, odd);
            }

            if (i < length)
            {
                R a = RowEnds.Load<R>(x + i, length - i);
                even = R.MultiplyAdd(a, a, even);
            }

            return R.Sum(even + odd);
        }
    }

    /// <summary>x * 0 is 0 for every finite x and NaN for the others, and a NaN stays in a sum for good.</summary>
    private readonly struct FiniteWork(float* x, float* sums, long count) : IVectorWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            long start = (long)part * ElementLoop.Block;
            int length = (int)Math.Min(ElementLoop.Block, count - start);
            R sum = R.Zero;
            for (int i = 0; i < length; i += R.Count)
            {
                sum = R.MultiplyAdd(RowEnds.Load<R>(x + start + i, length - i), R.Zero, sum);
            }

            sums[part] = R.Sum(sum);
        }
    }
}
