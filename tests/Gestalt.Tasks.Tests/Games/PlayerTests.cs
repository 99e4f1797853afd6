using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Tensors;

namespace Gestalt.Tasks.Tests.Games;

public sealed class PlayerTests
{
    [Fact]
    public void Perfect_play_of_tic_tac_toe_draws_against_itself_and_loses_to_nobody() => NeverLoses(LineGame.TicTacToe);

    [Fact, Trait("Speed", "Slow")] // all 3,945,711 positions
    public void Perfect_play_of_connect_four_draws_against_itself_and_loses_to_nobody() => NeverLoses(LineGame.ConnectFour);

    private static void NeverLoses(LineGame rules)
    {
        var play = new PerfectPlay(rules);
        Assert.Equal(0, play.WorthOf(default));
        PerfectPlayer perfect = new(play, 1), other = new(play, 2);
        Assert.All(Play(rules, perfect, other, 100), game => Assert.Equal(GameResult.Draw, game.Result));
        foreach (IPlayer weak in (IPlayer[])[new RandomPlayer(3), new TeacherPlayer(0, 4)])
        {
            Assert.DoesNotContain(Play(rules, perfect, weak, 200), game => game.Result == GameResult.Second);
            Assert.DoesNotContain(Play(rules, weak, perfect, 200), game => game.Result == GameResult.First);
        }
    }

    [Fact, Trait("Speed", "Smoke")]
    public void Worth_is_what_looking_at_everything_says()
    {
        LineGame rules = LineGame.TicTacToe;
        var play = new PerfectPlay(rules);
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            Board board = default;
            for (int moves = 1 + random.Next(6); moves > 0 && rules.ResultOf(board) == GameResult.Open; moves--)
            {
                int[] legal = [.. Enumerable.Range(0, 9).Where(move => rules.IsLegal(board, move))];
                board = rules.Play(board, legal[random.Next(legal.Length)]);
            }

            Assert.Equal(Everything(board), play.WorthOf(board));
            Assert.Equal(play.WorthOf(board), play.WorthOf(rules.Mirrored(board)));
        }

