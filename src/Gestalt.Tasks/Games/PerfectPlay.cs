namespace Gestalt.Tasks.Games;

/// <summary>
/// What each position of a game is worth if both sides play as well as can be, by looking at all that can follow (negamax with a memory for positions, mirrored ones being the same):
/// the 5,478 positions of tic-tac-toe in no time, the 3,945,711 of the small connect four in a second or two.
/// </summary>
/// <param name="rules">The game.</param>
public sealed class PerfectPlay(LineGame rules)
{
    private readonly Dictionary<ulong, sbyte> _worth = new(rules.Falls ? 1 << 20 : 1 << 12);

    /// <summary>The game.</summary>
    public LineGame Rules { get; } = rules;

    /// <summary>
    /// What a position is worth to whoever's turn it is: 0 a draw; above it a win, the more the sooner; below it a loss, the less the later. A win with the last cell is worth 1, one with s stones fewer 1 + s.
    /// </summary>
    /// <param name="board">Where the stones lie.</param>
    public int WorthOf(Board board)
    {
        if (Rules.ResultOf(board) is var result && result != GameResult.Open)
            return result == GameResult.Draw ? 0 : -(Rules.Cells + 1 - board.Stones); // who has just moved has won
        ulong key = Math.Min(Key(board), Key(Rules.Mirrored(board)));
        if (_worth.TryGetValue(key, out sbyte known)) return known;
        int best = int.MinValue;
        for (int move = 0; move < Rules.Cells; move++)
            if (Rules.IsLegal(board, move)) best = Math.Max(best, -WorthOf(Rules.Play(board, move)));
        _worth[key] = (sbyte)best;
        return best;

        // No game here has more than 32 cells. A product with an odd number loses nothing and spreads the bits: .NET's hash of a ulong, one half xor the other, would be that of all boards with the same cells filled.
        static ulong Key(Board stones) => (stones.First | (stones.Second << 32)) * 0x9E3779B97F4A7C15;
    }

    /// <summary>What each legal move is worth to who makes it.</summary>
    /// <param name="board">Where the stones lie; the game goes on.</param>
    /// <param name="worth">Room for <see cref="LineGame.Cells"/>; null where a move is not allowed.</param>
    public void WorthOfMoves(Board board, Span<int?> worth)
    {
        for (int move = 0; move < Rules.Cells; move++)
            worth[move] = Rules.IsLegal(board, move) ? -WorthOf(Rules.Play(board, move)) : null;
    }
}
