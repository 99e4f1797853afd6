using Gestalt.Evaluation.Arena;

namespace Gestalt.Evaluation.Tests.Arena;

public sealed class LeaderboardTests
{
    private static readonly LeaderboardOptions NoIntervals = new() { Resamples = 0 };

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Three_wins_to_one_are_400_log10_3_points()
    {
        Leaderboard board = Leaderboard.Of([.. Wins("a", "b", 3), .. Wins("b", "a", 1)], NoIntervals);
        Assert.Equal(["a", "b"], board.Standings.Select(one => one.Model));
        Assert.Equal(1000 + 95.4242509, board.Standings[0].Rating, 6);
        Assert.Equal(1000 - 95.4242509, board.Standings[1].Rating, 6);
        Assert.Equal((3.0, 4), (board.Standings[0].Points, board.Standings[0].Comparisons));
        Assert.Empty(board.Remarks());
    }

    [Fact]
    public void A_tie_is_half_a_point_for_both()
    {
        // 2 + 2/2 = 3 points to 1.
        Leaderboard ties = Leaderboard.Of([.. Wins("a", "b", 2), .. Ties("a", "b", 2)], NoIntervals);
        Leaderboard wins = Leaderboard.Of([.. Wins("a", "b", 3), .. Wins("b", "a", 1)], NoIntervals);
        Assert.Equal(wins.Standings[0].Rating, ties.Standings[0].Rating, 8);
    }

