using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Games;
using Gestalt.Kernels;
using Gestalt.Tasks.Games;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.SelfPlay;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt play train</c>: a mediocre teacher's games → a player that passes the teacher.</summary>
internal static class PlayTrainCommand
{
    public static Command Create()
    {
        var shared = new PlayArguments();
        var game = new Option<string>("--game", "-g") { Description = $"The game: {string.Join("; ", LineGame.All.Select(known => $"{known.Name}, {known.About}"))}", HelpName = "NAME", DefaultValueFactory = _ => LineGame.TicTacToe.Name };
        game.AcceptOnlyFromAmong([.. LineGame.All.Select(known => known.Name)]);
        var data = new Option<string?>("--data", "-d") { Description = "Games to imitate in place of the teacher's: a text file with a game in each line, such as \"AdBeC>\"", HelpName = "FILE" };
        var output = new Option<string?>("--output", "-o") { Description = "Folder for the model, its checkpoints, matches and report [default: the game's name below runs]", HelpName = "FOLDER" };
        var teacherGames = new Option<int>("--teacher-games") { Description = "How many games the teacher plays to be imitated", HelpName = "N", DefaultValueFactory = _ => 30_000 };
        var imitation = new Option<int?>("--imitation-steps") { Description = "Optimizer steps of imitation [default: the game's]", HelpName = "N" };
        var steps = new Option<int?>("--steps") { Description = "Rounds of self-play [default: the game's]", HelpName = "N" };
        var openings = new Option<int?>("--openings") { Description = "Beginnings of a round, drawn by lot [default: 32]", HelpName = "N" };
        var games = new Option<int?>("--games") { Description = "Games that go on from each of them [default: 16]", HelpName = "N" };
        var rate = new Option<float?>("--learning-rate") { Description = "Peak learning rate of self-play [default: 0.001]", HelpName = "X" };
        var measured = new Option<int>("--measure") { Description = "Games of each match at the end", HelpName = "N", DefaultValueFactory = _ => 1000 };
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "train",
            "Imitate a mediocre teacher, then pass it by self-play",
            "A model of some 180 thousand parameters reads games as text. First it learns to continue a teacher's games, and comes to play like the teacher. Then it plays against itself, both sides in turn, and moves that led to wins become likelier: nothing but the result of each game is told to it. On the way and at the end it plays against a player by lot, the teacher and a perfect player; the report draws its rating. Ctrl-C saves; the same command goes on.",
            new Example("gestalt play train --game tic-tac-toe", "into runs/tic-tac-toe"),
            new Example("gestalt play train --game connect-four --seed 2 -o second", "another life"),
            new Example("gestalt play train --game tic-tac-toe --data mine.txt -o mine", "imitate games of your own"))
            .With(game, output, data, shared.Slips, teacherGames, imitation, steps, openings, games, rate, measured, shared.Seed, precision, json)
            .Does(parse =>
            {
                LineGame rules = LineGame.Find(parse.GetValue(game)!);
                string folder = parse.GetValue(output) ?? Path.Combine(ModelSource.Runs, rules.Name);
                OutputPath.RequireFolder(folder);
                foreach (Option<int?> count in (Option<int?>[])[imitation, steps, openings, games])
                    if (parse.GetValue(count) is int asked) count.AtLeastOne(asked);
                if (parse.GetValue(data) is string file && !File.Exists(file)) throw new UserError(ExitCode.Missing, $"there is no file '{file}' of games.");
                PlayRequest usual = PlayRequest.Usual(rules, folder, rules.Name, parse.GetValue(shared.Seed), parse.GetValue(imitation), parse.GetValue(steps));
                PlayRequest request = usual with
                {
                    Data = parse.GetValue(data),
                    Slips = shared.SlipsOf(parse),
                    TeacherGames = AtLeastTwo(teacherGames, parse.GetValue(teacherGames)),
                    FinalGames = AtLeastTwo(measured, parse.GetValue(measured)),
                    Play = usual.Play with { Openings = parse.GetValue(openings) ?? usual.Play.Openings, Games = parse.GetValue(games) ?? usual.Play.Games },
                    SelfPlay = parse.GetValue(rate) is float peak ? usual.SelfPlay with { Optimizer = usual.SelfPlay.Optimizer.AtRate((float)rate.Inside(peak, 1)) } : usual.SelfPlay,
                };
                try
                {
                    request.Play.Validate();
                }
                catch (ArgumentException problem)
                {
                    throw new UserError(ExitCode.Usage, problem.Message);
                }

                using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
                // Not the faster precision unless asked for: playing and training would round differently, and their probabilities part.
                var device = new Device(WorkerPool.Shared, ComputeOptions.Parse(parse.GetValue(precision)) ?? Precision.Float32);
                PlayOutcome outcome = Resumable.Do(() => PlayStage.Run(request, device, new TrainingDisplay(LiveRegion.OnStderr()), Messages.Warn, interruption.Token));
                if (parse.GetValue(json)) Json.Write(outcome);
                foreach (PlayStageName stage in Enum.GetValues<PlayStageName>())
                    foreach (string opponent in (string[])["random", "teacher", "perfect"])
                        Messages.Say($"{(stage == PlayStageName.Imitation ? "imitation" : "self-play")} against {opponent}: {outcome.Final(stage, opponent)}");
                Messages.Say(FormattableString.Invariant($"{outcome.SelfPlay.Games:N0} games against itself in {outcome.SelfPlay.Seconds:0} s after {outcome.Imitation.Seconds:0} s of imitation; probabilities drawn and trained differ by {outcome.SelfPlay.LargestGap:0.0e+0} nats at most"));
                Messages.Say($"report: {Path.Combine(folder, "report.html")}; play against it: gestalt play {CommandLine.Quote(folder)}");
            });
    }

    private static int AtLeastTwo(Option option, int count) => count >= 2 ? count : throw new UserError(ExitCode.Usage, $"{option.Name} is {count}; it must be at least 2.");
}
