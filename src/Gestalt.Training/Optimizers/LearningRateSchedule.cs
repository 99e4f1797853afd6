namespace Gestalt.Training.Optimizers;

/// <summary>
/// The trapezoid: a linear warm-up, a plateau, a linear decay to <paramref name="Final"/>. Compared with a cosine it needs
/// no commitment to a length before the decay begins, and at equal length it trains as well or better
/// (arXiv 2405.18392, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations").
/// </summary>
/// <param name="Steps">Total optimizer steps.</param>
/// <param name="WarmUp">Steps of linear warm-up from zero.</param>
/// <param name="Decay">Share of all steps, at the end, over which the rate falls linearly.</param>
/// <param name="Final">Multiplier that the last step approaches.</param>
public readonly record struct LearningRateSchedule(int Steps, int WarmUp, double Decay, double Final = 0)
{
    /// <summary>The multiplier of the base learning rate for a step counted from zero.</summary>
    public float At(int step)
    {
        double rate = 1;
        if (WarmUp > 0 && step < WarmUp) rate = (step + 1.0) / WarmUp;
        double decaySteps = Decay * Steps, left = Steps - step;
        if (left < decaySteps) rate = Math.Min(rate, Final + (1 - Final) * left / decaySteps);
        return (float)rate;
    }
}
