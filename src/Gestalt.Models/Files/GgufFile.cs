using System.Diagnostics.CodeAnalysis;

namespace Gestalt.Models;

/// <summary>
/// A GGUF file (versions 2 and 3) mapped into memory: metadata by key, tensors by name, in the file's order.
/// </summary>
/// <remarks>
/// The format, from <c>ggml/docs/gguf.md</c>: magic <c>GGUF</c>, version (u32), tensor count (u64), metadata count (u64); the metadata
/// (key, type u32, value); the tensor directory (name, dimension count u32, dimensions u64 with the fastest first, type u32, offset u64
/// from the data section); padding to the alignment; the data. Every count, length and offset is compared with the bytes that are
/// there before anything is done with it, so a hostile file costs no more memory than it has bytes of directory.
/// </remarks>
public sealed unsafe class GgufFile : IWeightSource, IDisposable
{
    internal const uint Magic = 0x46554747; // "GGUF", little-endian
    internal const int DefaultAlignment = 32;
    internal const string AlignmentKey = "general.alignment";

    // Models have some 30 metadata values and at most a few 10,000 tensors (experts kept apart). Beyond these a file is hostile.
    private const int MaximumMetadata = 65_536;
    private const int MaximumTensors = 1_000_000;
    private const int MaximumDimensions = 4;
    private const int MaximumNameBytes = 65_535;

    private readonly MappedFile _file;
    private readonly List<GgufFile> _parts = [];
    private readonly Dictionary<string, GgufValue> _metadata = [];
    private readonly List<GgufValue> _metadataInOrder = [];
    private readonly Dictionary<string, GgufTensor> _tensors = [];
    private readonly List<GgufTensor> _tensorsInOrder = [];

    private GgufFile(MappedFile file) => _file = file;

    /// <summary>The file's path.</summary>
    public string Path => _file.Path;

    /// <summary>The size in bytes, of all parts of a split model together.</summary>
    public long Length => _file.Length + _parts.Sum(part => part.Length);

    /// <summary>How many files it is: one, or the parts of a split model.</summary>
    public int FileCount => 1 + _parts.Count;

    /// <summary>The format's version: 2 or 3.</summary>
    public int Version { get; private set; }

    /// <summary>Every tensor's data starts at a multiple of this many bytes.</summary>
    public int Alignment { get; private set; } = DefaultAlignment;

    /// <summary>The metadata in the file's order.</summary>
    public IReadOnlyList<GgufValue> Metadata => _metadataInOrder;

    /// <summary>The tensors in the file's order.</summary>
    public IReadOnlyList<GgufTensor> Tensors => _tensorsInOrder;

