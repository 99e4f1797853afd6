using System.Security.Cryptography;
using System.Text;
using Gestalt.Evaluation.Games;
using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Tensors;

namespace Gestalt.Training.SelfPlay;

/// <summary>What came of a player's life.</summary>
/// <param name="Game">The game's name.</param>
/// <param name="Parameters">How many the model has.</param>
/// <param name="TeacherGames">Games that were imitated.</param>
/// <param name="Imitation">Steps, loss and time of imitation.</param>
/// <param name="SelfPlay">Steps, games and time of self-play.</param>
/// <param name="Matches">All matches with the fixed players, those on the way included.</param>
/// <param name="Pupils">The model after self-play against the one after imitation, both at temperature 1.</param>
/// <param name="Ratings">All of them on one scale.</param>
/// <param name="Model">The model's file.</param>
public sealed record PlayOutcome(string Game, long Parameters, int TeacherGames, TrainingOutcome Imitation, SelfPlayOutcome SelfPlay, IReadOnlyList<RatedMatch> Matches, MatchScore Pupils, RatingCurve Ratings, string Model)
{
    /// <summary>The last match of a stage against somebody.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="opponent">Against whom.</param>
    /// <param name="temperature">1 as it was trained, 0 with its likeliest moves.</param>
    public MatchScore Final(PlayStageName stage, string opponent, double temperature = 1) =>
        Matches.Where(match => match.Stage == stage && match.Opponent == opponent && match.Temperature == temperature).MaxBy(match => match.Step)!.Score;
}

/// <summary>
/// Past the teacher: a model imitates the games of a mediocre player and comes to play like it; then it plays against itself, with nothing but each game's result, and comes to play better. Measured all along against
/// players that do not change.
/// </summary>
public static class PlayStage
{
    private const ulong FirstTeacher = 1, SecondTeacher = 2;
    private static readonly string[] Opponents = ["random", "teacher", "perfect"];

    /// <summary>Runs it all, going on from where it was interrupted: <c>games.txt</c>, <c>imitation/</c> and <c>self-play/</c> with checkpoint and metrics, <c>matches.jsonl</c>, <c>model.gguf</c>, <c>report.html</c>.</summary>
    /// <param name="request">Game and recipe.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <param name="cancellation">Saves and stops; the same request goes on.</param>
    public static PlayOutcome Run(PlayRequest request, Device device, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(device);
        request.Play.Validate();
        var vocabulary = new GameVocabulary(request.Rules);
        var play = new PerfectPlay(request.Rules);
        ulong seed = request.Imitation.Seed;
        Directory.CreateDirectory(request.Folder);
        IReadOnlyList<Game> lessons = Lessons(request, play, cancellation);
        string data = $"{Fingerprint(lessons)} {request.Slips}";
        var log = new MatchLog(request.Folder);

        using var model = new Transformer(request.Model, device);
        model.Initialize(seed);
        string imitationFolder = Path.Combine(request.Folder, "imitation"), selfPlayFolder = Path.Combine(request.Folder, "self-play");
        var watching = new Watching(progress, now => Look(PlayStageName.Imitation, now.Step, (long)now.Step * request.Imitation.Rows, request.LookGames, 1));
        TrainingOutcome imitation = TrainingLoop.Run(new TrainingJob("imitation", model, request.Imitation, imitationFolder, data),
            state => new GameLoader(lessons, vocabulary, data, seed, state), heldOut: null, () => Dream(model, vocabulary), watching, report, cancellation);
        long imitated = (long)imitation.Steps * request.Imitation.Rows;
        string imitator = Path.Combine(imitationFolder, "model.gguf");
        Save(imitator);
        Look(PlayStageName.Imitation, imitation.Steps, imitated, request.FinalGames, 1);
        Look(PlayStageName.Imitation, imitation.Steps, imitated, request.FinalGames, 0);

        SelfPlayOutcome selfPlay = SelfPlayTraining.Run(new SelfPlayJob(model, vocabulary, request.Play, request.SelfPlay, selfPlayFolder, $"{data} {request.Imitation}")
        {
            Look = (step, games) =>
            {
                if (step < request.SelfPlay.Steps) Look(PlayStageName.SelfPlay, step, imitated + games, request.LookGames, 1);
                return Dream(model, vocabulary);
            },
        }, progress, report, cancellation);
        string file = Path.Combine(request.Folder, "model.gguf");
        Save(file);
        Look(PlayStageName.SelfPlay, selfPlay.Steps, imitated + selfPlay.Games, request.FinalGames, 1);
        Look(PlayStageName.SelfPlay, selfPlay.Steps, imitated + selfPlay.Games, request.FinalGames, 0);

        RatingCurve ratings = RatingCurve.Of(FixedMatches(request, play, cancellation), log.Matches, cancellation);
        var outcome = new PlayOutcome(request.Rules.Name, model.Config.ParameterCount, lessons.Count, imitation, selfPlay, log.Matches, AgainstImitator(), ratings, file);
        PlayReport.Write(outcome, request, Showcase(), request.Folder);
        return outcome;

        void Look(PlayStageName stage, int step, long games, int count, double temperature) => log.Add(Opponents.Select(opponent =>
        {
            // Chance follows from where we are: the same look gives the same score, whether or not the run was interrupted.
            ulong chance = World.Dice.Mix(seed ^ World.Dice.Mix(((ulong)stage << 32) | (uint)step));
            using var player = new ModelPlayer("model", model, vocabulary, temperature, chance);
            return new RatedMatch(stage, step, games, temperature, opponent, Match.Play(play, player, Opponent(opponent, request.Slips, play, chance), count, CancellationToken.None).Score); // a step that has been done is saved after it
        }));

        void Save(string path) => ModelFile.Save(path, model, vocabulary.Tokenizer, vocabulary.Describe(request.Name));

        MatchScore AgainstImitator()
        {
            using LoadedModel before = ModelFile.Load(imitator, device, LoadMode.Mapped);
            using ModelPlayer player = new("self-play", model, vocabulary, 1, seed), other = new("imitation", before.Transformer, vocabulary, 1, seed + 1);
            return Match.Play(play, player, other, request.FinalGames, cancellation).Score;
        }

        IReadOnlyList<Game> Showcase()
        {
            using ModelPlayer player = new("model", model, vocabulary, 0, seed);
            return [.. Opponents.SelectMany(opponent => Match.Play(play, player, Opponent(opponent, request.Slips, play, seed), 2, cancellation).Games)];
        }
    }

