using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Store;
using Gestalt.Store.Improving;
using Gestalt.Tensors;
using Gestalt.Training.Finetuning;

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
public sealed record TrainedVersion(string Before, string BeforeSha256, string After, bool IsAdapter, string SetHash, int Steps, float LearningRate, long Tokens, double Loss);

/// <summary>How a version is learned; what is null is settled by the model's size.</summary>
public sealed record ImproveTrainingOptions
{
    /// <summary>How often a correction is read for each time that a replayed conversation is. At 30 93 % of what was flagged became good, at 8 51 %, and the rest fared alike (docs/log/2026-11-improve.md).</summary>
    public double CorrectionWeight { get; init; } = 30;

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
    /// <param name="options">The recipe.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <param name="cancellation">Saves and stops; the same call goes on.</param>
    public static TrainedVersion Run(
        ImprovementFolder folder, VersionManifest version, string model, ImproveTrainingOptions options, Device device, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(options);
        string at = folder.Versions.FolderOf(version.Number), training = folder.TrainingOf(version.Number);
        ConversationSource[] sources =
        [
            .. from file in version.Files
               where file.Conversations > 0 && file.Name is (ImprovementVersions.CorrectedName or ImprovementVersions.KeptName or ImprovementVersions.ReplayName)
               select new ConversationSource(Path.Combine(at, file.Name), file.Name == ImprovementVersions.CorrectedName ? options.CorrectionWeight : 1),
        ];
        var request = new FinetuneRequest(model, sources, training, $"{new RunFolder(Path.GetDirectoryName(folder.Path)!).Name}-v{version.Number}")
        {
            Adapter = options.Adapter,
            Epochs = options.Epochs,
            Steps = options.Steps,
            LearningRate = options.LearningRate ?? RateFor(model, options.Adapter),
            Seed = options.Seed,
        };
        Directory.CreateDirectory(training);
        FinetuneOutcome outcome = ModelFinetuning.Run(request, device, flopsPeak: 0, progress, report, cancellation);
        var trained = new TrainedVersion(
            Path.GetFullPath(model), File.Exists(model) ? ImprovementFolder.HashOf(model) : "", Path.GetFullPath(outcome.Result), options.Adapter is not null, version.Hash,
            outcome.Training.Steps, outcome.Options.Optimizer.MatrixLearningRate, outcome.Training.Tokens, outcome.Training.Loss);
        AtomicFile.Write(folder.TrainedOf(version.Number), stream => stream.Write(Encoding.UTF8.GetBytes(StoreJson.Write(trained) + "\n")));
        return trained;
    }

    private static float? RateFor(string model, AdapterOptions? adapter)
    {
        if (adapter is not null) return null;
        using LoadedModel loaded = ModelFile.Load(model, new Device(), LoadMode.Mapped);
        return loaded.Transformer.Config.ParameterCount < SmallModel ? SmallRate : null;
    }
}
