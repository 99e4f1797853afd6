using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// Adapters as files: folders as PEFT has them (<c>adapter_config.json</c> and <c>adapter_model.safetensors</c>), which Hugging Face's libraries read, and GGUF, as llama.cpp's
/// <c>--lora</c> reads it.
/// </summary>
public static class AdapterFile
{
    /// <summary>The name of a PEFT folder's tensors.</summary>
    internal const string TensorsName = "adapter_model.safetensors";

    /// <summary>The name of a PEFT folder's settings.</summary>
    internal const string ConfigName = "adapter_config.json";

    /// <summary>Saves an adapter: as GGUF where the path ends in <c>.gguf</c>, else as a PEFT folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="model">Its model with what goes with it; its family decides what tensors are called.</param>
    /// <param name="modelName">What the adapter says it belongs to; the model's own name if omitted.</param>
    /// <exception cref="ArgumentException">The file has no place for such an adapter: DoRA in GGUF, or a model that no other program runs as a PEFT folder.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(string path, Adapter adapter, LoadedModel model, string? modelName = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(model);
        modelName ??= model.Metadata.GetValueOrDefault("general.name", "model");
        if (IsGguf(path))
        {
            GgufAdapter.Save(path, adapter, model, modelName);
        }
        else
        {
            PeftAdapter.Save(path, adapter, model, modelName);
        }
    }

    /// <summary>Loads an adapter for a model.</summary>
    /// <param name="path">A PEFT folder, its <c>adapter_model.safetensors</c>, or a GGUF file.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ModelFileException">It is missing, damaged, for another model, or asks for what cannot be done.</exception>
    public static Adapter Load(string path, LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        return IsGguf(path) ? GgufAdapter.Load(path, model) : PeftAdapter.Load(FolderOf(path), model);
    }

    /// <summary>Whether a path is an adapter: a folder with <c>adapter_config.json</c>, or a GGUF file that says so.</summary>
    /// <param name="path">The path.</param>
    public static bool IsOne(string path) => File.Exists(Path.Combine(FolderOf(path), ConfigName)) || (IsGguf(path) && File.Exists(path) && GgufAdapter.IsOne(path));

    /// <summary>Why a tensor's values cannot be an adapter's, or null.</summary>
    internal static void RequireFinite(string path, Adapter adapter)
    {
        foreach (Parameter parameter in adapter.Parameters)
        {
            foreach (float value in parameter.Values)
            {
                if (!float.IsFinite(value))
                {
                    throw new ModelFileException(path, $"holds a value of {parameter.Name} that is not finite", advice: "The adapter is damaged, or its training left the numbers.");
                }
            }
        }
    }

    private static bool IsGguf(string path) => path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    /// <summary>A PEFT folder, whichever of its files was named.</summary>
    internal static string FolderOf(string path) => Path.GetFileName(path) is TensorsName or ConfigName ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;
}
