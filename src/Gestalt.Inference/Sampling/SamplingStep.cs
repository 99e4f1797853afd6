namespace Gestalt.Inference;

/// <summary>A step between the model's logits and the draw.</summary>
public enum SamplingStep
{
    /// <summary>Repetition, frequency and presence penalties.</summary>
    Penalties,

    /// <summary>The penalty on what would continue a repetition.</summary>
    Dry,

    /// <summary>What lies some standard deviations below the highest logit goes.</summary>
    TopNSigma,

    /// <summary>The likeliest ones stay.</summary>
    TopK,

    /// <summary>Those of about the expected surprise stay.</summary>
    Typical,

    /// <summary>The likeliest that have a probability together stay.</summary>
    TopP,

    /// <summary>Those that have a share of the likeliest one's probability stay.</summary>
    MinP,

    /// <summary>The top choices go now and then.</summary>
    Xtc,

    /// <summary>The logits are divided.</summary>
    Temperature,
}

/// <summary>A token that may be drawn.</summary>
/// <param name="Id">The token.</param>
/// <param name="Probability">With which probability.</param>
public readonly record struct TokenProbability(int Id, float Probability);

/// <summary>A token and the natural logarithm of its probability.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">The logarithm.</param>
public readonly record struct TokenLogProbability(int Id, float LogProbability);
