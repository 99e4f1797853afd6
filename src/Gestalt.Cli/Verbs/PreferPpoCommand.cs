using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Kernels;
using Gestalt.Tasks;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Preferences;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt prefer ppo</c>: an assistant answers, a reward model grades, the assistant moves.</summary>
internal static class PreferPpoCommand
{
    private const string Taste = "taste";

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "JSONL of comparisons, plain or .gz, whose prompts are answered", HelpName = "FILE", Required = true };
        var reward = new Option<string>("--reward") { Description = "The folder of a reward model, made by prefer --method reward", HelpName = "FOLDER", Required = true };
        var watch = new Option<string?>("--watch") { Description = "Stop when this falls: the folder of another reward model, trained on other comparisons, or 'taste' for the reader of prefer plant", HelpName = "WHAT" };
        var model = new Option<string?>("--model", "-m") { Description = "The model to begin with: a file, a run, a pulled model [default: the newest run's]", HelpName = "MODEL" };
        var output = new Option<string?>("--output", "-o") { Description = "Folder for model, checkpoint and rounds [default: ppo beside the model]", HelpName = "FOLDER" };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of answering and learning", HelpName = "N", DefaultValueFactory = _ => 60 };
        var answers = new Option<int>("--answers") { Description = "Answers of a round", HelpName = "N", DefaultValueFactory = _ => 64 };
        var epochs = new Option<int>("--epochs") { Description = "How often a round's answers are learnt from", HelpName = "N", DefaultValueFactory = _ => 2 };
        var clip = new Option<double>("--clip") { Description = "How far a token's probability may move in a round, as a ratio", HelpName = "X", DefaultValueFactory = _ => 0.2 };
        var beta = new Option<double>("--beta") { Description = "Price of a nat away from the model to begin with", HelpName = "X", DefaultValueFactory = _ => 0.02 };
        var target = new Option<double>("--target-kl") { Description = "Divergence of a whole answer, in nats, that the price is steered towards; 0 keeps the price", HelpName = "X", DefaultValueFactory = _ => 6 };
        var heldOut = new Option<int>("--hold-out") { Description = "Answers to watch on, to prompts that are not learnt from", HelpName = "N", DefaultValueFactory = _ => 200 };
        var most = new Option<int>("--max-tokens") { Description = "The longest answer", HelpName = "N", DefaultValueFactory = _ => 256 };
        var rate = new Option<float?>("--learning-rate") { Description = "Peak rate of the matrices; the other rates keep their proportion [default: 0.0003]", HelpName = "X" };
        var seed = new Option<ulong>("--seed") { Description = "Answers and order", HelpName = "N", DefaultValueFactory = _ => 1 };
        var strict = new Option<bool>("--strict") { Description = "Stop at a line that is no comparison and at a grade that is not a number, instead of setting them aside" };
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "ppo",
            "Learn from a reward model's grades",
            "The assistant answers, the reward model grades, and each token is made likelier the better it turned out than a value head had expected (PPO), at a price for every nat away from where training began. A reward model can be gamed: give something to --watch, and training stops by itself when it falls, keeping the best model. The report draws both against the divergence. Ctrl-C saves; the same command goes on.",
            new Example("gestalt prefer ppo --data planted.jsonl --reward runs/first/sft/reward --watch taste", "the whole of RLHF, with a taste that is known"))
            .With(data, reward, watch, model, output, rounds, answers, epochs, clip, beta, target, heldOut, most, rate, seed, strict, precision, json)
            .Does(parse =>
            {
                string file = parse.GetValue(data)!, folder = parse.GetValue(reward)!, start = ModelSource.Find(parse.GetValue(model));
                if (!File.Exists(file)) throw new UserError(ExitCode.Missing, $"there is no file '{file}' of comparisons.");
                string? watched = parse.GetValue(watch);
                foreach (string? judge in (string?[])[folder, watched == Taste ? null : watched])
                    if (judge is not null && !File.Exists(Path.Combine(judge, "head.safetensors"))) throw new UserError(ExitCode.Missing, $"there is no reward model in '{judge}'. Make one: gestalt prefer --data FILE --method reward -o {judge}");
                var options = new PpoOptions
                {
                    Rounds = rounds.AtLeastOne(parse.GetValue(rounds)),
                    Answers = answers.AtLeastOne(parse.GetValue(answers)),
                    Epochs = epochs.AtLeastOne(parse.GetValue(epochs)),
                    Clip = clip.Inside(parse.GetValue(clip), 1),
                    Beta = beta.NotNegative(parse.GetValue(beta)),
                    TargetDivergence = target.NotNegative(parse.GetValue(target)),
                    MostTokens = most.AtLeastOne(parse.GetValue(most)),
                    Seed = parse.GetValue(seed),
                    IsStrict = parse.GetValue(strict),
                };
                if (parse.GetValue(rate) is float peak) options = options with { Optimizer = options.Optimizer.AtRate((float)rate.Inside(peak, 1)) };
                string into = parse.GetValue(output) ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(start))!, "ppo");
                OutputPath.RequireFolder(into);
                var request = new PpoRequest(start, file, folder, watched == Taste ? null : watched, into, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(into))),
                    heldOut.AtLeastOne(parse.GetValue(heldOut)), options);
                using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
                var device = new Device(WorkerPool.Shared, ComputeOptions.Parse(parse.GetValue(precision)) ?? MachineSpeed.FasterPrecision);
                PpoOutcome outcome = Resumable.Do(() => PpoStage.Run(request, watched == Taste ? StoryTaste.Gold : null, device, new Rounds(), Messages.Warn, interruption.Token));
                string page = Path.Combine(into, "ppo.html");
                File.WriteAllText(page, Page(outcome).ToString());
                if (parse.GetValue(json)) Json.Write(new { Model = Path.Combine(into, "model.gguf"), outcome.StoppedEarly, outcome.BestRound, outcome.Seconds, outcome.Rounds });
                Messages.Say(FormattableString.Invariant($"reward {outcome.Rounds[0].Reward:0.00} → {outcome.Rounds[^1].Reward:0.00} over {outcome.Rounds.Count} rounds; divergence {outcome.Rounds[^1].Divergence:0.0} nats an answer{(outcome.BestRound is int best ? $"; best by what was watched: round {best}" : "")}"));
                Messages.Say($"model: {Path.Combine(into, "model.gguf")}; picture: {page}");
            });
    }

    private sealed class Rounds : IProgress<PpoRound>
    {
        public void Report(PpoRound value) => Messages.Say(FormattableString.Invariant(
            $"round {value.Round,3}: reward {value.Reward,6:0.00}  divergence {value.Divergence,5:0.0}  price {value.Beta:0.0000}  clipped {value.Clipped * 100,4:0.0} %  {value.Tokens:0} tokens{(value.Watched is double watched ? $"  watched {watched:0.00}" : "")}"));
    }

    private static Html Page(PpoOutcome outcome)
    {
        PpoRound[] seen = [.. outcome.Rounds.Where(round => round.Watched is not null)];
        Series[] series = seen.Length == 0
            ? [new Series("reward", [.. outcome.Rounds.Select(round => new ChartPoint(round.Divergence, round.Reward - outcome.Rounds[0].Reward))], Emphasis.Ink)]
            : [new Series("reward", [.. seen.Select(round => new ChartPoint(round.Divergence, round.Reward - seen[0].Reward))], Emphasis.Ink),
                new Series("watched", [.. seen.Select(round => new ChartPoint(round.Divergence, round.Watched!.Value - seen[0].Watched!.Value))])];
        var against = new LineChart { Title = "Reward, and what it stands for, against the distance travelled", X = new AxisOptions("KL divergence, nats an answer", FromZero: true), Y = new AxisOptions("gain since the first look"), Series = series };
        var length = new LineChart { Title = "Tokens of an answer", X = new AxisOptions("round"), Y = new AxisOptions("tokens", FromZero: true), Series = [new Series("tokens", [.. outcome.Rounds.Select(round => new ChartPoint(round.Round, round.Tokens))])] };
        return ReportPage.ToHtml("Learning from a reward model",
            outcome.StoppedEarly ? $"Stopped after round {outcome.Rounds.Count}, as what was watched fell; the model of round {outcome.BestRound} is kept." : $"{outcome.Rounds.Count} rounds.",
            Html.Of($"{against.ToFigure("The reward is what training pushes; what is watched is closer to what is meant. Where they part, the reward is being gamed.")}{length.ToFigure()}"));
    }
}
