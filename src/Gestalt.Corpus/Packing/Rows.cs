namespace Gestalt.Corpus;

/// <summary>
/// The caller's buffers for a batch, each of B·T entries, row after row. The loaders fill every entry.
/// </summary>
/// <param name="inputs">The ids that the model sees (B,T).</param>
/// <param name="targets">The ids that it should predict (B,T); -1 in padding.</param>
/// <param name="positions">The place within the piece of a document, from 0 (B,T).</param>
/// <param name="keyStart">The first index of the row that a position may attend to (B,T): where its piece starts.</param>
/// <param name="weights">How much a target counts (B,T): 1, or 0 for context, masked text and padding.</param>
public readonly ref struct Rows(Span<int> inputs, Span<int> targets, Span<int> positions, Span<int> keyStart, Span<float> weights)
{
    /// <summary>The target in padding: the loss leaves it out.</summary>
    public const int NoTarget = -1;

    /// <summary>The ids that the model sees (B,T).</summary>
    public Span<int> Inputs { get; } = inputs;

    /// <summary>The ids that it should predict (B,T).</summary>
    public Span<int> Targets { get; } = targets;

    /// <summary>The place within the piece of a document (B,T).</summary>
    public Span<int> Positions { get; } = positions;

    /// <summary>The first index of the row that a position may attend to (B,T).</summary>
    public Span<int> KeyStart { get; } = keyStart;

    /// <summary>How much a target counts (B,T).</summary>
    public Span<float> Weights { get; } = weights;

    /// <summary>Checks that all buffers hold the same whole number of rows.</summary>
    /// <returns>How many rows there are: B.</returns>
    internal int Count(int length)
    {
        int size = Inputs.Length;
        bool same = Targets.Length == size && Positions.Length == size && KeyStart.Length == size && Weights.Length == size;
        return same && size > 0 && size % length == 0
            ? size / length
            : throw new ArgumentException($"the five buffers must have the same length, a multiple of the row's {length}; the inputs have {size}.");
    }

    /// <summary>Some entries of all five buffers.</summary>
    internal Rows Slice(int start, int length) => new(
        Inputs.Slice(start, length),
        Targets.Slice(start, length),
        Positions.Slice(start, length),
        KeyStart.Slice(start, length),
        Weights.Slice(start, length));

    /// <summary>Numbers the positions of a piece that starts at an index of its row.</summary>
    internal void Number(int start)
    {
        for (int i = 0; i < Positions.Length; i++)
            Positions[i] = i;
        KeyStart.Fill(start);
    }

    /// <summary>Fills with padding: each position sees only itself and counts for nothing.</summary>
    internal void Pad(int start, int endOfText)
    {
        Inputs.Fill(endOfText);
        Targets.Fill(NoTarget);
        Positions.Clear();
        Weights.Clear();
        for (int i = 0; i < KeyStart.Length; i++)
            KeyStart[i] = start + i;
    }
}
