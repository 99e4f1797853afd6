namespace Gestalt.Training.Preferences;

/// <summary>An answer in its conversation, as ids.</summary>
/// <param name="Ids">Prompt, answer and the mark that closes it.</param>
/// <param name="Start">Index of the answer's first token; all from there on are the answer's.</param>
public sealed record RenderedAnswer(int[] Ids, int Start)
{
    /// <summary>Tokens of the answer, with the mark that closes it.</summary>
    public int Tokens => Ids.Length - Start;
}

/// <summary>A comparison as ids.</summary>
/// <param name="Chosen">The better answer.</param>
/// <param name="Rejected">The worse answer.</param>
public sealed record RenderedPair(RenderedAnswer Chosen, RenderedAnswer Rejected)
{
    /// <summary>Tokens of the longer of both.</summary>
    public int Length => Math.Max(Chosen.Ids.Length, Rejected.Ids.Length);
}
