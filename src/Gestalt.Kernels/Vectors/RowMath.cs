using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>The two halves of a softmax over a stretch of memory, shared by <see cref="Softmax"/> and <see cref="CrossEntropy"/>.</summary>
internal static unsafe class RowMath
{
    /// <summary>The largest value; -∞ for none. A NaN may or may not show here, but does in the sum that follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Maximum<R>(float* x, int count)
        where R : struct, IRegister<R>
    {
        // Four registers take turns, because one maximum has to wait for the one before it.
        R a = R.Broadcast(float.NegativeInfinity);
        R b = a;
        R c = a;
        R d = a;
        int i = 0;
        for (; i <= count - (4 * R.Count); i += 4 * R.Count)
        {
            a = R.Max(a, R.Load(x + i));
            b = R.Max(b, R.Load(x + i + R.Count));
            c = R.Max(c, R.Load(x + i + (2 * R.Count)));
            d = R.Max(d, R.Load(x + i + (3 * R.Count)));
        }

        for (; i <= count - R.Count; i += R.Count)
        {
            a = R.Max(a, R.Load(x + i));
        }

        float highest = R.Maximum(R.Max(R.Max(a, b), R.Max(c, d)));
        for (; i < count; i++)
        {
            highest = MathF.Max(highest, x[i]);
        }

        return highest;
    }

    /// <summary>y = e^(x - shift); returns the sum of y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float ExpAndSum<R>(float* x, float* y, int count, float shift)
        where R : struct, IRegister<R>
    {
        R offset = R.Broadcast(shift);
        R sum = R.Zero;
        int i = 0;
        for (; i <= count - R.Count; i += R.Count)
        {
            R value = VectorMath.Exp(R.Load(x + i) - offset);
            value.Store(y + i);
            sum += value;
        }

        if (i < count)
        {
            R value = VectorMath.Exp(R.LoadPartial(x + i, count - i) - offset);
            value.StorePartial(y + i, count - i);
            sum += R.First(value, count - i);
        }

        return R.Sum(sum);
    }
}
