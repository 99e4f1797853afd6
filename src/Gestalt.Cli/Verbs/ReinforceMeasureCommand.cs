using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Kernels;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt reinforce measure</c>: how many problems a model solves.</summary>
internal static class ReinforceMeasureCommand
{
    public static Command Create()
    {
        var source = new ReinforceArguments();
        var model = new Option<string?>("--model", "-m") { Description = "The model: a file, a run, a pulled model [default: the newest run's]", HelpName = "MODEL" };
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "measure",
            "Count how many problems a model solves",
            "Asks held-out problems once each, with the likeliest tokens and once more drawn at temperature 1, and says how many are solved, with 95 % intervals, beside what the best guess without reading would reach.",
            new Example("gestalt reinforce measure --problems countdown -m tuned/model.gguf", "400 problems"))
            .With(source.All).With(model, precision, json)
            .Does(parse =>
            {
                var problems = source.Read(parse);
                using var interruption = new Interruption("stopping ...");
                PassRate rate = ReinforceStage.Measure(ModelSource.Find(parse.GetValue(model)), problems.Learn, problems.HeldOut, parse.GetValue(source.System),
                    source.MaxTokens.AtLeastOne(parse.GetValue(source.MaxTokens)), new Device(WorkerPool.Shared, ComputeOptions.Parse(parse.GetValue(precision)) ?? Precision.Float32), Messages.Warn, interruption.Token);
                if (parse.GetValue(json)) Json.Write(rate);
                Messages.Say(ReinforceCommand.Describe(rate));
            });
    }
}
