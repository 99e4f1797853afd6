using Gestalt.Training.Preferences;

namespace Gestalt.Training.Tests.Preferences;

public sealed class BestOfNTests
{
    [Fact, Trait("Speed", "Smoke")]
    public void The_best_of_all_subsets_is_what_counting_them_gives()
    {
        var random = new Random(5);
        GradedAnswer[][] prompts = [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, 6).Select(_ => new GradedAnswer(random.NextDouble(), random.NextDouble())).ToArray())];
        foreach (BestOfPoint point in BestOfN.Curve(prompts, [1, 2, 3, 4, 5, 6]))
        {
            double proxy = 0, gold = 0;
            foreach (GradedAnswer[] answers in prompts)
            {
                GradedAnswer[] best = [.. Subsets(answers, point.N).Select(subset => subset.MaxBy(answer => answer.Proxy))];
                (proxy, gold) = (proxy + (best.Average(answer => answer.Proxy) / 3), gold + (best.Average(answer => answer.Gold) / 3));
            }

            Assert.Equal(proxy, point.Proxy, 1e-12);
            Assert.Equal(gold, point.Gold, 1e-12);
        }
    }

    [Fact]
    public void One_draw_is_no_choice_and_more_are_further_away()
    {
        Assert.Equal(0, BestOfN.Divergence(1), 1e-15);
        Assert.Equal(Math.Log(2) - 0.5, BestOfN.Divergence(2), 1e-15);
        Assert.Equal(Math.Log(64) - (63.0 / 64), BestOfN.Divergence(64), 1e-12);
    }

    [Fact]
    public void A_proxy_that_is_blind_to_half_of_it_gains_more_than_the_gold_does()
    {
        // Gold = what the proxy sees + what it does not see and that gets worse with it from a point on.
        var random = new Random(7);
        GradedAnswer[][] prompts = [.. Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 64).Select(_ => random.NextDouble() * 4).Select(x => new GradedAnswer(x, x < 3.6 ? x : 3.6 - (20 * (x - 3.6)))).ToArray())];
        IReadOnlyList<BestOfPoint> curve = BestOfN.Curve(prompts, [1, 2, 4, 8, 16, 32, 64]);
        Assert.True(curve.Zip(curve.Skip(1)).All(next => next.Second.Proxy > next.First.Proxy));
        BestOfPoint peak = curve.MaxBy(point => point.Gold)!;
        Assert.InRange(peak.N, 2, 8);
        Assert.True(curve[^1].Gold + curve[^1].GoldError < peak.Gold - peak.GoldError, $"{curve[^1]} {peak}");
    }

    [Fact]
    public void What_cannot_be_told_is_refused()
    {
        Assert.Throws<ArgumentException>(() => BestOfN.Curve([], [1]));
        Assert.Throws<ArgumentException>(() => BestOfN.Curve([[new(1, 1)], [new(1, 1), new(2, 2)]], [1]));
        Assert.Throws<ArgumentException>(() => BestOfN.Curve([[new(1, 1)]], [2]));
        Assert.Throws<ArgumentException>(() => BestOfN.Curve([[new(1, 1)]], [0]));
    }

    private static IEnumerable<GradedAnswer[]> Subsets(GradedAnswer[] of, int size) =>
        Enumerable.Range(0, 1 << of.Length).Where(bits => int.PopCount(bits) == size).Select(bits => of.Where((_, i) => (bits >> i & 1) == 1).ToArray());
}
