using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Kernels;
using Gestalt.Store.Improving;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Improvement;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Verbs;

/// <summary>How a version is put together and trained.</summary>
/// <param name="Model">The model to begin with; null for the run's.</param>
/// <param name="Replay">The conversations that it was made from; null for the run's.</param>
/// <param name="Collect">How much of what.</param>
/// <param name="Training">The recipe.</param>
/// <param name="Precision">Operands of matrix products.</param>
internal sealed record ImproveTrainingRequest(string? Model, string? Replay, CollectOptions Collect, ImproveTrainingOptions Training, Precision? Precision);

/// <summary>What a person says about them.</summary>
internal sealed class ImproveTrainingArguments
{
    private static readonly CollectOptions Collect = new();
    private static readonly ImproveTrainingOptions Usual = new();
    private readonly AdapterArguments _adapter = new();
    private readonly Option<string?> _precision = ComputeOptions.Precision();

    public Option<string?> Model { get; } = new("--model", "-m") { Description = "The model to begin with [default: the run's]", HelpName = "MODEL" };

    public Option<string?> Replay { get; } = new("--replay") { Description = "The conversations that it was made from, JSONL, learned again beside the corrections so that the rest stays; none for none [default: the run's]", HelpName = "FILE" };

    public Option<int> PerCorrection { get; } = new("--replay-per-correction") { Description = "How many of them for each correction", HelpName = "N", DefaultValueFactory = _ => Collect.ReplayPerCorrection };

    public Option<int> HeldBack { get; } = new("--hold-back") { Description = "Of a hundred questions so many are not learned but measured", HelpName = "PERCENT", DefaultValueFactory = _ => Collect.HeldBackPercent };

    public Option<double> Weight { get; } = new("--weight") { Description = "How often a correction is read for each time that a replayed conversation is", HelpName = "X", DefaultValueFactory = _ => Usual.CorrectionWeight };

    public Option<double> KeptWeight { get; } = new("--good-weight") { Description = "How often a logged answer that was good is", HelpName = "X", DefaultValueFactory = _ => Usual.KeptWeight };

    public Option<double> Documents { get; } = new("--documents") { Description = "Of a hundred rows so many are documents of the run's corpus, so that the model keeps what it read", HelpName = "PERCENT", DefaultValueFactory = _ => 100 * Usual.DocumentShare };

    public Option<double> Epochs { get; } = new("--epochs") { Description = "How often all of it is read", HelpName = "X", DefaultValueFactory = _ => Usual.Epochs };

    public Option<int?> Steps { get; } = new("--steps") { Description = "Optimizer steps [default: as many as the epochs have]", HelpName = "N" };

    public Option<float?> LearningRate { get; } = new("--learning-rate") { Description = "Peak rate of AdamW [default: 5e-4 for models of up to 30 million parameters, else 2e-5, and 2e-4 for an adapter]", HelpName = "X" };

    public Option<ulong> Seed { get; } = new("--seed") { Description = "The order", HelpName = "N", DefaultValueFactory = _ => 1 };

    /// <summary>All of them.</summary>
    public Option[] All => [Model, Replay, PerCorrection, HeldBack, Weight, KeptWeight, Documents, Epochs, Steps, LearningRate, Seed, .. _adapter.All, _precision];

    /// <summary>What was asked for.</summary>
    /// <exception cref="UserError">A number is impossible.</exception>
    public ImproveTrainingRequest Read(ParseResult parse)
    {
        if (parse.GetValue(Steps) is <= 0 and int steps) throw new UserError(ExitCode.Usage, $"--steps is {steps}; it must be at least 1.");
        if (parse.GetValue(LearningRate) is float rate && !(rate > 0 && float.IsFinite(rate))) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--learning-rate is {rate}; it must be above 0."));
        return new ImproveTrainingRequest(
            parse.GetValue(Model), parse.GetValue(Replay),
            Collect with { ReplayPerCorrection = (int)PerCorrection.Between(parse.GetValue(PerCorrection), 0, 100_000), HeldBackPercent = (int)HeldBack.Between(parse.GetValue(HeldBack), 0, 90) },
            new ImproveTrainingOptions
            {
                CorrectionWeight = Weight.Inside(parse.GetValue(Weight), 1000),
                KeptWeight = KeptWeight.Inside(parse.GetValue(KeptWeight), 1000),
                DocumentShare = Documents.Between(parse.GetValue(Documents), 0, 90) / 100,
                Epochs = Epochs.Inside(parse.GetValue(Epochs), 10_000),
                Steps = parse.GetValue(Steps),
                LearningRate = parse.GetValue(LearningRate),
                Adapter = _adapter.Read(parse),
                Seed = parse.GetValue(Seed),
            },
            ComputeOptions.Parse(parse.GetValue(_precision)));
    }
}

/// <summary><c>gestalt improve train</c>: approved corrections → a version → a model.</summary>
internal static class ImproveTrainCommand
{
    private const string NoReplay = "none";

