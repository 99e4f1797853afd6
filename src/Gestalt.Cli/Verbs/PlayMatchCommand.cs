using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Games;
using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Tensors;
using Gestalt.Training.SelfPlay;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt play match</c>: how good a player is.</summary>
internal static class PlayMatchCommand
{
    private static readonly string[] Fixed = ["random", "teacher", "perfect"];

    public static Command Create()
    {
        var shared = new PlayArguments();
        var model = new Argument<string>("MODEL") { Description = "The player: a model file, or the folder of 'play train'" };
        var against = new Option<string>("--against", "-a") { Description = "random, teacher, perfect, or another model", HelpName = "PLAYER", DefaultValueFactory = _ => "perfect" };
        var games = new Option<int>("--games", "-n") { Description = "How many games; each side begins half of them", HelpName = "N", DefaultValueFactory = _ => 1000 };
        Option<bool> json = Json.Option();
        return new Verb(
            "match",
            "Let a player play many games",
            "Plays games against a player by lot, a mediocre teacher, a perfect player or another model, and says how many were won, drawn and lost, with 95 % intervals, how many of them by illegal moves, and how often a move gave nothing away where something could be given away.",
            new Example("gestalt play match runs/tic-tac-toe --against perfect", "does it ever lose?"),
            new Example("gestalt play match runs/tic-tac-toe --against runs/tic-tac-toe/imitation -t 1", "before and after self-play, as in training"))
            .With(model, against, games, shared.Temperature, shared.Slips, shared.Seed, json)
            .Does(parse =>
            {
                int count = parse.GetValue(games);
                if (count < 2) throw new UserError(ExitCode.Usage, $"--games is {count}; it must be at least 2.");
                (double temperature, int slips, ulong seed) = (shared.TemperatureOf(parse), shared.SlipsOf(parse), parse.GetValue(shared.Seed));
                using var interruption = new Interruption("stopping ...");
                Device device = ComputeOptions.ForUse(null);
                (LoadedModel loaded, GameVocabulary vocabulary) = PlayArguments.Open(parse.GetValue(model)!, device);
                string other = parse.GetValue(against)!;
                var play = new PerfectPlay(vocabulary.Rules);
                using LoadedModel? second = Fixed.Contains(other) ? null : Other(other, vocabulary, device);
                using (loaded)
                {
                    using var player = new ModelPlayer("model", loaded.Transformer, vocabulary, temperature, seed);
                    using ModelPlayer? opponent = second is null ? null : new ModelPlayer("other", second.Transformer, vocabulary, temperature, seed + 1);
                    MatchScore score = Match.Play(play, player, opponent ?? PlayStage.Opponent(other, slips, play, seed), count, interruption.Token).Score;
                    if (parse.GetValue(json)) Json.Write(new { Game = vocabulary.Rules.Name, Against = other, Temperature = temperature, Score = score });
                    else
                    {
                        Console.Out.WriteLine($"{vocabulary.Rules.Name} against {other}: {score}");
                        Console.Out.WriteLine($"won of those decided: {score.Decided}");
                        Console.Out.WriteLine($"gave nothing away where it could: {score.Kept}");
                    }
                }
            });
    }

    private static LoadedModel Other(string name, GameVocabulary vocabulary, Device device)
    {
        (LoadedModel model, GameVocabulary its) = PlayArguments.Open(name, device);
        if (its.Rules == vocabulary.Rules) return model;
        model.Dispose();
        throw new UserError(ExitCode.BadInput, $"{name} plays {its.Rules.Name}, not {vocabulary.Rules.Name}; they cannot meet.");
    }
}
