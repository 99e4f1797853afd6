using System.Text;
using System.Text.Json;
using Gestalt.Corpus;
using Gestalt.Models;
using Gestalt.Store;
using Gestalt.Store.Improving;
using Gestalt.Tensors;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Improvement;

/// <summary>What a version was trained from and to: <c>training/trained.json</c>.</summary>
/// <param name="Before">The model that it began with.</param>
/// <param name="BeforeSha256">The SHA-256 of its file; empty where it is a folder.</param>
/// <param name="After">The model that came out, or the adapter's folder.</param>
/// <param name="IsAdapter">Whether <paramref name="After"/> is an adapter for <paramref name="Before"/>.</param>
/// <param name="SetHash">The hash of the version's content.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="LearningRate">Their peak rate.</param>
/// <param name="Tokens">Tokens that were read.</param>
/// <param name="Loss">The loss at the end, nats per learned token.</param>
/// <param name="DocumentShare">Share of what was read that were documents of the run's corpus, 0 to 1.</param>
public sealed record TrainedVersion(string Before, string BeforeSha256, string After, bool IsAdapter, string SetHash, int Steps, float LearningRate, long Tokens, double Loss, double DocumentShare = 0);

/// <summary>How a version is learned; what is null is settled by the model's size.</summary>
public sealed record ImproveTrainingOptions
{
    /// <summary>How often a correction is read for each time that a replayed conversation is. At 30 93 % of what was flagged became good, at 8 51 %, and the rest fared alike (docs/log/2026-11-improve.md).</summary>
    public double CorrectionWeight { get; init; } = 30;

    /// <summary>How often a logged answer that was good is read for each time that a replayed conversation is.</summary>
    public double KeptWeight { get; init; } = 1;

    /// <summary>Share of the rows that are documents of the run's corpus, 0 to below 1: without them text costs 1 to 2 % more afterwards, with half of them less than before (docs/log/2026-11-improve.md).</summary>
    public double DocumentShare { get; init; } = 0.5;

    /// <summary>How often everything is read.</summary>
    public double Epochs { get; init; } = 1;

    /// <summary>Optimizer steps; null for as many as the epochs have.</summary>
    public int? Steps { get; init; }

    /// <summary>Peak learning rate of AdamW; null for what suits the model.</summary>
    public float? LearningRate { get; init; }

    /// <summary>The shape of the adapter that is trained; null to train the model itself.</summary>
    public AdapterOptions? Adapter { get; init; }

    /// <summary>Seed of the order.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>Retrains a model on a version of the set.</summary>
public static class ImprovementTraining
{
    /// <summary>Below so many parameters a model is one of the small ones that lives are made of, for which the rates of large models do nothing.</summary>
    private const long SmallModel = 30_000_000;

    /// <summary>The rate of a small model, a fifth of what its fine-tuning ends its warm-up with (see docs/log/2026-11-improve.md for what others did).</summary>
    private const float SmallRate = 5e-4f;

    /// <summary>Reads what a version was trained to; null where it has not been yet.</summary>
    /// <param name="folder">Where the versions are.</param>
    /// <param name="version">The version.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static TrainedVersion? Read(ImprovementFolder folder, int version)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string file = folder.TrainedOf(version);
        if (!File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize<TrainedVersion>(File.ReadAllText(file), StoreJson.Options) ?? throw new JsonException("it is null");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{file} does not say what the version was trained to: {problem.Message}. Remove it and train again: gestalt improve train", problem);
        }
    }

    /// <summary>Trains; a run that was interrupted is gone on with.</summary>
    /// <param name="folder">Where the versions are.</param>
    /// <param name="version">The version, checked when it was opened.</param>
    /// <param name="model">The model to begin with.</param>
    /// <param name="corpus">The corpus that the model was made from, for its documents; null for none.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <param name="cancellation">Saves and stops; the same call goes on.</param>
    public static TrainedVersion Run(
        ImprovementFolder folder, VersionManifest version, string model, string? corpus, ImproveTrainingOptions options, Device device, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(options);
        string at = folder.Versions.FolderOf(version.Number), training = folder.TrainingOf(version.Number);
        ConversationSource[] sources =
        [
            .. from file in version.Files
               where file.Conversations > 0 && file.Name is (ImprovementVersions.CorrectedName or ImprovementVersions.KeptName or ImprovementVersions.ReplayName)
               select new ConversationSource(Path.Combine(at, file.Name), file.Name switch
               {
                   ImprovementVersions.CorrectedName => options.CorrectionWeight,
                   ImprovementVersions.KeptName => options.KeptWeight,
                   _ => 1,
               }),
        ];
        (float? rate, DocumentReplay? documents) = Settle(model, corpus, options, report);
        var request = new FinetuneRequest(model, sources, training, $"{new RunFolder(Path.GetDirectoryName(folder.Path)!).Name}-v{version.Number}")
        {
            Adapter = options.Adapter,
            Epochs = options.Epochs,
            Steps = options.Steps,
            LearningRate = options.LearningRate ?? (options.Adapter is null ? rate : null),
            Documents = documents,
            Seed = options.Seed,
        };
        Directory.CreateDirectory(training);
        FinetuneOutcome outcome = ModelFinetuning.Run(request, device, flopsPeak: 0, progress, report, cancellation);
        var trained = new TrainedVersion(
            Path.GetFullPath(model), File.Exists(model) ? ImprovementFolder.HashOf(model) : "", Path.GetFullPath(outcome.Result), options.Adapter is not null, version.Hash,
            outcome.Training.Steps, outcome.Options.Optimizer.MatrixLearningRate, outcome.Training.Tokens, outcome.Training.Loss, documents?.Share ?? 0);
        AtomicFile.Write(folder.TrainedOf(version.Number), stream => stream.Write(Encoding.UTF8.GetBytes(StoreJson.Write(trained) + "\n")));
        return trained;
    }

    /// <summary>What follows from the model: its rate, and whether the corpus speaks its vocabulary.</summary>
    private static (float? Rate, DocumentReplay? Documents) Settle(string model, string? corpus, ImproveTrainingOptions options, Action<string> report)
    {
        using LoadedModel loaded = ModelFile.Load(model, new Device(), LoadMode.Mapped);
        float? rate = loaded.Transformer.Config.ParameterCount < SmallModel ? SmallRate : null;
        if (corpus is null || options.DocumentShare == 0) return (rate, null);
        try
        {
            TokenDataset.Open(corpus, VocabularyStage.TrainingData, loaded.Tokenizer).Dispose();
            return (rate, new DocumentReplay(corpus, options.DocumentShare));
        }
        catch (CorpusException problem)
        {
            report($"no documents are read beside the conversations: {problem.Message}");
            return (rate, null);
        }
    }
}
