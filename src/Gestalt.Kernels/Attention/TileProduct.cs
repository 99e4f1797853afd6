using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>How the left factor of a <see cref="TileProduct"/> lies in memory.</summary>
internal interface ILeftOrder
{
    /// <summary>False: A is (rows, steps). True: A is (steps, rows), so that the rows of one step are neighbours.</summary>
    static abstract bool StepsFirst { get; }
}

/// <summary>A is (rows, steps).</summary>
internal readonly struct RowsFirst : ILeftOrder
{
    /// <inheritdoc/>
    public static bool StepsFirst => false;
}

/// <summary>A is (steps, rows).</summary>
internal readonly struct StepsFirst : ILeftOrder
{
    /// <inheritdoc/>
    static bool ILeftOrder.StepsFirst => true;
}

/// <summary>
/// The small matrix products inside a block of attention: C(rows, columns) (+)= A(rows, steps) B(steps, columns), with everything in the
/// first two cache levels, so nothing is packed.
/// </summary>
/// <remarks>
/// A tile of C, 8 rows by 2 registers (4 by 2 on processors with 16 registers), stays in registers over all steps. Each step loads
/// two registers of B and, for each row, multiplies them with one value of A copied to all lanes: 16 multiply-adds for 2 loads and 8 broadcasts. The
/// scalar equivalent of a step is <c>for row, column: c[row, column] += a[row, step] * b[step, column]</c>.
/// </remarks>
internal static unsafe class TileProduct
{
    /// <summary>Multiplies. Strides are in elements; <paramref name="columns"/> is in registers.</summary>
    internal static void Multiply<R, TOrder>(
        int rows, int columns, int steps, float* a, long lda, float* b, long ldb, float* c, long ldc, bool accumulate)
        where R : struct, IRegister<R>
        where TOrder : struct, ILeftOrder
    {
        int column = 0;
        if (rows == 0)
        {
            return;
        }

        for (; column + 2 <= columns; column += 2)
        {
            Stripe<R, TOrder, Two>(rows, steps, a, lda, b + (column * R.Count), ldb, c + (column * R.Count), ldc, accumulate);
        }

        if (column < columns)
        {
            Stripe<R, TOrder, One>(rows, steps, a, lda, b + (column * R.Count), ldb, c + (column * R.Count), ldc, accumulate);
        }
    }

    private static void Stripe<R, TOrder, TColumns>(
        int rows, int steps, float* a, long lda, float* b, long ldb, float* c, long ldc, bool accumulate)
        where R : struct, IRegister<R>
        where TOrder : struct, ILeftOrder
        where TColumns : struct, ISize
    {
        long nextRow = TOrder.StepsFirst ? 1 : lda;
        int row = 0;
        if (R.HasThirtyTwoRegisters)
        {
            for (; row + 8 <= rows; row += 8)
            {
                Tile<R, TOrder, Eight, TColumns>(steps, a + (row * nextRow), lda, b, ldb, c + (row * ldc), ldc, accumulate);
            }
        }

        for (; row + 4 <= rows; row += 4)
        {
            Tile<R, TOrder, Four, TColumns>(steps, a + (row * nextRow), lda, b, ldb, c + (row * ldc), ldc, accumulate);
        }

        for (; row < rows; row++)
        {
            Tile<R, TOrder, One, TColumns>(steps, a + (row * nextRow), lda, b, ldb, c + (row * ldc), ldc, accumulate);
        }
    }

