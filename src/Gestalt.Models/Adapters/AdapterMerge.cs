using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>Models with an adapter merged into their weights, or taken out again, as files of their own.</summary>
public static class AdapterMerge
{
    /// <summary>Writes a model that computes without the adapter what the given one computes with it.</summary>
    /// <param name="model">The model: a GGUF file or a Hugging Face folder.</param>
    /// <param name="adapter">The adapter: a PEFT folder or a GGUF file.</param>
    /// <param name="result">The file that ends in <c>.gguf</c>, or a folder to make.</param>
    /// <param name="type">How matrices are stored; null for as they were, and BF16 for those that were quantized.</param>
    /// <param name="takesOut">Whether the adapter, which was merged before, is taken out instead.</param>
    /// <returns>How matrices are stored, and whether they were quantized before.</returns>
    /// <exception cref="ModelFileException">A file is missing, damaged, or for another model.</exception>
    /// <exception cref="NotSupportedException">A DoRA adapter is to be taken out.</exception>
    /// <exception cref="IOException">The result cannot be written.</exception>
    public static (TensorType Type, bool WasQuantized) Write(string model, string adapter, string result, TensorType? type = null, bool takesOut = false)
    {
        ArgumentNullException.ThrowIfNull(result);
        TensorType found = TrainedType.Of(model, out bool wasQuantized);
        using LoadedModel loaded = ModelFile.Load(model, new Device());
        using Adapter update = AdapterFile.Load(adapter, loaded);
        if (takesOut)
            update.Unmerge();
        else
            update.Merge();
        TensorType stored = type ?? found;
        if (result.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
            ModelFile.Save(result, loaded.Transformer, loaded.Tokenizer, ModelFileOptions.Like(loaded) with { Type = stored, KeepTypes = false });
        else
            ModelFile.SaveFolder(result, loaded, stored);
        return (stored, wasQuantized && type is null);
    }
}
