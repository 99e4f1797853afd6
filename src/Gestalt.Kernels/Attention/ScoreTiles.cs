namespace Gestalt.Kernels;

/// <summary>
/// The products with a block of scores, (keys, two registers of queries), that leave out its corner above the diagonal: keys from
/// <c>half</c> on are seen by the second register of queries only.
/// </summary>
internal static unsafe class ScoreTiles
{
    /// <summary>scores = rows queries: (keys, D) times (D, lanes).</summary>
    internal static void Multiply<R>(float* rows, int width, int half, int count, float* queries, float* scores)
        where R : struct, IRegister<R>
    {
        int lanes = 2 * R.Count;
        TileProduct.Multiply<R, RowsFirst>(half, 2, width, rows, width, queries, lanes, scores, lanes, accumulate: false);
        TileProduct.Multiply<R, RowsFirst>(
            count - half, 1, width, rows + ((long)half * width), width, queries + R.Count, lanes,
            scores + (half * lanes) + R.Count, lanes, accumulate: false);
    }

    /// <summary>output += rowsᵀ scores: (D, keys) times (keys, lanes).</summary>
    internal static void AddTransposed<R>(float* rows, int width, int half, int count, float* scores, float* output)
        where R : struct, IRegister<R>
    {
        int lanes = 2 * R.Count;
        TileProduct.Multiply<R, StepsFirst>(width, 2, half, rows, width, scores, lanes, output, lanes, accumulate: true);
        if (count > half)
        {
            TileProduct.Multiply<R, StepsFirst>(
                width, 1, count - half, rows + ((long)half * width), width, scores + (half * lanes) + R.Count, lanes,
                output + R.Count, lanes, accumulate: true);
        }
    }

    /// <summary>sums += scores rows: (keys, queries) times (queries, padded D), for the first <paramref name="queries"/> lanes.</summary>
    internal static void AddRows<R>(float* scores, int half, int count, int queries, float* rows, int paddedWidth, float* sums)
        where R : struct, IRegister<R>
    {
        int lanes = 2 * R.Count;
        int columns = paddedWidth / R.Count;
        TileProduct.Multiply<R, RowsFirst>(half, columns, queries, scores, lanes, rows, paddedWidth, sums, paddedWidth, accumulate: true);
        if (count > half)
        {
            TileProduct.Multiply<R, RowsFirst>(
                count - half, columns, queries - R.Count, scores + (half * lanes) + R.Count, lanes, rows + (R.Count * paddedWidth), paddedWidth,
                sums + ((long)half * paddedWidth), paddedWidth, accumulate: true);
        }
    }
}
