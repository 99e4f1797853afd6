using System.Text;

namespace Gestalt.Tasks.Games;

/// <summary>A board as a person reads it in a terminal: stones, and the numbers by which moves are called.</summary>
public static class BoardText
{
    /// <summary>Draws the board of a game, without a line break behind it.</summary>
    /// <param name="game">The game.</param>
    public static string Of(Game game)
    {
        ArgumentNullException.ThrowIfNull(game);
        LineGame rules = game.Rules;
        var text = new StringBuilder();
        for (int row = 0; row < rules.Height; row++)
        {
            for (int column = 0; column < rules.Width; column++)
            {
                char free = rules.Falls || game.IsOver ? '.' : (char)('1' + (row * rules.Width) + column);
                text.Append(column > 0 ? " " : "").Append(rules.StoneAt(game.Board, column, row) ?? free);
            }

            if (row < rules.Height - 1 || rules.Falls) text.Append('\n');
        }

        if (rules.Falls) text.AppendJoin(' ', Enumerable.Range(1, rules.Width));
        return text.ToString();
    }
}
