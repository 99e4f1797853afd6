using Gestalt.Tasks.Games;

namespace Gestalt.Cli.Terminal;

/// <summary>A person and a model at a board, game after game: moves are numbers, one a line. The board goes to stdout, what is said to stderr.</summary>
/// <param name="model">The model.</param>
/// <param name="vocabulary">Its game.</param>
/// <param name="personBegins">Whether the person begins the first game; they take turns then.</param>
/// <param name="thoughts">Whether to show how likely each move was to the model.</param>
internal sealed class PlaySession(ModelPlayer model, GameVocabulary vocabulary, bool personBegins, bool thoughts)
{
    private readonly LineGame _rules = vocabulary.Rules;
    private readonly PerfectPlay _play = new(vocabulary.Rules);
    private int _won, _drawn, _lost;

    /// <summary>Goes on until the person leaves, or the input ends.</summary>
    public void Run()
    {
        Messages.Say($"{_rules.Name}: {_rules.About}. Your move is a number; ? is a perfect player's advice, q leaves.");
        for (bool begins = personBegins; One(begins); begins = !begins)
            Messages.Say($"You have won {_won}, drawn {_drawn} and lost {_lost}. Another one; {(begins ? "the model begins" : "you begin")}.");
    }

    private bool One(bool personIsFirst)
    {
        var game = new Game(_rules);
        while (!game.IsOver)
        {
            bool persons = game.IsFirstToMove == personIsFirst;
            if (persons) Console.Out.WriteLine(BoardText.Of(game));
            int? move = persons ? Asked(game) : Chosen(game);
            if (move is null) return false;
            game.Play(move.Value);
        }

        Console.Out.WriteLine(BoardText.Of(game));
        bool won = game.Result == (personIsFirst ? GameResult.First : GameResult.Second);
        Messages.Say($"{game}: {(game.Result == GameResult.Draw ? "a draw." : won ? $"you have won{(game.IsForfeit ? ": that move is not allowed" : "")}." : "the model has won.")}");
        (_won, _drawn, _lost) = (_won + (won ? 1 : 0), _drawn + (game.Result == GameResult.Draw ? 1 : 0), _lost + (!won && game.Result != GameResult.Draw ? 1 : 0));
        return true;
    }

    private int Chosen(Game game)
    {
        var move = new int[1];
        model.Choose([game], move);
        if (thoughts)
        {
            double[] likely = model.Probabilities(game);
            Messages.Say("the model thought: " + string.Join(", ", Enumerable.Range(0, _rules.Cells).Select(cell => (Cell: cell, Likely: likely[vocabulary.IdOf(cell, game.IsFirstToMove)])).OrderByDescending(move => move.Likely).Take(5)
                .Select(move => FormattableString.Invariant($"{Game.LetterOf(move.Cell, game.IsFirstToMove)} {move.Likely * 100:0.0} %"))));
        }

        Messages.Say($"the model plays {(move[0] < 0 ? "no move at all" : _rules.NumberOf(move[0]))}");
        return move[0];
    }

    /// <summary>A legal move of the person; null where they leave.</summary>
    private int? Asked(Game game)
    {
        while (true)
        {
            Console.Error.Write("your move: ");
            string? line = Console.In.ReadLine()?.Trim();
            if (line is null or "q" or "Q") return null;
            if (line == "?") Advise(game);
            else if (int.TryParse(line, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) && _rules.MoveOf(game.Board, number) is int move) return move;
            else Messages.Say($"'{line}' is no move that is allowed here; allowed are {string.Join(' ', Enumerable.Range(0, _rules.Cells).Where(cell => _rules.IsLegal(game.Board, cell)).Select(_rules.NumberOf).Order())}.");
        }
    }

    private void Advise(Game game)
    {
        var worth = new int?[_rules.Cells];
        _play.WorthOfMoves(game.Board, worth);
        Messages.Say(string.Join(", ", worth.Index().Where(move => move.Item is not null).OrderByDescending(move => move.Item)
            .Select(move => $"{_rules.NumberOf(move.Index)} {(move.Item > 0 ? "wins" : move.Item < 0 ? "loses" : "draws")}")));
    }
}
