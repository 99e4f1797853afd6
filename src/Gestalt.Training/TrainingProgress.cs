namespace Gestalt.Training;

/// <summary>What a training loop tells whoever watches, about once a second and at every validation.</summary>
/// <param name="Stage">Which stage of a life this is: <c>pretrain</c>, <c>finetune</c>, ...</param>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Steps">Optimizer steps planned.</param>
/// <param name="Loss">Training loss in nats per token, smoothed over recent steps.</param>
/// <param name="ValidationBitsPerByte">The latest validation result, if there has been one.</param>
/// <param name="TokensPerSecond">Recent training speed.</param>
/// <param name="FractionOfPeak">Arithmetic done per second over the measured float32 peak of this machine.</param>
/// <param name="Elapsed">Time in this stage, earlier sessions of the same run included.</param>
/// <param name="Remaining">Estimated time left in this stage.</param>
/// <param name="Sample">What the model dreams right now, when it was just asked.</param>
public sealed record TrainingProgress(
    string Stage,
    int Step,
    int Steps,
    double Loss,
    double? ValidationBitsPerByte,
    double TokensPerSecond,
    double FractionOfPeak,
    TimeSpan Elapsed,
    TimeSpan Remaining,
    string? Sample = null);
