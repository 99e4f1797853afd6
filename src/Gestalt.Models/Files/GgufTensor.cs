namespace Gestalt.Models;

/// <summary>One tensor of an open <see cref="GgufFile"/>: its place and shape. The data stays in the mapped file until it is read.</summary>
public sealed unsafe class GgufTensor
{
    private readonly MappedFile _file;

    internal GgufTensor(MappedFile file, string name, TensorType type, long[] dimensions, long offset)
    {
        _file = file;
        Name = name;
        Type = type;
        Dimensions = dimensions;
        Offset = offset;
        Count = 1;
        foreach (long size in dimensions)
            Count *= size;
        ByteLength = type.ByteLength(Count);
    }

    /// <summary>The file that it is in.</summary>
    internal string Path => _file.Path;

    /// <summary>The tensor's name, such as <c>blk.0.attn_q.weight</c>.</summary>
    public string Name { get; }

    /// <summary>How its values are stored.</summary>
    public TensorType Type { get; }

    /// <summary>Sizes in ggml's order: the fastest-moving dimension (columns) first.</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <summary>Number of values.</summary>
    public long Count { get; }

    /// <summary>Where the data starts in the file.</summary>
    public long Offset { get; internal set; }

    /// <summary>Bytes of data.</summary>
    public long ByteLength { get; }

    /// <summary>The stored bytes in the mapped file; valid while the file is open.</summary>
    public byte* Data => _file.At(Offset, ByteLength);

    /// <summary>Reads all values as float32.</summary>
    /// <param name="destination">Room for <see cref="Count"/> values.</param>
    /// <exception cref="ModelFileException">The type cannot be read by this version.</exception>
    public void Read(float* destination)
    {
        if (!Type.IsReadable())
            throw new ModelFileException(_file.Path, $"tensor '{Name}' is of type {Type}, which holds no weights; {TensorTypes.Known} do", Offset);
        TensorConversion.ToFloat32(Type, Data, destination, Count);
    }

    /// <summary>Sizes in row-major order (slowest first), as <c>4096×1024</c>.</summary>
    public string ShapeText => string.Join('×', Dimensions.Reverse());
}
