namespace Gestalt.Models;

/// <summary>A tensor as <see cref="ModelDescription"/> lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Shape">Sizes, slowest first.</param>
/// <param name="Count">Number of values.</param>
/// <param name="Bytes">Bytes in the file.</param>
public sealed record TensorDescription(string Name, string Type, IReadOnlyList<long> Shape, long Count, long Bytes);

/// <summary>What is in a model file: enough to answer "what is this?", read without touching the tensors' data.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Format"><c>GGUF 3</c>, <c>GGUF 2</c>, <c>safetensors</c> or <c>Hugging Face folder</c>.</param>
/// <param name="Architecture"><c>general.architecture</c>, or null where a file does not say.</param>
/// <param name="Config">The configuration, or null where this version cannot run the model; <paramref name="Obstacle"/> then says why.</param>
/// <param name="Obstacle">Why the model cannot be run by this version, or null.</param>
/// <param name="Metadata">All metadata for a person, in the file's order.</param>
/// <param name="Tensors">All tensors in the file's order.</param>
public sealed record ModelDescription(
    string Path,
    long Bytes,
    string Format,
    string? Architecture,
    TransformerConfig? Config,
    string? Obstacle,
    IReadOnlyList<KeyValuePair<string, string>> Metadata,
    IReadOnlyList<TensorDescription> Tensors)
{
    /// <summary>How many files it takes: the parts of a split model, the safetensors of a folder.</summary>
    public int Files { get; init; } = 1;

    /// <summary>Values in all tensors.</summary>
    public long ParameterCount => Tensors.Sum(tensor => tensor.Count);

    /// <summary>Bytes by stored type, the largest first.</summary>
    public IReadOnlyList<(string Type, int Tensors, long Bytes)> Types =>
    [
        .. Tensors.GroupBy(tensor => tensor.Type)
            .Select(group => (group.Key, group.Count(), group.Sum(tensor => tensor.Bytes)))
            .OrderByDescending(type => type.Item3),
    ];

    /// <summary>Reads a description, whichever of the formats it is.</summary>
    internal static ModelDescription Of(string path)
    {
        if (HubFolder.IsOne(path))
            return OfFolder(path);
        using (MappedFile file = MappedFile.Open(path))
        {
            if (file.Length >= 4 && file.Span(0, 4).SequenceEqual("GGUF"u8))
                return OfGguf(path);
            if (file.Length >= 9 && file.Span(8, 1)[0] == (byte)'{')
                return OfSafetensors(path);
        }
        throw new ModelFileException(path, "is neither a GGUF nor a safetensors file", 0, "Give the path of a model file, such as runs/<name>/base/model.gguf.");
    }

    private static ModelDescription OfGguf(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        string? architecture = file.TryGet("general.architecture", out GgufValue value) && value.Type == GgufValueType.String ? value.AsText() : null;
        TransformerConfig? config = null;
        string? obstacle = null;
        try
        {
            config = Models.Architecture.Of(file).Read(file);
        }
        catch (ModelFileException problem)
        {
            obstacle = problem.Problem;
        }
        return new ModelDescription(
            path,
            file.Length,
            $"GGUF {file.Version}",
            architecture,
            config,
            obstacle,
            [.. file.Metadata.Select(entry => KeyValuePair.Create(entry.Key, entry.ToString()))],
            [.. file.Tensors.Select(tensor => new TensorDescription(tensor.Name, tensor.Type.ToString(), [.. tensor.Dimensions.Reverse()], tensor.Count, tensor.ByteLength))])
        {
            Files = file.FileCount,
        };
    }

    private static ModelDescription OfFolder(string path)
    {
        using HubFolder folder = HubFolder.Open(path);
        string? type = null, obstacle = null;
        TransformerConfig? config = null;
        try
        {
            HubConfig read = HubConfig.Read(folder);
            (type, config) = (read.ModelType, read.Config);
        }
        catch (ModelFileException problem)
        {
            obstacle = problem.Problem;
        }
        return new ModelDescription(
            path,
            folder.Length,
            "Hugging Face folder",
            type,
            config,
            obstacle,
            [.. folder.Json(HubFolder.ConfigName)!.Value.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, entry.Value.ToString()))],
            [.. folder.Tensors.Select(tensor => new TensorDescription(tensor.Name, tensor.Type, tensor.Shape, tensor.Count, tensor.ByteLength))])
        {
            Files = folder.FileCount,
        };
    }

    private static ModelDescription OfSafetensors(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return new ModelDescription(
            path,
            file.Length,
            "safetensors",
            null,
            null,
            "safetensors hold tensors alone, no configuration",
            [.. file.Metadata],
            [.. file.Tensors.Select(tensor => new TensorDescription(tensor.Name, tensor.Type, tensor.Shape, tensor.Count, tensor.ByteLength))]);
    }
}
