using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>
/// Copies a block of an operand into the order in which the micro-kernel reads it, converting it to words on the way.
/// Beyond the block's edges the copy is zero and the source is never touched.
/// </summary>
/// <remarks>
/// A is packed by rows, k contiguous (the kernel broadcasts one word of each row); B is packed in panels as wide as a tile, one
/// row of the panel a step of k. So an operand whose k runs along its stored rows is kept as it is for A and turned for B, and the
/// other way round when k runs down its columns.
/// </remarks>
internal abstract unsafe class GemmPacker
{
    /// <summary>Vectors of words are written whole: targets are padded to a multiple of this many words both ways.</summary>
    public const int Padding = 16;

    /// <summary>target[r * stride + c] = word (r, c).</summary>
    /// <param name="source">First value of the block.</param>
    /// <param name="sourceStride">Distance between source rows, in values.</param>
    /// <param name="sourceRows">Rows of values in the block.</param>
    /// <param name="sourceColumns">Columns of values in the block.</param>
    /// <param name="target">First word of the copy.</param>
    /// <param name="targetStride">Distance between rows of the copy, in words.</param>
    /// <param name="targetColumns">Words to write in each row, a multiple of the vector's length; zero beyond the source.</param>
    public abstract void Keep(
        float* source, long sourceStride, int sourceRows, int sourceColumns, float* target, long targetStride, int targetColumns);

    /// <summary>Panel p of the copy, a stride of panels further on each time: target[r * width + c] = word (r, p * width + c).</summary>
    /// <param name="source">First value of the block.</param>
    /// <param name="sourceStride">Distance between source rows, in values.</param>
    /// <param name="sourceRows">Rows of values in the block.</param>
    /// <param name="sourceColumns">Columns of values in the block, at least 1.</param>
    /// <param name="target">First word of the first panel.</param>
    /// <param name="width">Words in a row of a panel; zero beyond the source.</param>
    /// <param name="panelStride">Distance between panels, in words.</param>
    public abstract void KeepPanels(
        float* source, long sourceStride, int sourceRows, int sourceColumns, float* target, int width, long panelStride);

    /// <summary>target[c * stride + r] = word (r, c).</summary>
    /// <param name="source">First value of the block.</param>
    /// <param name="sourceStride">Distance between source rows, in values.</param>
    /// <param name="sourceRows">Rows of values in the block.</param>
    /// <param name="sourceColumns">Columns of values in the block.</param>
    /// <param name="target">First word of the copy.</param>
    /// <param name="targetStride">Distance between rows of the copy, in words.</param>
    /// <param name="targetColumns">Words to write in each row of the copy, a multiple of the vector's length; zero beyond the source.</param>
    public abstract void Turn(
        float* source, long sourceStride, int sourceRows, int sourceColumns, float* target, long targetStride, int targetColumns);
}

