namespace Gestalt.Kernels.Stored;

/// <summary>
/// 512 values of one row, unpacked to bytes: 16 blocks of 32, turned so that lane b of the j-th of eight vectors holds the values 4j to 4j+3 of block b.
/// </summary>
/// <remarks>
/// The processor's <c>vpdpbusd</c> multiplies four bytes in each of 16 lanes by four others and adds the products to the lane. With a block in a
/// lane, eight such instructions give the 16 whole-number sums of 16 blocks, ready to be multiplied by 16 scales at once. Weights
/// and activations are laid out alike; the last slab of a row is filled up with blocks whose scales are zero.
/// </remarks>
internal static class Slab
{
    /// <summary>Values in a slab.</summary>
    public const int Length = 512;

    /// <summary>Values in a block: a lane.</summary>
    public const int BlockLength = 32;

    /// <summary>Blocks in a slab: lanes.</summary>
    public const int Blocks = 16;

    /// <summary>Vectors of codes.</summary>
    public const int Vectors = 8;

    /// <summary>Bytes of a vector.</summary>
    public const int VectorBytes = 64;

    /// <summary>Where a record of weights has its scales: 16 of the first or only pieces of the blocks, then 16 of the second ones, for pieces of 16 values.</summary>
    public const int Scales = Length;

    /// <summary>Where a record of weights has what is taken away from scale times code, in the same order: minima, or scales times the code of zero.</summary>
    public const int Minima = Scales + (2 * VectorBytes);

    /// <summary>Where a record of activations has its scales.</summary>
    public const int InputScales = Length;

    /// <summary>Where a record of activations has the sums of its blocks.</summary>
    public const int InputSums = InputScales + VectorBytes;

    /// <summary>Where a record of activations has the sums of the first and the second 16 values of its blocks.</summary>
    public const int InputPieceSums = InputSums + VectorBytes;

    /// <summary>Bytes of a record, of weights or of activations.</summary>
    public const int Bytes = 768;

    /// <summary>Slabs that hold a row.</summary>
    public static int Count(int columns) => Whole.Ceiling(columns, Length);
}
