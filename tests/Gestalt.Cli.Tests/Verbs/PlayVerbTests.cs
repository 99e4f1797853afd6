using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Tensors;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary>Games as a user plays them.</summary>
public sealed class PlayVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PlayVerbTests()
    {
        var vocabulary = new GameVocabulary(LineGame.TicTacToe);
        using var model = new Transformer(TransformerConfig.Qwen3Shaped(1, 16, 2, 1, 8, 16, vocabulary.Size, vocabulary.Longest, tied: false), new Device(new Kernels.WorkerPool(1)));
        model.Initialize(1);
        ModelFile.Save(In("player.gguf"), model, vocabulary.Tokenizer, vocabulary.Describe("player"));
        ModelFile.Save(In("other.gguf"), model, vocabulary.Tokenizer, new ModelFileOptions { Name = "other" });
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_player_is_trained_measured_and_reported()
    {
        File.WriteAllText(In("mine.txt"), "AdBeC>\nEaBhGcDfI=\n");
        Finished trained = Run("play", "train", "--data", "mine.txt", "-o", "own", "--imitation-steps", "4", "--steps", "2", "--openings", "2", "--games", "2", "--measure", "10", "--json");
        Assert.True(trained.ExitCode == 0, trained.Errors);
        using JsonDocument result = JsonDocument.Parse(trained.Text);
        Assert.Equal((2, 8), (result.RootElement.GetProperty("teacher_games").GetInt32(), result.RootElement.GetProperty("self_play").GetProperty("games").GetInt32()));
        Assert.True(File.Exists(In("own/report.html")) && File.Exists(In("own/games.txt")) == false);
        Finished match = Run("play", "match", "own", "--against", "own/imitation", "--games", "20", "-t", "1", "--json");
        Assert.True(match.ExitCode == 0, match.Errors);
        using JsonDocument score = JsonDocument.Parse(match.Text);
        JsonElement its = score.RootElement.GetProperty("score");
        Assert.Equal(20, its.GetProperty("wins").GetInt32() + its.GetProperty("draws").GetInt32() + its.GetProperty("losses").GetInt32());
    }

    [Fact]
    public void A_person_plays_is_advised_and_leaves()
    {
        Finished session = GestaltProcess.Run(_folder.Path, Encoding.UTF8.GetBytes("0\n?\n5\nq\n"), "play", "player.gguf", "--thoughts");
        Assert.True(session.ExitCode == 0, session.Errors);
        Assert.Contains("1 2 3\n4 5 6\n7 8 9", session.Text, StringComparison.Ordinal);
        Assert.Contains("'0' is no move that is allowed here; allowed are 1 2 3 4 5 6 7 8 9", session.Errors, StringComparison.Ordinal);
        Assert.Contains("5 draws", session.Errors, StringComparison.Ordinal);
        Assert.Contains("the model thought:", session.Errors, StringComparison.Ordinal);
        Assert.Contains("the model plays", session.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_serve_is_refused()
    {
        File.WriteAllText(In("bad.txt"), "AdBeC>\nAdBe>\n");
        Refused(2, "there is no player", "play");
        Refused(4, "other.gguf plays none of tic-tac-toe, connect-four", "play", "other.gguf");
        Refused(3, "there is no model file", "play", "match", "none.gguf");
        Refused(2, "--games is 1", "play", "match", "player.gguf", "--games", "1");
        Refused(2, "--temperature is -1", "play", "match", "player.gguf", "-t", "-1");
        Refused(2, "--slips is 101", "play", "train", "--slips", "101");
        Refused(2, "a group of 1", "play", "train", "--games", "1");
        Refused(2, "--steps is 0", "play", "train", "--steps", "0");
        Refused(3, "there is no file 'none.txt' of games", "play", "train", "--data", "none.txt");
        Refused(5, "bad.txt, line 2: this is no game of tic-tac-toe: '>', character 5", "play", "train", "--data", "bad.txt", "-o", "bad");
        Refused(2, "chess", "play", "train", "--game", "chess");

        void Refused(int status, string reason, params string[] args)
        {
            Finished run = Run(args);
            Assert.True(run.ExitCode == status && run.Errors.Contains(reason, StringComparison.Ordinal), $"{string.Join(' ', args)}: {run.ExitCode}: {run.Errors}");
        }
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    private Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], args);
}
