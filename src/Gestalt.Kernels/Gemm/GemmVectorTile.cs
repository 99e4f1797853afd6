using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>The micro-kernel in plain C#: 6 rows by 2 vectors, float32, for whatever width of vector the processor has.</summary>
/// <remarks>
/// 12 sums, 2 vectors of B and one broadcast fill the 16 registers of AVX2. It is also what runs with 512-bit vectors where
/// the system forbids code emitted at run time.
/// </remarks>
internal sealed unsafe class GemmVectorTile<TLanes, TVector> : GemmTile
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int TileRows = 6;

    public override int Rows => TileRows;

    public override int Columns => 2 * TLanes.Count;

    public override int ValuesPerWord => 1;

    public override void Multiply(int rows, int columns, GemmTileArguments* arguments)
    {
        if (rows == TileRows && columns == Columns)
        {
            MultiplyWhole(rows, arguments->C, arguments->StrideC, arguments->Accumulate != 0, arguments);
            return;
        }

        // At the edges the whole tile is computed beside C, and what belongs to C is copied.
        float* scratch = stackalloc float[TileRows * Columns];
        MultiplyWhole(rows, scratch, Columns * sizeof(float), accumulate: false, arguments);
        for (int row = 0; row < rows; row++)
        {
            float* c = (float*)((byte*)arguments->C + (row * arguments->StrideC));
            for (int column = 0; column < columns; column++)
            {
                float sum = scratch[(row * Columns) + column];
                c[column] = arguments->Accumulate != 0 ? c[column] + sum : sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyWhole(int rows, float* c, long strideC, bool accumulate, GemmTileArguments* arguments)
    {
        // Rows that are not there repeat the last one: their sums are thrown away.
        float* a0 = arguments->A;
        float* a1 = Row(a0, arguments->StrideA, Math.Min(1, rows - 1));
        float* a2 = Row(a0, arguments->StrideA, Math.Min(2, rows - 1));
        float* a3 = Row(a0, arguments->StrideA, Math.Min(3, rows - 1));
        float* a4 = Row(a0, arguments->StrideA, Math.Min(4, rows - 1));
        float* a5 = Row(a0, arguments->StrideA, Math.Min(5, rows - 1));
        float* b = arguments->B;

        TVector c00 = TLanes.Zero, c01 = TLanes.Zero;
        TVector c10 = TLanes.Zero, c11 = TLanes.Zero;
        TVector c20 = TLanes.Zero, c21 = TLanes.Zero;
        TVector c30 = TLanes.Zero, c31 = TLanes.Zero;
        TVector c40 = TLanes.Zero, c41 = TLanes.Zero;
        TVector c50 = TLanes.Zero, c51 = TLanes.Zero;
        long steps = arguments->Steps;
        for (long step = 0; step < steps; step++)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + TLanes.Count);
            b += 2 * TLanes.Count;

            TVector x = TLanes.Broadcast(a0[step]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
            x = TLanes.Broadcast(a1[step]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            c11 = TLanes.MultiplyAdd(x, b1, c11);
            x = TLanes.Broadcast(a2[step]);
            c20 = TLanes.MultiplyAdd(x, b0, c20);
            c21 = TLanes.MultiplyAdd(x, b1, c21);
            x = TLanes.Broadcast(a3[step]);
            c30 = TLanes.MultiplyAdd(x, b0, c30);
            c31 = TLanes.MultiplyAdd(x, b1, c31);
            x = TLanes.Broadcast(a4[step]);
            c40 = TLanes.MultiplyAdd(x, b0, c40);
            c41 = TLanes.MultiplyAdd(x, b1, c41);
            x = TLanes.Broadcast(a5[step]);
            c50 = TLanes.MultiplyAdd(x, b0, c50);
            c51 = TLanes.MultiplyAdd(x, b1, c51);
        }

        Store(c00, c01, c, accumulate);
        Store(c10, c11, Row(c, strideC, 1), accumulate);
        Store(c20, c21, Row(c, strideC, 2), accumulate);
        Store(c30, c31, Row(c, strideC, 3), accumulate);
        Store(c40, c41, Row(c, strideC, 4), accumulate);
        Store(c50, c51, Row(c, strideC, 5), accumulate);
    }

    private static float* Row(float* first, long stride, int row) => (float*)((byte*)first + (row * stride));

    private static void Store(TVector left, TVector right, float* c, bool accumulate)
    {
        if (accumulate)
        {
            left = TLanes.Add(TLanes.Load(c), left);
            right = TLanes.Add(TLanes.Load(c + TLanes.Count), right);
        }

        TLanes.Store(left, c);
        TLanes.Store(right, c + TLanes.Count);
    }
}
