namespace Gestalt.Tasks.Games;

/// <summary>
/// Two players put stones on the cells of a grid in turn, and whoever first has so many in a line wins, in whatever direction. Where stones fall, only the lowest free cell of a column is allowed.
/// Both games here are small enough that <see cref="PerfectPlay"/> knows all of them.
/// </summary>
public sealed class LineGame
{
    private readonly ulong[] _lines;
    private readonly ulong _full, _column;

    private LineGame(string name, string about, int width, int height, int line, bool falls)
    {
        (Name, About, Width, Height, Line, Falls) = (name, about, width, height, line, falls);
        _full = (1UL << Cells) - 1;
        for (int row = 0; row < height; row++) _column |= 1UL << (row * width);
        _lines = [.. AllLines()];
    }

    /// <summary>Three in a line on three by three cells, numbered from 1 as one reads. Nobody wins who plays well against one who does.</summary>
    public static LineGame TicTacToe { get; } = new("tic-tac-toe", "three in a line on three by three cells, numbered 1 to 9 as one reads", 3, 3, 3, falls: false);

    /// <summary>Four in a line on a board five wide and four high, into whose columns, numbered from 1, stones fall. Nobody wins who plays well against one who does.</summary>
    public static LineGame ConnectFour { get; } = new("connect-four", "four in a line on a board five wide and four high, into whose columns, 1 to 5, stones fall", 5, 4, 4, falls: true);

    /// <summary>All games.</summary>
    public static IReadOnlyList<LineGame> All { get; } = [TicTacToe, ConnectFour];

    /// <summary>Its name, as it is typed.</summary>
    public string Name { get; }

    /// <summary>Its rules, in a line.</summary>
    public string About { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>How many in a line win.</summary>
    public int Line { get; }

    /// <summary>Whether stones fall to the lowest free cell of a column.</summary>
    public bool Falls { get; }

    /// <summary>Cells: a move is one of them, numbered from 0 along the rows, the lowest row first where stones fall; the longest game has as many moves.</summary>
    public int Cells => Width * Height;

    /// <summary>How many lines win.</summary>
    public int Lines => _lines.Length;

    /// <summary>The game of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static LineGame Find(string name) => All.FirstOrDefault(game => game.Name == name)
        ?? throw new ArgumentException($"there is no game '{name}'; there are {string.Join(", ", All.Select(game => game.Name))}.");

    /// <summary>Whether the rules allow a move. Numbers that are no cell are not allowed.</summary>
    /// <param name="board">Where the stones lie; the game goes on.</param>
    /// <param name="move">The cell.</param>
    public bool IsLegal(Board board, int move) =>
        (uint)move < (uint)Cells && (board.All >> move & 1) == 0 && (!Falls || move < Width || (board.All >> (move - Width) & 1) != 0);

    /// <summary>Puts the stone of whoever's turn it is.</summary>
    /// <param name="board">Where the stones lie.</param>
    /// <param name="move">A legal move.</param>
    /// <exception cref="ArgumentException">It is not allowed.</exception>
    public Board Play(Board board, int move)
    {
        if (!IsLegal(board, move)) throw new ArgumentException($"the move {move} is not allowed here.", nameof(move));
        ulong stone = 1UL << move;
        return board.IsFirstToMove ? board with { First = board.First | stone } : board with { Second = board.Second | stone };
    }

    /// <summary>The legal move that a person calls by a number from 1: a column where stones fall, else a cell.</summary>
    /// <param name="board">Where the stones lie; the game goes on.</param>
    /// <param name="number">The number.</param>
    /// <returns>Null where there is none.</returns>
    public int? MoveOf(Board board, int number)
    {
        for (int move = 0; move < Cells; move++)
            if (IsLegal(board, move) && NumberOf(move) == number) return move;
        return null;
    }

    /// <summary>What a person calls a move.</summary>
    /// <param name="move">The cell.</param>
    public int NumberOf(int move) => 1 + (Falls ? move % Width : move);

    /// <summary>How the game stands.</summary>
    /// <param name="board">Where the stones lie.</param>
    public GameResult ResultOf(Board board)
    {
        ulong last = board.IsFirstToMove ? board.Second : board.First; // only who has just moved can have won
        if (HasLine(last)) return board.IsFirstToMove ? GameResult.Second : GameResult.First;
        return board.All == _full ? GameResult.Draw : GameResult.Open;
    }

    /// <summary>Whether stones fill a line.</summary>
    /// <param name="stones">A player's stones.</param>
    public bool HasLine(ulong stones)
    {
        foreach (ulong line in _lines)
            if ((stones & line) == line) return true;
        return false;
    }

    /// <summary>The moves that the rules allow, in order.</summary>
    /// <param name="board">Where the stones lie; the game goes on.</param>
    /// <param name="moves">Room for <see cref="Cells"/> of them.</param>
    /// <returns>How many there are.</returns>
    public int LegalMoves(Board board, Span<int> moves)
    {
        int count = 0;
        for (int move = 0; move < Cells; move++)
            if (IsLegal(board, move)) moves[count++] = move;
        return count;
    }

    /// <summary>The board seen in a mirror: worth the same.</summary>
    /// <param name="board">Where the stones lie.</param>
    public Board Mirrored(Board board)
    {
        return new Board(Mirror(board.First), Mirror(board.Second));

        ulong Mirror(ulong stones)
        {
            ulong mirrored = 0;
            for (int x = 0; x < Width; x++) mirrored |= (stones >> x & _column) << (Width - 1 - x);
            return mirrored;
        }
    }

    /// <summary>The stone on a cell: x of the player who began, o of the other, or null. Row 0 is the upper one as one looks at the board.</summary>
    /// <param name="board">Where the stones lie.</param>
    /// <param name="column">From 0, left.</param>
    /// <param name="row">From 0, top.</param>
    public char? StoneAt(Board board, int column, int row)
    {
        int cell = ((Falls ? Height - 1 - row : row) * Width) + column;
        return (board.First >> cell & 1) != 0 ? 'x' : (board.Second >> cell & 1) != 0 ? 'o' : null;
    }

    private IEnumerable<ulong> AllLines()
    {
        foreach ((int right, int up) in ((int, int)[])[(1, 0), (0, 1), (1, 1), (-1, 1)])
        {
            for (int y = 0; y < Height; y++)
            {
                for (int x = 0; x < Width; x++)
                {
                    (int endX, int endY) = (x + ((Line - 1) * right), y + ((Line - 1) * up));
                    if (endX < 0 || endX >= Width || endY >= Height) continue;
                    yield return Enumerable.Range(0, Line).Aggregate(0UL, (line, i) => line | (1UL << (((y + (i * up)) * Width) + x + (i * right))));
                }
            }
        }
    }
}
