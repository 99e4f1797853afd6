using Gestalt.Evaluation;
using Gestalt.Evaluation.Arena;
using Gestalt.Evaluation.Games;

namespace Gestalt.Training.SelfPlay;

/// <summary>A rating on Elo's scale: 400 points more win ten times as often as they lose. The teacher has <see cref="RatingCurve.TeacherRating"/>.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Rating">The rating.</param>
/// <param name="Low">Lower end of its 95 % interval; NaN where no finite rating would do.</param>
/// <param name="High">Upper end.</param>
public sealed record PlayerRating(string Name, double Rating, double Low, double High);

/// <summary>The rating of a model on its way.</summary>
/// <param name="Stage">In which stage.</param>
/// <param name="Step">After how many steps of it.</param>
/// <param name="Games">After how many games, imitated and played against itself.</param>
/// <param name="Temperature">At which temperature it chose.</param>
/// <param name="Rating">The rating.</param>
public sealed record RatingPoint(PlayStageName Stage, int Step, long Games, double Temperature, PlayerRating Rating);

/// <summary>
/// A run's models on a scale that fixed players hold: these are rated by their matches with each other (Bradley and Terry's model, a draw being half a win for both), and each model by its own matches with
/// them alone. So a rating says the same in every run with the same teacher.
/// </summary>
/// <param name="Players">The fixed players, the weakest first.</param>
/// <param name="Points">The models.</param>
public sealed record RatingCurve(IReadOnlyList<PlayerRating> Players, IReadOnlyList<RatingPoint> Points)
{
    /// <summary>What the teacher has: the anchor of the scale.</summary>
    public const double TeacherRating = 1000;

    private const int Resamples = 400;
    private const double Furthest = 4000; // from the teacher: ten thousand million wins for a loss

    /// <summary>Rates.</summary>
    /// <param name="fixedMatches">Matches between the fixed players: by name, and the first one's score.</param>
    /// <param name="matches">The models' matches.</param>
    /// <param name="cancellation">Gives up.</param>
    public static RatingCurve Of(IReadOnlyList<(string Player, string Opponent, MatchScore Score)> fixedMatches, IReadOnlyList<RatedMatch> matches, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fixedMatches);
        ArgumentNullException.ThrowIfNull(matches);
        var standings = Leaderboard.Of(fixedMatches.SelectMany(match => Comparisons(match.Player, match.Opponent, match.Score)), new LeaderboardOptions { Resamples = Resamples }, cancellation).Standings;
        double shift = TeacherRating - standings.Single(standing => standing.Model == "teacher").Rating;
        var players = standings.Select(standing => new PlayerRating(standing.Model, standing.Rating + shift, standing.Low + shift, standing.High + shift)).OrderBy(player => player.Rating).ToArray();
        var anchors = players.ToDictionary(player => player.Name, player => player.Rating);
        return new RatingCurve(players, [.. matches.GroupBy(match => match.Player).Select(own => Rate([.. own], anchors))]);
    }

    /// <summary>The rating at which a model's points are what is expected; its interval, that of the points.</summary>
    private static RatingPoint Rate(RatedMatch[] matches, Dictionary<string, double> anchors)
    {
        int games = matches.Sum(match => match.Score.Games);
        double share = matches.Sum(match => match.Score.Score * match.Score.Games) / games;
        (double low, double high) = Proportion.Wilson(share, games);
        RatedMatch of = matches[0];
        return new RatingPoint(of.Stage, of.Step, of.Games, of.Temperature, new PlayerRating(of.Player, RatingOf(share), RatingOf(low), RatingOf(high)));

        double RatingOf(double wanted)
        {
            (double below, double above) = (TeacherRating - Furthest, TeacherRating + Furthest);
            if (!(Expected(below) < wanted && wanted < Expected(above))) return double.NaN;
            while (above - below > 1e-6)
            {
                double middle = (below + above) / 2;
                (below, above) = Expected(middle) < wanted ? (middle, above) : (below, middle);
            }

            return below;
        }

        double Expected(double rating) => matches.Sum(match => match.Score.Games / (1 + Math.Pow(10, (anchors[match.Opponent] - rating) / 400))) / games;
    }

    private static IEnumerable<Comparison> Comparisons(string player, string opponent, MatchScore score) =>
        Enumerable.Repeat(new Comparison(player, opponent, ComparisonOutcome.Left), score.Wins)
            .Concat(Enumerable.Repeat(new Comparison(player, opponent, ComparisonOutcome.Tie), score.Draws))
            .Concat(Enumerable.Repeat(new Comparison(player, opponent, ComparisonOutcome.Right), score.Losses));
}
