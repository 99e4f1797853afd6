using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.Tests.Reinforcement;

public sealed class PolicyObjectiveTests
{
    public static TheoryData<PolicyMethod> Methods => [.. Enum.GetValues<PolicyMethod>()];

    [Theory, MemberData(nameof(Methods)), Trait("Speed", "Smoke")]
    public void Slopes_are_those_of_the_loss(PolicyMethod method)
    {
        var random = new Random(3);
        for (int i = 0; i < 500; i++)
        {
            PolicyObjective objective = PolicyObjective.Usual(method) with { KlWeight = i % 2 == 0 ? 0 : random.NextDouble() };
            (double now, double drawn, double reference, double advantage) = (-3 * random.NextDouble(), -3 * random.NextDouble(), -3 * random.NextDouble(), (4 * random.NextDouble()) - 2);
            const double h = 1e-6;
            double ratio = Math.Exp(now - drawn);
            if (Math.Abs(ratio - 1 + objective.ClipLow) < 1e-4 || Math.Abs(ratio - 1 - objective.ClipHigh) < 1e-4) continue; // a corner has no slope
            double expected = (objective.Evaluate(now + h, drawn, reference, advantage).Loss - objective.Evaluate(now - h, drawn, reference, advantage).Loss) / (2 * h);
            Assert.Equal(expected, objective.Evaluate(now, drawn, reference, advantage).Slope, 1e-5 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void Values_are_those_computed_by_hand()
    {
        PolicyObjective grpo = PolicyObjective.Usual(PolicyMethod.Grpo);
        // Ratio 1.1, advantage 2: free. Ratio 1.5: clipped at 1.2. Ratio 0.5 with a bad answer: clipped at 0.8.
        Assert.Equal(-2.2, grpo.Evaluate(Math.Log(1.1), 0, 0, 2).Loss, 1e-12);
        Assert.Equal(new TokenLoss(-2.4, 0, true, 0), grpo.Evaluate(Math.Log(1.5), 0, 0, 2));
        TokenLoss low = grpo.Evaluate(Math.Log(0.5), 0, 0, -1);
        Assert.True(low.IsClipped && low.Slope == 0);
        Assert.Equal(0.8, low.Loss, 1e-12);
        // The pessimistic side is never clipped: a bad answer that became likelier, a good one that became less likely.
        Assert.Equal(1.5, grpo.Evaluate(Math.Log(1.5), 0, 0, -1).Loss, 1e-12);
        Assert.Equal(-0.5, grpo.Evaluate(Math.Log(0.5), 0, 0, 1).Loss, 1e-12);
        // DAPO clips later above than below.
        Assert.False(PolicyObjective.Usual(PolicyMethod.Dapo).Evaluate(Math.Log(1.25), 0, 0, 1).IsClipped);
        Assert.True(grpo.Evaluate(Math.Log(1.25), 0, 0, 1).IsClipped);
        // k3: reference twice as likely: 2 − ln 2 − 1.
        TokenLoss kl = (grpo with { KlWeight = 1 }).Evaluate(0, 0, Math.Log(2), 0);
        Assert.Equal(1 - Math.Log(2), kl.Kl, 1e-12);
        Assert.Equal(-1, kl.Slope, 1e-12);
    }

    [Fact]
    public void Advantages_compare_within_the_group()
    {
        var advantages = new double[4];
        Assert.True(PolicyObjective.Usual(PolicyMethod.Grpo).Advantages([1, 0, 0, 1], advantages));
        Assert.Equal([1, -1, -1, 1], advantages);
        Assert.True(PolicyObjective.Usual(PolicyMethod.DrGrpo).Advantages([1, 0, 0, 0], advantages));
        Assert.Equal([0.75, -0.25, -0.25, -0.25], advantages);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Equal_rewards_have_exactly_no_advantage(PolicyMethod method)
    {
        foreach (double reward in (double[])[0, 1, 0.1, 1e9, -1.0 / 3])
        {
            double[] advantages = [7, 7, 7, 7, 7];
            Assert.False(PolicyObjective.Usual(method).Advantages([reward, reward, reward, reward, reward], advantages));
            Assert.All(advantages, advantage => Assert.Equal(0.0, advantage));
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Certain_and_hopeless_tokens_stay_finite(PolicyMethod method)
    {
        foreach (double now in (double[])[0, -1e-9, -50, -1e5])
        {
            foreach (double drawn in (double[])[0, -50, -1e5])
            {
                TokenLoss token = (PolicyObjective.Usual(method) with { KlWeight = 0.1 }).Evaluate(now, drawn, drawn, -1);
                Assert.True(double.IsFinite(token.Loss) && double.IsFinite(token.Slope), $"{now} {drawn}: {token}");
            }
        }
    }
}
