namespace Gestalt.Kernels.Stored;

/// <summary>
/// The product for every processor and format: some rows of weights are decoded to float32 in cache, multiplied, and forgotten.
/// </summary>
internal static unsafe class DecodingProduct
{
    /// <summary>Decoded weights at a time: 256 KiB, a part of a second-level cache.</summary>
    private const int DecodedWeights = 64 << 10;

    /// <summary>Rows at a time are a multiple of this where they can be: the widest tile's columns.</summary>
    private const int TileColumns = 32;

    /// <summary>Adds or writes x wᵀ in float32 arithmetic.</summary>
    public static void Multiply(WorkerPool pool, in StoredMatrix w, float* x, int m, int strideX, in StoredOutput output, bool accumulate)
    {
        if (w.Format == WeightFormat.F32 && (nuint)w.Data % sizeof(float) == 0)
        {
            Gemm.Multiply(
                pool, Precision.Float32, transposeA: false, transposeB: true, m, w.Rows, w.Columns, x, Math.Max(strideX, w.Columns), (float*)w.Data, w.Columns,
                output.Data, Math.Max(output.Stride, w.Rows), accumulate, output.Bias);
            return;
        }

        int rows = Math.Clamp(DecodedWeights / Math.Max(1, w.Columns) / TileColumns * TileColumns, 4, 4 * TileColumns);
        var work = new Work(pool, w, x, m, strideX, output, accumulate, rows);
        pool.Run(Whole.Ceiling(w.Rows, rows), ref work);
    }

    private readonly struct Work(
        WorkerPool pool, StoredMatrix w, float* x, int m, int strideX, StoredOutput output, bool accumulate, int rowsAtOnce) : IWork
    {
        public void Execute(int part)
        {
            int first = part * rowsAtOnce;
            int rows = Math.Min(rowsAtOnce, w.Rows - first);
            float* decoded = Scratch.ForPart((long)rowsAtOnce * w.Columns);
            WeightCodec.Decode(w.Format, w.Row(first), decoded, (long)rows * w.Columns);

            // Inside a part the pool does everything on this thread.
            Gemm.Multiply(
                pool, Precision.Float32, transposeA: false, transposeB: true, m, rows, w.Columns, x, Math.Max(strideX, w.Columns), decoded, w.Columns,
                output.Data + first, Math.Max(output.Stride, w.Rows), accumulate, output.Bias == null ? null : output.Bias + first);
        }
    }
}
