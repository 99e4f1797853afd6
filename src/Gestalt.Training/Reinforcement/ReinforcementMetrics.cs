namespace Gestalt.Training.Reinforcement;

/// <summary>What a step of reinforcement measured beside its loss, as it stands in <c>metrics.jsonl</c>.</summary>
/// <param name="Reward">Mean reward of all answers that were drawn.</param>
/// <param name="PassRate">Share of them that solve their problem.</param>
/// <param name="Length">Their mean length in tokens.</param>
/// <param name="ThinkingLength">How many of those tokens were thinking, about.</param>
/// <param name="ChecksItself">Share of them whose thinking says that it does its work a second time.</param>
/// <param name="Entropy">Of the distributions that tokens were drawn from, in nats a token, estimated by −log p of what was drawn.</param>
/// <param name="Kl">Divergence from the model that training began with, in nats a token; null where none was asked for.</param>
/// <param name="ClipFraction">Share of tokens that the clip stopped from counting.</param>
/// <param name="Gap">The largest difference between a log-probability when it was drawn and the trainer's own before its first update, in nats.</param>
/// <param name="Truncated">Share of answers that ran out of room.</param>
/// <param name="Malformed">Share of answers whose thinking or answer does not stand where it should.</param>
/// <param name="AllEqual">Share of groups without a difference between their answers.</param>
/// <param name="SetAside">Answers whose judge failed.</param>
/// <param name="RolloutShare">Share of the step's time in generation.</param>
/// <param name="TrainingShare">Share in forward, backward and update.</param>
/// <param name="OtherShare">The rest: drawing problems, judging, writing.</param>
public sealed record ReinforcementMetrics(double Reward, double PassRate, double Length, double ThinkingLength, double ChecksItself, double Entropy, double? Kl, double ClipFraction,
    double Gap, double Truncated, double Malformed, double AllEqual, int SetAside, double RolloutShare, double TrainingShare, double OtherShare)
{
    /// <summary>Share of the answers that think at all before they answer.</summary>
    public double Thinks { get; init; }

    /// <summary>Share of them whose thinking says that what it had was wrong, and begins again.</summary>
    public double BeginsAgain { get; init; }

    /// <summary>Loss of the conversations that were learned from beside the answers, in nats a token; null where there are none, or nothing was learned.</summary>
    public double? ReplayLoss { get; init; }

    /// <summary>The process's memory behind the step, in bytes.</summary>
    public long MemoryBytes { get; init; }
}
