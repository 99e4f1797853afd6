namespace Gestalt.Training.Preferences;

/// <summary>The arithmetic of PPO, in double precision and without a model, so that it can be checked by hand.</summary>
public static class PpoObjective
{
    /// <summary>Generalised advantage estimation (arXiv 1506.02438) without discount: δ(t) = r(t) + V(t+1) − V(t), A(t) = δ(t) + λ A(t+1), nothing after the end.</summary>
    /// <param name="rewards">r of each token.</param>
    /// <param name="values">V before each token.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="advantages">A of each token.</param>
    /// <param name="returns">What the value head should have said: A + V.</param>
    public static void Advantages(ReadOnlySpan<double> rewards, ReadOnlySpan<double> values, double lambda, Span<double> advantages, Span<double> returns)
    {
        double after = 0, nextValue = 0;
        for (int t = rewards.Length - 1; t >= 0; t--)
        {
            after = rewards[t] + nextValue - values[t] + (lambda * after);
            (advantages[t], returns[t], nextValue) = (after, after + values[t], values[t]);
        }
    }

    /// <summary>The price of divergence after a round: up where the model went further than it should, down where it could go further, by at most a fiftieth a round (arXiv 1909.08593).</summary>
    /// <param name="beta">The price.</param>
    /// <param name="divergence">Measured, nats an answer.</param>
    /// <param name="target">Wanted; 0 leaves the price.</param>
    public static double Steer(double beta, double divergence, double target) =>
        target > 0 ? beta * (1 + (0.1 * Math.Clamp((divergence / target) - 1, -0.2, 0.2))) : beta;

    /// <summary>Gives advantages mean 0 and variance 1 over all that count; all equal ones become 0.</summary>
    /// <param name="advantages">The advantages.</param>
    public static void Whiten(Span<double> advantages)
    {
        double mean = 0, square = 0;
        foreach (double value in advantages) mean += value / Math.Max(1, advantages.Length);
        foreach (double value in advantages) square += (value - mean) * (value - mean) / Math.Max(1, advantages.Length);
        double scale = square > 1e-16 ? 1 / Math.Sqrt(square) : 0;
        foreach (ref double value in advantages) value = (value - mean) * scale;
    }
}
