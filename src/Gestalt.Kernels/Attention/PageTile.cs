using System.Runtime.InteropServices;

namespace Gestalt.Kernels;

/// <summary>What the words are that a few rows of queries or probabilities are multiplied with a page in.</summary>
internal enum PageWords
{
    /// <summary>Four bytes of a <see cref="CacheFormat.Q8_0"/> page with four of a row: <c>vpdpbusd</c>.</summary>
    Bytes,

    /// <summary>A float16 of a <see cref="CacheFormat.F16"/> page, widened, with a float32 of a row.</summary>
    Halves,

    /// <summary>Two bfloat16 with two of a row: <c>vdpbf16ps</c>. No page is kept so; prompts repack float16 pages.</summary>
    BFloats,
}

/// <summary>Operands of the kernels that multiply a tile of rows with a page. Emitted code reads it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PageTileArguments
{
    /// <summary>Rows of 32-bit words: queries (rows, D), or probabilities (D / 32 of them for bytes, else one; rows, 64).</summary>
    public byte* Rows;

    /// <summary>Distance of rows, in bytes.</summary>
    public long RowStride;

    /// <summary>The chunk: keys for scores, values for results.</summary>
    public byte* Chunk;

    /// <summary>The chunk that is wanted next; it is asked for on the way.</summary>
    public byte* Next;

    /// <summary>Scores, (rows, 64), are replaced; results, (rows, D), are multiplied by <see cref="Shrinks"/> and added to.</summary>
    public float* Result;

    /// <summary>Distance of their rows, in bytes.</summary>
    public long ResultStride;

    /// <summary>What products are multiplied by: for bytes (D / 32, rows), else for results only, (rows).</summary>
    public float* Factors;

    /// <summary>What the scores of bytes begin at, (D / 32, rows): -128 for each unit of a query, since keys have 128 added.</summary>
    public int* Offsets;

    /// <summary>What earlier results are multiplied by, (rows).</summary>
    public float* Shrinks;
}

/// <summary>How large a tile is.</summary>
/// <param name="Words">What is multiplied.</param>
/// <param name="WordRows">
/// Rows of words, each with its own sums: 4 or 8. With bytes in two levels the upper ones come first, then the lower ones.
/// </param>
/// <param name="Levels">
/// For bytes, how many of them a value of a row has: with one, values are rounded to 8 bits; with two, upper and lower, to 16, which is as good as float32 beside pages of
/// 8 bits, for twice the work.
/// </param>
internal readonly record struct PageTile(PageWords Words, int WordRows, int Levels = 1)
{
    /// <summary>Queries.</summary>
    public int Rows => WordRows / Levels;

    /// <summary>Registers of sums in a row: <see cref="WordRows"/> times this are 16, enough for the multipliers never to wait.</summary>
    public int Vectors => 16 / WordRows;

    /// <summary>Values that are multiplied in a lane.</summary>
    public int ValuesPerWord => Words switch
    {
        PageWords.Bytes => 4,
        PageWords.Halves => 1,
        _ => 2,
    };

    /// <summary>Bytes of a register of a page as it is loaded.</summary>
    public int VectorBytes => Words == PageWords.Halves ? 32 : 64;

    /// <summary>Values of a head that have factors of their own.</summary>
    public int BlockLength(int headWidth) => Words == PageWords.Bytes ? PagedShape.ScaleLength : headWidth;

    /// <summary>Parts of a head that have factors of their own.</summary>
    public int Blocks(int headWidth) => headWidth / BlockLength(headWidth);
}
