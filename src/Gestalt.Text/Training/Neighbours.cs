namespace Gestalt.Text;

/// <summary>What stands before and after the places of one merge: per token and side, how often and at how many places.</summary>
internal sealed class Neighbours(int vocabularySize)
{
    private readonly Tally[] _tallies = new Tally[2 * vocabularySize];
    private readonly List<(int Symbol, bool IsBefore)> _seen = [];

    /// <summary>The sum of the counts of the words, the number of places, and where the next place is to be written (-1: nowhere).</summary>
    internal record struct Tally(long Total, int Places, int Cursor);

    /// <summary>The neighbours that were counted, each once.</summary>
    public IReadOnlyList<(int Symbol, bool IsBefore)> Seen => _seen;

    /// <summary>The tally of one neighbour.</summary>
    public ref Tally this[int symbol, bool isBefore] => ref _tallies[2 * symbol + (isBefore ? 0 : 1)];

    /// <summary>Counts a neighbour at one place, in a word that occurs <paramref name="count"/> times.</summary>
    public void Count(int symbol, bool isBefore, long count)
    {
        ref Tally tally = ref this[symbol, isBefore];
        if (tally.Places++ == 0)
        {
            _seen.Add((symbol, isBefore));
        }

        tally.Total += count;
    }

    /// <summary>Forgets all neighbours.</summary>
    public void Clear()
    {
        foreach ((int symbol, bool isBefore) in _seen)
        {
            this[symbol, isBefore] = default;
        }

        _seen.Clear();
    }
}
