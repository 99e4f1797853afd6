namespace Gestalt.Kernels;

/// <summary>
/// The queries that are worked on together, two registers of them, one per lane, and which keys each may see: from its own
/// start (documents, windows, padding) to its own position (causality).
/// </summary>
internal readonly unsafe struct QueryBlock
{
    /// <summary>First query of the block.</summary>
    public readonly int First;

    /// <summary>How many queries there are; the lanes beyond are idle.</summary>
    public readonly int Count;

    /// <summary>First key that any query sees.</summary>
    public readonly int FirstKey;

    /// <summary>One past the last key that any query sees.</summary>
    public readonly int EndKey;

    private readonly int _firstHalfEndKey;
    private readonly int _everyoneFrom;
    private readonly int _everyoneTo;

    /// <summary>Finds the block's keys and fills in what each lane may see.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="keyStart">First key of each query of this sequence, or null.</param>
    /// <param name="first">First query.</param>
    /// <param name="width">Lanes of a block.</param>
    /// <param name="starts">Receives the first key of each lane.</param>
    /// <param name="limits">Receives the last key of each lane.</param>
    public QueryBlock(in AttentionShape shape, int* keyStart, int first, int width, float* starts, float* limits)
    {
        First = first;
        Count = Math.Min(width, shape.Queries - first);
        int offset = shape.Keys - shape.Queries;
        int lowest = int.MaxValue;
        int highest = 0;
        for (int lane = 0; lane < Count; lane++)
        {
            int start = keyStart == null ? 0 : Math.Max(0, keyStart[first + lane]);
            lowest = Math.Min(lowest, start);
            highest = Math.Max(highest, start);
            starts[lane] = start;
            limits[lane] = offset + first + lane;
        }

        for (int lane = Count; lane < width; lane++)
        {
            starts[lane] = 0;
            limits[lane] = shape.Keys;
        }

        FirstKey = lowest;
        EndKey = Math.Max(0, offset + first + Count);
        _firstHalfEndKey = Math.Min(EndKey, offset + first + (width / 2));
        _everyoneFrom = highest;
        _everyoneTo = offset + first;
    }

    /// <summary>Whether some query may not see some of these keys, so that scores have to be masked.</summary>
    public bool NeedsMask(int key, int count) => key < _everyoneFrom || key + count - 1 > _everyoneTo;

    /// <summary>
    /// How many of <paramref name="count"/> keys the first register of queries has to look at: it ends half a block before the second. Leaving
    /// out the rest halves what is computed above the diagonal for nothing.
    /// </summary>
    public int FirstHalf(int key, int count) => Math.Clamp(_firstHalfEndKey - key, 0, count);
}
