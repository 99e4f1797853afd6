namespace Gestalt.Training.Reinforcement;

/// <summary>PPO's clipped objective for one token (arXiv 1707.06347, equation 7), which GRPO and its kin share: −min(r A, clip(r, 1 − ε_low, 1 + ε_high) A), r = exp(now − drawn).</summary>
public static class ClippedSurrogate
{
    /// <summary>The loss, and its derivative by the token's log-probability.</summary>
    /// <param name="now">Log-probability under the model now.</param>
    /// <param name="drawn">That with which it was drawn.</param>
    /// <param name="advantage">A.</param>
    /// <param name="low">ε_low.</param>
    /// <param name="high">ε_high.</param>
    public static (double Loss, double Slope, bool IsClipped) Evaluate(double now, double drawn, double advantage, double low, double high)
    {
        double ratio = Math.Exp(Math.Clamp(now - drawn, -30, 30)); // e^30 is clipped in any case; beyond it would be no number
        double free = ratio * advantage, held = Math.Clamp(ratio, 1 - low, 1 + high) * advantage;
        return held < free ? (-held, 0, true) : (-free, -free, false);
    }
}
