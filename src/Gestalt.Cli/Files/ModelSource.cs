using Gestalt.Cli.Errors;
using Gestalt.Training;

namespace Gestalt.Cli.Files;

/// <summary>The model behind a name: a model file, a run's folder, or nothing at all for the newest run.</summary>
internal static class ModelSource
{
    /// <summary>Where runs are kept unless another folder is named.</summary>
    public const string Runs = "runs";

    /// <summary>Finds the model file.</summary>
    /// <param name="name">A file, a folder, or null for the newest run below <see cref="Runs"/>.</param>
    /// <exception cref="UserError">There is none.</exception>
    public static string Find(string? name)
    {
        if (name is null) return Newest();
        if (File.Exists(name)) return name;
        foreach (string folder in (string[])[name, Path.Combine(Runs, name)])
            if (Directory.Exists(folder))
                return Candidates(folder).FirstOrDefault(File.Exists)
                    ?? throw new UserError(ExitCode.Missing, $"there is no model in '{folder}' yet (looked for model.gguf, sft/model.gguf and base/model.gguf). Go on with its life: gestalt life --run {Path.GetFileName(Path.GetFullPath(folder))}");
        throw new UserError(ExitCode.Missing, $"there is no model file or run '{name}'. See what there is: ls {Runs}/");
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
