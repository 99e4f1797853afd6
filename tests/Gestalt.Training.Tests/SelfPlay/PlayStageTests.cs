using System.Text.Json;
using Gestalt.Corpus;
using Gestalt.Evaluation.Games;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Tensors;
using Gestalt.Training.Metrics;
using Gestalt.Training.SelfPlay;

namespace Gestalt.Training.Tests.SelfPlay;

public sealed class PlayStageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-play-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_life_leaves_a_model_its_matches_and_a_report()
    {
        PlayOutcome outcome = Run(In("whole"));
        Assert.Equal((200, 4, 64L), (outcome.TeacherGames, outcome.SelfPlay.Steps, outcome.SelfPlay.Games));
        Assert.InRange(outcome.SelfPlay.LargestGap, 0, 1e-4);
        // Looks at 5, 10 and 12 steps of imitation and at its end with likeliest moves; at 2 and 4 steps of self-play and likeliest.
        Assert.Equal([(5, 1.0), (10, 1.0), (12, 1.0), (12, 0.0)], Looks(outcome, PlayStageName.Imitation));
        Assert.Equal([(2, 1.0), (4, 1.0), (4, 0.0)], Looks(outcome, PlayStageName.SelfPlay));
        Assert.All(outcome.Matches, match => Assert.Equal(match.Step is 12 or 4 ? 40 : 20, match.Score.Games));
        Assert.Equal(["random", "teacher", "perfect"], outcome.Ratings.Players.Select(player => player.Name));
        Assert.Equal(RatingCurve.TeacherRating, outcome.Ratings.Players[1].Rating, 1e-9);
        Assert.Equal(200, GameFile.Read(Path.Combine(In("whole"), "games.txt"), LineGame.TicTacToe).Count);
        using LoadedModel loaded = ModelFile.Load(outcome.Model, new Device(new WorkerPool(1)));
        Assert.Same(LineGame.TicTacToe, GameVocabulary.Of(loaded)!.Rules);
        string page = File.ReadAllText(Path.Combine(In("whole"), "report.html"));
        Assert.Contains("past the teacher", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal); // nothing from elsewhere
        using JsonDocument data = JsonDocument.Parse(File.ReadAllText(Path.Combine(In("whole"), "report.json")));
        Assert.Equal(21, data.RootElement.GetProperty("matches").GetArrayLength());
        Assert.All(MetricsLog.Read(Path.Combine(In("whole"), "self-play")), line => Assert.InRange(line.SelfPlay!.Illegal, 0, 1));
    }

    /// <summary>Stopped in the middle of imitation, and of self-play.</summary>
    [Theory]
    [InlineData("imitation", 5)]
    [InlineData("self-play", 1)]
    public void Interrupted_and_resumed_gives_the_same_bits(string stage, int step)
    {
        PlayOutcome whole = Run(In("whole"));
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(In("cut"), new Cut(cancellation, stage, step), cancellation.Token));
        Assert.False(File.Exists(Path.Combine(In("cut"), "model.gguf")));
        PlayOutcome cut = Run(In("cut"));
        Assert.Equal(SmallPlayer.Values(whole.Model), SmallPlayer.Values(cut.Model));
        Assert.Equal(whole.Matches.OrderBy(match => (match.Stage, match.Step, match.Temperature, match.Opponent)), cut.Matches.OrderBy(match => (match.Stage, match.Step, match.Temperature, match.Opponent)));
        Assert.Equal(Kept("whole"), Kept("cut"));

        // Everything but what a clock says.
        (int, double, double, SelfPlayMetrics)[] Kept(string name) =>
            [.. MetricsLog.Read(Path.Combine(In(name), "self-play")).Select(line => (line.Step, line.Loss, line.GradientNorm, line.SelfPlay! with { PlayShare = 0, TrainingShare = 0 }))];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Self_play_that_is_killed_goes_on_from_its_last_checkpoint_to_the_same_bits(int stopAfter)
    {
        float[] whole = Train("straight", null);
        Assert.Throws<OperationCanceledException>(() => Train("killed", stopAfter));
        Assert.Equal(whole, Train("killed", null));

        float[] Train(string name, int? stop)
        {
            using var pool = new WorkerPool(1);
            using var cancellation = new CancellationTokenSource();
            PlayRequest request = SmallPlayer.Request(In(name), selfPlay: 6);
            using var model = new Transformer(request.Model, new Device(pool));
            model.Initialize(1);
            var job = new SelfPlayJob(model, new GameVocabulary(request.Rules), request.Play, request.SelfPlay with { ValidateEvery = 1 }, In(name), "none")
            {
                Look = (step, _) =>
                {
                    if (step == stop) cancellation.Cancel();
                    return null;
                },
            };
            SelfPlayTraining.Run(job, null, _ => { }, cancellation.Token);
            return [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];
        }
    }

    [Fact]
    public void Other_games_or_options_do_not_go_on_from_a_checkpoint()
    {
        Run(In("whole"));
        Assert.Contains("another model, other data or other options", Assert.Throws<ModelFileException>(() => Run(In("whole"), request: SmallPlayer.Request(In("whole")) with { Slips = 50 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_numbers_are_refused()
    {
        foreach (SelfPlayOptions options in (SelfPlayOptions[])[Play with { Openings = 0 }, Play with { Games = 1 }, Play with { DeepestOpening = -1 }, Play with { Updates = 0 }, Play with { Clip = 1 }, Play with { EndWeight = double.NaN }, Play with { TokensAtOnce = 0 }])
            Assert.Throws<ArgumentException>(options.Validate);
        Assert.Throws<ArgumentException>(() => PlayStage.Opponent("nobody", 0, new PerfectPlay(LineGame.TicTacToe), 1));
    }

    [Fact, Trait("Speed", "Smoke")]
    public void A_row_holds_a_game_its_end_and_nothing_that_counts_behind_it()
    {
        var vocabulary = new GameVocabulary(LineGame.TicTacToe);
        Game[] games = [Game.Parse(LineGame.TicTacToe, "AdBeC>"), Game.Parse(LineGame.TicTacToe, "EaBhGcDfI=")];
        var loader = new GameLoader(games, vocabulary, "two", 1);
        using var batch = new TokenBatch(2, GameLoader.LengthOf(vocabulary));
        loader.Fill(batch.AsRows());
        int row = batch.Targets[1] == 'd' ? 0 : 1;
        Assert.Equal([256, 'A', 'd', 'B', 'e', 'C', '>', 256, 256, 256, 256], batch.Inputs.Slice(row * 11, 11));
        Assert.Equal(['A', 'd', 'B', 'e', 'C', '>', 256, -1, -1, -1, -1], batch.Targets.Slice(row * 11, 11));
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0], batch.Weights.Slice(row * 11, 11));
        Assert.Equal(['E', 'a', 'B', 'h', 'G', 'c', 'D', 'f', 'I', '=', 256], batch.Targets.Slice((1 - row) * 11, 11));
        Assert.Equal((1, 0), (loader.State.Epoch, loader.State.Row)); // each once an epoch
        int[] next = Next(loader), again = Next(new GameLoader(games, vocabulary, "two", 1, new LoaderState(1, 1, 0, 11, "two")));
        Assert.Equal(next, again);

        int[] Next(GameLoader from)
        {
            from.Fill(batch.AsRows());
            return batch.Inputs.ToArray();
        }
    }

    /// <summary>Nothing tells a model the rules: it finds them out by losing.</summary>
    [Fact]
    public void Self_play_alone_learns_what_is_allowed()
    {
        using var pool = new WorkerPool(1);
        PlayRequest request = SmallPlayer.Request(In("rules"), selfPlay: 50);
        var vocabulary = new GameVocabulary(request.Rules);
        using var model = new Transformer(request.Model, new Device(pool));
        model.Initialize(1);
        SelfPlayTraining.Run(new SelfPlayJob(model, vocabulary, request.Play with { Openings = 8, Games = 8 }, request.SelfPlay with { Optimizer = request.SelfPlay.Optimizer.AtRate(0.01f), ValidateEvery = 1000 }, In("rules"), "none"), null, _ => { }, default);
        StepMetrics[] lines = [.. MetricsLog.Read(In("rules"))];
        double before = lines[..5].Average(line => line.SelfPlay!.Length), after = lines[^5..].Average(line => line.SelfPlay!.Length);
        Assert.True(before < 4, $"{before}"); // bytes by lot are hardly ever moves, and openings have 2 moves on average
        Assert.True(after > before + 0.5, $"{before} {after}");
    }

    /// <summary>The claim itself, with the recipe that a user gets: imitation comes to the teacher's level, self-play passes it.</summary>
    [Fact, Trait("Speed", "Slow")]
    public void Imitation_reaches_the_teacher_and_self_play_passes_it()
    {
        using var pool = new WorkerPool(Environment.ProcessorCount);
        PlayOutcome outcome = PlayStage.Run(PlayRequest.Usual(LineGame.TicTacToe, In("claim"), "claim", seed: 1), new Device(pool), null, _ => { }, default);
        MatchScore imitation = outcome.Final(PlayStageName.Imitation, "teacher"), selfPlay = outcome.Final(PlayStageName.SelfPlay, "teacher");
        Assert.InRange(imitation.Score, 0.42, 0.56);
        Assert.True(selfPlay.Low > 0.55 && selfPlay.Low > imitation.High, $"{imitation}; {selfPlay}");
        Assert.True(outcome.Pupils.Low > 0.55, $"{outcome.Pupils}");
        Assert.True(outcome.Final(PlayStageName.SelfPlay, "perfect").Drawn.Low > outcome.Final(PlayStageName.Imitation, "perfect").Drawn.High, $"{outcome.Final(PlayStageName.SelfPlay, "perfect")}");
    }

    private static SelfPlayOptions Play => new() { DeepestOpening = 4 };

    private string In(string name) => Path.Combine(_folder, name);

    private static (int, double)[] Looks(PlayOutcome outcome, PlayStageName stage) => [.. outcome.Matches.Where(match => match.Stage == stage).Select(match => (match.Step, match.Temperature)).Distinct()];

    private static PlayOutcome Run(string folder, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default, PlayRequest? request = null)
    {
        using var pool = new WorkerPool(1);
        return PlayStage.Run(request ?? SmallPlayer.Request(folder), new Device(pool), progress, _ => { }, cancellation);
    }

    /// <summary>Cancels once a stage has so many steps.</summary>
    private sealed class Cut(CancellationTokenSource cancellation, string stage, int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress now)
        {
            if (now.Stage == stage && now.Step >= step) cancellation.Cancel();
        }
    }
}
