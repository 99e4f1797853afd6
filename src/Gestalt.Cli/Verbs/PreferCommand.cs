using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Kernels;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Preferences;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt prefer</c>: which-is-better labels → a better assistant, or a reward model.</summary>
internal static class PreferCommand
{
    private const string RewardMethod = "reward";

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "JSONL of comparisons, plain or .gz: {\"prompt\", \"chosen\", \"rejected\"}", HelpName = "FILE", Required = true };
        var model = new Option<string?>("--model", "-m") { Description = "The model to begin with: a file, a run, a pulled model [default: the newest run's]", HelpName = "MODEL" };
        var method = new Option<string>("--method") { Description = "dpo, ipo, kto, simpo, orpo, or reward for a model that grades answers", HelpName = "NAME", DefaultValueFactory = _ => "dpo" };
        method.AcceptOnlyFromAmong([.. Enum.GetNames<PreferenceMethod>().Select(name => name.ToLowerInvariant()), RewardMethod]);
        var output = new Option<string?>("--output", "-o") { Description = "Folder for model, checkpoint and metrics [default: METHOD beside the model]", HelpName = "FOLDER" };
        var heldOut = new Option<double>("--hold-out") { Description = "Share of the comparisons that is only measured on", HelpName = "X", DefaultValueFactory = _ => 0.2 };
        var beta = new Option<double?>("--beta") { Description = "How strongly log-probabilities count [default: 0.1; simpo 2]", HelpName = "X" };
        var margin = new Option<double?>("--margin") { Description = "By how much the better answer has to win (simpo 1, reward 0)", HelpName = "X" };
        var smoothing = new Option<double>("--smoothing") { Description = "Share of the comparisons believed to be the wrong way round (dpo, simpo)", HelpName = "X" };
        var steps = new Option<int?>("--steps") { Description = "Optimizer steps [default: once through the comparisons]", HelpName = "N" };
        var rows = new Option<int>("--rows") { Description = "Answers of a step, two for each comparison", HelpName = "N", DefaultValueFactory = _ => 16 };
        var context = new Option<int>("--context") { Description = "The longest prompt with its answer, in tokens", HelpName = "N", DefaultValueFactory = _ => 512 };
        var rate = new Option<float?>("--learning-rate") { Description = "Peak rate of the matrices; the other rates keep their proportion [default: 0.0005]", HelpName = "X" };
        var seed = new Option<ulong>("--seed") { Description = "Order of the comparisons", HelpName = "N", DefaultValueFactory = _ => 1 };
        var strict = new Option<bool>("--strict") { Description = "Stop if a line cannot be learned from, instead of setting it aside" };
        Option<string?> replay = ReplayArguments.Create("the comparisons");
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "prefer",
            "Learn from comparisons",
            "Picking the better of two answers is easier than writing one. From such comparisons a model learns directly (dpo, ipo, kto, simpo, orpo), or a copy of it learns to grade answers (reward). What is held out tells how often it agrees with the labels, with an interval, beside chance and, for reward, beside a judge who only looks at length. Ctrl-C saves; the same command goes on.",
            new Example("gestalt prefer --data comparisons.jsonl", "DPO on the newest run's assistant"),
            new Example("gestalt prefer --data hh.jsonl.gz --method reward --steps 500", "a reward model"))
            .With(PreferPlantCommand.Plant(), PreferPlantCommand.Taste(), PreferBestOfCommand.Create(), PreferPpoCommand.Create())
            .With(data, model, method, output, heldOut, beta, margin, smoothing, steps, rows, context, rate, seed, replay, strict, precision, json)
            .Does(parse => Prefer(new Request(
                parse.GetValue(data)!, parse.GetValue(model), parse.GetValue(method)!, parse.GetValue(output), Share(heldOut, parse.GetValue(heldOut)),
                parse.GetValue(beta), parse.GetValue(margin), Share(smoothing, parse.GetValue(smoothing)), Positive(steps, parse.GetValue(steps)), Positive(rows, parse.GetValue(rows))!.Value,
                Positive(context, parse.GetValue(context))!.Value, parse.GetValue(rate), parse.GetValue(seed), parse.GetValue(replay), parse.GetValue(strict), ComputeOptions.Parse(parse.GetValue(precision)), parse.GetValue(json))));
    }

    private sealed record Request(string Data, string? Model, string Method, string? Output, double HeldOut, double? Beta, double? Margin, double Smoothing, int? Steps, int Rows, int Context, float? Rate, ulong Seed, string? Replay, bool IsStrict, Precision? Precision, bool Json);

    private static void Prefer(Request asked)
    {
        if (!File.Exists(asked.Data)) throw new UserError(ExitCode.Missing, $"there is no file '{asked.Data}' of comparisons.");
        if (asked.Rows < 2) throw new UserError(ExitCode.Usage, $"--rows is {asked.Rows}; a comparison takes 2.");
        string model = ModelSource.Find(asked.Model);
        string output = asked.Output ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, asked.Method);
        int steps = asked.Steps ?? Math.Max(1, (int)(Lines(asked.Data) * (1 - asked.HeldOut) / (asked.Rows / 2)));
        TrainingOptions options = PreferStage.Recipe(steps, asked.Rows, asked.Context, asked.Seed);
        if (asked.Rate is float rate)
        {
            if (!(rate > 0 && float.IsFinite(rate))) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--learning-rate is {rate}; it must be above 0."));
            options = options with { Optimizer = options.Optimizer.AtRate(rate) };
        }

        var request = new PreferRequest(model, asked.Data, output, RunFolder.ModelNameIn(output), asked.HeldOut, options)
        {
            IsStrict = asked.IsStrict,
            Replay = asked.Method == RewardMethod ? null : ReplayArguments.Read(asked.Replay, model, "the comparisons"),
        };
        var device = new Device(WorkerPool.Shared, asked.Precision ?? MachineSpeed.FasterPrecision);
        var display = new TrainingDisplay(LiveRegion.OnStderr());
        using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
        if (asked.Method == RewardMethod)
        {
            RewardOutcome outcome = Resumable.Do(() => PreferStage.Reward(request, asked.Margin ?? 0, device, display, Messages.Warn, interruption.Token));
            if (asked.Json) Json.Write(new { Model = output, outcome.Steps, outcome.Loss, outcome.Agreement, outcome.ByLength, outcome.LengthCorrelation, outcome.Seconds });
            Messages.Say(FormattableString.Invariant($"held-out comparisons ranked as people did: {outcome.Agreement}; by length alone: {outcome.ByLength.Share * 100:0.0} % [{outcome.ByLength.Low * 100:0.0}, {outcome.ByLength.High * 100:0.0}]; reward and length correlate at {outcome.LengthCorrelation:0.00}"));
        }
        else
        {
            PreferenceObjective usual = PreferenceObjective.Usual(Enum.Parse<PreferenceMethod>(asked.Method, ignoreCase: true));
            PreferenceObjective objective = usual with { Beta = asked.Beta ?? usual.Beta, Margin = asked.Margin ?? usual.Margin, Smoothing = asked.Smoothing };
            PreferenceOutcome outcome = Resumable.Do(() => PreferStage.Prefer(request, objective, device, display, Messages.Warn, interruption.Token));
            if (asked.Json) Json.Write(new { Model = Path.Combine(output, "model.gguf"), outcome.Steps, outcome.StartingLoss, outcome.Loss, outcome.Before, outcome.After, outcome.Seconds });
            Messages.Say(FormattableString.Invariant($"loss {outcome.StartingLoss:0.000} → {outcome.Loss:0.000}; held-out comparisons ranked as people did: before {outcome.Before}, now {outcome.After}"));
        }

        Messages.Say($"model: {Path.Combine(output, "model.gguf")}");
    }

    private static int Lines(string path) => PreferenceFile.Read(path, _ => { }).Count();

    private static int? Positive(Option option, int? value) => value is <= 0 ? throw new UserError(ExitCode.Usage, $"{option.Name} is {value}; it must be at least 1.") : value;

    private static double Share(Option option, double value) =>
        value is >= 0 and < 1 ? value : throw new UserError(ExitCode.Usage, FormattableString.Invariant($"{option.Name} is {value}; it must be at least 0 and below 1."));
}
