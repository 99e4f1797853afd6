namespace Gestalt.Training.Interrogation;

/// <summary>How a model is interrogated, and what is written of it.</summary>
public sealed record InterrogationOptions
{
    /// <summary>How many facts are asked for.</summary>
    public int Facts { get; init; } = 2000;

    /// <summary>How often each is asked for, in turn in each of its wordings.</summary>
    public int Samples { get; init; } = 8;

    /// <summary>The temperature of the answers: 1 is the model's own distribution.</summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>The longest answer, in tokens: facts take a sentence or two.</summary>
    public int AnswerTokens { get; init; } = 48;

    /// <summary>Share of right answers from which a fact counts as known.</summary>
    public double KnownFrom { get; init; } = 0.75;

    /// <summary>Share of right answers up to which a fact counts as unknown.</summary>
    public double UnknownUpTo { get; init; } = 0.25;

    /// <summary>The most conversations about a fact.</summary>
    public int PerFact { get; init; } = 4;

    /// <summary>
    /// The most conversations about a fact whose subject the model knows some things of and others not. Such facts draw the border: a name that nobody bears is easily told from others, what was never
    /// told of a well-known one is not.
    /// </summary>
    public int PerContrast { get; init; } = 16;

    /// <summary>Draws facts, answers and the order of what is written.</summary>
    public ulong Seed { get; init; } = 1;
}
