using Gestalt.Models.Hub;
using Gestalt.Training;

namespace Gestalt.Studio.Serving;

/// <summary>
/// The models that can be asked for: those that were named at the start, those that were pulled, and runs. A request can name no other file of the machine.
/// </summary>
public sealed class ModelCatalog
{
    private readonly CatalogModel[] _named;

    /// <summary>Finds the models that are named at the start.</summary>
    /// <param name="names">Files, folders, runs or names of pulled models.</param>
    /// <exception cref="FileNotFoundException">One is not there.</exception>
    /// <exception cref="HubException">A name may be several pulled models, or one that has not come whole.</exception>
    public ModelCatalog(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _named = [.. names.Select(name => Describe(NameOf(name), ModelSource.Find(name), ModelOrigin.Named))];
        foreach (IGrouping<string, CatalogModel> same in _named.GroupBy(model => model.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            throw new ArgumentException($"The name '{same.Key}' stands for {string.Join(" and ", same.Select(model => model.Path))}; requests could not tell them apart.", nameof(names));
    }

    /// <summary>The model of requests that name none; null if none was named at the start and there is no run.</summary>
    public CatalogModel? Default => _named.Length > 0 ? _named[0] : All().FirstOrDefault();

    /// <summary>All models, those named at the start first.</summary>
    public IReadOnlyList<CatalogModel> All()
    {
        var found = new List<CatalogModel>(_named);
        var known = new HashSet<string>(_named.Select(model => model.Path), StringComparer.Ordinal);
        foreach (StoredModel pulled in ModelStore.All())
        {
            if (pulled.IsComplete && known.Add(Path.GetFullPath(pulled.Path)))
                found.Add(Of(pulled));
        }
        if (!Directory.Exists(ModelSource.Runs))
            return found;
        foreach (string folder in Directory.EnumerateDirectories(ModelSource.Runs).OrderByDescending(Directory.GetLastWriteTimeUtc))
        {
            if (ModelSource.ModelOf(folder) is string path && known.Add(Path.GetFullPath(path)))
                found.Add(Describe($"{ModelSource.Runs}/{Path.GetFileName(folder)}", path, ModelOrigin.Run));
        }
        return found;
    }

    /// <summary>The model of a name; null if there is none.</summary>
    /// <param name="name">What a request calls it; null or empty for <see cref="Default"/>.</param>
    /// <exception cref="HubException">The name may be several pulled models, or one that has not come whole.</exception>
    public CatalogModel? Find(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return Default;
        if (Array.Find(_named, model => model.Name == name) is CatalogModel named)
            return named;
        if (ModelStore.Find(name) is StoredModel pulled)
            return Array.Find(_named, model => model.Path == Path.GetFullPath(pulled.Path)) ?? Of(pulled);
        string run = name.StartsWith(ModelSource.Runs + "/", StringComparison.Ordinal) ? name[(ModelSource.Runs.Length + 1)..] : name;
        if (run is "." or ".." || run.AsSpan().IndexOfAny('/', '\\', '\0') >= 0 || ModelSource.ModelOf(Path.Combine(ModelSource.Runs, run)) is not string path)
            return null;
        return Array.Find(_named, model => model.Path == Path.GetFullPath(path)) ?? Describe($"{ModelSource.Runs}/{run}", path, ModelOrigin.Run);
    }

    private static CatalogModel Of(StoredModel model) => new(model.Name, Path.GetFullPath(model.Path), model.Bytes, model.Changed, ModelOrigin.Pulled);

    private static CatalogModel Describe(string name, string path, ModelOrigin origin)
    {
        FileInfo[] files = Directory.Exists(path) ? [.. new DirectoryInfo(path).EnumerateFiles()] : [new FileInfo(path)];
        return new CatalogModel(name, Path.GetFullPath(path), files.Sum(file => file.Length), files.Max(file => file.LastWriteTimeUtc), origin);
    }

    /// <summary>A run's model goes by the run's name, however it was named; anything else as it was named.</summary>
    private static string NameOf(string name)
    {
        string runs = Path.GetFullPath(ModelSource.Runs) + Path.DirectorySeparatorChar;
        string full = Path.GetFullPath(name);
        if (full.StartsWith(runs, StringComparison.Ordinal))
            return $"{ModelSource.Runs}/{full[runs.Length..].Split(Path.DirectorySeparatorChar)[0]}";
        return !File.Exists(name) && !Directory.Exists(name) && Directory.Exists(Path.Combine(ModelSource.Runs, name)) ? $"{ModelSource.Runs}/{name}"
            : File.Exists(name) ? Path.GetFileNameWithoutExtension(name) : Path.TrimEndingDirectorySeparator(name);
    }
}
