namespace Gestalt.Inference.Speculation;

/// <summary>Guesses how a sequence goes on, for the model to check several tokens in one pass (Leviathan et al., arXiv 2211.17192).</summary>
/// <remarks>
/// Departure from the paper: the model draws every token itself, with the sequence's own random numbers, from its own distribution given the tokens before, and a guess
/// counts as right if it is the token drawn. Nothing about the output's distribution, or about the tokens that a seed gives, can depend on the guesses: that is the whole
/// proof, and it covers penalties, grammars and samplers with a memory. For guesses that are certain (greedy, looked up) a guess is right exactly as often as in the
/// paper. A drafting model draws with the same random numbers that the large model is about to use, so that where both agree, both draw the same (coupling without
/// communication: arXiv 2408.07978).
/// </remarks>
internal interface IDrafter : IDisposable
{
    /// <summary>Guesses the next tokens.</summary>
    /// <param name="tokens">The sequence so far.</param>
    /// <param name="random">The random numbers that the next tokens will be drawn with.</param>
    /// <param name="guesses">Gets the guesses.</param>
    /// <returns>How many there are; fewer, or none, where there is nothing to go by.</returns>
    int Propose(ReadOnlySpan<int> tokens, Xoshiro256 random, Span<int> guesses);
}
