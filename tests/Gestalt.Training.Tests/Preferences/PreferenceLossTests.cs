using Gestalt.Training.Preferences;

namespace Gestalt.Training.Tests.Preferences;

public sealed class PreferenceLossTests
{
    public static TheoryData<PreferenceMethod> Methods => [.. Enum.GetValues<PreferenceMethod>()];

    [Theory, MemberData(nameof(Methods)), Trait("Speed", "Smoke")]
    public void Derivatives_are_those_of_the_loss(PreferenceMethod method)
    {
        var random = new Random(7);
        for (int i = 0; i < 200; i++)
        {
            var objective = new PreferenceObjective(method, 0.05 + random.NextDouble(), random.NextDouble(), method is PreferenceMethod.Dpo or PreferenceMethod.SimPo ? 0.3 * random.NextDouble() : 0);
            PairScore pair = RandomPair(random);
            double drift = random.NextDouble();
            PairGradient there = Evaluate(objective, pair, drift);
            const double h = 1e-5;
            double chosen = (Loss(h, 0) - Loss(-h, 0)) / (2 * h), rejected = (Loss(0, h) - Loss(0, -h)) / (2 * h);
            Assert.Equal(chosen, there.Chosen, 1e-6 * Math.Max(1, Math.Abs(chosen)));
            Assert.Equal(rejected, there.Rejected, 1e-6 * Math.Max(1, Math.Abs(rejected)));

            double Loss(double toChosen, double toRejected) => Evaluate(objective, new PairScore(
                pair.Chosen with { LogProbability = pair.Chosen.LogProbability + toChosen },
                pair.Rejected with { LogProbability = pair.Rejected.LogProbability + toRejected }), drift).Loss;
        }
    }

    [Theory]
    [InlineData(PreferenceMethod.Dpo, 0.1, 0.693147180559945)]
    [InlineData(PreferenceMethod.Ipo, 0.1, 25)]
    [InlineData(PreferenceMethod.Kto, 0.1, 0.5)]
    public void A_model_that_has_not_moved_loses_what_the_method_says(PreferenceMethod method, double beta, double expected)
    {
        var objective = new PreferenceObjective(method, beta);
        var same = new PairScore(new AnswerScore(-12, -12, 5), new AnswerScore(-80, -80, 40));
        PairGradient gradient = Evaluate(objective, same);
        Assert.Equal(expected, gradient.Loss, 1e-12);
        Assert.Equal(expected, objective.StartingLoss!.Value, 1e-12);
        Assert.Equal(0, gradient.Reward, 1e-12);
        Assert.True(gradient is { Chosen: < 0, Rejected: > 0 }, "the better answer should become likelier, the worse one less likely");
    }

    [Fact]
    public void Values_are_those_computed_by_hand()
    {
        // DPO, β = 0.5: reward 0.5 ((−10 + 12) − (−20 + 19)) = 1.5; −log σ(1.5) = log(1 + e^−1.5); slope −σ(−1.5) · 0.5.
        var pair = new PairScore(new AnswerScore(-10, -12, 4), new AnswerScore(-20, -19, 8));
        PairGradient dpo = Evaluate(new PreferenceObjective(PreferenceMethod.Dpo, 0.5), pair);
        Assert.Equal(1.5, dpo.Reward, 1e-12);
        Assert.Equal(0.201413278, dpo.Loss, 1e-9);
        Assert.Equal(-0.091212762, dpo.Chosen, 1e-9);

        // IPO, β = 0.5: gap 3, aim 1.
        Assert.Equal(4, Evaluate(new PreferenceObjective(PreferenceMethod.Ipo, 0.5), pair).Loss, 1e-12);

        // SimPO, β = 2, γ = 0.5: 2 (−2.5) − 2 (−2.5) = 0; −log σ(−0.5).
        Assert.Equal(0.974076984, Evaluate(new PreferenceObjective(PreferenceMethod.SimPo, 2, 0.5), pair).Loss, 1e-9);

        // ORPO, λ = 0.1: both geometric means are e^−2.5, so the odds are equal: 2.5 + 0.1 ln 2.
        Assert.Equal(2.5 + 0.1 * Math.Log(2), Evaluate(new PreferenceObjective(PreferenceMethod.Orpo, 0.1), pair).Loss, 1e-12);

        // KTO, β = 1, drift 0.5: good σ(2 − 0.5), bad σ(0.5 + 1); 1 − mean.
        Assert.Equal(1 - 0.817574476, Evaluate(new PreferenceObjective(PreferenceMethod.Kto, 1), pair, 0.5).Loss, 1e-9);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Certain_and_hopeless_answers_stay_finite(PreferenceMethod method)
    {
        foreach (double chosen in (double[])[0, -1e-12, -1e-4, -1e5])
        {
            foreach (double rejected in (double[])[0, -1e-12, -1e-4, -1e5])
            {
                PairGradient gradient = Evaluate(PreferenceObjective.Usual(method), new PairScore(new AnswerScore(chosen, -50, 1), new AnswerScore(rejected, -50, 1)));
                Assert.True(double.IsFinite(gradient.Loss) && double.IsFinite(gradient.Chosen) && double.IsFinite(gradient.Rejected), $"{method} {chosen} {rejected}: {gradient}");
            }
        }
    }

    [Fact]
    public void Smoothing_lets_a_sure_model_doubt()
    {
        var sure = new PairScore(new AnswerScore(0, -100, 1), new AnswerScore(-200, -100, 1));
        PairGradient gradient = Evaluate(new PreferenceObjective(PreferenceMethod.Dpo, 1, Smoothing: 0.1), sure);
        Assert.True(gradient.Chosen > 0, "a tenth of the comparisons is believed wrong: certainty is punished");
    }

    private static PairGradient Evaluate(PreferenceObjective objective, PairScore pair, double drift = 0)
    {
        var gradients = new PairGradient[1];
        PreferenceLoss.Evaluate(objective, [pair], gradients, drift);
        return gradients[0];
    }

    private static PairScore RandomPair(Random random) => new(RandomAnswer(random), RandomAnswer(random));

    private static AnswerScore RandomAnswer(Random random)
    {
        int tokens = random.Next(1, 30);
        return new AnswerScore(-tokens * (0.05 + 2 * random.NextDouble()), -tokens * (0.05 + 2 * random.NextDouble()), tokens);
    }
}
