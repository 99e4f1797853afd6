using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>Transposes small matrices, so that the queries of a block lie in the lanes of a register.</summary>
internal static unsafe class Transposition
{
    /// <summary>target[column, row] = source[row, column]. Strides are in elements.</summary>
    /// <remarks>Whole squares of a register's size go through shuffles, what is left at the edges in squares of four, and then value by value.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Copy<R>(float* source, long sourceStride, int rows, int columns, float* target, long targetStride)
        where R : struct, IRegister<R>
    {
        int wholeRows = rows - (rows % R.Count);
        int wholeColumns = columns - (columns % R.Count);
        for (int row = 0; row < wholeRows; row += R.Count)
        {
            for (int column = 0; column < wholeColumns; column += R.Count)
            {
                R.Transpose(source + (row * sourceStride) + column, sourceStride, target + (column * targetStride) + row, targetStride);
            }
        }

        Edge<R>(source + wholeColumns, sourceStride, wholeRows, columns - wholeColumns, target + (wholeColumns * targetStride), targetStride);
        Edge<R>(source + (wholeRows * sourceStride), sourceStride, rows - wholeRows, columns, target + wholeRows, targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Edge<R>(float* source, long sourceStride, int rows, int columns, float* target, long targetStride)
        where R : struct, IRegister<R>
    {
        if (R.Count > Register128.Count && rows > 0 && columns > 0)
        {
            Copy<Register128>(source, sourceStride, rows, columns, target, targetStride);
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                target[(column * targetStride) + row] = source[(row * sourceStride) + column];
            }
        }
    }
}