/// <summary>The packer for one vector width and one kind of word.</summary>
internal sealed unsafe class GemmPacker<TWords, TLanes, TVector> : GemmPacker
    where TWords : struct, IWords<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // The largest block of values behind one square of words: 16 by 32 or 32 by 16.
    private const int StagedValues = 512;

    private const int PrefetchValues = 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Keep(
        float* source, long sourceStride, int sourceRows, int sourceColumns, float* target, long targetStride, int targetColumns)
    {
        for (int row = 0; row < sourceRows; row += TWords.RowsPerWord)
        {
            int column = 0;
            int word = 0;
            if (row + TWords.RowsPerWord <= sourceRows)
            {
                int last = sourceColumns - (TLanes.Count * TWords.ColumnsPerWord);
                for (; column <= last; column += TLanes.Count * TWords.ColumnsPerWord, word += TLanes.Count)
                {
                    TLanes.Store(TWords.Read(source + column, sourceStride), target + word);
                }
            }

            for (; word < targetColumns; column += TLanes.Count * TWords.ColumnsPerWord, word += TLanes.Count)
            {
                KeepEdge(source + column, sourceStride, sourceRows - row, sourceColumns - column, target + word);
            }

            source += TWords.RowsPerWord * sourceStride;
            target += targetStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void KeepPanels(
        float* source, long sourceStride, int sourceRows, int sourceColumns, float* target, int width, long panelStride)
    {
        int panelColumns = width * TWords.ColumnsPerWord;
        for (int row = 0; row < sourceRows; row += TWords.RowsPerWord)
        {
            float* to = target;
            int wholeColumns = row + TWords.RowsPerWord <= sourceRows ? sourceColumns - panelColumns : -1;
            int column = 0;
            for (; column <= wholeColumns; column += panelColumns, to += panelStride)
            {
                for (int word = 0; word < width; word += TLanes.Count)
                {
                    TLanes.Store(TWords.Read(source + column + (word * TWords.ColumnsPerWord), sourceStride), to + word);
                }
            }

            for (; column < sourceColumns; column += panelColumns, to += panelStride)
            {
                for (int word = 0; word < width; word += TLanes.Count)
                {
                    int first = column + (word * TWords.ColumnsPerWord);
                    KeepEdge(source + first, sourceStride, sourceRows - row, sourceColumns - first, to + word);
                }
            }

            source += TWords.RowsPerWord * sourceStride;
            target += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Turn(
        float* source, long sourceStride, int sourceRows, int sourceColumns, float* target, long targetStride, int targetColumns)
    {
        int rowsAtOnce = TLanes.Count * TWords.RowsPerWord;
        int columnsAtOnce = TLanes.Count * TWords.ColumnsPerWord;
        for (int word = 0, row = 0; word < targetColumns; word += TLanes.Count, row += rowsAtOnce)
        {
            float* from = source + (row * sourceStride);
            float* to = target + word;
            int column = 0;
            if (row + rowsAtOnce <= sourceRows)
            {
                for (; column + columnsAtOnce <= sourceColumns; column += columnsAtOnce)
                {
                    Prefetch(from + column + PrefetchValues, sourceStride, rowsAtOnce);
                    TLanes.Turn<TWords>(from + column, sourceStride, to, targetStride);
                    to += TLanes.Count * targetStride;
                }
            }

            for (; column < sourceColumns; column += columnsAtOnce)
            {
                TurnEdge(from + column, sourceStride, sourceRows - row, sourceColumns - column, to, targetStride);
                to += TLanes.Count * targetStride;
            }
        }
    }

    /// <summary>Asks for what the rows hold further on. A block touches more rows than the processor follows streams by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* source, long stride, int rows)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            Sse.Prefetch0(source);
            source += stride;
        }
    }

    [SkipLocalsInit]
    private static void KeepEdge(float* source, long stride, int rows, int columns, float* target)
    {
        float* staged = stackalloc float[StagedValues];
        Stage(source, stride, rows, columns, staged, TWords.RowsPerWord);
        TLanes.Store(TWords.Read(staged, TLanes.Count * TWords.ColumnsPerWord), target);
    }

    [SkipLocalsInit]
    private static void TurnEdge(float* source, long stride, int rows, int columns, float* target, long targetStride)
    {
        float* staged = stackalloc float[StagedValues];
        Stage(source, stride, rows, columns, staged, TLanes.Count * TWords.RowsPerWord);
        TLanes.Turn<TWords>(staged, TLanes.Count * TWords.ColumnsPerWord, target, targetStride);
    }

    /// <summary>Copies what there is of a block and fills the rest with zeros, so that the edge goes through the same code as the middle.</summary>
    private static void Stage(float* source, long stride, int rows, int columns, float* staged, int stagedRows)
    {
        int stagedColumns = TLanes.Count * TWords.ColumnsPerWord;
        int present = Math.Clamp(columns, 0, stagedColumns);
        for (int row = 0; row < stagedRows; row++)
        {
            var line = new Span<float>(staged + (row * stagedColumns), stagedColumns);
            if (row >= rows)
            {
                line.Clear();
                continue;
            }

            new ReadOnlySpan<float>(source + (row * stride), present).CopyTo(line);
            line[present..].Clear();
        }
    }
}
