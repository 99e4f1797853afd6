namespace Gestalt.Tasks.Games;

/// <summary>
/// A game that is being played, and the text of it: a letter for the cell of each move, a capital for the player who begins, then how it ended: <c>&gt;</c> where the player who began has won, <c>&lt;</c> where
/// the other has, <c>=</c> for a draw. <c>AdBeC&gt;</c> is a game of tic-tac-toe (cells A to I, as one reads), <c>AbFcKdP&gt;</c> one of connect four (A to E in the lowest row).
/// </summary>
/// <remarks>Whoever makes a move that the rules do not allow has lost at once: nothing is masked or asked again, so that a model has to know the rules as well as the game.</remarks>
/// <param name="rules">The rules.</param>
public sealed class Game(LineGame rules)
{
    /// <summary>The ends of a game as they are written: won by the player who began, won by the other, drawn.</summary>
    public const string Ends = "><=";

    private readonly List<int> _moves = [];

    /// <summary>The rules.</summary>
    public LineGame Rules { get; } = rules;

    /// <summary>Where the stones lie.</summary>
    public Board Board { get; private set; }

    /// <summary>The moves so far; the last one may be one that is not allowed (<see cref="IsForfeit"/>), and −1 where it was no move at all.</summary>
    public IReadOnlyList<int> Moves => _moves;

    /// <summary>How it stands.</summary>
    public GameResult Result { get; private set; }

    /// <summary>Whether it ended by a move that is not allowed.</summary>
    public bool IsForfeit { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsOver => Result != GameResult.Open;

    /// <summary>Whether it is the turn of the player who began.</summary>
    public bool IsFirstToMove => Board.IsFirstToMove;

    /// <summary>Makes a move for whoever's turn it is.</summary>
    /// <param name="move">The move; one that is not allowed loses.</param>
    /// <exception cref="InvalidOperationException">The game is over.</exception>
    public void Play(int move)
    {
        if (IsOver) throw new InvalidOperationException("The game is over.");
        _moves.Add((uint)move < (uint)Rules.Cells ? move : -1);
        if (!Rules.IsLegal(Board, move))
        {
            (IsForfeit, Result) = (true, IsFirstToMove ? GameResult.Second : GameResult.First);
            return;
        }

        Board = Rules.Play(Board, move);
        Result = Rules.ResultOf(Board);
    }

    /// <summary>The game as text, with its end where it has ended by the rules.</summary>
    public override string ToString() => string.Concat(_moves.Select((move, i) => move < 0 ? '?' : LetterOf(move, i % 2 == 0))) + (IsOver && !IsForfeit ? Ends[(int)Result - 1] : "");

    /// <summary>The letter of a move.</summary>
    /// <param name="move">The cell.</param>
    /// <param name="isFirst">Whether it is a move of the player who began.</param>
    public static char LetterOf(int move, bool isFirst) => (char)((isFirst ? 'A' : 'a') + move);

    /// <summary>Reads a whole game.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="FormatException">It is none; the message says at which character.</exception>
    public static Game Parse(LineGame rules, string text)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(text);
        var game = new Game(rules);
        for (int i = 0; i < text.Length; i++)
        {
            int move = text[i] - (game.IsFirstToMove ? 'A' : 'a');
            if (game.IsOver)
            {
                char end = Ends[(int)game.Result - 1];
                return i == text.Length - 1 && text[i] == end ? game : throw new FormatException($"the game is over before character {i + 1}, and ends with '{end}'");
            }

            if (!rules.IsLegal(game.Board, move)) throw new FormatException($"'{text[i]}', character {i + 1}, is no move that is allowed there");
            game.Play(move);
        }

        throw new FormatException(game.IsOver ? $"it lacks its end, '{Ends[(int)game.Result - 1]}'" : $"it stops after {game.Moves.Count} moves, before the game is over");
    }
}
