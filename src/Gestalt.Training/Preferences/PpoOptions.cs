using Gestalt.Training.Optimizers;

namespace Gestalt.Training.Preferences;

/// <summary>How a policy is improved against a reward (PPO, arXiv 1707.06347; for language models arXiv 1909.08593 and 2203.02155).</summary>
public sealed record PpoOptions
{
    /// <summary>Rounds of drawing answers and learning from them.</summary>
    public required int Rounds { get; init; }

    /// <summary>Answers of a round.</summary>
    public int Answers { get; init; } = 64;

    /// <summary>Answers of an optimizer step.</summary>
    public int Rows { get; init; } = 16;

    /// <summary>How often a round's answers are learnt from.</summary>
    public int Epochs { get; init; } = 2;

    /// <summary>ε: how far the probability of a token may move in a round, as a ratio, before it is pushed no further.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>λ of generalised advantage estimation (arXiv 1506.02438): 1 trusts the reward alone, 0 the value head alone.</summary>
    public double Lambda { get; init; } = 0.95;

    /// <summary>Weight of the value head's loss.</summary>
    public double ValueWeight { get; init; } = 0.1;

    /// <summary>Price of a nat away from the model that training began with, at first.</summary>
    public double Beta { get; init; } = 0.02;

    /// <summary>The divergence of a whole answer, in nats, that the price is steered towards (arXiv 1909.08593, section 2.2); 0 leaves the price as it is.</summary>
    public double TargetDivergence { get; init; } = 6;

    /// <summary>The longest answer, in tokens.</summary>
    public int MostTokens { get; init; } = 256;

    /// <summary>Taken from the reward of an answer that did not come to its end.</summary>
    public double TruncationPenalty { get; init; } = 1;

    /// <summary>Rounds between two looks at the held-out signal.</summary>
    public int WatchEvery { get; init; } = 5;

    /// <summary>Rates: an order of magnitude below those of comparisons, for the same answers are learnt from several times.</summary>
    public OptimizerOptions Optimizer { get; init; } = new(MatrixLearningRate: 0.0003f, LearningRate: 0.0001f, EmbeddingLearningRate: 0.0001f);

    /// <summary>Answers and order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether a line that is no comparison, or a grade that is not a number, stops everything instead of being set aside.</summary>
    public bool IsStrict { get; init; }

    /// <summary>At most this long passes between checkpoints.</summary>
    public double CheckpointSeconds { get; init; } = 25;
}
