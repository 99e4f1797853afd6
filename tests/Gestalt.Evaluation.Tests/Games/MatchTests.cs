using Gestalt.Evaluation.Games;
using Gestalt.Tasks.Games;

namespace Gestalt.Evaluation.Tests.Games;

public sealed class MatchTests
{
    private static readonly PerfectPlay Play = new(LineGame.TicTacToe);

    [Fact, Trait("Speed", "Smoke")]
    public void Perfect_players_draw_and_give_nothing_away()
    {
        (MatchScore score, IReadOnlyList<Game> games) = Match.Play(Play, new PerfectPlayer(Play, 1), new PerfectPlayer(Play, 2), 101);
        Assert.Equal((0, 100, 0, 0, 100), (score.Wins, score.Draws, score.Losses, score.Illegal, games.Count));
        Assert.Equal(0.5, score.Score);
        Assert.Equal(1, score.Kept.Share);
        Assert.InRange(score.Kept.Chance, 0.1, 0.9);
    }

    [Fact]
    public void Each_side_begins_half_of_the_games_and_scores_mirror_each_other()
    {
        MatchScore one = Match.Play(Play, new RandomPlayer(1), new TeacherPlayer(20, 2), 400).Score;
        Assert.Equal(400, one.Games);
        Assert.True(one.High < 0.5, $"{one}");
        // Who begins has the advantage: among equals it wins more, and halves take that away.
        (MatchScore equals, IReadOnlyList<Game> games) = Match.Play(Play, new RandomPlayer(3), new RandomPlayer(4), 4000);
        Assert.InRange(games.Count(game => game.Result == GameResult.First) / 4000.0, 0.54, 0.63); // 58.5 % for moves by lot
        Assert.True(equals.Low < 0.5 && equals.High > 0.5, $"{equals}");
        Assert.Equal(games.Take(2000).Count(game => game.Result == GameResult.First) + games.Skip(2000).Count(game => game.Result == GameResult.Second), equals.Wins);
    }

    [Fact]
    public void By_lot_is_what_a_move_by_lot_reaches()
    {
        MatchScore score = Match.Play(Play, new RandomPlayer(5), new RandomPlayer(6), 4000).Score;
        Assert.InRange(score.Kept.Chance, score.Kept.Low - 0.01, score.Kept.High + 0.01);
    }

    [Fact]
    public void Illegal_moves_lose_and_are_counted()
    {
        MatchScore score = Match.Play(Play, new Stubborn(), new RandomPlayer(7), 200).Score;
        Assert.True(score.Illegal > 150 && score.Illegal <= score.Losses, $"{score}");
        Assert.Contains("of them by illegal moves", score.ToString(), StringComparison.Ordinal);
        Assert.True(score.Kept.Share < 0.6, $"{score.Kept}");
        MatchScore other = Match.Play(Play, new RandomPlayer(7), new Stubborn(), 200).Score;
        Assert.Equal(0, other.Illegal); // the other's own
        Assert.True(other.Wins > 150, $"{other}");
    }

    [Fact]
    public void Intervals_are_Wilsons_and_draws_count_half()
    {
        var score = new MatchScore(60, 0, 40, 0, default);
        Assert.Equal((new Proportion(60, 100).Low, new Proportion(60, 100).High), (score.Low, score.High));
        Assert.Equal(0.5, new MatchScore(10, 80, 10, 0, default).Score);
        Assert.Equal(new Proportion(10, 20, 0.5), new MatchScore(10, 80, 10, 0, default).Decided);
        Assert.Equal("score 60.0 % [50.2, 69.1] of 100: 60 won, 0 drawn, 40 lost", score.ToString());
    }

    private sealed class Stubborn : IPlayer
    {
        public string Name => "stubborn";

        public void Choose(IReadOnlyList<Game> games, Span<int> moves) => moves[..games.Count].Clear(); // always cell 1
    }
}
