namespace Gestalt.Training.Preferences;

/// <summary>An answer as a model sees it.</summary>
/// <param name="LogProbability">Sum of its tokens' log-probabilities in nats, under the model that learns.</param>
/// <param name="Reference">The same under the model that training began with; not read where a method needs none.</param>
/// <param name="Tokens">How many tokens it has, at least 1.</param>
public readonly record struct AnswerScore(double LogProbability, double Reference, int Tokens)
{
    /// <summary>How much likelier the answer has become, in nats.</summary>
    public double Drift => LogProbability - Reference;
}

/// <summary>A comparison as a model sees it.</summary>
/// <param name="Chosen">The better answer.</param>
/// <param name="Rejected">The worse answer.</param>
public readonly record struct PairScore(AnswerScore Chosen, AnswerScore Rejected);

/// <summary>What a comparison costs, and where to move.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Chosen">d(loss)/d(log-probability of the better answer).</param>
/// <param name="Rejected">d(loss)/d(log-probability of the worse answer).</param>
/// <param name="Reward">Implicit reward of the better answer minus that of the worse: above 0 where the model agrees.</param>
public readonly record struct PairGradient(double Loss, double Chosen, double Rejected, double Reward);

/// <summary>The losses of <see cref="PreferenceMethod"/> with their derivatives, in closed form and in double precision.</summary>
public static class PreferenceLoss
{
    /// <summary>Evaluates comparisons one by one; their mean is the loss of a step.</summary>
    /// <param name="objective">Method and constants.</param>
    /// <param name="pairs">The comparisons of a step.</param>
    /// <param name="gradients">One for each; not yet divided by their number.</param>
    /// <param name="drift">For KTO: the mean drift of the model, in nats, from answers that do not belong to their prompts; at least 0 counts. No gradient flows through it.</param>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    public static void Evaluate(PreferenceObjective objective, ReadOnlySpan<PairScore> pairs, Span<PairGradient> gradients, double drift = 0)
    {
        ArgumentNullException.ThrowIfNull(objective);
        if (pairs.Length != gradients.Length) throw new ArgumentException($"{gradients.Length} places for {pairs.Length} gradients.", nameof(gradients));
        for (int i = 0; i < pairs.Length; i++)
        {
            gradients[i] = objective.Method switch
            {
                PreferenceMethod.Dpo => Dpo(objective, pairs[i]),
                PreferenceMethod.Ipo => Ipo(objective, pairs[i]),
                PreferenceMethod.Kto => Kto(objective, pairs[i], Math.Max(0, drift)),
                PreferenceMethod.SimPo => SimPo(objective, pairs[i]),
                _ => Orpo(objective, pairs[i]),
            };
        }
    }

    private static PairGradient Dpo(PreferenceObjective o, PairScore pair)
    {
        double reward = o.Beta * (pair.Chosen.Drift - pair.Rejected.Drift);
        (double loss, double slope) = Logistic(reward, o.Smoothing);
        return new PairGradient(loss, slope * o.Beta, -slope * o.Beta, reward);
    }

    private static PairGradient Ipo(PreferenceObjective o, PairScore pair)
    {
        double gap = pair.Chosen.Drift - pair.Rejected.Drift, miss = gap - 1 / (2 * o.Beta);
        return new PairGradient(miss * miss, 2 * miss, -2 * miss, o.Beta * gap);
    }

    // Value of an answer: 1 − σ(β (drift − z)) if it is good, 1 − σ(β (z − drift)) if it is bad; a pair costs the mean of both.
    private static PairGradient Kto(PreferenceObjective o, PairScore pair, double z)
    {
        double good = Sigmoid(o.Beta * (pair.Chosen.Drift - z)), bad = Sigmoid(o.Beta * (z - pair.Rejected.Drift));
        return new PairGradient(1 - (good + bad) / 2, -o.Beta * good * (1 - good) / 2, o.Beta * bad * (1 - bad) / 2, o.Beta * (pair.Chosen.Drift - pair.Rejected.Drift));
    }

    private static PairGradient SimPo(PreferenceObjective o, PairScore pair)
    {
        double chosen = o.Beta / pair.Chosen.Tokens, rejected = o.Beta / pair.Rejected.Tokens;
        double reward = chosen * pair.Chosen.LogProbability - rejected * pair.Rejected.LogProbability;
        (double loss, double slope) = Logistic(reward - o.Margin, o.Smoothing);
        return new PairGradient(loss, slope * chosen, -slope * rejected, reward);
    }

    // −mean log p(chosen) − λ log σ(log odds(chosen) − log odds(rejected)), p being the geometric mean over tokens.
    private static PairGradient Orpo(PreferenceObjective o, PairScore pair)
    {
        double chosen = pair.Chosen.LogProbability / pair.Chosen.Tokens, rejected = pair.Rejected.LogProbability / pair.Rejected.Tokens;
        (double oddsChosen, double slopeChosen) = LogOdds(chosen);
        (double oddsRejected, double slopeRejected) = LogOdds(rejected);
        double reward = oddsChosen - oddsRejected;
        (double loss, double slope) = Logistic(reward, smoothing: 0);
        return new PairGradient(o.Beta * loss - chosen, (o.Beta * slope * slopeChosen - 1) / pair.Chosen.Tokens, -o.Beta * slope * slopeRejected / pair.Rejected.Tokens, reward);
    }

    /// <summary>−(1 − ε) log σ(x) − ε log σ(−x), and its derivative.</summary>
    internal static (double Loss, double Slope) Logistic(double x, double smoothing) =>
        ((1 - smoothing) * SoftPlus(-x) + smoothing * SoftPlus(x), smoothing - Sigmoid(-x));

    /// <summary>log(p / (1 − p)) of a log-probability, and its derivative; log p is kept a hair below 0, where the odds are finite.</summary>
    private static (double Odds, double Slope) LogOdds(double logProbability)
    {
        double inside = Math.Min(logProbability, -1e-9);
        double other = inside > -1e-3 ? -Expm1(inside) : 1 - Math.Exp(inside);
        return (inside - Math.Log(other), 1 / other);
    }

    /// <summary>e^x − 1 near 0, where the subtraction would cancel.</summary>
    private static double Expm1(double x) => x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4)));

    private static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private static double SoftPlus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
