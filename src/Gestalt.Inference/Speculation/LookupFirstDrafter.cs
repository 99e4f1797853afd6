namespace Gestalt.Inference.Speculation;

/// <summary>Guesses what followed the same tokens before, which costs nothing, and asks a model where they are new.</summary>
internal sealed class LookupFirstDrafter(IDrafter model) : IDrafter
{
    private readonly LookupDrafter _lookup = new();

    /// <inheritdoc/>
    public int Propose(ReadOnlySpan<int> tokens, Xoshiro256 random, Span<int> guesses)
    {
        int found = _lookup.Propose(tokens, random, guesses);
        return found > 0 ? found : model.Propose(tokens, random, guesses);
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
