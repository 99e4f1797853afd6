using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>Brings the rows of one key-value head of one sequence together and distributes their gradients again.</summary>
/// <remarks>
/// Rows of one head lie K D values apart. When that is a large power of two they compete for the same few sets of a cache; together they do not.
/// Gathered once per part, with 256 queries and D = 64, attention as a whole became up to 1.4 times as fast.
/// </remarks>
internal readonly unsafe struct KeyValueRows(AttentionShape shape, int b, int head)
{
    private readonly long _stride = (long)shape.KeyValueHeads * shape.HeadWidth;
    private readonly long _first = (((long)b * shape.KeyCapacity * shape.KeyValueHeads) + head) * shape.HeadWidth;

    /// <summary>Copies rows <paramref name="from"/> to <paramref name="end"/> - 1 to (rows, D).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Gather<R>(float* source, int from, int end, float* target)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        source += _first + (from * _stride);
        for (int key = from; key < end; key++, source += _stride, target += d)
        {
            for (int i = 0; i < d; i += R.Count)
            {
                RowEnds.Store(target + i, d - i, RowEnds.Load<R>(source + i, d - i));
            }
        }
    }

    /// <summary>Adds, or writes, the first <c>Keys</c> rows of (rows, <paramref name="width"/>), of which D values count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Scatter<R>(float* source, int width, float* target, bool accumulate)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        target += _first;
        for (int key = 0; key < shape.Keys; key++, source += width, target += _stride)
        {
            for (int i = 0; i < d; i += R.Count)
            {
                R value = R.Load(source + i);
                RowEnds.Store(target + i, d - i, accumulate ? value + RowEnds.Load<R>(target + i, d - i) : value);
            }
        }
    }
}
