using System.Runtime.CompilerServices;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Many rows of activations, rounded, block after block of 32 values: for each block the codes of all rows, their scales, and their sums as each kind
/// of weights wants them.
/// </summary>
/// <param name="m">Rows.</param>
/// <param name="columns">Values in a row, whole blocks.</param>
/// <param name="memory">Memory of the length that <see cref="Floats"/> says.</param>
internal readonly unsafe struct PanelInputs(int m, int columns, float* memory)
{
    /// <summary>Arrays of sums that formats can want: one of a block's two pieces, or of both.</summary>
    public const int ArraysPerKind = 2;

    /// <summary>Rows that are rounded in one part: their scales are a cache line.</summary>
    private const int PartRows = 16;

    public int Rows => m;

    public int Blocks => columns / Slab.BlockLength;

    /// <summary>Parts in which rounding is done.</summary>
    public int Parts => Whole.Ceiling(m, PartRows);

    private long PerArray => (long)m * Blocks;

    /// <summary>Memory that is wanted, in float32 values.</summary>
    /// <param name="m">Rows.</param>
    /// <param name="columns">Values in a row.</param>
    /// <param name="kinds">Kinds of weights.</param>
    public static long Floats(int m, int columns, int kinds) => (long)m * (columns / Slab.BlockLength) * ((Slab.BlockLength / sizeof(float)) + 1 + (ArraysPerKind * kinds));

    /// <summary>Codes of a block from a row on.</summary>
    public byte* Codes(int block, int row) => (byte*)memory + ((((long)block * m) + row) * Slab.BlockLength);

    /// <summary>Scales of a block from a row on.</summary>
    public float* Scales(int block, int row) => memory + (PerArray * (Slab.BlockLength / sizeof(float))) + ((long)block * m) + row;

    /// <summary>Sums of a block for a kind of weights from a row on, as float32 or as whole numbers.</summary>
    public float* Sums(int kind, int piece, int block, int row) => Scales(block, row) + (PerArray * (1 + (ArraysPerKind * kind) + piece));

    /// <summary>Rounds some rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Round(float* x, int strideX, BlockShape* kinds, int kindCount, int part)
    {
        int begin = part * PartRows;
        int end = Math.Min(m, begin + PartRows);
        for (int block = 0; block < Blocks; block++)
        {
            for (int row = begin; row < end; row++)
            {
                float scale = RoundedInputs.Block(
                    x + ((long)row * strideX) + (block * Slab.BlockLength), (sbyte*)Codes(block, row), out (int First, int Second) sums);
                *Scales(block, row) = scale;
                for (int kind = 0; kind < kindCount; kind++)
                {
                    StoreSums(kinds[kind], kind, block, row, scale, sums.First, sums.Second);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StoreSums(BlockShape shape, int kind, int block, int row, float scale, int first, int second)
    {
        if (RoundedKernels.PiecesOfBlock(shape) == 1)
        {
            first += second;
        }

        float* firsts = Sums(kind, 0, block, row);
        float* seconds = Sums(kind, 1, block, row);
        if (shape.HasMinima)
        {
            *firsts = scale * first;
            *seconds = scale * second;
        }
        else
        {
            *(int*)firsts = -shape.Offset * first;
            *(int*)seconds = -shape.Offset * second;
        }
    }
}
