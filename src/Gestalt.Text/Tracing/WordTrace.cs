namespace Gestalt.Text;

/// <summary>By which rule a word became tokens.</summary>
public enum TraceMethod
{
    /// <summary>Neighbouring bytes were merged, the lowest rank first, of equal ranks the leftmost.</summary>
    BytePairs,

    /// <summary>Neighbouring characters were merged, the highest score (or lowest rank) first, of equal ones the leftmost.</summary>
    CharacterPairs,

    /// <summary>Of all ways to cut the word the one whose scores have the greatest sum was taken.</summary>
    BestPath,

    /// <summary>The longest token with which the rest begins was taken, from left to right.</summary>
    LongestFirst,

    /// <summary>The word is a token as a whole, and the vocabulary takes such words before it merges.</summary>
    WholeWord,

    /// <summary>A special or user-defined token was found in the text before anything else was done.</summary>
    Added,
}

/// <summary>A symbol of a word while it becomes tokens.</summary>
/// <param name="Id">Its token; -1 for a character that is none yet.</param>
/// <param name="Bytes">Its bytes.</param>
public readonly record struct TraceSymbol(int Id, ReadOnlyMemory<byte> Bytes);

/// <summary>One step: some neighbouring symbols make way for others.</summary>
/// <param name="At">The place of the first symbol that goes, counted in the symbols that there are before this step.</param>
/// <param name="Taken">How many go.</param>
/// <param name="Made">What comes in their place: one token where they are joined, several or none where a character without a token falls back.</param>
/// <param name="Rank">Of a merge: its place among all merges, from 0; null for other steps.</param>
/// <param name="Score">The score of the token that is made, where the vocabulary has scores.</param>
public sealed record TraceStep(int At, int Taken, IReadOnlyList<TraceSymbol> Made, int? Rank, float? Score);

/// <summary>How a word became tokens. The steps lead from <see cref="Start"/> to <see cref="End"/>, whose ids are exactly those that encoding yields.</summary>
/// <param name="Method">By which rule.</param>
/// <param name="Start">The symbols at the beginning: bytes or characters.</param>
/// <param name="Steps">What was done to them, in order.</param>
public sealed record WordTrace(TraceMethod Method, IReadOnlyList<TraceSymbol> Start, IReadOnlyList<TraceStep> Steps)
{
    /// <summary>How many tokens of the text stand before this word's.</summary>
    public int FirstToken { get; init; }

    /// <summary>The symbols after all steps: the word's tokens.</summary>
    public IReadOnlyList<TraceSymbol> End => After(Steps.Count);

    /// <summary>The symbols after the first so many steps.</summary>
    /// <param name="steps">How many: 0 for the <see cref="Start"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public IReadOnlyList<TraceSymbol> After(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, Steps.Count);
        List<TraceSymbol> symbols = [.. Start];
        foreach (TraceStep step in Steps.Take(steps))
        {
            symbols.RemoveRange(step.At, step.Taken);
            symbols.InsertRange(step.At, step.Made);
        }

        return symbols;
    }
}
