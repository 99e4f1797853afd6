using Gestalt.Inference.Constraints;
using Gestalt.Models;

namespace Gestalt.Inference;

/// <summary>What happens when a sequence has filled the model's context.</summary>
public enum ContextPolicy
{
    /// <summary>A request that could not fit is refused with both numbers; one without a token limit ends there (<see cref="FinishReason.ContextFull"/>).</summary>
    Refuse,

    /// <summary>
    /// The model forgets: it rereads the latest half of the context as if the sequence began there, and goes on. That costs the reading of half a
    /// context every half context, is exact for any kind of positions, and is the only case in which tokens are dropped.
    /// </summary>
    Slide,
}

/// <summary>Why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>A stop id or a stop string.</summary>
    Stop,

    /// <summary>The limit of tokens that was asked for.</summary>
    TokenLimit,

    /// <summary>The model's context is full.</summary>
    ContextFull,
}

/// <summary>What to generate and when to stop.</summary>
public sealed record GenerationOptions
{
    /// <summary>How tokens are drawn.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>
    /// How many ids, from 0, may be drawn; null for all that the model has. Many models have more than their vocabulary has tokens, up to a round number, and what is beyond means nothing:
    /// <see cref="TextGenerator"/> leaves it out.
    /// </summary>
    public int? Vocabulary { get; init; }

    /// <summary>The most tokens to generate; null for as many as fit in the context.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Ids that end the sequence; they are not part of it.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>
    /// Texts that end the sequence, wherever tokens break them; they are not part of it. They are <see cref="TextGenerator"/>'s business: the
    /// <see cref="Engine"/>, which knows ids only, refuses them.
    /// </summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>
    /// What the text has to obey: only tokens that it allows are drawn, and the sequence ends where it does. Each sequence goes its own way from where this one
    /// stands, which stays as it is.
    /// </summary>
    public TokenConstraint? Constraint { get; init; }

    /// <summary>What happens when the context is full.</summary>
    public ContextPolicy WhenFull { get; init; } = ContextPolicy.Refuse;

    /// <summary>
    /// The adapter that the sequence goes through, one of the engine's model; the model's own if null. Requests with different adapters share each pass over the weights; what is remembered of
    /// sequences is shared only among those without one.
    /// </summary>
    public Adapter? Adapter { get; init; }

    /// <summary>Whether to compute each token's log-probability; it costs one more pass over the logits.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>How many of the likeliest tokens a stream tells with each token that it hands out, if <see cref="LogProbabilities"/> are asked for; 0 for none.</summary>
    public int LikeliestTokens { get; init; }
}

/// <summary>A finished sequence.</summary>
/// <param name="Ids">The generated ids, without the prompt and without the stop id.</param>
/// <param name="LogProbabilities">The natural log-probability of each id under the model itself, before penalties, filters and temperature; empty unless asked for.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record Generation(int[] Ids, float[] LogProbabilities, FinishReason Reason);

/// <summary>A request that does not fit in the model's context.</summary>
public sealed class ContextLimitException : Exception
{
    /// <summary>States both numbers.</summary>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="generated">Tokens to generate.</param>
    /// <param name="context">Tokens that fit.</param>
    public ContextLimitException(int prompt, int generated, int context)
        : base($"The prompt has {prompt} tokens and {generated} more are asked for, but the model's context holds {context}. Shorten the prompt, ask for fewer tokens, or let the context slide.")
    {
        PromptTokens = prompt;
        GeneratedTokens = generated;
        Context = context;
    }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>Tokens to generate.</summary>
    public int GeneratedTokens { get; }

    /// <summary>Tokens that fit.</summary>
    public int Context { get; }
}
