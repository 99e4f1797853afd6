using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>
/// A model as Hugging Face keeps them: a folder of <c>config.json</c> and safetensors, one file or several with an index. The tensors' files are mapped; the
/// JSON files are read when they are asked for.
/// </summary>
internal sealed unsafe class HubFolder : IWeightSource, IDisposable
{
    public const string ConfigName = "config.json", IndexName = "model.safetensors.index.json", SingleName = "model.safetensors", TokenizerName = "tokenizer.json";

    // Configurations have some hundred lines; tokenizer_config.json of a large vocabulary of added tokens has a few megabytes.
    private const long LargestJson = 64 << 20;
    private const int MostShards = 10_000;

    private readonly Dictionary<string, SafetensorsTensor> _tensors = [];
    private readonly List<SafetensorsFile> _files = [];

    private HubFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>All files of weights together, in bytes.</summary>
    public long Length => _files.Sum(file => file.Length);

    /// <summary>How many files of weights there are.</summary>
    public int FileCount => _files.Count;

    public IEnumerable<string> TensorNames => _tensors.Keys;

    public IEnumerable<SafetensorsTensor> Tensors => _files.SelectMany(file => file.Tensors);

    /// <summary>Whether a path is such a folder.</summary>
    public static bool IsOne(string path) => File.Exists(System.IO.Path.Combine(path, ConfigName));

    /// <summary>Opens a folder and checks its tensors' files.</summary>
    /// <exception cref="ModelFileException">Something is missing, damaged or hostile.</exception>
    public static HubFolder Open(string path)
    {
        var folder = new HubFolder(path);
        try
        {
            string[] names = folder.ShardNames();
            foreach (string name in names)
                folder.Add(SafetensorsFile.Open(System.IO.Path.Combine(path, name)));
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public bool TryFind(string name, [MaybeNullWhen(false)] out SourceTensor tensor)
    {
        tensor = null;
        if (!_tensors.TryGetValue(name, out SafetensorsTensor? found))
            return false;
        TensorType type = found.Type switch
        {
            "F32" => TensorType.F32,
            "F16" => TensorType.F16,
            "BF16" => TensorType.BF16,
            _ => throw new ModelFileException(found.Path, $"has a tensor '{name}' of type {found.Type}; F32, F16 and BF16 can be run", found.Offset, "Fetch the model in one of these, or as GGUF."),
        };
        tensor = new SourceTensor(found.Path, name, type, [.. found.Shape.Reverse()], (nint)found.Data, found.Offset);
        return true;
    }

    /// <summary>Reads one of the folder's JSON files; null where there is none.</summary>
    /// <exception cref="ModelFileException">It is not JSON, or not an object.</exception>
    public JsonElement? Json(string name) => Json(Path, name);

    /// <summary>Reads a text file of the folder; null where there is none.</summary>
    public string? Text(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        return File.Exists(path) && new FileInfo(path).Length <= LargestJson ? File.ReadAllText(path) : null;
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    internal static JsonElement? Json(string folder, string name)
    {
        string path = System.IO.Path.Combine(folder, name);
        if (!File.Exists(path))
            return null;
        long length = new FileInfo(path).Length;
        if (length > LargestJson)
            throw new ModelFileException(path, $"has {length} bytes; {LargestJson} is the most for a configuration");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonDocuments.RequireText(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new ModelFileException(path, "is JSON, but not an object");
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new ModelFileException(path, $"is not JSON: {problem.Message.TrimEnd('.')}", advice: "Fetch it again.", inner: problem);
        }
    }

    private string[] ShardNames()
    {
        if (Json(IndexName) is not { } index)
        {
            if (File.Exists(System.IO.Path.Combine(Path, SingleName)))
                return [SingleName];
            throw new ModelFileException(Path, $"has neither {SingleName} nor {IndexName}", advice: "Fetch the model's safetensors; weights in other formats (.bin, .pt) are programs and not opened.");
        }
        if (!index.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object || map.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String))
            throw new ModelFileException(System.IO.Path.Combine(Path, IndexName), "has no 'weight_map' from tensors to files");
        string[] names = [.. map.EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct().Order(StringComparer.Ordinal)];
        if (names.FirstOrDefault(name => name != System.IO.Path.GetFileName(name) || name is "" or "." or "..") is string outside)
            throw new ModelFileException(System.IO.Path.Combine(Path, IndexName), $"names the file '{outside}', which is not one of this folder");
        return names.Length is > 0 and <= MostShards
            ? names
            : throw new ModelFileException(System.IO.Path.Combine(Path, IndexName), $"names {names.Length} files; 1 to {MostShards} are possible");
    }

    private void Add(SafetensorsFile file)
    {
        _files.Add(file);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            if (!_tensors.TryAdd(tensor.Name, tensor))
                throw new ModelFileException(file.Path, $"has the tensor '{tensor.Name}', which another file of the folder has, too", tensor.Offset);
        }
    }
}
