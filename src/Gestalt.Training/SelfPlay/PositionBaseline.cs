using Gestalt.Tasks.Games;

namespace Gestalt.Training.SelfPlay;

/// <summary>
/// How much better than expected a move turned out: the game's worth to who made it, less what the <em>other</em> games of the step were worth to them that came to the same position. So no critic has to be
/// learned, and a move has no say in what it is compared with (leave-one-out, arXiv 2402.14740), which keeps the gradient right on average.
/// </summary>
/// <remarks>
/// <para>b(s) = (Σ worth of the others through s + κ b(position before s)) / (how many + κ); before the first position there is 0. Where few came by, what is expected leans on the positions before it.</para>
/// <para>GRPO (arXiv 2402.03300) compares answers to one prompt; here each position of a game is a prompt of its own. A player's worth is the other's, negated: one model learns both sides.</para>
/// </remarks>
public static class PositionBaseline
{
    /// <summary>κ: how many games of its own position the one before counts for.</summary>
    private const double PriorGames = 2;

    /// <summary>Fills <see cref="SelfPlayGame.Advantages"/>.</summary>
    /// <param name="games">All games of a step.</param>
    public static void Fill(IReadOnlyList<SelfPlayGame> games)
    {
        ArgumentNullException.ThrowIfNull(games);
        var seen = new Dictionary<Board, (int Worth, int Games)>();
        foreach (SelfPlayGame one in games)
        {
            foreach ((_, Board before) in Decisions(one))
            {
                (int worth, int count) = seen.GetValueOrDefault(before);
                seen[before] = (worth + one.Game.Result.WorthToFirst(), count + 1);
            }
        }

        foreach (SelfPlayGame one in games)
        {
            int own = one.Game.Result.WorthToFirst();
            double expected = 0;
            foreach ((int move, Board before) in Decisions(one))
            {
                (int worth, int count) = seen[before];
                expected = (worth - own + (PriorGames * expected)) / (count - 1 + PriorGames);
                one.Advantages[move] = (before.IsFirstToMove ? 1 : -1) * (own - expected);
            }
        }
    }

    /// <summary>The model's moves by number, with the board before each.</summary>
    private static IEnumerable<(int Move, Board Before)> Decisions(SelfPlayGame one)
    {
        Board board = default;
        for (int i = 0; i < one.Game.Moves.Count; i++)
        {
            if (i >= one.Opening) yield return (i - one.Opening, board);
            if (one.Game.Rules.IsLegal(board, one.Game.Moves[i])) board = one.Game.Rules.Play(board, one.Game.Moves[i]);
        }
    }
}
