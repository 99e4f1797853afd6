namespace Gestalt.Evaluation.Arena;

/// <summary>Which of two answers was better.</summary>
public enum ComparisonOutcome
{
    /// <summary>The left one.</summary>
    Left,

    /// <summary>The right one.</summary>
    Right,

    /// <summary>Both were equally good.</summary>
    Tie,

    /// <summary>Both were equally bad.</summary>
    BothBad,
}

/// <summary>Two models answered one prompt, and somebody said which answer was better.</summary>
/// <param name="Left">One model.</param>
/// <param name="Right">The other model.</param>
/// <param name="Outcome">Whose answer was better.</param>
public sealed record Comparison(string Left, string Right, ComparisonOutcome Outcome)
{
    /// <summary>How long the left answer was, in tokens or any other unit that both share; null if unknown.</summary>
    public double? LeftLength { get; init; }

    /// <summary>How long the right answer was, in the same unit; null if unknown.</summary>
    public double? RightLength { get; init; }

    /// <summary>The share of the point that the left model gets: 1, 0, or a half.</summary>
    internal double LeftPoints => Outcome switch { ComparisonOutcome.Left => 1, ComparisonOutcome.Right => 0, _ => 0.5 };

    /// <summary>How much longer the left answer was, from -1 to 1: the difference by the sum.</summary>
    internal double LengthDifference => LeftLength + RightLength > 0 ? (LeftLength!.Value - RightLength!.Value) / (LeftLength.Value + RightLength.Value) : 0;
}