        int Everything(Board board)
        {
            GameResult result = rules.ResultOf(board);
            if (result != GameResult.Open) return result == GameResult.Draw ? 0 : -(10 - board.Stones);
            return Enumerable.Range(0, 9).Where(move => rules.IsLegal(board, move)).Max(move => -Everything(rules.Play(board, move)));
        }
    }

    [Fact]
    public void A_win_is_worth_more_the_sooner_it_comes()
    {
        var play = new PerfectPlay(LineGame.TicTacToe);
        var worth = new int?[9];
        Game game = Begun(LineGame.TicTacToe, "AdBe"); // x wins at once with 3
        play.WorthOfMoves(game.Board, worth);
        Assert.Equal([null, null, 5, null, null, 0, -4, -4, -4], worth); // 6 prevents o from winning there
    }

    [Fact]
    public void A_teacher_that_looks_takes_a_win_then_prevents_one()
    {
        var teacher = new TeacherPlayer(0, 1);
        Assert.Equal(2, Move(teacher, Begun(LineGame.TicTacToe, "AdBe"))); // its own line before the other's
        Assert.Equal(2, Move(teacher, Begun(LineGame.TicTacToe, "AiB"))); // o must stop 1 2 3
        Assert.Equal(15, Move(teacher, Begun(LineGame.ConnectFour, "AbFcK"))); // o must stop x, which has three in the first column
    }

    [Fact]
    public void A_teacher_that_never_looks_moves_by_lot()
    {
        var blind = new TeacherPlayer(100, 5);
        Game game = Begun(LineGame.TicTacToe, "AdBe");
        int[] counts = new int[9];
        for (int i = 0; i < 5000; i++) counts[Move(blind, game)]++;
        Assert.All(counts.Index(), move => Assert.InRange(move.Item, move.Index is 0 or 1 or 3 or 4 ? 0 : 850, move.Index is 0 or 1 or 3 or 4 ? 0 : 1150)); // 1000 ± 5 deviations
    }

    /// <summary>What the teacher plays for a seed is part of every run that imitates it.</summary>
    [Fact]
    public void Games_of_a_seed_stay_the_same() => Assert.Equal(["EiHcB>", "DaFeIcBg<", "BgIaDhCfE=", "ChMbErGjLoQtAdI>"],
        Play(LineGame.TicTacToe, new TeacherPlayer(20, 1), new TeacherPlayer(20, 2), 3).Concat(Play(LineGame.ConnectFour, new TeacherPlayer(20, 1), new TeacherPlayer(20, 2), 3).Take(1)).Select(game => game.ToString()));

    [Fact]
    public void A_model_plays_its_own_distribution_and_nothing_is_masked()
    {
        using var pool = new WorkerPool(1);
        var vocabulary = new GameVocabulary(LineGame.TicTacToe);
        using Transformer model = Model(pool, vocabulary);
        using var player = new ModelPlayer("model", model, vocabulary, 1, 1);
        Game[] games = [.. Enumerable.Range(0, 600).Select(_ => Begun(LineGame.TicTacToe, "Ae")), Begun(LineGame.TicTacToe, "")];
        double[] likely = player.Probabilities(games[0]);
        Assert.Equal(1, likely.Sum(), 1e-9);
        var moves = new int[games.Length];
        player.Choose(games, moves);
        double expected = Enumerable.Range(0, 9).Sum(move => likely[vocabulary.IdOf(move, isFirst: true)]);
        Assert.InRange(moves.Take(600).Count(move => move >= 0) / 600.0, expected - 0.05, expected + 0.05);
        Assert.Contains(-1, moves);
        using var sure = new ModelPlayer("model", model, vocabulary, 0, 1);
        sure.Choose(games, moves);
        Assert.All(moves.Take(600), move => Assert.Equal(vocabulary.MoveOf(Array.IndexOf(likely, likely.Max()), isFirst: true), move));
    }

    [Fact]
    public void A_model_that_cannot_play_is_refused()
    {
        using var pool = new WorkerPool(1);
        var small = new GameVocabulary(LineGame.TicTacToe);
        using Transformer model = Model(pool, small);
        Assert.Contains("does not play connect-four", Assert.Throws<ArgumentException>(() => new ModelPlayer("model", model, new GameVocabulary(LineGame.ConnectFour), 1, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ModelPlayer("model", model, small, -1, 1));
        Assert.Throws<ArgumentException>(() => new ModelPlayer("model", model, small, double.NaN, 1));
    }

    [Fact]
    public void Ids_are_bytes()
    {
        var vocabulary = new GameVocabulary(LineGame.TicTacToe);
        Game game = Game.Parse(LineGame.TicTacToe, "AdBeC>");
        int[] ids = [256, 'A', 'd', 'B', 'e', 'C'];
        Assert.Equal(ids, vocabulary.Ids(game));
        Assert.Equal('>', vocabulary.IdOf(game.Result));
        Assert.Equal(vocabulary.Tokenizer.Encode("AdBeC>"), (int[])[.. ids[1..], vocabulary.IdOf(game.Result)]);
        Assert.Equal((0, 8, -1, -1), (vocabulary.MoveOf('A', true), vocabulary.MoveOf('I', true), vocabulary.MoveOf('J', true), vocabulary.MoveOf('a', true)));
        Assert.Equal((-1, 19, -1), (vocabulary.MoveOf('t', false), new GameVocabulary(LineGame.ConnectFour).MoveOf('t', false), vocabulary.MoveOf('A', false)));
    }

    private static Transformer Model(WorkerPool pool, GameVocabulary vocabulary)
    {
        var model = new Transformer(TransformerConfig.Qwen3Shaped(1, 16, 2, 1, 8, 16, vocabulary.Size, vocabulary.Longest, tied: false), new Device(pool));
        var random = new Random(2);
        foreach (Parameter parameter in model.Parameters)
            foreach (ref float value in parameter.Values) value = (parameter.Role == ParameterRole.Vector ? 1 : 0) + random.NextSingle() - 0.5f;
        return model;
    }

    private static int Move(IPlayer player, Game game)
    {
        var move = new int[1];
        player.Choose([game], move);
        return move[0];
    }

    private static Game Begun(LineGame rules, string moves)
    {
        var game = new Game(rules);
        foreach (char move in moves) game.Play(char.ToUpperInvariant(move) - 'A');
        return game;
    }

    private static Game[] Play(LineGame rules, IPlayer first, IPlayer second, int count)
    {
        Game[] games = [.. Enumerable.Range(0, count).Select(_ => new Game(rules))];
        var moves = new int[count];
        for (int turn = 0; games.Any(game => !game.IsOver); turn++)
        {
            Game[] open = [.. games.Where(game => !game.IsOver)];
            (turn % 2 == 0 ? first : second).Choose(open, moves);
            for (int i = 0; i < open.Length; i++) open[i].Play(moves[i]);
        }

        return games;
    }
}
