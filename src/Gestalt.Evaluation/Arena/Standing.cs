namespace Gestalt.Evaluation.Arena;

/// <summary>What a rating's number is worth when no finite one would do.</summary>
public enum RatingBound
{
    /// <summary>It is the most likely one.</summary>
    None,

    /// <summary>The model never lost a point to those that it is compared with: it may be any amount better. The number is what a prior makes of it.</summary>
    AtLeast,

    /// <summary>The model never won a point from those that it is compared with: it may be any amount worse. The number is what a prior makes of it.</summary>
    AtMost,

    /// <summary>Some never won against it and it never won against others: it may lie anywhere between. The number is what a prior makes of it.</summary>
    Between,
}

/// <summary>A model's place in a <see cref="Leaderboard"/>.</summary>
/// <param name="Model">The model.</param>
/// <param name="Rank">1 and one more for each model of its group whose whole interval lies above this one's, as Chatbot Arena ranks; without an interval, for each that has a higher rating.</param>
/// <param name="Rating">Its rating on Elo's scale: 400 points more win ten times as often; the mean of its group is 1000.</param>
/// <param name="Low">Lower end of the interval; NaN where none was made, or the rating is none.</param>
/// <param name="High">Upper end of the interval; NaN where none was made, or the rating is none.</param>
/// <param name="Bound">Whether the rating is one.</param>
/// <param name="Group">1, 2 ...: models of different groups were never compared, not even by way of others, and their ratings say nothing of each other.</param>
/// <param name="Comparisons">How many comparisons it was in.</param>
/// <param name="Points">What it won in these: 1 for a win, a half for a tie.</param>
public sealed record Standing(string Model, int Rank, double Rating, double Low, double High, RatingBound Bound, int Group, int Comparisons, double Points);
