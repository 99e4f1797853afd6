using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gestalt.Models;

/// <summary>
/// A safetensors file (Hugging Face's format) mapped into memory: an 8-byte header length, a JSON header naming each tensor's type,
/// shape and byte range, then the data.
/// </summary>
/// <remarks>
/// Accepted is what the reference reader accepts: the ranges follow each other from the first data byte to the end of the file
/// without holes or overlaps, names are unique, and every range has exactly the bytes that type and shape need.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    // The reference implementation's limit; a header of 100 MB would describe about a million tensors.
    private const ulong MaximumHeaderBytes = 100_000_000;
    private const string MetadataName = "__metadata__";

    private readonly MappedFile _file;
    private readonly Dictionary<string, SafetensorsTensor> _tensors = [];
    private readonly Dictionary<string, string> _metadata = [];
    private List<SafetensorsTensor> _inOrder = [];

    private SafetensorsFile(MappedFile file) => _file = file;

    /// <summary>The file's path.</summary>
    public string Path => _file.Path;

    /// <summary>The file's size in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>Free text by name, as the writer left it.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => _inOrder;

    internal MappedFile File => _file;

    /// <summary>Opens and checks a file; its tensors' data is not touched.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The file is missing, not safetensors, damaged or hostile.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            var safetensors = new SafetensorsFile(file);
            safetensors.Read();
            return safetensors;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor.</param>
    public bool TryGetTensor(string name, [MaybeNullWhen(false)] out SafetensorsTensor tensor) => _tensors.TryGetValue(name, out tensor);

    /// <summary>Unmaps the file; tensors of it can no longer be read.</summary>
    public void Dispose() => _file.Dispose();

    private void Read()
    {
        if (Length < sizeof(ulong))
            throw Error($"is not a safetensors file: it has {Length} bytes", 0, "Give the path of a .safetensors file.");
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(_file.Span(0, sizeof(ulong)));
        if (headerBytes > MaximumHeaderBytes || headerBytes > (ulong)(Length - sizeof(ulong)))
            throw Error($"claims a header of {headerBytes} bytes in a file of {Length}", 0, "It is cut short, damaged, or not a safetensors file.");
        ReadOnlySpan<byte> header = _file.Span(sizeof(ulong), (int)headerBytes);
        if (header.IsEmpty || header[0] != (byte)'{')
            throw Error("has a header that is not a JSON object", sizeof(ulong), "It is damaged, or not a safetensors file.");
        try
        {
            ReadHeader(new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 4 }), sizeof(ulong) + (long)headerBytes);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException(Path, $"has a header that cannot be read: {problem.Message.TrimEnd('.')}", sizeof(ulong), "The file is damaged; fetch or export it again.", problem);
        }
        CheckRanges(sizeof(ulong) + (long)headerBytes);
    }

    private void ReadHeader(Utf8JsonReader json, long dataStart)
    {
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            Expect(json, JsonTokenType.StartObject, name);
            if (name == MetadataName)
                ReadMetadata(ref json);
            else
                ReadTensor(ref json, name, dataStart);
        }
        while (json.Read())
        {
            // Reading to the end lets the JSON reader refuse whatever follows the object.
        }
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            json.Read();
            Expect(json, JsonTokenType.String, MetadataName);
            if (!_metadata.TryAdd(key, json.GetString()!))
                throw Error($"gives the metadata '{key}' twice", sizeof(ulong));
        }
    }

    private void ReadTensor(ref Utf8JsonReader json, string name, long dataStart)
    {
        string? type = null;
        List<long>? shape = null, range = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string property = json.GetString()!;
            json.Read();
            switch (property)
            {
                case "dtype":
                    type = json.GetString();
                    break;
                case "shape":
                    shape = ReadNumbers(ref json, name);
                    break;
                case "data_offsets":
                    range = ReadNumbers(ref json, name);
                    break;
                default:
                    throw Error($"describes tensor '{name}' with the unknown property '{property}'", sizeof(ulong));
            }
        }
        if (type is null || shape is null || range is not [long begin, long end])
            throw Error($"does not give dtype, shape and two data_offsets of tensor '{name}'", sizeof(ulong));
        int width = SafetensorsTensor.ValueBytes(type);
        if (width == 0)
            throw Error($"stores tensor '{name}' as '{type}', which is not known", sizeof(ulong), "Convert it to F32, F16 or BF16.");
        UInt128 bytes = (uint)width;
        foreach (long size in shape)
        {
            bytes *= (ulong)size;
            if (bytes > long.MaxValue)
                throw Error($"gives tensor '{name}' a shape of more than 2^63 bytes", sizeof(ulong));
        }
        if (begin > end || end > Length - dataStart || (UInt128)(ulong)(end - begin) != bytes)
        {
            throw Error(
                $"keeps tensor '{name}' of {bytes} bytes at {begin}..{end} of {Length - dataStart} bytes of data",
                dataStart,
                "It is cut short or damaged; fetch or export it again.");
        }
        if (!_tensors.TryAdd(name, new SafetensorsTensor(_file, name, type, [.. shape], dataStart + begin, end - begin)))
            throw Error($"describes tensor '{name}' twice", sizeof(ulong));
    }

    private List<long> ReadNumbers(ref Utf8JsonReader json, string name)
    {
        Expect(json, JsonTokenType.StartArray, name);
        var numbers = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long number) || number < 0)
                throw Error($"gives tensor '{name}' a size that is no whole number", sizeof(ulong));
            numbers.Add(number);
        }
        return numbers;
    }

    private void CheckRanges(long dataStart)
    {
        _inOrder = [.. _tensors.Values.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteLength)];
        long expected = dataStart;
        foreach (SafetensorsTensor tensor in _inOrder)
        {
            if (tensor.Offset != expected)
                throw Error($"has {(tensor.Offset < expected ? "an overlap" : "a hole")} before tensor '{tensor.Name}'", tensor.Offset, "The file is damaged; fetch or export it again.");
            expected += tensor.ByteLength;
        }
        if (expected != Length)
            throw Error($"has {Length - expected} bytes that belong to no tensor", expected, "The file is damaged; fetch or export it again.");
    }

    private void Expect(in Utf8JsonReader json, JsonTokenType expected, string name)
    {
        if (json.TokenType != expected)
            throw Error($"has a {json.TokenType} where '{name}' needs a {expected}", sizeof(ulong) + json.TokenStartIndex);
    }

    private ModelFileException Error(string problem, long offset, string? advice = null) => new(Path, problem, offset, advice);
}
