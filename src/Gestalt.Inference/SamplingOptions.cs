namespace Gestalt.Inference;

/// <summary>
/// How the next token is drawn from the model's logits. Steps that are left at their neutral value cost nothing. They apply in the
/// order that users of llama.cpp know (<see cref="DefaultOrder"/>), then a token is drawn.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>llama.cpp's order: penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC, temperature.</summary>
    public static IReadOnlyList<SamplingStep> DefaultOrder { get; } = Enum.GetValues<SamplingStep>();

    /// <summary>Always the likeliest token; of equals the one with the lowest id.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Divides the logits: below 1 sharpens, above 1 flattens, 0 means greedy.</summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>How far the temperature moves with the model's doubt: from that much below where it is certain to that much above where all tokens are alike; 0 keeps it where it is.</summary>
    public float DynamicTemperatureRange { get; init; }

    /// <summary>The power to which the doubt, an entropy between 0 and 1, is raised before it moves the temperature.</summary>
    public float DynamicTemperatureExponent { get; init; } = 1;

    /// <summary>Keep this many of the likeliest tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keep the likeliest tokens that together have at least this probability (nucleus sampling, arXiv 1904.09751); 1 keeps all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keep tokens with at least this share of the likeliest one's probability (arXiv 2407.01082); 0 keeps all.</summary>
    public float MinP { get; init; }

    /// <summary>Keep the tokens whose surprise is nearest to the expected one, as many as together have this probability (locally typical sampling, arXiv 2202.00666); 1 keeps all.</summary>
    public float TypicalP { get; init; } = 1;

    /// <summary>Keep tokens whose logit is at most this many standard deviations below the highest (top-nσ, arXiv 2411.07641); 0 keeps all.</summary>
    public float TopNSigma { get; init; }

    /// <summary>How often the top choices are left out (XTC): of the tokens with at least <see cref="XtcThreshold"/>, all but the least likely are; 0 is never.</summary>
    public float XtcProbability { get; init; }

    /// <summary>The probability from which a token is a top choice. Above one half there is never more than one, and nothing is left out.</summary>
    public float XtcThreshold { get; init; } = 0.1f;

    /// <summary>Divides the positive and multiplies the negative logits of tokens seen lately (CTRL, arXiv 1909.05858); 1 does nothing.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken from a token's logit for each time that it was seen lately; 0 does nothing.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Taken from the logit of each token seen lately, however often; 0 does nothing.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>How many of the latest tokens, prompt included, the penalties look at.</summary>
    public int RepetitionWindow { get; init; } = 64;

    /// <summary>
    /// How strongly tokens are penalized that would continue a repetition (DRY): a token that would lengthen a repeated stretch of n tokens loses
    /// multiplier · base^(n - allowed length); 0 does nothing.
    /// </summary>
    public float DryMultiplier { get; init; }

    /// <summary>How fast DRY's penalty grows with the length of the repetition.</summary>
    public float DryBase { get; init; } = 1.75f;

    /// <summary>The longest repetition, in tokens, that DRY does not penalize.</summary>
    public int DryAllowedLength { get; init; } = 2;

    /// <summary>How many of the latest tokens, prompt included, DRY looks at.</summary>
    public int DryWindow { get; init; } = 4096;

    /// <summary>Tokens across which DRY sees no repetition, such as those with a line end in them (<see cref="SequenceBreakers"/> finds them by their text).</summary>
    public IReadOnlyList<int> DryBreakers { get; init; } = [];

    /// <summary>Added to the logits of tokens, before everything else; minus infinity forbids one.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = new Dictionary<int, float>();

    /// <summary>0, or the version (1 or 2) of mirostat (arXiv 2007.14966), which holds the surprise of the text at <see cref="MirostatTarget"/>. It takes the place of the steps other than penalties and temperature.</summary>
    public int Mirostat { get; init; }

    /// <summary>Mirostat's τ: the surprise to hold, in bits a token.</summary>
    public float MirostatTarget { get; init; } = 5;

    /// <summary>Mirostat's η: how fast it corrects itself.</summary>
    public float MirostatRate { get; init; } = 0.1f;

    /// <summary>The order of the steps; those that are left out do not happen.</summary>
    public IReadOnlyList<SamplingStep> Order { get; init; } = DefaultOrder;

    /// <summary>The same seed draws the same tokens from the same logits.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether nothing is left to chance, but for <see cref="XtcProbability"/>.</summary>
    public bool IsGreedy => Temperature == 0 && DynamicTemperatureRange == 0;

    /// <summary>Whether a sampler remembers what it has drawn, so that each sequence needs one of its own.</summary>
    public bool HasMemory => Mirostat != 0;

    /// <summary>Checks that every number is possible.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not; the message names it, its value and its range.</exception>
    public void Validate()
    {
        Require(Temperature >= 0 && float.IsFinite(Temperature), nameof(Temperature), Temperature, "0 (greedy) or more");
        Require(DynamicTemperatureRange >= 0 && float.IsFinite(DynamicTemperatureRange), nameof(DynamicTemperatureRange), DynamicTemperatureRange, "0 (the same everywhere) or more");
        Require(DynamicTemperatureExponent >= 0 && float.IsFinite(DynamicTemperatureExponent), nameof(DynamicTemperatureExponent), DynamicTemperatureExponent, "0 or more");
        Require(TopK >= 0, nameof(TopK), TopK, "0 (all) or more");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1 (all)");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "between 0 (all) and 1");
        Require(TypicalP is > 0 and <= 1, nameof(TypicalP), TypicalP, "above 0 and at most 1 (all)");
        Require(TopNSigma >= 0 && float.IsFinite(TopNSigma), nameof(TopNSigma), TopNSigma, "0 (all) or more");
        Require(XtcProbability is >= 0 and <= 1, nameof(XtcProbability), XtcProbability, "between 0 (never) and 1");
        Require(XtcThreshold is > 0 and <= 1, nameof(XtcThreshold), XtcThreshold, "above 0 and at most 1");
        Require(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), nameof(RepetitionPenalty), RepetitionPenalty, "above 0 (1 does nothing)");
        Require(float.IsFinite(FrequencyPenalty), nameof(FrequencyPenalty), FrequencyPenalty, "a number (0 does nothing)");
        Require(float.IsFinite(PresencePenalty), nameof(PresencePenalty), PresencePenalty, "a number (0 does nothing)");
        Require(RepetitionWindow >= 0, nameof(RepetitionWindow), RepetitionWindow, "0 or more");
        Require(DryMultiplier >= 0 && float.IsFinite(DryMultiplier), nameof(DryMultiplier), DryMultiplier, "0 (none) or more");
        Require(DryBase >= 1 && float.IsFinite(DryBase), nameof(DryBase), DryBase, "1 or more");
        Require(DryAllowedLength >= 0, nameof(DryAllowedLength), DryAllowedLength, "0 or more");
        Require(DryWindow >= 0, nameof(DryWindow), DryWindow, "0 or more");
        Require(Mirostat is >= 0 and <= 2, nameof(Mirostat), Mirostat, "0 (off), 1 or 2");
        Require(MirostatTarget >= 0 && float.IsFinite(MirostatTarget), nameof(MirostatTarget), MirostatTarget, "0 or more");
        Require(MirostatRate >= 0 && float.IsFinite(MirostatRate), nameof(MirostatRate), MirostatRate, "0 or more");
        foreach ((int id, float bias) in LogitBias)
            Require(!float.IsNaN(bias) && bias != float.PositiveInfinity, $"{nameof(LogitBias)}[{id}]", bias, "a number, or minus infinity to forbid the token");
        if (Order.Distinct().Count() != Order.Count || Order.Any(step => !Enum.IsDefined(step)))
            throw new ArgumentOutOfRangeException(nameof(Order), $"Order is {string.Join(", ", Order)}; each step may come once.");
    }

    private static void Require(bool holds, string name, float value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} is {value}; it must be {range}."));
    }
}