    // Rows and columns are constants to the compiler, which drops the sums that a smaller tile does not have.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile<R, TOrder, TRows, TColumns>(
        int steps, float* a, long lda, float* b, long ldb, float* c, long ldc, bool accumulate)
        where R : struct, IRegister<R>
        where TOrder : struct, ILeftOrder
        where TRows : struct, ISize
        where TColumns : struct, ISize
    {
        long nextRow = TOrder.StepsFirst ? 1 : lda;
        float* a0 = a;
        float* a1 = a0 + nextRow;
        float* a2 = a1 + nextRow;
        float* a3 = a2 + nextRow;
        float* a4 = a3 + nextRow;
        float* a5 = a4 + nextRow;
        float* a6 = a5 + nextRow;
        float* a7 = a6 + nextRow;
        R c00 = R.Zero, c01 = R.Zero;
        R c10 = R.Zero, c11 = R.Zero;
        R c20 = R.Zero, c21 = R.Zero;
        R c30 = R.Zero, c31 = R.Zero;
        R c40 = R.Zero, c41 = R.Zero;
        R c50 = R.Zero, c51 = R.Zero;
        R c60 = R.Zero, c61 = R.Zero;
        R c70 = R.Zero, c71 = R.Zero;
        for (long step = 0; step < steps; step++)
        {
            R b0 = R.Load(b);
            R b1 = TColumns.Value > 1 ? R.Load(b + R.Count) : R.Zero;
            b += ldb;

            Row<R, TColumns>(TOrder.StepsFirst ? a[0] : a0[step], b0, b1, ref c00, ref c01);
            if (TRows.Value > 1)
            {
                Row<R, TColumns>(TOrder.StepsFirst ? a[1] : a1[step], b0, b1, ref c10, ref c11);
                Row<R, TColumns>(TOrder.StepsFirst ? a[2] : a2[step], b0, b1, ref c20, ref c21);
                Row<R, TColumns>(TOrder.StepsFirst ? a[3] : a3[step], b0, b1, ref c30, ref c31);
            }

            if (TRows.Value > 4)
            {
                Row<R, TColumns>(TOrder.StepsFirst ? a[4] : a4[step], b0, b1, ref c40, ref c41);
                Row<R, TColumns>(TOrder.StepsFirst ? a[5] : a5[step], b0, b1, ref c50, ref c51);
                Row<R, TColumns>(TOrder.StepsFirst ? a[6] : a6[step], b0, b1, ref c60, ref c61);
                Row<R, TColumns>(TOrder.StepsFirst ? a[7] : a7[step], b0, b1, ref c70, ref c71);
            }

            if (TOrder.StepsFirst)
            {
                a += lda;
            }
        }

        Store<R, TColumns>(c, c00, c01, accumulate);
        if (TRows.Value > 1)
        {
            Store<R, TColumns>(c + ldc, c10, c11, accumulate);
            Store<R, TColumns>(c + (2 * ldc), c20, c21, accumulate);
            Store<R, TColumns>(c + (3 * ldc), c30, c31, accumulate);
        }

        if (TRows.Value > 4)
        {
            Store<R, TColumns>(c + (4 * ldc), c40, c41, accumulate);
            Store<R, TColumns>(c + (5 * ldc), c50, c51, accumulate);
            Store<R, TColumns>(c + (6 * ldc), c60, c61, accumulate);
            Store<R, TColumns>(c + (7 * ldc), c70, c71, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<R, TColumns>(float a, R b0, R b1, ref R c0, ref R c1)
        where R : struct, IRegister<R>
        where TColumns : struct, ISize
    {
        R x = R.Broadcast(a);
        c0 = R.MultiplyAdd(x, b0, c0);
        if (TColumns.Value > 1)
        {
            c1 = R.MultiplyAdd(x, b1, c1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<R, TColumns>(float* c, R c0, R c1, bool accumulate)
        where R : struct, IRegister<R>
        where TColumns : struct, ISize
    {
        (accumulate ? R.Load(c) + c0 : c0).Store(c);
        if (TColumns.Value > 1)
        {
            (accumulate ? R.Load(c + R.Count) + c1 : c1).Store(c + R.Count);
        }
    }

    private interface ISize
    {
        static abstract int Value { get; }
    }

    private readonly struct One : ISize
    {
        public static int Value => 1;
    }

    private readonly struct Two : ISize
    {
        public static int Value => 2;
    }

    private readonly struct Four : ISize
    {
        public static int Value => 4;
    }

    private readonly struct Eight : ISize
    {
        public static int Value => 8;
    }
}
