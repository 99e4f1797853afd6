using Gestalt.Evaluation.Agreement;

namespace Gestalt.Evaluation.Tests.Agreement;

public sealed class KappaTests
{
    /// <summary>Both yes 20 times, only the first 5, only the second 10, neither 15: observed 35/50, expected 0.5·0.6 + 0.5·0.4.</summary>
    [Fact, Trait("Speed", "Smoke")]
    public void Cohen_by_hand()
    {
        (int[] first, int[] second) = (Repeat((0, 20), (0, 5), (1, 10), (1, 15)), Repeat((0, 20), (1, 5), (0, 10), (1, 15)));
        Kappa kappa = Kappa.Cohen(first, second, 2);
        Assert.Equal((0.7, 0.5, 0.4), (kappa.Observed, Math.Round(kappa.Expected, 12), Math.Round(kappa.Value, 12)));
        Assert.InRange(0.4, kappa.Low, kappa.High);
        Assert.True(kappa.Low > 0 && kappa.High < 0.7, kappa.ToString());
        Assert.Equal((50, 2), (kappa.Items, kappa.Raters));
    }

    /// <summary>Three people, four items, two categories: (3,0), (0,3), (2,1), (1,2). Agreement of items 1, 1, 1/3, 1/3; both categories half: κ = (2/3 − 1/2) / (1 − 1/2).</summary>
    [Fact]
    public void Fleiss_by_hand()
    {
        Kappa kappa = Kappa.Fleiss([[0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 1, 0]], 2);
        Assert.Equal(2 / 3.0, kappa.Observed, 12);
        Assert.Equal(0.5, kappa.Expected, 12);
        Assert.Equal(1 / 3.0, kappa.Value, 12);
        Assert.Equal((4, 3), (kappa.Items, kappa.Raters));
    }

    /// <summary>Unequal proportions: 2 × (2,0), 1 × (1,1): observed 2/3; shares 5/6 and 1/6, expected 26/36; κ = (24/36 − 26/36) / (10/36) = −1/5.</summary>
    [Fact]
    public void Fleiss_below_chance() => Assert.Equal(-0.2, Kappa.Fleiss([[0, 0], [0, 0], [0, 1]], 2).Value, 12);

    [Fact]
    public void Full_agreement_is_one_and_the_opposite_is_minus_one()
    {
        Assert.Equal(1, Kappa.Cohen([0, 1, 2, 0], [0, 1, 2, 0], 3).Value, 12);
        Assert.Equal(-1, Kappa.Cohen([0, 1, 0, 1], [1, 0, 1, 0], 2).Value, 12);
    }

    [Fact]
    public void People_who_choose_blindly_agree_as_chance_does()
    {
        var random = new Random(3);
        int[] Blind() => [.. Enumerable.Range(0, 4000).Select(_ => random.Next(10) < 7 ? 0 : 1 + random.Next(2))];
        Assert.InRange(Kappa.Cohen(Blind(), Blind(), 3).Value, -0.06, 0.06);
        Assert.InRange(Kappa.Fleiss([.. Blind().Zip(Blind(), Blind()).Select(three => (int[])[three.First, three.Second, three.Third])], 3).Value, -0.04, 0.04);
    }

    [Fact]
    public void Nothing_to_compare_is_said_and_not_invented()
    {
        Assert.True(double.IsNaN(Kappa.Cohen([], [], 2).Value));
        Kappa same = Kappa.Cohen([1, 1, 1], [1, 1, 1], 2);
        Assert.True(double.IsNaN(same.Value));
        Assert.Contains("not measured", same.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_input_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Kappa.Cohen([0], [0, 1], 2));
        Assert.Throws<ArgumentException>(() => Kappa.Cohen([2], [0], 2));
        Assert.Throws<ArgumentException>(() => Kappa.Fleiss([[0, 1], [0]], 2));
        Assert.Throws<ArgumentException>(() => Kappa.Fleiss([[0]], 2));
    }

    private static int[] Repeat(params (int Value, int Times)[] runs) => [.. runs.SelectMany(run => Enumerable.Repeat(run.Value, run.Times))];
}
