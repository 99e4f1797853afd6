using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>What is known of the queries in the lanes of a block (two registers of them) while their keys pass by.</summary>
internal readonly unsafe struct LaneState(float* memory, int lanes)
{
    /// <summary>Values per lane.</summary>
    internal const int Rows = 5;

    /// <summary>First key that each lane sees.</summary>
    public float* Starts => memory;

    /// <summary>Last key that each lane sees.</summary>
    public float* Limits => memory + lanes;

    /// <summary>The highest score so far, in powers of two.</summary>
    public float* Maximum => memory + (2 * lanes);

    /// <summary>The sum of 2^(score - maximum) so far.</summary>
    public float* Sum => memory + (3 * lanes);

    /// <summary>What earlier results are to be multiplied by since the maximum rose.</summary>
    public float* Shrink => memory + (4 * lanes);
}

/// <summary>The softmax of attention in tiles, (keys, two registers of queries), updated block by block of keys.</summary>
internal static unsafe class SoftmaxTiles
{
    /// <summary>Below every real score, yet finite: the maximum of a query that has seen nothing.</summary>
    internal const float Nothing = -1e30f;

    /// <summary>Forgets maximum and sum.</summary>
    internal static void Begin<R>(LaneState state)
        where R : struct, IRegister<R>
    {
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R.Broadcast(Nothing).Store(state.Maximum + lane);
            R.Zero.Store(state.Sum + lane);
        }
    }

    /// <summary>Turns products into capped scores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Cap<R>(float* scores, int count, float scale)
        where R : struct, IRegister<R>
    {
        R by = R.Broadcast(scale);
        for (int i = 0; i < count; i += R.Count)
        {
            VectorMath.Tanh(by * R.Load(scores + i)).Store(scores + i);
        }
    }

    /// <summary>Sets the scores of keys that a lane may not see to -∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Mask<R>(LaneState state, int key, int half, int count, float* scores)
        where R : struct, IRegister<R>
    {
        R hidden = R.Broadcast(float.NegativeInfinity);
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R from = R.Load(state.Starts + lane);
            R to = R.Load(state.Limits + lane);
            float* s = scores + lane;
            int rows = lane == 0 ? half : count;
            for (int i = 0; i < rows; i++, s += 2 * R.Count)
            {
                R position = R.Broadcast(key + i);
                R seen = R.WhereAtLeast(to, position, R.Load(s), hidden);
                R.WhereAtLeast(position, from, seen, hidden).Store(s);
            }
        }
    }

    /// <summary>Replaces products by 2^(score - maximum), updates maximum and sum, and notes what earlier results are to be multiplied by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Soften<R>(LaneState state, int half, int count, float exponent, float* scores)
        where R : struct, IRegister<R>
    {
        R scale = R.Broadcast(exponent);
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            int rows = lane == 0 ? half : count;
            R even = R.Broadcast(float.NegativeInfinity);
            R odd = even;
            float* s = scores + lane;
            int i = 0;
            for (; i + 1 < rows; i += 2, s += 4 * R.Count)
            {
                even = R.Max(even, R.Load(s));
                odd = R.Max(odd, R.Load(s + (2 * R.Count)));
            }

            if (i < rows)
            {
                even = R.Max(even, R.Load(s));
            }

            R before = R.Load(state.Maximum + lane);
            R highest = R.Max(before, R.Max(even, odd) * scale);
            R factor = VectorMath.Exp2(before - highest);
            R total = R.Load(state.Sum + lane) * factor;
            s = scores + lane;
            for (i = 0; i < rows; i++, s += 2 * R.Count)
            {
                R p = VectorMath.Exp2(R.MultiplyAdd(R.Load(s), scale, R.Zero - highest));
                p.Store(s);
                total += p;
            }

            highest.Store(state.Maximum + lane);
            total.Store(state.Sum + lane);
            factor.Store(state.Shrink + lane);
        }
    }

    /// <summary>Divides (rows, lanes) by the sums. A query that saw nothing has sum 0 and gets zeros.</summary>
    internal static void Finish<R>(LaneState state, float* output, int rows)
        where R : struct, IRegister<R>
    {
        for (int lane = 0; lane < 2 * R.Count; lane += R.Count)
        {
            R sum = R.Load(state.Sum + lane);
            R inverse = R.Broadcast(1f) / sum;
            R.WhereAtLeast(R.Zero, sum, R.Zero, inverse).Store(state.Shrink + lane);
        }

        Multiply<R>(output, rows, state.Shrink);
    }

    /// <summary>Multiplies every row of (rows, lanes) by the lanes' factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Multiply<R>(float* output, int rows, float* factors)
        where R : struct, IRegister<R>
    {
        R left = R.Load(factors);
        R right = R.Load(factors + R.Count);
        for (int row = 0; row < rows; row++, output += 2 * R.Count)
        {
            (R.Load(output) * left).Store(output);
            (R.Load(output + R.Count) * right).Store(output + R.Count);
        }
    }
}
