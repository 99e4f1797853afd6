namespace Gestalt.Training;

/// <summary>The loss or a gradient stopped being a number. Nothing of that step was kept.</summary>
/// <param name="step">The step, counted from 1.</param>
/// <param name="loss">The loss of that step.</param>
/// <param name="gradientNorm">The global norm of that step's gradient.</param>
/// <param name="checkpoint">The last good checkpoint, if there is one.</param>
public sealed class DivergedException(int step, double loss, double gradientNorm, string? checkpoint) : Exception(FormattableString.Invariant(
    $"Training diverged at step {step}: loss {loss}, gradient norm {gradientNorm}. ") +
    (checkpoint is null ? "No checkpoint had been written yet. " : $"The last good checkpoint is {checkpoint}. ") +
    "Try half the learning rate (--learning-rate), a longer warm-up (--warm-up), or --precision float32.")
{
    /// <summary>The step that failed, counted from 1.</summary>
    public int Step { get; } = step;
}
