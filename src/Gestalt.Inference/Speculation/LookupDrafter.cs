namespace Gestalt.Inference.Speculation;

/// <summary>
/// Guesses that what followed the latest tokens the last time follows them again (prompt lookup decoding: Saxena 2023): the longer beginning first. It costs a few table
/// look-ups per token.
/// </summary>
internal sealed class LookupDrafter : IDrafter
{
    private static readonly int[] Lengths = [4, 2];

    private int[][] _ends = [new int[SmallestTable], new int[SmallestTable]];
    private int _indexed;
    private int _firstToken;

    private const int SmallestTable = 1 << 10;

    /// <inheritdoc/>
    public int Propose(ReadOnlySpan<int> tokens, Xoshiro256 random, Span<int> guesses)
    {
        Index(tokens);
        for (int i = 0; i < Lengths.Length; i++)
        {
            int length = Lengths[i];
            if (tokens.Length <= length)
                continue;
            ReadOnlySpan<int> latest = tokens[^length..];
            int end = _ends[i][Slot(latest, _ends[i].Length)];
            if (end < length || end >= tokens.Length || !tokens.Slice(end - length, length).SequenceEqual(latest))
                continue;
            int count = Math.Min(guesses.Length, tokens.Length - end);
            tokens.Slice(end, count).CopyTo(guesses);
            return count;
        }
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Notes where each run of tokens ends, but for the latest, which nothing follows yet.</summary>
    private void Index(ReadOnlySpan<int> tokens)
    {
        bool hasSlid = _indexed > tokens.Length || (_indexed > 0 && tokens[0] != _firstToken);
        if (hasSlid || tokens.Length > _ends[0].Length)
        {
            int size = _ends[0].Length;
            while (size < 2 * tokens.Length)
                size *= 2;
            _ends = [new int[size], new int[size]];
            _indexed = 0;
        }
        _firstToken = tokens[0];
        for (; _indexed < tokens.Length - 1; _indexed++)
        {
            for (int i = 0; i < Lengths.Length; i++)
            {
                int end = _indexed + 1;
                if (end >= Lengths[i])
                    _ends[i][Slot(tokens.Slice(end - Lengths[i], Lengths[i]), _ends[i].Length)] = end;
            }
        }
    }

    private static int Slot(ReadOnlySpan<int> run, int size)
    {
        uint hash = 2166136261;
        foreach (int id in run)
            hash = (hash ^ (uint)id) * 0x9E3779B1;
        return (int)((hash ^ (hash >> 15)) & (uint)(size - 1));
    }
}
