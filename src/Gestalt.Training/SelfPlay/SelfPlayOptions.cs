namespace Gestalt.Training.SelfPlay;

/// <summary>How a model plays against itself and learns from it.</summary>
public sealed record SelfPlayOptions
{
    /// <summary>Beginnings of a step: moves by lot from which games go on.</summary>
    public int Openings { get; init; } = 32;

    /// <summary>Games that go on from each of them.</summary>
    public int Games { get; init; } = 16;

    /// <summary>How many moves by lot there are at most before the model plays: each number from 0 is as likely. They show it positions that it would not come to by itself.</summary>
    public required int DeepestOpening { get; init; }

    /// <summary>Optimizer updates on the same games.</summary>
    public int Updates { get; init; } = 1;

    /// <summary>How far a move's probability may move in a step, as a ratio, before it stops counting.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>How much the text behind the moves (how the game ended, and that it is over) counts against the moves.</summary>
    public double EndWeight { get; init; } = 0.1;

    /// <summary>Tokens that go through the trainer at once, padding included.</summary>
    public int TokensAtOnce { get; init; } = 8192;

    /// <summary>Refuses numbers that are impossible.</summary>
    /// <exception cref="ArgumentException">One is.</exception>
    public void Validate()
    {
        if (Openings < 1) throw new ArgumentException($"a step of {Openings} openings plays nothing: give at least 1.");
        if (Games < 2) throw new ArgumentException($"a group of {Games} has nothing to compare: give at least 2 games to each opening.");
        if (DeepestOpening < 0) throw new ArgumentException($"openings of {DeepestOpening} moves are impossible: give 0 or more.");
        if (Updates < 1) throw new ArgumentException($"{Updates} updates learn nothing: give at least 1.");
        if (!(Clip is > 0 and < 1)) throw new ArgumentException(FormattableString.Invariant($"a clip of {Clip} is impossible: give a number between 0 and 1."));
        if (!(EndWeight >= 0 && double.IsFinite(EndWeight))) throw new ArgumentException(FormattableString.Invariant($"an end weight of {EndWeight} is impossible: give 0 or more."));
        if (TokensAtOnce < 1) throw new ArgumentException($"{TokensAtOnce} tokens at once are none: give at least 1.");
    }
}
