namespace Gestalt.Training.Reinforcement;

/// <summary>What happens to answers that run out of room.</summary>
public enum TruncationPolicy
{
    /// <summary>They are wrong, like any answer that does not come to an end.</summary>
    Fail,

    /// <summary>They are left out of the loss and of their group: nothing is known of them (DAPO's overlong filtering).</summary>
    LeaveOut,
}

/// <summary>How answers are drawn and learned from. They are drawn from the model's own distribution, at temperature 1 and without filters, so that probabilities are exactly those of training.</summary>
public sealed record ReinforcementOptions
{
    /// <summary>Problems of a step.</summary>
    public int Prompts { get; init; } = 16;

    /// <summary>Answers to each of them: a group.</summary>
    public int Samples { get; init; } = 8;

    /// <summary>The longest answer, in tokens.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>Optimizer updates on the same answers.</summary>
    public int Updates { get; init; } = 1;

    /// <summary>Tokens that go through the trainer at once, padding included.</summary>
    public int TokensAtOnce { get; init; } = 8192;

    /// <summary>How often groups without a difference are replaced in a step before it makes do with those that it has, where the objective replaces them.</summary>
    public int MostRounds { get; init; } = 4;

    /// <summary>What happens to answers that run out of room.</summary>
    public TruncationPolicy Truncation { get; init; } = TruncationPolicy.Fail;

    /// <summary>The last tokens of the room over which a reward falls by up to 1 (DAPO's soft overlong punishment); 0 for none.</summary>
    public int SoftLimit { get; init; }

    /// <summary>Tokens of conversations that each update learns from beside the answers, where there are such conversations.</summary>
    public int ReplayTokens { get; init; } = 1024;

    /// <summary>What the mean loss of those conversations weighs against the answers' objective.</summary>
    public double ReplayWeight { get; init; } = 1;

    /// <summary>Whether a judge that fails stops everything, instead of its answer being set aside.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Refuses numbers that are impossible.</summary>
    /// <exception cref="ArgumentException">One is.</exception>
    public void Validate()
    {
        if (Prompts < 1) throw new ArgumentException($"a step of {Prompts} problems learns nothing: give at least 1.");
        if (Samples < 2) throw new ArgumentException($"a group of {Samples} has nothing to compare: give at least 2 answers to each problem.");
        if (MaxTokens < 1) throw new ArgumentException($"answers of at most {MaxTokens} tokens are none: give at least 1.");
        if (Updates < 1) throw new ArgumentException($"{Updates} updates learn nothing: give at least 1.");
        if (MostRounds < 1) throw new ArgumentException($"{MostRounds} rounds draw nothing: give at least 1.");
        if (ReplayTokens < 1) throw new ArgumentException($"{ReplayTokens} tokens of conversations are none: give at least 1.");
        if (!(ReplayWeight > 0 && double.IsFinite(ReplayWeight))) throw new ArgumentException(FormattableString.Invariant($"conversations that weigh {ReplayWeight} hold nothing: give more than 0, or no conversations."));
        if (SoftLimit < 0 || SoftLimit > MaxTokens) throw new ArgumentException($"a soft limit of {SoftLimit} tokens does not lie within answers of {MaxTokens}.");
    }
}