    /// <summary>Opens and checks a file, and with the first part of a split model all others; their tensors' data is not touched.</summary>
    /// <param name="path">The file; of a split model the first, <c>…-00001-of-0000N.gguf</c>.</param>
    /// <exception cref="ModelFileException">The file or a part is missing, not GGUF, damaged or hostile, or the path names a later part.</exception>
    public static GgufFile Open(string path)
    {
        GgufFile file = OpenOne(path);
        try
        {
            GgufParts.Join(file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens one file, be it a part or a whole.</summary>
    internal static GgufFile OpenOne(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            var gguf = new GgufFile(file);
            gguf.Read(new ByteReader(file));
            return gguf;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes over the tensors of another part; false where it already has one of the name.</summary>
    internal bool TryAdd(GgufFile part, [MaybeNullWhen(true)] out string twice)
    {
        twice = part._tensorsInOrder.Select(tensor => tensor.Name).FirstOrDefault(_tensors.ContainsKey);
        _parts.Add(part);
        if (twice is not null)
            return false;
        foreach (GgufTensor tensor in part._tensorsInOrder)
        {
            _tensors.Add(tensor.Name, tensor);
            _tensorsInOrder.Add(tensor);
        }
        return true;
    }

    /// <summary>Finds a metadata value.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">The value.</param>
    public bool TryGet(string key, out GgufValue value) => _metadata.TryGetValue(key, out value);

    /// <summary>A metadata value that must be there.</summary>
    /// <param name="key">Its name.</param>
    /// <exception cref="ModelFileException">The file has no such value.</exception>
    public GgufValue Get(string key) => _metadata.TryGetValue(key, out GgufValue value)
        ? value
        : throw new ModelFileException(Path, $"metadata '{key}' is missing", advice: "The file is not a complete model of its kind; export or fetch it again.");

    /// <summary>Finds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor.</param>
    public bool TryGetTensor(string name, [MaybeNullWhen(false)] out GgufTensor tensor) => _tensors.TryGetValue(name, out tensor);

    IEnumerable<string> IWeightSource.TensorNames => _tensorsInOrder.Select(tensor => tensor.Name);

    bool IWeightSource.TryFind(string name, [MaybeNullWhen(false)] out SourceTensor tensor)
    {
        tensor = TryGetTensor(name, out GgufTensor? found)
            ? new SourceTensor(found.Path, name, found.Type, found.Dimensions, (nint)found.Data, found.Offset)
            : null;
        return tensor is not null;
    }

    /// <summary>Unmaps the file; values and tensors of it can no longer be read.</summary>
    public void Dispose()
    {
        _parts.ForEach(part => part.Dispose());
        _file.Dispose();
    }

    /// <summary>Bytes of a scalar type, 0 for strings, arrays and unknown numbers.</summary>
    internal static int ScalarBytes(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    private void Read(ByteReader reader)
    {
        uint magic = reader.UInt32("the magic number");
        if (magic != Magic)
            throw reader.Error($"is not a GGUF file: it starts with 0x{magic:X8}, not \"GGUF\"", 0, "Give the path of a .gguf model.");
        uint version = reader.UInt32("the version");
        if (version is not (2 or 3))
        {
            throw reader.Error(
                (version & 0xFFFF) == 0 ? "is a big-endian GGUF file" : $"is GGUF version {version}",
                4,
                "Versions 2 and 3, little-endian, can be read; convert the file with its own tools.");
        }
        Version = (int)version;
        // A tensor's entry takes at least 8+1+4+8+4+8 bytes, a metadata value's at least 8+1+4+1.
        int tensorCount = reader.Count("tensors", MaximumTensors, minimumBytesEach: 33);
        int metadataCount = reader.Count("metadata values", MaximumMetadata, minimumBytesEach: 14);
        for (int i = 0; i < metadataCount; i++)
            ReadValue(ref reader);
        ReadAlignment(reader);
        for (int i = 0; i < tensorCount; i++)
            ReadTensor(ref reader);
        PlaceTensors(reader);
    }

    private void ReadValue(ref ByteReader reader)
    {
        long start = reader.Position;
        string key = reader.Text("a metadata key", MaximumNameBytes);
        var type = (GgufValueType)reader.UInt32($"the type of '{key}'");
        GgufValueType elementType = type;
        int count = 1;
        if (type == GgufValueType.Array)
        {
            elementType = (GgufValueType)reader.UInt32($"the element type of '{key}'");
            if (elementType == GgufValueType.Array)
                throw reader.Error($"metadata '{key}' is an array of arrays, which no model uses", start);
            count = reader.Count($"elements of '{key}'", int.MaxValue, elementType == GgufValueType.String ? sizeof(ulong) : Math.Max(ScalarBytes(elementType), 1));
        }
        int width = ScalarBytes(elementType);
        if (width == 0 && elementType != GgufValueType.String)
            throw reader.Error($"metadata '{key}' has the unknown type {(uint)elementType}", start);
        long offset = reader.Position;
        if (elementType == GgufValueType.String && type != GgufValueType.Array)
        {
            offset += sizeof(ulong); // a lone string is viewed without its length
            reader.SkipText($"'{key}'");
        }
        else if (elementType == GgufValueType.String)
        {
            for (int i = 0; i < count; i++)
                reader.SkipText($"element {i} of '{key}'");
        }
        else
        {
            reader.Skip((long)width * count, $"'{key}'");
        }
        if (reader.Position - offset > int.MaxValue)
            throw reader.Error($"metadata '{key}' takes {reader.Position - offset} bytes; 2 GiB is the most", start);
        var value = new GgufValue(_file, key, type, elementType, count, offset, (int)(reader.Position - offset));
        if (!_metadata.TryAdd(key, value))
            throw reader.Error($"metadata '{key}' is given twice", start);
        _metadataInOrder.Add(value);
    }

    private void ReadAlignment(in ByteReader reader)
    {
        if (!TryGet(AlignmentKey, out GgufValue value))
            return;
        long alignment = value.AsInteger();
        if (alignment is < 1 or > 1 << 20 || (alignment & (alignment - 1)) != 0)
            throw reader.Error($"{AlignmentKey} is {alignment}; it must be a power of two of at most 1 MiB", reader.Position);
        Alignment = (int)alignment;
    }

    private void ReadTensor(ref ByteReader reader)
    {
        long start = reader.Position;
        string name = reader.Text("a tensor name", MaximumNameBytes);
        uint dimensions = reader.UInt32($"the dimensions of '{name}'");
        if (dimensions is 0 or > MaximumDimensions)
            throw reader.Error($"tensor '{name}' has {dimensions} dimensions; 1 to {MaximumDimensions} are possible", start);
        var shape = new long[dimensions];
        long count = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            ulong size = reader.UInt64($"the dimensions of '{name}'");
            // No type stores more than 32 values in 17 bytes: 2 values a byte of the file are an upper bound that cannot overflow.
            if (size == 0 || size > (ulong)_file.Length * 2 || (UInt128)count * size > (UInt128)_file.Length * 4)
                throw reader.Error($"tensor '{name}' has a dimension of {size}, more than a file of {_file.Length} bytes can hold or none at all", start);
            shape[i] = (long)size;
            count *= shape[i];
        }
        var type = (TensorType)reader.UInt32($"the type of '{name}'");
        if (type.BlockLength() == 0)
            throw reader.Error($"tensor '{name}' has the unknown type {(uint)type}", start, "A newer version may know it; convert the file to F16 or Q8_0 with its own tools.");
        if (shape[0] % type.BlockLength() != 0)
            throw reader.Error($"tensor '{name}' has rows of {shape[0]} values, which do not divide into {type} blocks of {type.BlockLength()}", start);
        ulong offset = reader.UInt64($"the offset of '{name}'");
        if (offset > (ulong)_file.Length || offset % (ulong)Alignment != 0)
            throw reader.Error($"tensor '{name}' lies at offset {offset}, which is {(offset > (ulong)_file.Length ? "past the end of the file" : $"no multiple of the alignment {Alignment}")}", start);
        var tensor = new GgufTensor(_file, name, type, shape, (long)offset);
        if (!_tensors.TryAdd(name, tensor))
            throw reader.Error($"tensor '{name}' is given twice", start);
        _tensorsInOrder.Add(tensor);
    }

    private void PlaceTensors(in ByteReader reader)
    {
        if (_tensorsInOrder.Count == 0)
            return;
        long dataStart = (reader.Position + Alignment - 1) / Alignment * Alignment;
        foreach (GgufTensor tensor in _tensorsInOrder)
        {
            tensor.Offset += dataStart;
            if (tensor.Offset > _file.Length || tensor.ByteLength > _file.Length - tensor.Offset)
            {
                throw reader.Error(
                    $"is cut short: tensor '{tensor.Name}' needs {tensor.ByteLength} bytes and the file has {_file.Length}",
                    tensor.Offset,
                    "Fetch or export it again.");
            }
        }
        GgufTensor[] byOffset = [.. _tensorsInOrder.OrderBy(tensor => tensor.Offset)];
        for (int i = 1; i < byOffset.Length; i++)
        {
            if (byOffset[i].Offset < byOffset[i - 1].Offset + byOffset[i - 1].ByteLength)
                throw reader.Error($"tensors '{byOffset[i - 1].Name}' and '{byOffset[i].Name}' overlap", byOffset[i].Offset, "The file is damaged; fetch or export it again.");
        }
    }
}
