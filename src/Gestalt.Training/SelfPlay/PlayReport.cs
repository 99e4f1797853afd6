using System.Text.Json;
using Gestalt.Evaluation;
using Gestalt.Evaluation.Games;
using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Models;
using Gestalt.Tasks.Games;

namespace Gestalt.Training.SelfPlay;

/// <summary>A player's life as a page, <c>report.html</c>, and as data, <c>report.json</c>.</summary>
public static class PlayReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Writes both into a folder.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="games">Games to show.</param>
    /// <param name="folder">The folder.</param>
    public static void Write(PlayOutcome outcome, PlayRequest request, IReadOnlyList<Game> games, string folder)
    {
        AtomicFile.Write(Path.Combine(folder, "report.json"), stream => JsonSerializer.Serialize(stream, outcome, Json));
        AtomicFile.Write(Path.Combine(folder, "report.html"), stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true);
            text.Write(ToHtml(outcome, request, games).ToString());
        });
    }

    /// <summary>The page.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="games">Games to show.</param>
    public static Html ToHtml(PlayOutcome outcome, PlayRequest request, IReadOnlyList<Game> games)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(request);
        return ReportPage.ToHtml($"{outcome.Game}: past the teacher", Lead(outcome), Html.Of($"""
            <section><h2>The rating</h2>
            {Curve(outcome.Ratings).ToFigure($"Points on Elo's scale: 400 more win ten times as often as they lose. The teacher has {RatingCurve.TeacherRating:0}; thin lines are 95 % intervals. A model of {outcome.Parameters:#,0} parameters imitates {outcome.TeacherGames:#,0} games, then plays {outcome.SelfPlay.Games:#,0} against itself. Moves are drawn from the model as they were in training (temperature 1).")}
            </section>
            <section><h2>The matches</h2>
            {Bars(outcome).ToFigure("Points in a game, a draw being half a point for both. Half of the games each side begins.")}
            {Table(outcome)}
            <p>The teacher takes a win that is one move away and prevents the other's; otherwise, and in {request.Slips} of 100 moves in any case, it moves by lot. The perfect player never gives anything away. Nothing tells the model the rules: a move that they do not allow loses the game.</p>
            <p>After self-play against after imitation: {outcome.Pupils.ToString()}.</p>
            </section>
            <section><h2>Some of its games</h2>
            <p>With its likeliest moves, against the random player, the teacher and the perfect player; in each pair it begins the first. x began.</p>
            {games.Select(Picture)}
            </section>
            """));
    }

    private static string Lead(PlayOutcome outcome)
    {
        MatchScore before = outcome.Final(PlayStageName.Imitation, "teacher"), after = outcome.Final(PlayStageName.SelfPlay, "teacher");
        string verdict = after.Low > 0.5 ? "Self-play passed the teacher" : after.High < 0.5 ? "Self-play did not reach the teacher" : "Self-play is not clearly better than the teacher";
        return FormattableString.Invariant($"Imitation scores {before.Score * 100:0.0} % [{before.Low * 100:0.0}, {before.High * 100:0.0}] against its teacher. {verdict}: {after.Score * 100:0.0} % [{after.Low * 100:0.0}, {after.High * 100:0.0}].");
    }

    private static LineChart Curve(RatingCurve ratings)
    {
        RatingPoint[] drawn = [.. ratings.Points.Where(point => point.Temperature == 1).OrderBy(point => point.Games)];
        RatingPoint[] imitation = [.. drawn.Where(point => point.Stage == PlayStageName.Imitation)], selfPlay = [.. imitation.TakeLast(1), .. drawn.Where(point => point.Stage == PlayStageName.SelfPlay)];
        return new LineChart
        {
            Title = "Rating against fixed players",
            X = new AxisOptions("games imitated and played", FromZero: true),
            Y = new AxisOptions("Elo"),
            References = [.. ratings.Players.Select(player => new ReferenceLine(player.Rating, $"{player.Name} {player.Rating:0}"))],
            Series =
            [
                .. ((RatingPoint[][])[imitation, selfPlay]).SelectMany(part => (Series[])[Line("low", part, point => point.Rating.Low, Emphasis.Faint), Line("high", part, point => point.Rating.High, Emphasis.Faint)]),
                Line("imitation", imitation, point => point.Rating.Rating, Emphasis.Ink),
                Line("self-play", selfPlay, point => point.Rating.Rating, Emphasis.Accent),
            ],
        };

        static Series Line(string name, RatingPoint[] points, Func<RatingPoint, double> value, Emphasis emphasis) => new(name, [.. points.Select(point => new ChartPoint(point.Games, value(point)))], emphasis);
    }

    private static IEnumerable<(string Name, PlayStageName Stage, double Temperature, string Opponent, MatchScore Score)> Finals(PlayOutcome outcome) =>
        from opponent in (string[])["random", "teacher", "perfect"]
        from stage in Enum.GetValues<PlayStageName>()
        from temperature in (double[])[1, 0]
        select ($"{(stage == PlayStageName.Imitation ? "imitation" : "self-play")}{(temperature == 0 ? ", likeliest" : "")}", stage, temperature, opponent, outcome.Final(stage, opponent, temperature));

    private static BarChart Bars(PlayOutcome outcome) => new()
    {
        Title = "Score against each fixed player",
        Value = new AxisOptions("points in a game, 95 % interval", Quantity.Share),
        Maximum = 1,
        ReferenceLabel = "equals",
        Bars = [.. Finals(outcome).Select(final => new Bar($"{final.Name} – {final.Opponent}", final.Score.Score, final.Score.Low, final.Score.High, 0.5, $"{final.Score.Wins} : {final.Score.Draws} : {final.Score.Losses}",
            final.Stage == PlayStageName.SelfPlay ? Emphasis.Accent : Emphasis.Ink))],
    };

    private static Html Table(PlayOutcome outcome) => Html.Of($"""
        <div class="scroll"><table>
        <thead><tr><th scope="col">after</th><th scope="col">against</th><th scope="col" class="num">won</th><th scope="col" class="num">drawn</th><th scope="col" class="num">lost</th><th scope="col" class="num">illegal</th><th scope="col">won of those decided</th><th scope="col">gave nothing away</th></tr></thead>
        <tbody>
        {Finals(outcome).Select(final => Html.Of($"<tr><th scope=\"row\">{final.Name}</th><td>{final.Opponent}</td><td class=\"num\">{final.Score.Wins}</td><td class=\"num\">{final.Score.Draws}</td><td class=\"num\">{final.Score.Losses}</td><td class=\"num\">{final.Score.Illegal}</td><td>{Share(final.Score.Decided)}</td><td>{Share(final.Score.Kept)}, by lot {final.Score.Kept.Chance * 100:0.0} %</td></tr>"))}
        </tbody></table></div>
        """);

    private static string Share(Proportion share) => share.Trials == 0 ? "–" : FormattableString.Invariant($"{share.Share * 100:0.0} % [{share.Low * 100:0.0}, {share.High * 100:0.0}]");

    private static Html Picture(Game game) => Html.Of($"""<pre class="command"><code>{game.ToString()} {(game.IsForfeit ? "(illegal)" : "")}{"\n" + BoardText.Of(game)}</code></pre>""");
}
