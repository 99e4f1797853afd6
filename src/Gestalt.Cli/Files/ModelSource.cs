using Gestalt.Cli.Errors;
using Gestalt.Cli.Hub;
using Gestalt.Training;

namespace Gestalt.Cli.Files;

/// <summary>The model behind a name: a model file, a run's folder, the short name of a pulled model, or nothing at all for the newest run.</summary>
internal static class ModelSource
{
    /// <summary>Where runs are kept unless another folder is named.</summary>
    public const string Runs = "runs";

    /// <summary>Finds the model file.</summary>
    /// <param name="name">A file, a folder, the name of a pulled model, or null for the newest run below <see cref="Runs"/>.</param>
    /// <exception cref="UserError">There is none.</exception>
    public static string Find(string? name)
    {
        if (name is null) return Newest();
        if (File.Exists(name) || File.Exists(Path.Combine(name, "config.json"))) return name; // a model's file, or its folder as Hugging Face keeps it
        foreach (string folder in (string[])[name, Path.Combine(Runs, name)])
            if (Directory.Exists(folder))
                return Candidates(folder).FirstOrDefault(File.Exists)
                    ?? throw new UserError(ExitCode.Missing, $"there is no model in '{folder}' yet (looked for model.gguf, sft/model.gguf and base/model.gguf). Go on with its life: gestalt life --run {Path.GetFileName(Path.GetFullPath(folder))}");
        return ModelStore.Find(name)?.Path
            ?? throw new UserError(ExitCode.Missing, $"there is no model file, run or pulled model '{name}'. See what there is: gestalt list, ls {Runs}/");
    }

    private static string Newest()
    {
        string? newest = Directory.Exists(Runs)
            ? Directory.EnumerateDirectories(Runs).Select(run => Candidates(run).FirstOrDefault(File.Exists)).OfType<string>().MaxBy(File.GetLastWriteTimeUtc)
            : null;
        return newest ?? throw new UserError(ExitCode.Missing, $"there is no model below '{Path.GetFullPath(Runs)}' yet. Let one be born first: gestalt life");
    }

    private static IEnumerable<string> Candidates(string folder)
    {
        var run = new RunFolder(folder);
        return [run.Model, Path.Combine(run.Sft, "model.gguf"), Path.Combine(run.Base, "model.gguf")];
    }
}
