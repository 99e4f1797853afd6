using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation;
using Gestalt.Kernels;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.Metrics;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt reinforce</c>: problems with a checkable answer → an assistant that thinks.</summary>
internal static class ReinforceCommand
{
    private static readonly Dictionary<string, PolicyMethod> Methods = new() { ["grpo"] = PolicyMethod.Grpo, ["dr-grpo"] = PolicyMethod.DrGrpo, ["dapo"] = PolicyMethod.Dapo };

    public static Command Create()
    {
        var source = new ReinforceArguments();
        var model = new Option<string?>("--model", "-m") { Description = "The assistant to begin with: a file, a run, a pulled model [default: the newest run's]", HelpName = "MODEL" };
        var output = new Option<string?>("--output", "-o") { Description = "Folder for model, checkpoint and metrics [default: rl beside the model]", HelpName = "FOLDER" };
        var method = new Option<string>("--method") { Description = "dr-grpo, grpo (which favours short right answers and long wrong ones), or dapo", HelpName = "NAME", DefaultValueFactory = _ => "dr-grpo" };
        method.AcceptOnlyFromAmong([.. Methods.Keys]);
        var steps = new Option<int>("--steps") { Description = "How often answers are drawn and learned from", HelpName = "N", DefaultValueFactory = _ => 100 };
        var prompts = new Option<int>("--prompts") { Description = "Problems of a step", HelpName = "N", DefaultValueFactory = _ => 16 };
        var samples = new Option<int>("--samples") { Description = "Answers to each problem, compared with each other", HelpName = "N", DefaultValueFactory = _ => 8 };
        var updates = new Option<int>("--updates") { Description = "Optimizer updates on the same answers", HelpName = "N", DefaultValueFactory = _ => 1 };
        var context = new Option<int?>("--context") { Description = "The longest problem with its answer, in tokens [default: what the model is meant for, at most 2048]", HelpName = "N" };
        var rate = new Option<float?>("--learning-rate") { Description = "Peak learning rate [default: by the model's width: 5e-4 for one of two million weights, 1e-5 for half a billion]", HelpName = "X" };
        var clipLow = new Option<double?>("--clip-low") { Description = "How far a token's probability may fall before it stops counting [default: 0.2]", HelpName = "X" };
        var clipHigh = new Option<double?>("--clip-high") { Description = "How far it may rise [default: 0.2, dapo 0.28]", HelpName = "X" };
        var kl = new Option<double>("--kl") { Description = "Weight of the divergence from the model to begin with", HelpName = "X" };
        var drawsAnew = new Option<bool?>("--draw-anew") { Description = "Replace problems whose answers are all right or all wrong [default: dapo only]" };
        var leavesOut = new Option<bool>("--leave-out-truncated") { Description = "Answers that run out of room are left out instead of being wrong" };
        var softLimit = new Option<int>("--soft-limit") { Description = "The last tokens of the room over which a reward falls by up to 1", HelpName = "N" };
        Option<string?> replay = ReplayArguments.Create("the problems");
        var replayWeight = new Option<double>("--replay-weight") { Description = "What the loss of those conversations weighs against the reward", HelpName = "X", DefaultValueFactory = _ => new ReinforcementOptions().ReplayWeight };
        var replayTokens = new Option<int>("--replay-tokens") { Description = "Tokens of those conversations in a step", HelpName = "N", DefaultValueFactory = _ => new ReinforcementOptions().ReplayTokens };
        var strict = new Option<bool>("--strict") { Description = "Stop at the first line or judge that fails, instead of setting it aside" };
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "reinforce",
            "Learn from problems whose answers can be checked",
            "The model draws several answers to each problem; those that are right become likelier, those that are wrong less likely. What it thinks between <think> and </think> is its own affair: only the answer behind it is judged, exactly. "
            + "Answers are drawn at temperature 1 by the engine, from the weights that are being trained. Solved problems are counted before and after, on problems that are never learned from. The folder gets model.gguf, metrics.jsonl and reinforce.html, with curves of what is solved, of thinking and of checking. Ctrl-C saves; the same command goes on.",
            new Example("gestalt reinforce problems countdown --out start.jsonl", "conversations for gestalt finetune, so that a model knows how such problems are answered"),
            new Example("gestalt reinforce --problems countdown --model tuned/model.gguf", "then let it find out how to solve more of them"),
            new Example("gestalt reinforce --data gsm8k/train.jsonl --test gsm8k/test.jsonl -m Qwen3-0.6B --max-tokens 512", "problems of a file"),
            new Example("gestalt reinforce measure --problems all -m tuned/model.gguf", "only count what is solved"))
            .With(ReinforceProblemsCommand.Create(), ReinforceMeasureCommand.Create())
            .With(source.All)
            .With(model, output, method, steps, prompts, samples, updates, context, rate, clipLow, clipHigh, kl, drawsAnew, leavesOut, softLimit, replay, replayWeight, replayTokens, strict, precision, json)
            .Does(parse =>
            {
                int maxTokens = source.MaxTokens.AtLeastOne(parse.GetValue(source.MaxTokens));
                bool isStrict = parse.GetValue(strict);
                var rollouts = new ReinforcementOptions
                {
                    Prompts = parse.GetValue(prompts),
                    Samples = parse.GetValue(samples),
                    Updates = parse.GetValue(updates),
                    MaxTokens = maxTokens,
                    Truncation = parse.GetValue(leavesOut) ? TruncationPolicy.LeaveOut : TruncationPolicy.Fail,
                    SoftLimit = parse.GetValue(softLimit),
                    ReplayTokens = replayTokens.AtLeastOne(parse.GetValue(replayTokens)),
                    ReplayWeight = replayWeight.Inside(parse.GetValue(replayWeight), 1000),
                    IsStrict = isStrict,
                };
                try
                {
                    rollouts.Validate();
                }
                catch (ArgumentException problem)
                {
                    throw new UserError(ExitCode.Usage, problem.Message);
                }

                PolicyObjective usual = PolicyObjective.Usual(Methods[parse.GetValue(method)!]);
                PolicyObjective objective = usual with
                {
                    ClipLow = clipLow.Between(parse.GetValue(clipLow) ?? usual.ClipLow, 0, 1),
                    ClipHigh = clipHigh.Between(parse.GetValue(clipHigh) ?? usual.ClipHigh, 0, 10),
                    KlWeight = kl.Between(parse.GetValue(kl), 0, 100),
                    DrawsAnew = parse.GetValue(drawsAnew) ?? usual.DrawsAnew,
                };
                float? peak = parse.GetValue(rate);
                if (peak is float asked && !(asked > 0 && float.IsFinite(asked))) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--learning-rate is {peak}; it must be above 0."));
                var problems = source.Read(parse, isStrict);
                string file = ModelSource.Find(parse.GetValue(model));
                string folder = parse.GetValue(output) ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, "rl");
                OutputPath.RequireFolder(folder);
                (int most, float settled) = ReinforceStage.Settle(file, parse.GetValue(context), peak);
                if (peak is null) Messages.Say(FormattableString.Invariant($"learning rate: {settled:0.0e+0}, by the model's width (--learning-rate)"));
                Reinforce(new ReinforceRequest(file, problems.Learn, problems.HeldOut, folder, RunFolder.ModelNameIn(folder), objective, rollouts,
                    ReinforceStage.Recipe(steps.AtLeastOne(parse.GetValue(steps)), rollouts, most, settled, parse.GetValue(source.Seed)), parse.GetValue(source.System))
                { Replay = ReplayArguments.Read(parse.GetValue(replay), file, "the problems") },
                    ComputeOptions.Parse(parse.GetValue(precision)), parse.GetValue(json));
            });
    }

    /// <summary>What was measured, for a person.</summary>
    public static string Describe(PassRate rate) => FormattableString.Invariant(
        $"solved {rate.Sampled} (one answer drawn at temperature 1), {Short(rate.Greedy)} by the likeliest answer ({Short(rate.GreedyHabits.Malformed)} malformed); of the drawn ones {Short(rate.SampledHabits.Thinks)} think first ({rate.SampledHabits.ThinkingTokens:0} of {rate.SampledHabits.Tokens:0} tokens), {Short(rate.SampledHabits.ChecksItself)} check, {Short(rate.SampledHabits.BeginsAgain)} begin again, {Short(rate.SampledHabits.Malformed)} malformed");

    private static string Short(Proportion share) => FormattableString.Invariant($"{share.Share * 100:0.0} % [{share.Low * 100:0.0}, {share.High * 100:0.0}]");

    private static void Reinforce(ReinforceRequest request, Precision? precision, bool json)
    {
        using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
        // Not the faster precision unless asked for: answers and training would round differently, and their probabilities part (docs/log/2026-11-reinforcement.md).
        var device = new Device(WorkerPool.Shared, precision ?? Precision.Float32);
        var display = new TrainingDisplay(LiveRegion.OnStderr());
        ReinforceOutcome outcome = Resumable.Do(() => ReinforceStage.Run(request, device, display, Messages.Warn, interruption.Token));
        if (json)
            Json.Write(new { Model = outcome.Result, outcome.Training.Steps, outcome.Training.Answers, outcome.Training.SetAside, outcome.Training.LargestGap, outcome.Training.BusyShare, outcome.Training.Seconds, outcome.Before, outcome.After });
        Messages.Say($"before: {Describe(outcome.Before)}");
        Messages.Say($"now:    {Describe(outcome.After)}");
        Messages.Say(FormattableString.Invariant($"{outcome.Training.Answers:N0} answers in {outcome.Training.Seconds:0} s, {outcome.Training.BusyShare * 100:0} % of them in generation and training; probabilities drawn and trained differ by {outcome.Training.LargestGap:0.0e+0} nats at most; {outcome.Training.SetAside} answers set aside"));
        string page = Path.Combine(request.Folder, "reinforce.html");
        File.WriteAllText(page, ReinforcementReport.Page(request.Name, outcome, MetricsLog.Read(request.Folder)).ToString());
        Messages.Say($"model: {outcome.Result}; curves: {page}");
    }
}
