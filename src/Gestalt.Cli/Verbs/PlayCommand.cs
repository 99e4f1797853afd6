using System.CommandLine;
using Gestalt.Cli.Terminal;
using Gestalt.Models;
using Gestalt.Tasks.Games;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt play</c>: a person against a model.</summary>
internal static class PlayCommand
{
    public static Command Create()
    {
        var shared = new PlayArguments();
        var model = new Argument<string?>("MODEL") { Description = "The player: a model file, or the folder of 'play train'", Arity = ArgumentArity.ZeroOrOne };
        var second = new Option<bool>("--second") { Description = "Let the model begin" };
        var thoughts = new Option<bool>("--thoughts") { Description = "Show how likely each move was to the model" };
        return new Verb(
            "play",
            "Play a game against a model that taught itself",
            "A language model reads the moves so far as text and its next token is its move; nothing tells it the rules, and a move that they do not allow loses. 'play train' makes such a player: it imitates a mediocre teacher, then plays against itself and passes the teacher. 'play match' measures one. While you play, ? asks for a perfect player's advice, and q leaves.",
            new Example("gestalt play train --game tic-tac-toe", "a player in a minute or two, with a report of how it got there"),
            new Example("gestalt play runs/tic-tac-toe", "you against it"),
            new Example("gestalt play match runs/tic-tac-toe --against perfect", "how good is it?"))
            .With(PlayTrainCommand.Create(), PlayMatchCommand.Create())
            .With(model, second, thoughts, shared.Temperature, shared.Seed)
            .Does(parse =>
            {
                string name = parse.GetValue(model) ?? throw new Errors.UserError(Errors.ExitCode.Usage, "there is no player: name a model, gestalt play MODEL, or make one: gestalt play train");
                double temperature = shared.TemperatureOf(parse);
                (LoadedModel loaded, GameVocabulary vocabulary) = PlayArguments.Open(name, ComputeOptions.ForUse(null));
                using (loaded)
                {
                    using var player = new ModelPlayer("model", loaded.Transformer, vocabulary, temperature, parse.GetValue(shared.Seed));
                    new PlaySession(player, vocabulary, !parse.GetValue(second), parse.GetValue(thoughts)).Run();
                }
            });
    }
}
