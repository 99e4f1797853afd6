using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Tensors;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary>A model that plays a game, as it is named on a command line.</summary>
internal sealed class PlayArguments
{
    public Option<double> Temperature { get; } = new("--temperature", "-t") { Description = "0 for its likeliest move, 1 as it was trained", HelpName = "X" };

    public Option<int> Slips { get; } = new("--slips") { Description = "In how many of 100 moves the teacher does not look", HelpName = "N", DefaultValueFactory = _ => TeacherPlayer.UsualSlips };

    public Option<ulong> Seed { get; } = new("--seed") { Description = "All chance", HelpName = "N", DefaultValueFactory = _ => 1 };

    /// <summary>The teacher's slips, from 0 to 100.</summary>
    public int SlipsOf(ParseResult parse) => (int)Slips.Between(parse.GetValue(Slips), 0, 100);

    /// <summary>Its temperature, 0 or more.</summary>
    public double TemperatureOf(ParseResult parse) => Temperature.NotNegative(parse.GetValue(Temperature));

    /// <summary>Opens a model, and finds out what it plays.</summary>
    /// <exception cref="UserError">It plays none of the games.</exception>
    public static (LoadedModel Model, GameVocabulary Vocabulary) Open(string name, Device device)
    {
        string file = PreferPlantCommand.Find(name);
        LoadedModel model = ModelFile.Load(file, device, LoadMode.Mapped);
        if (GameVocabulary.Of(model) is GameVocabulary vocabulary) return (model, vocabulary);
        model.Dispose();
        throw new UserError(ExitCode.BadInput, $"{file} plays none of {string.Join(", ", LineGame.All.Select(game => game.Name))}. Make a player: gestalt play train");
    }
}
