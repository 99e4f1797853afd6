namespace Gestalt.Evaluation.Arena;

/// <summary>How a <see cref="Leaderboard"/> is made.</summary>
public sealed record LeaderboardOptions
{
    /// <summary>How often the comparisons are drawn anew, with replacement, to find how sure ratings are; 0 for no intervals.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Begins the draws: the same seed gives the same intervals.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The share of draws that an interval holds.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Whether the effect of an answer's length is estimated beside the ratings and taken out of them ("style control").</summary>
    public bool ControlLength { get; init; }

    /// <summary>
    /// Whether comparisons in which both answers were bad count as ties, as Chatbot Arena counts them (both say that neither was better); else they are left out.
    /// </summary>
    public bool CountBothBad { get; init; } = true;
}
