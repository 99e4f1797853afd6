using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Preferences;
using Gestalt.Training.Stages;
using Gestalt.World;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt prefer plant</c> and <c>taste</c>: comparisons by a reader whose taste is known, and what a model has learnt of it.</summary>
internal static class PreferPlantCommand
{
    public static Command Plant()
    {
        Option<string?> run = RunSource.Option();
        var pairs = new Option<int>("--pairs") { Description = "How many comparisons", HelpName = "N", DefaultValueFactory = _ => 2000 };
        var output = new Option<string?>("--output", "-o") { Description = "Where they go; the folder is made if need be [default: planted.jsonl in the run]", HelpName = "FILE" };
        Option<ulong> seed = Seed();
        Option<bool> json = Json.Option();
        return new Verb(
            "plant",
            "Draw comparisons from a taste that is known",
            "The run's assistant tells two stories for each request; a reader who likes speech, cheer and about ninety words, and dislikes repetition, says which is better, as uncertainly as a person would. What the taste itself agrees with is the ceiling for whoever learns from the labels.",
            new Example("gestalt prefer plant --run first", "2,000 comparisons"))
            .With(run, pairs, output, seed, json)
            .Does(parse =>
            {
                (RunFolder folder, SmallWorld world) = World(parse.GetValue(run));
                int count = pairs.AtLeastOne(parse.GetValue(pairs));
                string path = parse.GetValue(output) ?? Path.Combine(folder.Path, "planted.jsonl");
                string into = Path.GetDirectoryName(Path.GetFullPath(path))!;
                OutputPath.RequireFolder(into);
                Directory.CreateDirectory(into);
                OutputPath.Require(path);
                using var interruption = new Interruption("stopping ...");
                using LoadedModel model = ModelFile.Load(Path.Combine(folder.Sft, "model.gguf"), new Device(WorkerPool.Shared));
                using var engine = new Engine(model.Transformer);
                PlantedOutcome outcome = PlantedComparisons.Plant(new TextGenerator(engine, model), world, count, parse.GetValue(seed), interruption.Token);
                PreferenceFile.Write(path, outcome.Pairs);
                if (parse.GetValue(json)) Json.Write(new { File = path, Comparisons = outcome.Pairs.Count, outcome.Ceiling, outcome.Gold });
                Messages.Say(FormattableString.Invariant($"{outcome.Pairs.Count} comparisons in {path}; the taste itself agrees with {outcome.Ceiling} of its labels; the stories are worth {outcome.Gold:0.00} on average"));
            });
    }

    public static Command Taste()
    {
        Option<string?> run = RunSource.Option();
        var model = new Option<string>("--model", "-m") { Description = "The model to measure", HelpName = "MODEL", Required = true };
        var against = new Option<string?>("--against") { Description = "The model to compare with [default: the run's assistant]", HelpName = "MODEL" };
        var count = new Option<int>("--stories") { Description = "How many requests both answer", HelpName = "N", DefaultValueFactory = _ => 400 };
        Option<ulong> seed = Seed();
        Option<bool> json = Json.Option();
        return new Verb(
            "taste",
            "Let the reader of 'plant' compare two models",
            "Both answer requests that no comparison was drawn for; counted is whose story is worth more to the reader whose taste is known.",
            new Example("gestalt prefer taste --run first --model runs/first/sft/dpo", "did DPO help?"))
            .With(run, model, against, count, seed, json)
            .Does(parse =>
            {
                (RunFolder folder, SmallWorld world) = World(parse.GetValue(run));
                using var interruption = new Interruption("stopping ...");
                var device = new Device(WorkerPool.Shared);
                using LoadedModel ours = ModelFile.Load(Find(parse.GetValue(model)!), device), theirs = ModelFile.Load(Find(parse.GetValue(against) ?? folder.Sft), device);
                using Engine engine = new(ours.Transformer), other = new(theirs.Transformer);
                TasteOutcome outcome = PlantedComparisons.Compare(new TextGenerator(engine, ours), new TextGenerator(other, theirs), world, count.AtLeastOne(parse.GetValue(count)), parse.GetValue(seed), interruption.Token);
                if (parse.GetValue(json)) Json.Write(outcome);
                Messages.Say(FormattableString.Invariant($"wins {outcome.Wins}; worth {outcome.Gold:0.00} against {outcome.OpponentGold:0.00}; {outcome.Words:0} words against {outcome.OpponentWords:0}"));
            });
    }

    // A folder of 'prefer' or of a run's stage holds its model under the usual name.
    public static string Find(string name) => File.Exists(Path.Combine(name, "model.gguf")) ? Path.Combine(name, "model.gguf") : ModelSource.Find(name);

    private static Option<ulong> Seed() => new("--seed") { Description = "Stories and labels", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static (RunFolder Run, SmallWorld World) World(string? name)
    {
        RunFolder run = RunSource.Existing(name);
        if (!File.Exists(Path.Combine(run.Sft, "model.gguf"))) throw new UserError(ExitCode.Missing, $"the run '{run.Path}' has no assistant yet. Go on with its life: gestalt life --run {run.Name}");
        return (run, RunSource.WorldOf(run, "The planted taste is about stories of the small internet."));
    }
}
