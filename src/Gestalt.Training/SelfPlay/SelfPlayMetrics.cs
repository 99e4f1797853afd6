namespace Gestalt.Training.SelfPlay;

/// <summary>What a step of self-play measured beside its loss, as it stands in <c>metrics.jsonl</c>.</summary>
/// <param name="FirstWins">Share of games that the player who began won.</param>
/// <param name="Draws">Share of games that were drawn.</param>
/// <param name="Illegal">Share of games that ended by a move that is not allowed.</param>
/// <param name="Length">Mean length of a game in moves, those drawn by lot included.</param>
/// <param name="Entropy">Of the distributions that moves were drawn from, in nats a move, estimated by −log p of what was drawn.</param>
/// <param name="ClipFraction">Share of moves that the clip stopped from counting, in the last update.</param>
/// <param name="Gap">The largest difference between a log-probability when a move was drawn and the trainer's own before its first update, in nats; null at steps where it was not measured.</param>
/// <param name="PlayShare">Share of the step's time in playing.</param>
/// <param name="TrainingShare">Share in forward, backward and update.</param>
public sealed record SelfPlayMetrics(double FirstWins, double Draws, double Illegal, double Length, double Entropy, double ClipFraction, double? Gap, double PlayShare, double TrainingShare)
{
    /// <summary>Looks at a step's games.</summary>
    internal static SelfPlayMetrics Of(IReadOnlyList<SelfPlayGame> games, SelfPlayUpdate.Result result, double playing, double training)
    {
        double moves = games.Sum(game => game.Rollout.Drawn.Length);
        return new SelfPlayMetrics(
            games.Average(game => game.Game.Result == Tasks.Games.GameResult.First ? 1.0 : 0),
            games.Average(game => game.Game.Result == Tasks.Games.GameResult.Draw ? 1.0 : 0),
            games.Average(game => game.Game.IsForfeit ? 1.0 : 0),
            games.Average(game => game.Game.Moves.Count),
            -games.Sum(game => game.Rollout.Drawn.Sum(x => (double)x)) / moves,
            result.ClipFraction, result.Gap, playing, training);
    }
}
