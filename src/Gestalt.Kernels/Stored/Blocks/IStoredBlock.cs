namespace Gestalt.Kernels.Stored;

/// <summary>
/// The layout of a quantized block: values are <c>scale · (code - Offset) - minimum</c>. Decoding and products both read blocks through
/// this one description.
/// </summary>
internal unsafe interface IStoredBlock
{
    /// <summary>Values in a block.</summary>
    static abstract int Length { get; }

    /// <summary>Bytes of a block.</summary>
    static abstract int Bytes { get; }

    /// <summary>Values that share a scale: 16 or 32.</summary>
    static abstract int Piece { get; }

    /// <summary>The code that stands for zero.</summary>
    static abstract int Offset { get; }

    /// <summary>Whether each piece has a minimum.</summary>
    static abstract bool HasMinima { get; }

    /// <summary>Reads a block.</summary>
    /// <param name="block">Its bytes, of any alignment.</param>
    /// <param name="codes">Receives a code for each value, in the order of the values.</param>
    /// <param name="scales">Receives a scale for each piece.</param>
    /// <param name="minima">Receives a minimum for each piece if there are minima; otherwise untouched.</param>
    static abstract void Unpack(byte* block, byte* codes, float* scales, float* minima);
}

/// <summary>The numbers of an <see cref="IStoredBlock"/>.</summary>
internal readonly record struct BlockShape(int Length, int Bytes, int Piece, int Offset, bool HasMinima)
{
    /// <summary>Pieces in a block.</summary>
    public int Pieces => Length / Piece;

    public static BlockShape Of<TBlock>()
        where TBlock : struct, IStoredBlock => new(TBlock.Length, TBlock.Bytes, TBlock.Piece, TBlock.Offset, TBlock.HasMinima);
}
