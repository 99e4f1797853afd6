using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
            float* values = x + ((long)begin * strideX) + (block * Slab.BlockLength);
            int row = begin;
            for (; row <= end - Vector128<float>.Count; row += Vector128<float>.Count, values += (long)Vector128<float>.Count * strideX)
            {
                Vector128<float> four = RoundedInputs.FourBlocks(values, strideX, (sbyte*)Codes(block, row), out Vector128<int> firsts, out Vector128<int> seconds);
                four.Store(Scales(block, row));
                for (int kind = 0; kind < kindCount; kind++)
                {
                    (Vector128<float> First, Vector128<float> Second) stored = SumsFor(kinds[kind], four, firsts, seconds);
                    stored.First.Store(Sums(kind, 0, block, row));
                    stored.Second.Store(Sums(kind, 1, block, row));
                }
            }

            for (; row < end; row++, values += strideX)
            {
                float scale = RoundedInputs.Block(values, (sbyte*)Codes(block, row), out (int First, int Second) sums);
                *Scales(block, row) = scale;
                for (int kind = 0; kind < kindCount; kind++)
                {
                    (Vector128<float> First, Vector128<float> Second) stored =
                        SumsFor(kinds[kind], Vector128.CreateScalar(scale), Vector128.CreateScalar(sums.First), Vector128.CreateScalar(sums.Second));
                    *Sums(kind, 0, block, row) = stored.First.ToScalar();
                    *Sums(kind, 1, block, row) = stored.Second.ToScalar();
                }
            }
        }
    }

    /// <summary>What a kind of weights wants of some rows' sums of a block's two pieces, as float32 or as whole numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> First, Vector128<float> Second) SumsFor(BlockShape shape, Vector128<float> scales, Vector128<int> first, Vector128<int> second)
    {
        if (RoundedKernels.PiecesOfBlock(shape) == 1)
        {
            first += second;
        }

        return shape.HasMinima
            ? (scales * Vector128.ConvertToSingle(first), scales * Vector128.ConvertToSingle(second))
            : ((first * -shape.Offset).AsSingle(), (second * -shape.Offset).AsSingle());
    }
}
