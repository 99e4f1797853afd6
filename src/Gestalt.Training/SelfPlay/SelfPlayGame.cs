using Gestalt.Tasks.Games;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.SelfPlay;

/// <summary>A game that a model played against itself.</summary>
/// <param name="game">The game, which is over.</param>
/// <param name="opening">How many of its moves were drawn by lot.</param>
/// <param name="rollout">Its ids: the opening as prompt; the model's moves, and where it ended by the rules its end and the token behind it, as answer.</param>
public sealed class SelfPlayGame(Game game, int opening, Rollout rollout)
{
    /// <summary>The game.</summary>
    public Game Game { get; } = game;

    /// <summary>How many of its moves were drawn by lot.</summary>
    public int Opening { get; } = opening;

    /// <summary>Its ids, with the probabilities with which the model's moves were drawn.</summary>
    public Rollout Rollout { get; } = rollout;

    /// <summary>How much better than expected each of the model's moves turned out, for who made it.</summary>
    public double[] Advantages { get; } = new double[game.Moves.Count - opening];
}
