using Gestalt.Tasks.Games;
using Gestalt.Training.Reinforcement;
using Gestalt.Training.SelfPlay;

namespace Gestalt.Training.Tests.SelfPlay;

public sealed class PositionBaselineTests
{
    [Fact, Trait("Speed", "Smoke")]
    public void Advantages_are_those_computed_by_hand()
    {
        // Three games from the same opening, of which x wins two; the third leaves the others with its first move.
        SelfPlayGame[] games = [Played("14253", 2), Played("14263", 2), Played("1495", 2)];
        PositionBaseline.Fill(games);
        // Before move 3 (x): the others of game 0 are worth 1 and −1: (0 + 2·0) / (2 + 2) = 0. Of game 2: (2 + 0) / 4 = 0.5.
        Assert.Equal(1, games[0].Advantages[0], 1e-12);
        Assert.Equal(1, games[1].Advantages[0], 1e-12);
        Assert.Equal(-1 - 0.5, games[2].Advantages[0], 1e-12);
        // Then o, after 1 4 2: only games 0 and 1: (1 + 2·0) / (1 + 2) = 1/3; x has won, so o has lost more than expected.
        Assert.Equal(-(1 - (1 / 3.0)), games[0].Advantages[1], 1e-12);
        // Nobody else was where game 0 ends: (0 + 2 · 1/3) / 2.
        Assert.Equal(1 - (1 / 3.0), games[0].Advantages[2], 1e-12);
    }

    [Fact]
    public void A_game_alone_is_compared_with_nothing_but_a_draw()
    {
        SelfPlayGame[] games = [Played("14253", 0)];
        PositionBaseline.Fill(games);
        Assert.Equal([1, -1, 1, -1, 1], games[0].Advantages);
    }

    [Fact]
    public void Where_all_games_end_alike_nothing_is_better_than_expected_the_more_games_the_less()
    {
        SelfPlayGame[] games = [.. Enumerable.Range(0, 1000).Select(_ => Played("14253", 0))];
        PositionBaseline.Fill(games);
        Assert.All(games, game => Assert.All(game.Advantages, advantage => Assert.InRange(Math.Abs(advantage), 0, 0.003)));
    }

    [Fact]
    public void A_move_that_is_not_allowed_is_held_against_who_made_it()
    {
        SelfPlayGame[] games = [Played("11", 0), Played("14253", 0), Played("512873469", 0)];
        PositionBaseline.Fill(games);
        Assert.True(games[0].Game.IsForfeit);
        Assert.True(games[0].Advantages[1] < 0 && games[0].Advantages[0] > 0);
    }

    private static SelfPlayGame Played(string text, int opening)
    {
        var game = new Game(LineGame.TicTacToe);
        foreach (char move in text)
            if (!game.IsOver) game.Play(move - '1');
        if (!game.IsOver) game.Play(-1); // whoever has to move forfeits
        return new SelfPlayGame(game, opening, new Rollout([0], [0], [0], false));
    }
}
