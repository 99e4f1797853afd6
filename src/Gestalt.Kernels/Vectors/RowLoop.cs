using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>A formula for one row of a matrix, such as a norm or a softmax.</summary>
internal interface IRowwise
{
    /// <summary>Computes one row.</summary>
    void Row<R>(long row)
        where R : struct, IRegister<R>;
}

/// <summary>The loop over rows that all row-wise kernels share.</summary>
internal static class RowLoop
{
    /// <summary>Elements a part should have at least; shorter rows are bundled. As <see cref="ElementLoop.Block"/>.</summary>
    private const int Block = 8 * 1024;

    /// <summary>Applies the formula to every row.</summary>
    internal static void Run<TBody>(WorkerPool pool, int rows, int width, TBody body)
        where TBody : struct, IRowwise
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        int rowsPerPart = Math.Max(1, Block / Math.Max(1, width));
        VectorWidth.Run(pool, (rows + rowsPerPart - 1) / rowsPerPart, new Loop<TBody>(body, rows, rowsPerPart));
    }

    private readonly struct Loop<TBody>(TBody body, int rows, int rowsPerPart) : IVectorWork
        where TBody : struct, IRowwise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            TBody formula = body;
            long end = Math.Min(rows, ((long)part + 1) * rowsPerPart);
            for (long row = (long)part * rowsPerPart; row < end; row++)
            {
                formula.Row<R>(row);
            }
        }
    }
}
