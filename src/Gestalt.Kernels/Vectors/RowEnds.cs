using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Loads and stores that stop at the end of a row, so that a loop over any length is one loop:
/// <c>for (i = 0; i &lt; n; i += R.Count) RowEnds.Store(y + i, n - i, f(RowEnds.Load&lt;R&gt;(x + i, n - i)))</c>.
/// </summary>
internal static unsafe class RowEnds
{
    /// <summary>Loads a full register, or what is left of the row with zeros behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R Load<R>(float* source, int left)
        where R : struct, IRegister<R> => left >= R.Count ? R.Load(source) : R.LoadPartial(source, left);

    /// <summary>Stores a full register, or as many lanes as are left of the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<R>(float* target, int left, R value)
        where R : struct, IRegister<R>
    {
        if (left >= R.Count)
        {
            value.Store(target);
        }
        else
        {
            value.StorePartial(target, left);
        }
    }

    /// <summary>Sets a row to zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Clear<R>(float* target, int count)
        where R : struct, IRegister<R>
    {
        for (int i = 0; i < count; i += R.Count)
        {
            Store(target + i, count - i, R.Zero);
        }
    }
}
