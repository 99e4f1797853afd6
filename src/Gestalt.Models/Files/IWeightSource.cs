using System.Diagnostics.CodeAnalysis;
using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>Where a model's tensors come from, whatever the format: a GGUF file with its parts, or a folder of safetensors.</summary>
internal interface IWeightSource
{
    /// <summary>The file or folder, for messages.</summary>
    string Path { get; }

    /// <summary>The names of all tensors that could be weights.</summary>
    IEnumerable<string> TensorNames { get; }

    /// <summary>Finds a tensor.</summary>
    bool TryFind(string name, [MaybeNullWhen(false)] out SourceTensor tensor);
}

/// <summary>A tensor in an open, mapped file.</summary>
/// <param name="Path">The file that it is in.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Dimensions">Sizes in ggml's order: the fastest-moving one, columns, first.</param>
/// <param name="Address">Its first byte.</param>
/// <param name="Offset">Where that is in the file, for messages.</param>
internal sealed unsafe record SourceTensor(string Path, string Name, TensorType Type, IReadOnlyList<long> Dimensions, nint Address, long Offset)
{
    /// <summary>The stored bytes.</summary>
    public byte* Data => (byte*)Address;

    /// <summary>Sizes, slowest first, as <c>4096×1024</c>.</summary>
    public string ShapeText => string.Join('×', Dimensions.Reverse());

    /// <summary>The form of its weights.</summary>
    /// <exception cref="ModelFileException">It holds none.</exception>
    public WeightFormat Format => Type.TryGetFormat(out WeightFormat format)
        ? format
        : throw new ModelFileException(Path, $"has a tensor '{Name}' of type {Type}, which holds no weights; {TensorTypes.Known} do", Offset);
}
