using Gestalt.Evaluation.Reports;
using Gestalt.Training.Reinforcement;
using Gestalt.Training.SelfPlay;

namespace Gestalt.Training.Metrics;

/// <summary>One line of <c>metrics.jsonl</c>: what was measured at an optimizer step.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Seconds">Time in this stage, all sessions together.</param>
/// <param name="Tokens">Tokens read so far.</param>
/// <param name="Loss">Training loss of this step, nats per token.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping.</param>
/// <param name="LearningRate">Multiplier of all learning rates.</param>
/// <param name="TokensPerSecond">Recent speed.</param>
/// <param name="FractionOfPeak">Recent arithmetic over the machine's float32 peak; 0 if unknown.</param>
/// <param name="BitsPerByte">On held-out text, where it was measured at this step.</param>
/// <param name="Sample">What the model wrote, where it was asked at this step.</param>
public sealed record StepMetrics(int Step, double Seconds, long Tokens, double Loss, double GradientNorm, double LearningRate,
    double TokensPerSecond, double FractionOfPeak, double? BitsPerByte = null, string? Sample = null)
{
    /// <summary>What a step of reinforcement measured besides; null in other stages.</summary>
    public ReinforcementMetrics? Reinforcement { get; init; }

    /// <summary>What a step of self-play measured besides; null in other stages.</summary>
    public SelfPlayMetrics? SelfPlay { get; init; }

    /// <summary>The line as charts and reports draw it.</summary>
    public TrainingSample ToSample() => new(Step, Seconds, Tokens, Loss, BitsPerByte, LearningRate, TokensPerSecond, FractionOfPeak > 0 ? FractionOfPeak : null, GradientNorm);
}
