using Gestalt.Evaluation.Games;
using Gestalt.Training.SelfPlay;

namespace Gestalt.Training.Tests.SelfPlay;

public sealed class RatingCurveTests
{
    private static readonly (string, string, MatchScore)[] Fixed = [("random", "teacher", Of(100, 0, 900)), ("teacher", "perfect", Of(0, 200, 800)), ("random", "perfect", Of(0, 20, 980))];

    [Fact, Trait("Speed", "Smoke")]
    public void Who_scores_like_a_fixed_player_is_rated_like_it()
    {
        // 100 : 900 against the teacher is 1 : 9, 400 log10(9) points below it.
        RatingCurve curve = RatingCurve.Of([.. Fixed.Take(1)], [Match(10, "teacher", Of(500, 0, 500)), Match(20, "teacher", Of(100, 0, 900))]);
        Assert.Equal(1000, curve.Points[0].Rating.Rating, 1e-3);
        Assert.Equal(1000 - (400 * Math.Log10(9)), curve.Points[1].Rating.Rating, 1e-3);
        Assert.Equal(curve.Players[0].Rating, curve.Points[1].Rating.Rating, 1e-3);
        Assert.True(curve.Points[0].Rating.Low < 1000 && curve.Points[0].Rating.High > 1000 && curve.Points[1].Rating.High < curve.Points[0].Rating.Low);
    }

    [Fact]
    public void A_rating_depends_on_nobody_but_the_fixed_players()
    {
        RatedMatch[] one = [Match(10, "random", Of(180, 10, 10)), Match(10, "teacher", Of(120, 60, 20)), Match(10, "perfect", Of(0, 150, 50))];
        RatingCurve alone = RatingCurve.Of(Fixed, one), among = RatingCurve.Of(Fixed, [.. one, Match(20, "random", Of(3, 0, 197)), Match(20, "teacher", Of(0, 0, 200))]);
        Assert.Equal(alone.Points[0], among.Points[0]);
        Assert.Equal(alone.Players, among.Players);
        Assert.Equal(["random", "teacher", "perfect"], alone.Players.Select(player => player.Name));
        Assert.Equal(RatingCurve.TeacherRating, alone.Players[1].Rating, 1e-9);
    }

    [Fact]
    public void Who_wins_or_loses_everything_has_no_finite_rating()
    {
        RatingCurve curve = RatingCurve.Of(Fixed, [Match(10, "random", Of(100, 0, 0)), Match(20, "random", Of(0, 0, 100))]);
        Assert.True(double.IsNaN(curve.Points[0].Rating.Rating) && double.IsNaN(curve.Points[0].Rating.High) && double.IsFinite(curve.Points[0].Rating.Low));
        Assert.True(double.IsNaN(curve.Points[1].Rating.Rating) && double.IsNaN(curve.Points[1].Rating.Low) && double.IsFinite(curve.Points[1].Rating.High));
    }

    private static RatedMatch Match(int step, string opponent, MatchScore score) => new(PlayStageName.SelfPlay, step, 100 * step, 1, opponent, score);

    private static MatchScore Of(int wins, int draws, int losses) => new(wins, draws, losses, 0, default);
}