    /// <summary>A fixed player by its name.</summary>
    /// <param name="name"><c>random</c>, <c>teacher</c> or <c>perfect</c>.</param>
    /// <param name="slips">In how many of a hundred moves the teacher does not look.</param>
    /// <param name="play">The game, and what its moves are worth.</param>
    /// <param name="seed">Chance.</param>
    /// <exception cref="ArgumentException">There is no such player.</exception>
    public static IPlayer Opponent(string name, int slips, PerfectPlay play, ulong seed) => name switch
    {
        "random" => new RandomPlayer(seed),
        "teacher" => new TeacherPlayer(slips, seed),
        "perfect" => new PerfectPlayer(play, seed),
        _ => throw new ArgumentException($"there is no player '{name}'; there are {string.Join(", ", Opponents)}."),
    };

    private static IReadOnlyList<Game> Lessons(PlayRequest request, PerfectPlay play, CancellationToken cancellation)
    {
        if (request.Data is string file) return GameFile.Read(file, request.Rules);
        ulong chance = World.Dice.Mix(request.Imitation.Seed);
        IReadOnlyList<Game> games = Match.Play(play, new TeacherPlayer(request.Slips, chance + FirstTeacher), new TeacherPlayer(request.Slips, chance + SecondTeacher), request.TeacherGames, cancellation).Games;
        GameFile.Write(Path.Combine(request.Folder, "games.txt"), games);
        return games;
    }

    /// <summary>The fixed players among themselves, always the same games: they hold the scale.</summary>
    private static IReadOnlyList<(string, string, MatchScore)> FixedMatches(PlayRequest request, PerfectPlay play, CancellationToken cancellation) =>
    [
        .. from first in Opponents
           from second in Opponents
           where string.CompareOrdinal(first, second) < 0
           select (first, second, Match.Play(play, Opponent(first, request.Slips, play, 1), Opponent(second, request.Slips, play, 2), 4 * request.FinalGames, cancellation).Score),
    ];

    private static string Fingerprint(IReadOnlyList<Game> games) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', games)))[..8]);

    /// <summary>A game that the model plays against itself with its likeliest moves.</summary>
    private static string Dream(Transformer model, GameVocabulary vocabulary)
    {
        using var player = new ModelPlayer("model", model, vocabulary, 0, 0);
        var game = new Game(vocabulary.Rules);
        var move = new int[1];
        while (!game.IsOver)
        {
            player.Choose([game], move);
            game.Play(move[0]);
        }

        return game.ToString();
    }

    /// <summary>Looks at the model whenever it has dreamt, then tells whoever watches.</summary>
    private sealed class Watching(IProgress<TrainingProgress>? progress, Action<TrainingProgress> look) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress now)
        {
            if (now.Sample is not null && now.Step < now.Steps) look(now);
            progress?.Report(now);
        }
    }
}
