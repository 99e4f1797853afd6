namespace Gestalt.Training.Reinforcement;

/// <summary>What an answer was worth.</summary>
/// <param name="Reward">The reward; not finite where the judge failed.</param>
/// <param name="IsRight">Whether the problem was solved, whatever else the reward is made of.</param>
/// <param name="IsWellFormed">Whether thinking and answer stood where they should.</param>
/// <param name="ThinkingShare">Which part of the answer's characters was thinking.</param>
/// <param name="ChecksItself">Whether the thinking says that it does its work a second time.</param>
/// <param name="BeginsAgain">Whether the thinking says that what it had was wrong, and begins again.</param>
public readonly record struct Judgement(double Reward, bool IsRight, bool IsWellFormed = true, double ThinkingShare = 0, bool ChecksItself = false, bool BeginsAgain = false);

/// <summary>An answer that the model drew, with the probabilities with which it did.</summary>
/// <param name="prompt">The prompt's ids.</param>
/// <param name="answer">The answer's ids, with the mark that ends it where it has one.</param>
/// <param name="drawn">The log-probability of each under the distribution that it was drawn from.</param>
/// <param name="isTruncated">Whether it ran out of room.</param>
public sealed class Rollout(int[] prompt, int[] answer, float[] drawn, bool isTruncated)
{
    /// <summary>The prompt's ids.</summary>
    public int[] Prompt { get; } = prompt;

    /// <summary>The answer's ids.</summary>
    public int[] Answer { get; } = answer;

    /// <summary>The log-probability of each when it was drawn, in nats.</summary>
    public float[] Drawn { get; } = drawn;

    /// <summary>Whether it ran out of room.</summary>
    public bool IsTruncated { get; } = isTruncated;

    /// <summary>What it was worth.</summary>
    public Judgement Judgement { get; set; }

    /// <summary>How much better than its group it is.</summary>
    public double Advantage { get; set; }

    /// <summary>Log-probabilities under the model that training began with; null where no divergence is wanted.</summary>
    public float[]? Reference { get; set; }

    /// <summary>Inputs of a forward pass: all ids but the last.</summary>
    public int Length => Prompt.Length + Answer.Length - 1;
}
