namespace Gestalt.Kernels;

/// <summary>How k is cut: in chunks, whose packed operands are in memory at the same time, made of blocks, whose panel of B stays in the first-level cache.</summary>
/// <remarks>The cut depends on k alone, never on threads, so that sums are always formed in the same order.</remarks>
internal readonly struct GemmDepth
{
    /// <summary>Most words of k in a block: 256 × 32 columns × 4 bytes = 32 KiB of packed B.</summary>
    internal const int BlockWords = 256;

    /// <summary>Most words of k in a chunk: 4 KiB for each packed row of A, a hundred of which stay in the second-level cache.</summary>
    internal const int ChunkWords = 1024;

    private readonly int _values;
    private readonly int _valuesPerWord;
    private readonly int _blockSteps;
    private readonly int _chunkBlocks;

    /// <summary>Cuts k evenly.</summary>
    /// <param name="values">k.</param>
    /// <param name="valuesPerWord">Values of k that the micro-kernel takes in one step.</param>
    public GemmDepth(int values, int valuesPerWord)
    {
        _values = values;
        _valuesPerWord = valuesPerWord;
        int steps = Whole.Ceiling(values, valuesPerWord);
        _blockSteps = Whole.RoundUp(Whole.Ceiling(steps, Whole.Ceiling(steps, BlockWords)), GemmPacker.Padding);
        int blocks = Whole.Ceiling(steps, _blockSteps);
        Chunks = Whole.Ceiling(blocks, ChunkWords / BlockWords);
        _chunkBlocks = Whole.Ceiling(blocks, Chunks);
        Chunks = Whole.Ceiling(blocks, _chunkBlocks);
    }

    /// <summary>Number of chunks.</summary>
    public int Chunks { get; }

    /// <summary>Steps of a whole chunk.</summary>
    public int ChunkSteps => _chunkBlocks * _blockSteps;

    /// <summary>One of the chunks.</summary>
    public GemmChunk Chunk(int chunk)
    {
        int first = chunk * ChunkSteps * _valuesPerWord;
        int values = Math.Min(ChunkSteps * _valuesPerWord, _values - first);
        int steps = Whole.Ceiling(values, _valuesPerWord);
        return new GemmChunk(first, values, steps, Whole.Ceiling(steps, _blockSteps), _blockSteps, _valuesPerWord, chunk == Chunks - 1);
    }
}

/// <summary>A chunk of k.</summary>
/// <param name="FirstValue">Where in k it starts.</param>
/// <param name="Values">Values of k in it.</param>
/// <param name="Steps">Steps of the micro-kernel that they make: words.</param>
/// <param name="Blocks">Blocks that it is cut in.</param>
/// <param name="BlockSteps">Steps of every block but the last, a multiple of <see cref="GemmPacker.Padding"/>.</param>
/// <param name="ValuesPerWord">Values in a step.</param>
/// <param name="IsLast">Whether k ends here.</param>
internal readonly record struct GemmChunk(int FirstValue, int Values, int Steps, int Blocks, int BlockSteps, int ValuesPerWord, bool IsLast)
{
    /// <summary>First value and number of values of some steps, cut off at the end of the chunk.</summary>
    public (int First, int Count) Slice(int step, int steps)
    {
        int first = step * ValuesPerWord;
        return (FirstValue + first, Math.Min(steps * ValuesPerWord, Values - first));
    }

    /// <summary>
    /// Distance between packed panels of B in one block, in words. Two cache lines more than a panel is long keep the same rows of
    /// neighbouring panels, which packing writes one after the other, apart in the cache's sets.
    /// </summary>
    /// <param name="width">Columns of a panel.</param>
    public long PanelStride(int width) => ((long)BlockSteps * width) + 32;

    /// <summary>Distance between packed rows of A, in words: an odd number of cache lines keeps the rows of a tile apart in the cache's sets.</summary>
    public long RowStride
    {
        get
        {
            const int LineWords = 16;
            return LineWords * (long)(Whole.Ceiling(Steps, LineWords) | 1);
        }
    }
}

/// <summary>Whole-number arithmetic of cutting things up.</summary>
internal static class Whole
{
    /// <summary>How many pieces of a size cover a length.</summary>
    public static int Ceiling(int length, int piece) => (length + piece - 1) / piece;

    /// <summary>The smallest multiple that is not less.</summary>
    public static int RoundUp(int value, int multiple) => Ceiling(value, multiple) * multiple;

    /// <summary>Where a piece begins when a length is cut in pieces as equal as can be.</summary>
    public static int Begin(int length, int pieces, int piece) => (int)((long)length * piece / pieces);
}
