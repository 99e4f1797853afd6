namespace Gestalt.Inference;

/// <summary>
/// How the next token is drawn from the model's logits. Steps that are left at their neutral value cost nothing. They apply in the
/// order that users of llama.cpp know: repetition penalty, top-k, top-p, min-p, temperature, draw.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Always the likeliest token; of equals the one with the lowest id.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Divides the logits: below 1 sharpens, above 1 flattens, 0 means greedy.</summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>Keep this many of the likeliest tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keep the likeliest tokens that together have at least this probability (nucleus sampling, arXiv 1904.09751); 1 keeps all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keep tokens with at least this share of the likeliest one's probability (arXiv 2407.01082); 0 keeps all.</summary>
    public float MinP { get; init; }

    /// <summary>Divides the positive and multiplies the negative logits of tokens seen lately (CTRL, arXiv 1909.05858); 1 does nothing.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>How many of the latest tokens, prompt included, the penalty looks at.</summary>
    public int RepetitionWindow { get; init; } = 64;

    /// <summary>The same seed draws the same tokens from the same logits.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether nothing is left to chance.</summary>
    public bool IsGreedy => Temperature == 0;

    /// <summary>Checks that every number is possible.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not; the message names it, its value and its range.</exception>
    public void Validate()
    {
        Require(Temperature >= 0 && float.IsFinite(Temperature), nameof(Temperature), Temperature, "0 (greedy) or more");
        Require(TopK >= 0, nameof(TopK), TopK, "0 (all) or more");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1 (all)");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "between 0 (all) and 1");
        Require(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), nameof(RepetitionPenalty), RepetitionPenalty, "above 0 (1 does nothing)");
        Require(RepetitionWindow >= 0, nameof(RepetitionWindow), RepetitionWindow, "0 or more");
    }

    private static void Require(bool holds, string name, float value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} is {value}; it must be {range}."));
    }
}
