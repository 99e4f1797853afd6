namespace Gestalt.Tasks.Games;

/// <summary>Somebody who plays many games side by side.</summary>
public interface IPlayer
{
    /// <summary>What reports call it.</summary>
    string Name { get; }

    /// <summary>Chooses a move in each game. A move that is not allowed loses; −1 is no move at all.</summary>
    /// <param name="games">Games in which it is this player's turn.</param>
    /// <param name="moves">A move for each.</param>
    void Choose(IReadOnlyList<Game> games, Span<int> moves);
}
