namespace Gestalt.Models;

/// <summary>How rotary wavelengths are stretched, so that a model reads further than it was first trained for.</summary>
public enum RotaryScalingKind
{
    /// <summary>All by the same factor: position interpolation (arXiv 2306.15595).</summary>
    Linear,

    /// <summary>Long wavelengths by the factor, short ones not at all, those between by degrees (YaRN, arXiv 2309.00071).</summary>
    Yarn,

    /// <summary>Each pair's by a number of its own, kept as the parameter <c>rope_freqs.weight</c> (Llama 3.1, arXiv 2407.21783).</summary>
    Factors,

    /// <summary>
    /// Each pair's by one of two numbers, <c>rope_factors_short.weight</c> up to the original context and <c>rope_factors_long.weight</c> beyond (LongRoPE, arXiv 2402.13753).
    /// </summary>
    LongAndShortFactors,
}

/// <summary>How a model's rotary wavelengths were stretched.</summary>
public sealed record RotaryScaling
{
    /// <summary>Which way.</summary>
    public required RotaryScalingKind Kind { get; init; }

    /// <summary>How many times longer the context became; for linear scaling and YaRN.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The context of the first training, in tokens; for YaRN and LongRoPE.</summary>
    public int OriginalContext { get; init; }

    /// <summary>Factor of all turned values, which sharpens attention over long contexts; YaRN multiplies its own 1 + 0.1 ln(<see cref="Factor"/>) by it.</summary>
    public double Magnitude { get; init; } = 1;

    /// <summary>YaRN: pairs that turn more often than this in the original context are left alone.</summary>
    public double FastTurns { get; init; } = 32;

    /// <summary>YaRN: pairs that turn less often than this are stretched in full.</summary>
    public double SlowTurns { get; init; } = 1;

    /// <summary>Refuses numbers with which no wavelength can be computed.</summary>
    /// <exception cref="ArgumentException">A number is wrong.</exception>
    public void Validate()
    {
        Require(Factor is > 0 and < 1e6, nameof(Factor), Factor);
        Require(Magnitude is > 0 and < 1e6, nameof(Magnitude), Magnitude);
        Require(FastTurns is > 0 and < 1e6, nameof(FastTurns), FastTurns);
        Require(SlowTurns is > 0 and < 1e6, nameof(SlowTurns), SlowTurns);
        Require(OriginalContext >= (Kind is RotaryScalingKind.Yarn or RotaryScalingKind.LongAndShortFactors ? 1 : 0), nameof(OriginalContext), OriginalContext);
    }

    private static void Require(bool condition, string name, double value)
    {
        if (!condition)
        {
            throw new ArgumentException($"RotaryScaling.{name} is {value}, with which no wavelength can be computed.");
        }
    }
}
