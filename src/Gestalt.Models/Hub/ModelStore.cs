using System.Text.Json;

namespace Gestalt.Models.Hub;

/// <summary>A model that was pulled.</summary>
/// <param name="Name">What it is called: <c>owner/model</c>, with <c>:precision</c> behind it where the folder holds several.</param>
/// <param name="Path">The file to open: the GGUF file (of a split one the first), or the folder of safetensors.</param>
/// <param name="Files">All its files.</param>
/// <param name="Bytes">Their length together.</param>
/// <param name="Changed">When it came.</param>
/// <param name="IsComplete">Whether all of it came.</param>
public sealed record StoredModel(string Name, string Path, IReadOnlyList<string> Files, long Bytes, DateTime Changed, bool IsComplete);

/// <summary>The folder of pulled models: <c>STORE/owner/model/files</c>, as they lie on the hub.</summary>
public static class ModelStore
{
    /// <summary>Names the folder.</summary>
    public const string Variable = "GESTALT_MODELS";

    private const string Manifest = ".gestalt.json";

    /// <summary>The folder: GESTALT_MODELS, or where programs keep data on this system.</summary>
    public static string Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data ? data : Path.GetTempPath(), "gestalt", "models");

    /// <summary>Where a model's files lie.</summary>
    /// <param name="model">Its name: <c>owner/model</c>.</param>
    public static string FolderOf(string model) => Path.Combine([Folder, .. model.Split('/')]);

    /// <summary>Notes where files came from, for people and for later.</summary>
    internal static void Note(string model, string revision, string? commit, Uri hub, IEnumerable<HubFile> files)
    {
        string path = Path.Combine(FolderOf(model), Manifest);
        var note = new { model, hub = hub.ToString(), revision, commit, files = files.Select(file => new { path = file.Path, bytes = file.Bytes, sha256 = file.Sha256 }) };
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(note));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Everything that was pulled, by name.</summary>
    public static IReadOnlyList<StoredModel> All()
    {
        return [.. FoldersIn(Folder).SelectMany(FoldersIn).SelectMany(In).OrderBy(model => model.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The models with that name: all of it, or without owner, without <c>-GGUF</c>, without precision, in large or small letters.</summary>
    /// <param name="name">The name.</param>
    public static IReadOnlyList<StoredModel> Named(string name) => [.. All().Where(model => Matches(model.Name, name))];

    /// <summary>The one model with that name, or null if there is none.</summary>
    /// <param name="name">The name, shortened or not.</param>
    /// <exception cref="HubException">There are several, or it has not come whole.</exception>
    public static StoredModel? Find(string name)
    {
        IReadOnlyList<StoredModel> named = Named(name);
        StoredModel[] whole = [.. named.Where(model => model.IsComplete)];
        return whole.Length switch
        {
            1 => whole[0],
            > 1 => throw new HubException(HubProblem.Request, $"'{name}' may be {string.Join(" or ", whole.Select(model => model.Name))}. Name one of them."),
            _ => named.Count == 0 ? null : throw new HubException(HubProblem.Missing, $"{named[0].Name} has not come whole yet. Go on with: gestalt pull {named[0].Name}"),
        };
    }

    /// <summary>Deletes models, and folders that are empty then.</summary>
    /// <param name="models">The models.</param>
    /// <returns>How many bytes are free again.</returns>
    public static long Remove(IEnumerable<StoredModel> models)
    {
        long freed = 0;
        foreach (StoredModel model in models)
        {
            foreach (string file in model.Files)
            {
                freed += new FileInfo(file).Length;
                File.Delete(file);
            }
            string[] parts = Path.GetRelativePath(Folder, model.Files[0]).Split(Path.DirectorySeparatorChar);
            Tidy(Path.Combine(Folder, parts[0], parts[1]));
        }
        return freed;
    }

    /// <summary>Deletes what is left of a model's folder when no model is in it any more.</summary>
    private static void Tidy(string folder)
    {
        if (!Directory.Exists(folder) || In(folder).Count > 0) return;
        Directory.Delete(folder, recursive: true);
        string owner = Path.GetDirectoryName(folder)!;
        if (!Directory.EnumerateFileSystemEntries(owner).Any()) Directory.Delete(owner);
    }

    /// <summary>The folders of a folder; none where it is gone.</summary>
    private static string[] FoldersIn(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>A folder's models. Others may write and delete there at the same time: what has vanished meanwhile is not there.</summary>
    private static IReadOnlyList<StoredModel> In(string folder)
    {
        while (true)
        {
            try
            {
                return Directory.Exists(folder) ? [.. Listed(folder)] : [];
            }
            catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
            {
                // A file was renamed or deleted between being listed and being looked at. Each turn finds another state of the folder.
            }
        }
    }

    private static IEnumerable<StoredModel> Listed(string folder)
    {
        string model = $"{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}";
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != Manifest && File.Exists(file)).Order(StringComparer.Ordinal)];
        var sets = files.Where(file => Bare(file).EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)).GroupBy(file => FileChoice.SplitName(Bare(file))).ToList();
        foreach (var set in sets)
        {
            string label = FileChoice.Precision(set.Key) ?? Path.GetFileNameWithoutExtension(set.Key);
            yield return Describe($"{model}:{label}", Bare(set.First()), [.. set]);
        }
        string[] rest = [.. files.Where(file => !Bare(file).EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))];
        if (rest.Any(file => Bare(file).EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)))
            yield return Describe(model, folder, rest);
        else if (sets.Count == 0 && rest.Length > 0)
            yield return Describe(model, folder, rest);
    }

    private static StoredModel Describe(string name, string path, string[] files) => new(
        name, path, files, files.Where(file => !file.EndsWith(".json", StringComparison.Ordinal) || !file.EndsWith(PartFile.Suffix + ".json", StringComparison.Ordinal)).Sum(file => new FileInfo(file).Length),
        files.Max(File.GetLastWriteTimeUtc), !files.Any(file => file.EndsWith(PartFile.Suffix, StringComparison.Ordinal)) && HasAllParts(files));

    /// <summary>Whether all parts of a split file are there: their names say how many there are.</summary>
    private static bool HasAllParts(string[] files)
    {
        foreach (string file in files)
        {
            string name = Path.GetFileNameWithoutExtension(file);
            int of = name.LastIndexOf("-of-", StringComparison.Ordinal);
            if (of > 0 && FileChoice.SplitName(file) != file && int.TryParse(name[(of + 4)..], out int count))
                return files.Count(other => Path.GetExtension(other) == Path.GetExtension(file) && FileChoice.SplitName(other) == FileChoice.SplitName(file)) == count;
        }
        return true;
    }

    /// <summary>A file's name without what marks it as still coming.</summary>
    private static string Bare(string file)
    {
        string name = file.EndsWith(PartFile.Suffix + ".json", StringComparison.Ordinal) ? file[..^5] : file;
        return name.EndsWith(PartFile.Suffix, StringComparison.Ordinal) ? name[..^PartFile.Suffix.Length] : name;
    }

    private static bool Matches(string full, string name)
    {
        (string model, string label) = Cut(full);
        (string asked, string askedLabel) = Cut(name);
        return (askedLabel.Length == 0 || askedLabel.Equals(label, StringComparison.OrdinalIgnoreCase))
            && new[] { model, model[(model.IndexOf('/') + 1)..] }.Any(known => Same(known, asked) || Same(Short(known), asked));

        static (string, string) Cut(string text) => text.IndexOf(':') is int colon and >= 0 ? (text[..colon], text[(colon + 1)..]) : (text, "");
        static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
        static string Short(string text) => text.EndsWith("-GGUF", StringComparison.OrdinalIgnoreCase) ? text[..^5] : text;
    }
}
