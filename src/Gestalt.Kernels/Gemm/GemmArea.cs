using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>A rectangle of C for one chunk of k, with its operands packed or in place.</summary>
internal readonly unsafe struct GemmArea
{
    public readonly GemmBackend Backend;
    public readonly GemmProblem Problem;
    public readonly GemmChunk Chunk;
    public readonly int FirstRow;
    public readonly int Rows;
    public readonly int FirstPanel;
    public readonly int Panels;

    /// <summary>Packed rows of A from <see cref="FirstRow"/> on, or null where a part reads A in place or packs its rows itself.</summary>
    public readonly float* PackedA;

    /// <summary>Packed panels of B: block after block of k, in each block panel after panel.</summary>
    public readonly float* PackedB;

    public GemmArea(
        GemmBackend backend, in GemmProblem problem, GemmChunk chunk, int firstRow, int rows, int firstPanel, int panels, float* packedA, float* packedB)
    {
        Backend = backend;
        Problem = problem;
        Chunk = chunk;
        FirstRow = firstRow;
        Rows = rows;
        FirstPanel = firstPanel;
        Panels = panels;
        PackedA = packedA;
        PackedB = packedB;
    }

    /// <summary>Distance between packed panels of B in one block of k, in words.</summary>
    public long PanelStride => Chunk.PanelStride(Backend.Tile.Columns);

    /// <summary>Whether each part has to pack its rows of A.</summary>
    public bool PacksRowsInParts => PackedA == null && !Backend.ReadsInPlace(Problem);

    public double Flops =>
        Gemm.FlopCount(Rows, Math.Min(Problem.N - (FirstPanel * Backend.Tile.Columns), Panels * Backend.Tile.Columns), Chunk.Values);

    /// <summary>Rows of A as the micro-kernel reads them: packed before, in place, or packed now for this thread alone.</summary>
    /// <param name="row">First row, counted from <see cref="FirstRow"/>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="stride">Distance between them, in words.</param>
    public float* RowsOfA(int row, int rows, out long stride)
    {
        stride = Chunk.RowStride;
        if (PackedA != null)
        {
            return PackedA + (row * stride);
        }

        if (Backend.ReadsInPlace(Problem))
        {
            stride = Problem.StrideA;
            return Problem.A + ((FirstRow + row) * stride) + Chunk.FirstValue;
        }

        float* packed = GemmBuffers.OfThread.Rows(rows * stride);
        Problem.PackA(Backend, FirstRow + row, rows, Chunk.FirstValue, Chunk.Values, packed, stride);
        return packed;
    }

    /// <summary>Multiplies rows with one panel of B, block after block of k.</summary>
    /// <param name="row">First row, counted from <see cref="FirstRow"/>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="a">Words of those rows, for this chunk of k.</param>
    /// <param name="strideA">Distance between rows of A, in words.</param>
    /// <param name="panel">The panel, counted from <see cref="FirstPanel"/>.</param>
    /// <param name="panelB">Its packed words in the first block.</param>
    /// <param name="blockStride">Distance from block to block, in words.</param>
    /// <param name="next">What the caller multiplies with next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MultiplyPanel(int row, int rows, float* a, long strideA, int panel, float* panelB, long blockStride, float* next)
    {
        GemmTile tile = Backend.Tile;
        int column = (FirstPanel + panel) * tile.Columns;
        int columns = Math.Min(tile.Columns, Problem.N - column);
        float* c = Problem.C + ((FirstRow + row) * Problem.StrideC) + column;

        GemmTileArguments arguments;
        arguments.StrideA = strideA * sizeof(float);
        arguments.StrideC = Problem.StrideC * sizeof(float);
        for (int block = 0; block < Chunk.Blocks; block++)
        {
            bool isFirst = Chunk.FirstValue == 0 && block == 0;
            bool isLast = Chunk.IsLast && block == Chunk.Blocks - 1;
            int step = block * Chunk.BlockSteps;
            arguments.Accumulate = isFirst && !Problem.Accumulate ? 0 : 1;
            arguments.B = panelB + (block * blockStride);
            arguments.Steps = Math.Min(Chunk.BlockSteps, Chunk.Steps - step);
            arguments.Soon = block + 1 < Chunk.Blocks ? arguments.B + blockStride : next;
            for (int done = 0, height; done < rows; done += height)
            {
                height = TileHeight(rows - done, tile.Rows);
                arguments.A = a + (done * strideA) + step;
                arguments.C = c + (done * Problem.StrideC);
                tile.Multiply(height, columns, &arguments);
                arguments.Soon += 4 * arguments.Steps;
                if (isLast && Problem.Bias != null)
                {
                    AddBias(arguments.C, Problem.StrideC, Problem.Bias + column, height, columns);
                }
            }
        }
    }

    /// <summary>Whole tiles, the last two of about the same height: two middling tiles are faster than a whole one and a flat one.</summary>
    private static int TileHeight(int rows, int most) => rows <= most ? rows : rows < 2 * most ? (rows + 1) / 2 : most;

    private static void AddBias(float* c, long stride, float* bias, int rows, int columns)
    {
        for (int row = 0; row < rows; row++, c += stride)
        {
            for (int column = 0; column < columns; column++)
            {
                c[column] += bias[column];
            }
        }
    }
}
