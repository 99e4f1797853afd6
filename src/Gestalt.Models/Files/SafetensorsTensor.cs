namespace Gestalt.Models;

/// <summary>One tensor of an open <see cref="SafetensorsFile"/>. The data stays in the mapped file until it is read.</summary>
public sealed unsafe class SafetensorsTensor
{
    private readonly MappedFile _file;

    internal SafetensorsTensor(MappedFile file, string name, string type, long[] shape, long offset, long byteLength)
    {
        _file = file;
        Name = name;
        Type = type;
        Shape = shape;
        Offset = offset;
        ByteLength = byteLength;
        Count = byteLength / ValueBytes(type);
    }

    /// <summary>The file that it is in.</summary>
    internal string Path => _file.Path;

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The stored type as the format spells it: <c>F32</c>, <c>BF16</c>, <c>I64</c> …</summary>
    public string Type { get; }

    /// <summary>Sizes in row-major order, slowest first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of values.</summary>
    public long Count { get; }

    /// <summary>Where the data starts in the file.</summary>
    public long Offset { get; }

    /// <summary>Bytes of data.</summary>
    public long ByteLength { get; }

    /// <summary>The stored bytes in the mapped file, of any alignment; valid while the file is open.</summary>
    public byte* Data => _file.At(Offset, ByteLength);

    /// <summary>Reads all values as float32.</summary>
    /// <param name="destination">Room for <see cref="Count"/> values.</param>
    /// <exception cref="ModelFileException">The tensor is not F32, F16 or BF16.</exception>
    public void Read(float* destination)
    {
        TensorType type = Type switch
        {
            "F32" => TensorType.F32,
            "F16" => TensorType.F16,
            "BF16" => TensorType.BF16,
            _ => throw new ModelFileException(_file.Path, $"tensor '{Name}' is of type {Type}; F32, F16 and BF16 can be read", Offset),
        };
        TensorConversion.ToFloat32(type, Data, destination, Count);
    }

    /// <summary>Bytes of a value of the named type, 0 for an unknown one.</summary>
    internal static int ValueBytes(string type) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" => 1,
        _ => 0,
    };
}
