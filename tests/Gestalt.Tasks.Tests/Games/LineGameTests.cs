using Gestalt.Tasks.Games;

namespace Gestalt.Tasks.Tests.Games;

public sealed class LineGameTests
{
    /// <summary>Positions and games of tic-tac-toe are well known.</summary>
    [Fact]
    public void Tic_tac_toe_has_as_many_lines_positions_and_games_as_others_counted() => Counted("tic-tac-toe", 8, 5_478, 255_168);

    /// <summary>The games on this board are the fourth number of OEIS A342329, the lines that of A364823 for 5 and 4.</summary>
    [Fact, Trait("Speed", "Slow")]
    public void Connect_four_has_as_many_lines_and_games_as_others_counted() => Counted("connect-four", 17, 3_945_711, 152_505_051_772);

    private static void Counted(string name, int lines, int positions, long games)
    {
        LineGame rules = LineGame.Find(name);
        var seen = new Dictionary<Board, long>();
        Assert.Equal(lines, rules.Lines);
        Assert.Equal(games, Count(default));
        Assert.Equal(positions, seen.Count);

        long Count(Board board)
        {
            if (seen.TryGetValue(board, out long known)) return known;
            long sum = 0;
            if (rules.ResultOf(board) != GameResult.Open) sum = 1;
            else
                for (int move = 0; move < rules.Cells; move++)
                    if (rules.IsLegal(board, move)) sum += Count(rules.Play(board, move));
            return seen[board] = sum;
        }
    }

    [Theory, Trait("Speed", "Smoke")]
    [InlineData("tic-tac-toe", "AbEcD", "x o o\nx x .\n. . .")]
    [InlineData("connect-four", "AfBe", ". . . . .\n. . . . .\no . . . .\nx x . . o\n1 2 3 4 5")]
    public void Stones_lie_where_they_were_put(string name, string moves, string board)
    {
        var game = new Game(LineGame.Find(name));
        foreach (char move in moves) game.Play(char.ToUpperInvariant(move) - 'A');
        string drawn = BoardText.Of(game);
        Assert.Equal(board, name == "tic-tac-toe" ? string.Concat(drawn.Select(c => c is >= '1' and <= '9' ? '.' : c)) : drawn);
        Assert.Equal(moves, game.ToString());
    }

    [Theory]
    [InlineData("tic-tac-toe", "AdBeC>")]
    [InlineData("tic-tac-toe", "AdBeCh<?")]
    [InlineData("tic-tac-toe", "EaBhGcDfI=")]
    [InlineData("connect-four", "AbFcKdP>")]
    [InlineData("connect-four", "AfBgChD>")]
    [InlineData("connect-four", "AbGcHdMiEnS>")]
    public void Lines_are_found_in_every_direction_and_games_read_as_they_are_written(string name, string text)
    {
        LineGame rules = LineGame.Find(name);
        if (text.EndsWith('?'))
        {
            Assert.Throws<FormatException>(() => Game.Parse(rules, text[..^1])); // a line of x ended it before
            return;
        }

        Game game = Game.Parse(rules, text);
        Assert.Equal(text, game.ToString());
        Assert.True(game is { IsOver: true, IsForfeit: false });
    }

    [Theory]
    [InlineData("", "it stops after 0 moves")]
    [InlineData("Ad", "it stops after 2 moves")]
    [InlineData("AdBeC", "it lacks its end, '>'")]
    [InlineData("AdBeC<", "the game is over before character 6, and ends with '>'")]
    [InlineData("AdBeC> ", "the game is over before character 6")]
    [InlineData("Aa", "'a', character 2, is no move that is allowed there")]
    [InlineData("A>", "'>', character 2, is no move")]
    [InlineData("AD", "'D', character 2, is no move")]
    [InlineData("a", "'a', character 1")]
    public void What_is_no_game_is_refused_with_the_character(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => Game.Parse(LineGame.TicTacToe, text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_move_that_is_not_allowed_loses_at_once()
    {
        var taken = new Game(LineGame.TicTacToe);
        taken.Play(4);
        taken.Play(4);
        Assert.True(taken is { IsOver: true, IsForfeit: true, Result: GameResult.First });
        Assert.Equal("Ee", taken.ToString());
        var none = new Game(LineGame.TicTacToe);
        none.Play(-1);
        Assert.True(none is { IsForfeit: true, Result: GameResult.Second });
        Assert.Equal("?", none.ToString());
        Assert.Throws<InvalidOperationException>(() => none.Play(0));
        var full = new Game(LineGame.ConnectFour);
        foreach (int move in (int[])[0, 5, 10, 15, 20]) full.Play(move);
        Assert.True(full is { IsForfeit: true, Result: GameResult.Second });
        var floating = new Game(LineGame.ConnectFour);
        floating.Play(5);
        Assert.True(floating is { IsForfeit: true, Result: GameResult.Second });
        Assert.Throws<ArgumentException>(() => LineGame.TicTacToe.Play(default, 9));
    }

    [Fact]
    public void A_file_of_games_is_read_as_it_was_written_and_its_bad_lines_are_named()
    {
        string path = Path.GetTempFileName();
        try
        {
            GameFile.Write(path, [Game.Parse(LineGame.TicTacToe, "AdBeC>"), Game.Parse(LineGame.TicTacToe, "EaBhGcDfI=")]);
            Assert.Equal(["AdBeC>", "EaBhGcDfI="], GameFile.Read(path, LineGame.TicTacToe).Select(game => game.ToString()));
            File.AppendAllText(path, "\nAdBe\n");
            Assert.Contains("line 4: this is no game of tic-tac-toe: it stops after 4 moves", Assert.Throws<InvalidDataException>(() => GameFile.Read(path, LineGame.TicTacToe)).Message, StringComparison.Ordinal);
            File.WriteAllText(path, "\n");
            Assert.Contains("holds no games", Assert.Throws<InvalidDataException>(() => GameFile.Read(path, LineGame.TicTacToe)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Throws<FileNotFoundException>(() => GameFile.Read("none.txt", LineGame.TicTacToe));
        Assert.Contains("tic-tac-toe, connect-four", Assert.Throws<ArgumentException>(() => LineGame.Find("chess")).Message, StringComparison.Ordinal);
    }
}
