using System.Globalization;

namespace Gestalt.Models;

/// <summary>Makes a smaller file of a GGUF model: every tensor is decoded and stored again in the form that a <see cref="QuantizationMix"/> gives it; all else is copied.</summary>
public static unsafe class Quantizer
{
    private static readonly string[] OwnKeys = ["general.file_type", "general.quantization_version", "split.no", "split.count", "split.tensors.count", GgufFile.AlignmentKey];

    /// <summary>Writes the smaller file, beside its target and renamed into place.</summary>
    /// <param name="source">A GGUF model, in any form.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="mix">Which form each tensor gets.</param>
    /// <param name="importance">How much each column matters, or null if all matter alike.</param>
    /// <returns>How many tensors were stored in each form.</returns>
    /// <exception cref="ModelFileException">The model is damaged, of a kind that cannot be run, or holds values that cannot be stored.</exception>
    /// <exception cref="IOException">The file could not be written; what was there before is untouched.</exception>
    public static IReadOnlyDictionary<TensorType, int> Quantize(string source, string target, QuantizationMix mix, ImportanceMatrix? importance = null)
    {
        ArgumentNullException.ThrowIfNull(mix);
        using GgufFile file = GgufFile.Open(source);
        QuantizedModel model = Asked(file, importance is not null);
        var writer = new GgufWriter();
        foreach (GgufValue value in file.Metadata.Where(value => !OwnKeys.Contains(value.Key)))
            writer.Copy(value);
        writer.SetUInt32("general.file_type", mix.FileType);
        writer.SetUInt32("general.quantization_version", 2);
        var counts = new SortedDictionary<TensorType, int>();
        foreach (GgufTensor tensor in file.Tensors)
        {
            TensorType type = mix.TypeOf(tensor.Name, tensor.Dimensions, tensor.Type, model);
            Add(writer, tensor, type, importance);
            counts[type] = counts.GetValueOrDefault(type) + 1;
        }
        writer.Write(target);
        return counts;
    }

    /// <summary>How long a smaller file will be, to about a thousandth: its tensors, and all else as long as it is now.</summary>
    /// <param name="source">A GGUF model, in any form, in one file or several.</param>
    /// <param name="mixes">Which forms tensors get.</param>
    /// <returns>Bytes for each of the mixes, in their order.</returns>
    /// <exception cref="ModelFileException">The model is damaged, or of a kind that cannot be run.</exception>
    public static IReadOnlyList<long> Lengths(string source, IEnumerable<QuantizationMix> mixes)
    {
        ArgumentNullException.ThrowIfNull(mixes);
        using GgufFile file = GgufFile.Open(source);
        QuantizedModel model = Asked(file, hasImportance: false);
        long rest = Math.Max(0, new FileInfo(source).Length - file.Tensors.Where(tensor => tensor.Path == source).Sum(tensor => tensor.ByteLength));
        return [.. mixes.Select(mix => rest + file.Tensors.Sum(tensor => mix.TypeOf(tensor.Name, tensor.Dimensions, tensor.Type, model).ByteLength(tensor.Dimensions.Aggregate(1L, (product, size) => product * size))))];
    }

    private static QuantizedModel Asked(GgufFile file, bool hasImportance)
    {
        TransformerConfig config = Architecture.Of(file).Read(file); // what cannot be run cannot be judged either
        return new QuantizedModel(config.Layers, config.Experts, file.TryGetTensor("output.weight", out _), hasImportance);
    }

    private static void Add(GgufWriter writer, GgufTensor tensor, TensorType type, ImportanceMatrix? importance)
    {
        if (!tensor.Type.TryGetFormat(out var format))
            throw new ModelFileException(tensor.Path, $"has a tensor '{tensor.Name}' of type {tensor.Type}, which holds no weights", tensor.Offset);
        long[] shape = [.. tensor.Dimensions.Reverse()];
        string[] parts = tensor.Name.Split('.');
        if (importance is null || shape.Length != 3 || parts is not ["blk", string layer, string kind, _] || !kind.EndsWith("_exps", StringComparison.Ordinal))
        {
            writer.Add(tensor.Name, type, [new TensorPart(tensor.Name, format, tensor.Data, shape) { Importance = Weights(importance, tensor.Name) }]);
            return;
        }

        // Each expert has seen tokens of its own.
        long bytes = tensor.ByteLength / shape[0];
        var experts = new TensorPart[shape[0]];
        for (int e = 0; e < experts.Length; e++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.{kind[..^"_exps".Length]}.{e}.weight");
            experts[e] = new TensorPart(name, format, tensor.Data + (e * bytes), shape[1..]) { Importance = Weights(importance, name) };
        }
        writer.Add(tensor.Name, type, experts, layers: true);
    }

    /// <summary>What a tensor's columns were given; parts that files keep as one were given the same.</summary>
    private static float[]? Weights(ImportanceMatrix? importance, string name) =>
        importance?.Of(name)
        ?? importance?.Of(name.Replace(".attn_qkv.", ".attn_q.", StringComparison.Ordinal));
}
