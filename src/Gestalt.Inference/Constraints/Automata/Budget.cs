namespace Gestalt.Inference.Constraints;

/// <summary>
/// How much work a grammar may cause before it is refused: a small text can ask for an astronomically large automaton (<c>((a{1,999}){1,999}){1,999}</c>), so states are counted
/// as they arise.
/// </summary>
/// <param name="place">What a refusal names: the grammar or the part of the schema at work.</param>
internal sealed class Budget(string place)
{
    // A schema of 200 KB that is all property names and enumerations takes about as many states as bytes; a million of them is compiled in about a second.
    private const int MostStates = 1_500_000;

    // Members of the sets of states that determinization looks at: where alternatives overlap, there are more of them than states.
    private const long MostSteps = 16_000_000;

    private int _states;
    private long _steps;

    /// <summary>What a refusal names.</summary>
    public string Place { get; set; } = place;

    public void AddState()
    {
        if (++_states > MostStates)
            throw new ConstraintException(Place, FormattableString.Invariant($"this takes more than {MostStates:N0} states. Use smaller repetition counts, shorter lists of alternatives, or a less nested grammar."));
    }

    public void AddSteps(int count)
    {
        _steps += count;
        if (_steps > MostSteps)
            throw new ConstraintException(Place, "its alternatives overlap so much that telling them apart would take too long. Let alternatives begin differently, or use smaller repetition counts.");
    }
}
