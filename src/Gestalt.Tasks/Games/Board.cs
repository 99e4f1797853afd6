using System.Numerics;

namespace Gestalt.Tasks.Games;

/// <summary>Where the stones lie: a bit for each cell.</summary>
/// <param name="First">Stones of the player who began.</param>
/// <param name="Second">Stones of the other player.</param>
public readonly record struct Board(ulong First, ulong Second)
{
    /// <summary>All stones.</summary>
    public ulong All => First | Second;

    /// <summary>How many stones lie: the moves that have been made.</summary>
    public int Stones => BitOperations.PopCount(All);

    /// <summary>Whether it is the turn of the player who began.</summary>
    public bool IsFirstToMove => Stones % 2 == 0;
}

/// <summary>How a game stands.</summary>
public enum GameResult
{
    /// <summary>It goes on.</summary>
    Open,

    /// <summary>The player who began has won.</summary>
    First,

    /// <summary>The other player has won.</summary>
    Second,

    /// <summary>Nobody can win any more: the board is full.</summary>
    Draw,
}

/// <summary>A result as the players see it.</summary>
public static class GameResults
{
    /// <summary>What a result is worth to the player who began: 1 won, 0 drawn, −1 lost. The other player's worth is the opposite.</summary>
    /// <param name="result">A game's end.</param>
    public static int WorthToFirst(this GameResult result) => result switch { GameResult.First => 1, GameResult.Second => -1, _ => 0 };
}