    public static Command Create()
    {
        var where = new ImproveArguments();
        var training = new ImproveTrainingArguments();
        var again = new Option<bool>("--again") { Description = "Train the newest version anew, although nothing was added, with another recipe perhaps" };
        Option<bool> json = Json.Option();
        return new Verb("train", "Make a version of what is to be learned, and retrain",
            "All approved corrections, but for a fifth that is held back to be measured with, logged answers with which nothing was wrong, and conversations that the model was made from become a numbered version, v1, v2, ..., with the hashes of its files and the version before it. A version is never changed: equal content makes no new one, and a file that was changed is refused. "
            + "Then the given model, not the last version's, is trained on it, wholly or with --lora-rank by an adapter, beside documents of the run's corpus. Ctrl-C saves; the same command goes on.",
            new Example("gestalt improve train --run first", "the run's model, the run's conversations as replay"),
            new Example("gestalt improve train --log kept --model Qwen3-0.6B --replay ours.jsonl --lora-rank 8", "an adapter for an open model"))
            .With(where.Run, where.Log).With(training.All).With(again, json)
            .Does(parse =>
            {
                (VersionManifest version, TrainedVersion trained) = Train(where.Read(parse), training.Read(parse), parse.GetValue(again));
                if (parse.GetValue(json)) Json.Write(new { Version = version.Number, version.Hash, version.Parent, version.New, Files = version.Files.ToDictionary(file => file.Name, file => file.Conversations), Trained = trained });
            });
    }

    /// <summary>Makes a version unless the newest has the same content, and trains it unless it was.</summary>
    public static (VersionManifest Version, TrainedVersion Trained) Train(ImproveScope scope, ImproveTrainingRequest request, bool again)
    {
        IReadOnlyList<LoggedAnswer> answers = scope.Answers();
        ReviewSet review = scope.Review();
        if (!answers.Any(answer => review.Of(answer.Id).Approved is not null))
            throw new UserError(ExitCode.Missing, $"no correction is approved in {scope.Folder.Review.Path} yet. Correct flagged answers first: gestalt improve correct {scope.Option}");
        string model = scope.Model(request.Model);
        string? replay = ReplayOf(scope, request.Replay);
        if (replay is null) Messages.Warn("there are no conversations that the model was made from: only logged answers that were good keep the rest in place. Name some: --replay FILE");
        using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
        ImprovementSet set = ImprovementCollector.Collect(answers, review, scope.Book(), replay is null ? [] : ConversationFile.Read(replay), request.Collect);
        if (set.Corrected.Count == 0) throw new UserError(ExitCode.BadInput, $"all {set.HeldBack.Count} approved corrections are held back for measuring. Approve more, or hold back fewer: --hold-back 0");
        (VersionManifest version, bool isNew) = scope.Folder.Versions.Make(set, [scope.Folder.Log.Path, scope.Folder.Review.Path, .. replay is null ? (string[])[] : [Path.GetFullPath(replay)]]);
        Messages.Say($"v{version.Number}{(isNew ? $", {version.New} corrections new" : ", nothing new")}: {set.Corrected.Count} corrections, {set.HeldBack.Count} held back, {set.Kept.Count} good answers, {set.Replay.Count} replayed conversations; {version.Hash[..12]}");
        if (!again && ImprovementTraining.Read(scope.Folder, version.Number) is TrainedVersion before)
        {
            Messages.Say($"v{version.Number} was trained before: {before.After}. Train it anew with: gestalt improve train {scope.Option} --again");
            return (version, before);
        }

        if (again && Directory.Exists(scope.Folder.TrainingOf(version.Number))) Directory.Delete(scope.Folder.TrainingOf(version.Number), recursive: true);
        var display = new TrainingDisplay(LiveRegion.OnStderr());
        TrainedVersion trained = Resumable.Do(() => ImprovementTraining.Run(
            scope.Folder, version, model, scope.Corpus, request.Training, new Device(WorkerPool.Shared, request.Precision ?? MachineSpeed.FasterPrecision), display, Messages.Warn, interruption.Token));
        string use = trained.IsAdapter ? $"{CommandLine.Quote(trained.Before)} --adapter {CommandLine.Quote(trained.After)}" : CommandLine.Quote(trained.After);
        Messages.Say(FormattableString.Invariant($"improve: {trained.Steps} steps, loss {trained.Loss:0.000}. Talk to it, and go on logging: gestalt chat {use} --log {CommandLine.Quote(scope.Shown)}"));
        return (version, trained);
    }

    private static string? ReplayOf(ImproveScope scope, string? named)
    {
        if (named == NoReplay) return null;
        if (named is not null) return File.Exists(named) ? named : throw new UserError(ExitCode.Missing, $"there is no file '{named}' of conversations.");
        return scope.Run is not null && File.Exists(ConversationStage.PathIn(scope.Run)) ? ConversationStage.PathIn(scope.Run) : null;
    }
}
