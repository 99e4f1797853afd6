namespace Gestalt.Text;

/// <summary>One way to cut text: by the matches of a pattern.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Behavior">What becomes of its matches.</param>
/// <param name="IsInverted">Take what is between the matches for the matches.</param>
internal sealed record SplitStep(string Pattern, SplitBehavior Behavior = SplitBehavior.Isolated, bool IsInverted = false)
{
    private PatternScanner? _scanner;

    /// <summary>What finds the matches; made when it is first needed.</summary>
    /// <exception cref="InvalidDataException">The pattern is not in our dialect.</exception>
    public PatternScanner Scanner => _scanner ??= new PatternScanner(Pattern);

    /// <summary>Whether the words of this step laid end to end are the text.</summary>
    public bool KeepsAll => Behavior != SplitBehavior.Removed;
}