    [Fact]
    public void In_a_chain_the_differences_add_up()
    {
        // Without a circle each pair is fitted exactly: a - b = 400 log10(2), b - c = 400 log10(4).
        Leaderboard board = Leaderboard.Of([.. Wins("a", "b", 2), .. Wins("b", "a", 1), .. Wins("b", "c", 4), .. Wins("c", "b", 1)], NoIntervals);
        double[] ratings = [.. board.Standings.Select(one => one.Rating)];
        Assert.Equal(400 * Math.Log10(2), ratings[0] - ratings[1], 7);
        Assert.Equal(400 * Math.Log10(4), ratings[1] - ratings[2], 7);
        Assert.Equal(1000, ratings.Average(), 9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void At_the_most_likely_ratings_each_model_is_expected_to_win_what_it_won(int seed)
    {
        // That is the gradient's being zero, written without the fit's code.
        Comparison[] comparisons = Play(new Random(seed), [1200, 1100, 1000, 900, 700], 400, ties: 0.2);
        var ratings = Leaderboard.Of(comparisons, NoIntervals).Standings.ToDictionary(one => one.Model, one => one.Rating);
        foreach (string model in ratings.Keys)
        {
            double won = 0, expected = 0;
            foreach (Comparison one in comparisons.Where(one => one.Left == model || one.Right == model))
            {
                string other = one.Left == model ? one.Right : one.Left;
                expected += 1 / (1 + Math.Pow(10, (ratings[other] - ratings[model]) / 400));
                won += one.Outcome is ComparisonOutcome.Tie ? 0.5 : (one.Outcome == ComparisonOutcome.Left) == (one.Left == model) ? 1 : 0;
            }
            Assert.Equal(won, expected, 5);
        }
    }

    [Fact]
    public void Neither_order_nor_sides_nor_names_change_ratings()
    {
        var random = new Random(4);
        Comparison[] comparisons = Play(random, [1100, 1000, 900], 120, ties: 0.1);
        var expected = Leaderboard.Of(comparisons, NoIntervals).Standings.ToDictionary(one => one.Model, one => one.Rating);
        Comparison[] turned = [.. comparisons.Select(one => random.Next(2) == 0 ? one : new Comparison(one.Right, one.Left, one.Outcome switch
        {
            ComparisonOutcome.Left => ComparisonOutcome.Right,
            ComparisonOutcome.Right => ComparisonOutcome.Left,
            var other => other,
        }))];
        random.Shuffle(turned);
        foreach (Standing standing in Leaderboard.Of(turned, NoIntervals).Standings)
            Assert.Equal(expected[standing.Model], standing.Rating, 7);
    }

    [Fact]
    public void Both_bad_counts_as_a_tie_or_is_left_out()
    {
        Comparison[] comparisons = [.. Wins("a", "b", 3), .. Wins("b", "a", 1), .. Enumerable.Repeat(new Comparison("a", "b", ComparisonOutcome.BothBad), 4)];
        Leaderboard with = Leaderboard.Of(comparisons, NoIntervals);
        Assert.Equal(400 * Math.Log10(5.0 / 3), with.Standings[0].Rating - with.Standings[1].Rating, 7);
        Leaderboard without = Leaderboard.Of(comparisons, NoIntervals with { CountBothBad = false });
        Assert.Equal(400 * Math.Log10(3), without.Standings[0].Rating - without.Standings[1].Rating, 7);
        Assert.Equal((8, 0, 4, 4), (with.Comparisons, with.LeftOut, without.Comparisons, without.LeftOut));
    }

    [Fact]
    public void Who_wins_or_loses_everything_gets_a_number_that_says_it_is_none()
    {
        Leaderboard board = Leaderboard.Of([.. Wins("best", "a", 5), .. Wins("a", "b", 2), .. Wins("b", "a", 2), .. Wins("b", "worst", 3)], new LeaderboardOptions { Resamples = 100 });
        Assert.Equal(["best", "b", "a", "worst"], board.Standings.Select(one => one.Model));
        Assert.Equal([RatingBound.AtLeast, RatingBound.Between, RatingBound.Between, RatingBound.AtMost], board.Standings.Select(one => one.Bound));
        Assert.All(board.Standings, one => Assert.True(double.IsFinite(one.Rating) && double.IsNaN(one.Low) && double.IsNaN(one.High)));
        Assert.Equal(4, board.Remarks().Count());
        Assert.Contains("best never lost a point", board.Remarks().First());
    }

    [Fact]
    public void One_tie_is_enough_to_make_a_rating_finite()
    {
        Leaderboard board = Leaderboard.Of([.. Wins("a", "b", 19), .. Ties("a", "b", 2)], NoIntervals);
        Assert.Equal(400 * Math.Log10(20), board.Standings[0].Rating - board.Standings[1].Rating, 6);
        Assert.All(board.Standings, one => Assert.Equal(RatingBound.None, one.Bound));
    }

    [Fact]
    public void Groups_that_were_never_compared_are_told_apart()
    {
        Leaderboard board = Leaderboard.Of(
            [.. Wins("a", "b", 3), .. Wins("b", "a", 1), .. Wins("x", "y", 1), .. Wins("y", "x", 1), .. Wins("y", "z", 2), .. Wins("z", "y", 2)], new LeaderboardOptions { Resamples = 50 });
        Assert.Equal([("x", 1), ("y", 1), ("z", 1), ("a", 2), ("b", 2)], board.Standings.Select(one => (one.Model, one.Group)));
        Assert.Equal(1000, board.Standings.Take(3).Average(one => one.Rating), 6);
        Assert.Equal(400 * Math.Log10(3), board.Standings[3].Rating - board.Standings[4].Rating, 6);
        Assert.Contains("2 groups", Assert.Single(board.Remarks()));
    }

    [Fact]
    public void The_same_seed_gives_the_same_intervals_and_another_seed_others()
    {
        Comparison[] comparisons = Play(new Random(5), [1100, 1000, 900], 150, ties: 0.1);
        Leaderboard first = Leaderboard.Of(comparisons, new LeaderboardOptions { Resamples = 200 });
        Assert.Equal(first.Standings, Leaderboard.Of(comparisons, new LeaderboardOptions { Resamples = 200 }).Standings);
        Assert.NotEqual(first.Standings, Leaderboard.Of(comparisons, new LeaderboardOptions { Resamples = 200, Seed = 2 }).Standings);
        Assert.All(first.Standings, one => Assert.True(one.Low < one.Rating && one.Rating < one.High));
    }

    [Fact]
    public void More_comparisons_make_intervals_narrower_as_one_by_the_root()
    {
        var options = new LeaderboardOptions { Resamples = 300 };
        Comparison[] comparisons = Play(new Random(6), [1050, 950], 200, ties: 0);
        double few = Width(Leaderboard.Of(comparisons, options));
        double many = Width(Leaderboard.Of([.. Enumerable.Repeat(comparisons, 16).SelectMany(one => one)], options));
        Assert.InRange(few / many, 3.2, 4.8);

        static double Width(Leaderboard board) => board.Standings[0].High - board.Standings[0].Low;
    }

    [Fact]
    public void Ranks_part_only_models_whose_intervals_part()
    {
        Comparison[] comparisons = Play(new Random(7), [1300, 1010, 990, 700], 600, ties: 0);
        Assert.Equal([1, 2, 2, 4], Leaderboard.Of(comparisons, new LeaderboardOptions { Resamples = 200 }).Standings.Select(one => one.Rank));
    }

    [Fact]
    public void What_length_alone_wins_is_taken_out_of_the_ratings()
    {
        // Both models are equally good; "long" writes twice as much most of the time, and judges fall for it.
        var random = new Random(8);
        const double effect = 3;
        Comparison[] comparisons = [.. Enumerable.Range(0, 4000).Select(_ =>
        {
            double left = random.Next(100, 200), right = random.Next(60, 160), x = (left - right) / (left + right);
            return new Comparison("long", "short", random.NextDouble() < 1 / (1 + Math.Exp(-effect * x)) ? ComparisonOutcome.Left : ComparisonOutcome.Right) { LeftLength = left, RightLength = right };
        })];
        Leaderboard plain = Leaderboard.Of(comparisons, new LeaderboardOptions { Resamples = 100 });
        Leaderboard controlled = Leaderboard.Of(comparisons, new LeaderboardOptions { Resamples = 100, ControlLength = true });
        Assert.True(plain.Standings[0].Model == "long" && plain.Standings[0].Low > 1000);
        Assert.All(controlled.Standings, one => Assert.InRange(1000, one.Low - 10, one.High + 10));
        LengthEffect length = controlled.Length!.Value;
        double planted = effect / 3 * 400 / Math.Log(10);
        Assert.InRange(planted, length.Low, length.High);
        Assert.InRange(length.PointsForTwice, planted * 0.8, planted * 1.2);
        Assert.Null(plain.Length);
    }

    [Fact]
    public void Lengths_that_never_differ_have_no_effect_and_do_no_harm()
    {
        Comparison[] comparisons = [.. Wins("a", "b", 3).Concat(Wins("b", "a", 1)).Select(one => one with { LeftLength = 10, RightLength = 10 })];
        Leaderboard board = Leaderboard.Of(comparisons, NoIntervals with { ControlLength = true });
        Assert.Equal(400 * Math.Log10(3), board.Standings[0].Rating - board.Standings[1].Rating, 6);
        Assert.Equal(0, board.Length!.Value.PointsForTwice, 9);
    }

    [Fact]
    public void What_cannot_be_ranked_is_refused_with_the_reason()
    {
        Assert.Contains("compared with itself", Assert.Throws<ArgumentException>(() => Leaderboard.Of([new Comparison("a", "a", ComparisonOutcome.Tie)])).Message);
        Assert.Contains("1 of 1", Assert.Throws<ArgumentException>(() => Leaderboard.Of(Wins("a", "b", 1), new LeaderboardOptions { ControlLength = true })).Message);
        Assert.Throws<ArgumentException>(() => Leaderboard.Of([], new LeaderboardOptions { Confidence = 95 }));
        Assert.Empty(Leaderboard.Of([]).Standings);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Intervals_hold_the_planted_strengths_about_95_times_of_100()
    {
        double[] planted = [1180, 1060, 1000, 940, 820];
        int held = 0, all = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            Leaderboard board = Leaderboard.Of(Play(new Random(seed), planted, 600, ties: 0), new LeaderboardOptions { Resamples = 300, Seed = (ulong)seed });
            foreach (Standing standing in board.Standings)
            {
                all++;
                held += planted[int.Parse(standing.Model[1..])] >= standing.Low && planted[int.Parse(standing.Model[1..])] <= standing.High ? 1 : 0;
            }
        }
        // 1500 intervals, five of a board depend on each other: three standard errors of 300 independent ones are 3.8 points.
        Assert.InRange(held / (double)all, 0.912, 0.988);
    }

    private static IEnumerable<Comparison> Wins(string winner, string loser, int count) =>
        Enumerable.Range(0, count).Select(i => i % 2 == 0 ? new Comparison(winner, loser, ComparisonOutcome.Left) : new Comparison(loser, winner, ComparisonOutcome.Right));

    private static IEnumerable<Comparison> Ties(string one, string other, int count) => Enumerable.Repeat(new Comparison(one, other, ComparisonOutcome.Tie), count);

    /// <summary>Lets models "m0", "m1" ... of planted ratings meet at random.</summary>
    private static Comparison[] Play(Random random, double[] ratings, int count, double ties) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        int left = random.Next(ratings.Length), right = (left + 1 + random.Next(ratings.Length - 1)) % ratings.Length;
        double probability = 1 / (1 + Math.Pow(10, (ratings[right] - ratings[left]) / 400));
        return new Comparison($"m{left}", $"m{right}", random.NextDouble() < ties ? ComparisonOutcome.Tie : random.NextDouble() < probability ? ComparisonOutcome.Left : ComparisonOutcome.Right);
    })];
}
