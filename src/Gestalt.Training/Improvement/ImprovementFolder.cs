using System.Security.Cryptography;
using Gestalt.Store.Improving;

namespace Gestalt.Training.Improvement;

/// <summary>Where a model's improvement keeps its files: log, flags and corrections, versions, and of each version what it was trained to and how that compares.</summary>
/// <param name="path">The folder; created when first written to.</param>
/// <param name="warn">Told about what killed programs left; null for nobody.</param>
public sealed class ImprovementFolder(string path, Action<string>? warn = null)
{
    /// <summary>The folder's name in a run.</summary>
    public const string Name = "improve";

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>What was said.</summary>
    public ConversationLog Log { get; } = new(path, warn);

    /// <summary>Flags and corrections.</summary>
    public ReviewStore Review { get; } = new(path, warn);

    /// <summary>The versions.</summary>
    public ImprovementVersions Versions { get; } = new(path);

    /// <summary>Where a version's training lies: checkpoint, metrics, the model or adapter.</summary>
    /// <param name="version">Its number.</param>
    public string TrainingOf(int version) => System.IO.Path.Combine(Versions.FolderOf(version), "training");

    /// <summary>What a version was trained from and to.</summary>
    /// <param name="version">Its number.</param>
    public string TrainedOf(int version) => System.IO.Path.Combine(TrainingOf(version), "trained.json");

    /// <summary>The page that compares before and after.</summary>
    /// <param name="version">Its number.</param>
    public string ReportOf(int version) => System.IO.Path.Combine(Versions.FolderOf(version), "report.html");

    /// <summary>The SHA-256 of a file, in hexadecimal.</summary>
    /// <param name="file">The file.</param>
    public static string HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
