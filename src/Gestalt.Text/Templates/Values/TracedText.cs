namespace Gestalt.Text.Templates;

/// <summary>
/// Text that remembers of each character whether the template's author wrote it or whether it came with the conversation. Only the author's characters may
/// become special tokens, however the text was cut, joined, replaced or escaped on its way.
/// </summary>
internal sealed class TracedText : Value
{
    private readonly int[] _turns;

    /// <param name="characters">The text.</param>
    /// <param name="turns">Where the origin changes, ascending. Before the first turn the author speaks, after it the conversation, and so on by turns.</param>
    public TracedText(string characters, int[] turns) => (Characters, _turns) = (characters, turns);

    public static TracedText Empty { get; } = new("", []);

    public string Characters { get; }

    public int Length => Characters.Length;

    /// <summary>Where the origin changes; see the constructor.</summary>
    public ReadOnlySpan<int> Turns => _turns;

    public override string TypeName => "str";

    public override bool IsTrue => Characters.Length > 0;

    /// <summary>Text that the template's author wrote.</summary>
    public static TracedText Authored(string characters) => new(characters, []);

    /// <summary>Text that came with the conversation.</summary>
    public static TracedText Content(string characters) => characters.Length == 0 ? Empty : new(characters, [0]);

    /// <summary>Text of one origin.</summary>
    public static TracedText Of(string characters, bool authored) => authored ? Authored(characters) : Content(characters);

    /// <summary>Whether the author wrote the character at that place.</summary>
    public bool IsAuthoredAt(int index) => (TurnsUpTo(index) & 1) == 0;

    /// <summary>Whether the author wrote all of a part.</summary>
    public bool IsAuthored(int start, int length)
    {
        int turn = TurnsUpTo(start);
        return (turn & 1) == 0 && (turn == _turns.Length || _turns[turn] >= start + length);
    }

    public TracedText Slice(int start, int length)
    {
        if (start == 0 && length == Length)
        {
            return this;
        }

        if (length == 0)
        {
            return Empty;
        }

        var turns = new List<int>();
        int turn = TurnsUpTo(start);
        if ((turn & 1) == 1)
        {
            turns.Add(0);
        }

        for (; turn < _turns.Length && _turns[turn] < start + length; turn++)
        {
            turns.Add(_turns[turn] - start);
        }

        return new TracedText(Characters.Substring(start, length), [.. turns]);
    }

    /// <summary>The same text with other characters of the same number, such as in capitals.</summary>
    public TracedText Spelled(Func<string, string> change)
    {
        string changed = change(Characters);
        return changed.Length == Length ? new TracedText(changed, _turns) : Content(changed);
    }

    public override string ToString() => Characters;

    /// <summary>How many turns there are at or before a place.</summary>
    private int TurnsUpTo(int index)
    {
        int found = _turns.AsSpan().BinarySearch(index);
        return found >= 0 ? found + 1 : ~found;
    }
}
