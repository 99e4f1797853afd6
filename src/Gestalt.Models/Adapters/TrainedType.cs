using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>How the matrices of a model are stored once they were changed: as they were, unless they were quantized, which would undo small changes.</summary>
public static class TrainedType
{
    /// <summary>The type for a changed model.</summary>
    /// <param name="path">The model before: a GGUF file or a Hugging Face folder.</param>
    /// <param name="wasQuantized">Whether it was quantized, so that its matrices become BF16.</param>
    /// <exception cref="ModelFileException">It cannot be opened.</exception>
    public static TensorType Of(string path, out bool wasQuantized)
    {
        using LoadedModel stored = ModelFile.Load(path, new Device(), LoadMode.Mapped);
        WeightFormat? format = stored.Transformer.Parameters.First(parameter => parameter.Role == ParameterRole.Matrix).Stored?.Format;
        wasQuantized = format is not (null or WeightFormat.F32 or WeightFormat.F16 or WeightFormat.BF16);
        return wasQuantized ? TensorType.BF16 : format is null ? TensorType.F32 : format.Value.ToTensorType();
    }
}
