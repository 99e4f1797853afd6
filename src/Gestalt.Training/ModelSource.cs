using Gestalt.Models.Hub;

namespace Gestalt.Training;

/// <summary>The model behind a name: a model file, a run's folder, the short name of a pulled model, or nothing at all for the newest run.</summary>
public static class ModelSource
{
    /// <summary>Where runs are kept unless another folder is named.</summary>
    public const string Runs = "runs";

    /// <summary>Finds the model file.</summary>
    /// <param name="name">A file, a folder, the name of a pulled model, or null for the newest run below <see cref="Runs"/>.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="HubException">The name may be several pulled models, or one that has not come whole.</exception>
    public static string Find(string? name)
    {
        if (name is null) return Newest() ?? throw new FileNotFoundException($"there is no model below '{Path.GetFullPath(Runs)}' yet. Let one be born first: gestalt life");
        if (File.Exists(name) || File.Exists(Path.Combine(name, "config.json"))) return name; // a model's file, or its folder as Hugging Face keeps it
        foreach (string folder in (string[])[name, Path.Combine(Runs, name)])
            if (Directory.Exists(folder))
                return ModelOf(folder)
                    ?? throw new FileNotFoundException($"there is no model in '{folder}' yet (looked for model.gguf, sft/model.gguf and base/model.gguf). Go on with its life: gestalt life --run {Path.GetFileName(Path.GetFullPath(folder))}");
        return ModelStore.Find(name)?.Path
            ?? throw new FileNotFoundException($"there is no model file, run or pulled model '{name}'. See what there is: gestalt list, ls {Runs}/");
    }

    /// <summary>The latest model of a run: what its last finished stage made; null before the first has one.</summary>
    /// <param name="folder">The run's folder.</param>
    public static string? ModelOf(string folder)
    {
        var run = new RunFolder(folder);
        return File.Exists(run.Model) ? run.Model : run.Before() is { } stage ? run.ModelOf(stage) : null;
    }

    /// <summary>The model file of the newest run below <see cref="Runs"/>; null where no run has one yet.</summary>
    public static string? Newest() => Directory.Exists(Runs)
        ? Directory.EnumerateDirectories(Runs).Select(ModelOf).OfType<string>().MaxBy(File.GetLastWriteTimeUtc)
        : null;
}
