using System.Runtime.InteropServices;

namespace Gestalt.Kernels;

/// <summary>
/// The micro-kernel: a tile of C, a few rows by a few vectors, is kept in registers while k runs; every step broadcasts one word of
/// each row of A against one row of the packed panel of B. All arithmetic of a product happens here.
/// </summary>
internal abstract unsafe class GemmTile
{
    /// <summary>Most rows of a tile.</summary>
    public abstract int Rows { get; }

    /// <summary>Columns of a tile, and words in a row of a packed panel of B.</summary>
    public abstract int Columns { get; }

    /// <summary>Values of k in a word: 1 for float32, 2 for pairs of bfloat16.</summary>
    public abstract int ValuesPerWord { get; }

    /// <summary>C tile = A rows times B panel, added to what C holds if the arguments say so.</summary>
    /// <param name="rows">Rows to compute, 1 to <see cref="Rows"/>.</param>
    /// <param name="columns">Columns to compute, 1 to <see cref="Columns"/>; the panel has all of them.</param>
    /// <param name="arguments">Where the operands are.</param>
    public abstract void Multiply(int rows, int columns, GemmTileArguments* arguments);
}

/// <summary>Operands of one call of a micro-kernel. Emitted code reads it by offset: the order and the 8-byte fields are its contract.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GemmTileArguments
{
    /// <summary>First row of A.</summary>
    public float* A;

    /// <summary>Distance between rows of A, in bytes.</summary>
    public long StrideA;

    /// <summary>The packed panel of B.</summary>
    public float* B;

    /// <summary>Words of k, at least 1.</summary>
    public long Steps;

    /// <summary>First element of the tile of C.</summary>
    public float* C;

    /// <summary>Distance between rows of C, in bytes.</summary>
    public long StrideC;

    /// <summary>1 to add to what C holds, 0 to replace it.</summary>
    public long Accumulate;

    /// <summary>Bits of the columns in the tile's last vector; only for emitted kernels, which set it themselves.</summary>
    public long LastMask;

    /// <summary>What will be read soon: a cache line of it is fetched to the second-level cache every four steps. Any address will do.</summary>
    public float* Soon;
}
