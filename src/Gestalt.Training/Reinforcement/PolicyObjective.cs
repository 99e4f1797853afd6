namespace Gestalt.Training.Reinforcement;

/// <summary>A way of learning from groups of answers to the same problem.</summary>
public enum PolicyMethod
{
    /// <summary>Group-relative policy optimization (arXiv 2402.03300): advantages in standard deviations of the group, each answer counts the same.</summary>
    Grpo,

    /// <summary>GRPO done right (arXiv 2503.20783): no division by deviation or by the answer's length, which favour easy and long answers.</summary>
    DrGrpo,

    /// <summary>DAPO (arXiv 2503.14476): a higher clip above than below, each token counts the same, groups without a difference are drawn anew.</summary>
    Dapo,
}

/// <summary>How a step's answers are weighed against each other.</summary>
public enum LossWeighting
{
    /// <summary>Each answer counts the same, whatever its length (GRPO).</summary>
    Answers,

    /// <summary>Each token counts the same (DAPO).</summary>
    Tokens,

    /// <summary>Each token counts one part of the longest answer that was allowed: a constant, so that no length is favoured (Dr. GRPO).</summary>
    Constant,
}

/// <summary>What is made small: −E[min(r A, clip(r, 1 − ε_low, 1 + ε_high) A)] + β KL, r the ratio of an action's probability to that with which it was drawn, A its advantage.</summary>
/// <param name="Method">The method that the other choices follow from.</param>
/// <param name="ClipLow">ε_low: how far a ratio may fall below 1 before it stops counting.</param>
/// <param name="ClipHigh">ε_high: how far it may rise.</param>
/// <param name="KlWeight">β: the weight of the divergence from the model that training began with; 0 for none.</param>
/// <param name="Weighting">How answers are weighed.</param>
/// <param name="DividesByDeviation">Whether advantages are divided by the group's standard deviation.</param>
/// <param name="DrawsAnew">Whether groups whose answers are all worth the same are replaced by others (dynamic sampling).</param>
public sealed record PolicyObjective(PolicyMethod Method, double ClipLow, double ClipHigh, double KlWeight, LossWeighting Weighting, bool DividesByDeviation, bool DrawsAnew)
{
    private const double LeastDeviation = 1e-6; // rewards that differ by rounding are equal

    /// <summary>A method as its paper has it, but for GRPO's KL term, which later work dropped and which is off unless asked for.</summary>
    /// <param name="method">The method.</param>
    public static PolicyObjective Usual(PolicyMethod method) => method switch
    {
        PolicyMethod.Grpo => new(method, 0.2, 0.2, 0, LossWeighting.Answers, DividesByDeviation: true, DrawsAnew: false),
        PolicyMethod.DrGrpo => new(method, 0.2, 0.2, 0, LossWeighting.Constant, DividesByDeviation: false, DrawsAnew: false),
        _ => new(method, 0.2, 0.28, 0, LossWeighting.Tokens, DividesByDeviation: true, DrawsAnew: true),
    };

    /// <summary>How much better than its group each answer is: (r − mean) / σ, or r − mean. Exactly zero for all where all rewards are equal.</summary>
    /// <param name="rewards">Rewards of a group.</param>
    /// <param name="advantages">One for each.</param>
    /// <returns>Whether there is a difference.</returns>
    public bool Advantages(ReadOnlySpan<double> rewards, Span<double> advantages)
    {
        advantages[..rewards.Length].Clear();
        double mean = 0, variance = 0;
        foreach (double reward in rewards) mean += reward / rewards.Length;
        foreach (double reward in rewards) variance += (reward - mean) * (reward - mean) / rewards.Length;
        double deviation = Math.Sqrt(variance);
        if (!(deviation > LeastDeviation)) return false;
        for (int i = 0; i < rewards.Length; i++) advantages[i] = (rewards[i] - mean) / (DividesByDeviation ? deviation : 1);
        return true;
    }

    /// <summary>The loss of one token and its derivative by the token's log-probability, before weighing.</summary>
    /// <param name="now">Log-probability under the model now.</param>
    /// <param name="drawn">That with which it was drawn.</param>
    /// <param name="reference">That under the model that training began with; ignored where <see cref="KlWeight"/> is 0.</param>
    /// <param name="advantage">A.</param>
    public TokenLoss Evaluate(double now, double drawn, double reference, double advantage)
    {
        (double loss, double slope, bool clipped) = ClippedSurrogate.Evaluate(now, drawn, advantage, ClipLow, ClipHigh);
        double kl = 0;
        if (KlWeight > 0)
        {
            // The estimator k3 (Schulman 2020) as in GRPO: e^d − d − 1, d = reference − now; never negative, right on average.
            double difference = Math.Clamp(reference - now, -30, 30);
            kl = Math.Exp(difference) - difference - 1;
            loss += KlWeight * kl;
            slope += KlWeight * (1 - Math.Exp(difference));
        }

        return new TokenLoss(loss, slope, clipped, kl);
    }
}

/// <summary>What a token adds to the loss.</summary>
/// <param name="Loss">Its loss.</param>
/// <param name="Slope">d(loss)/d(log-probability).</param>
/// <param name="IsClipped">Whether the clip stops it from counting.</param>
/// <param name="Kl">Its estimate of the divergence from the reference, in nats; 0 where none is asked for.</param>
public readonly record struct TokenLoss(double Loss, double Slope, bool IsClipped, double Kl);
