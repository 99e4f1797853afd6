using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>
/// Writes safetensors files: collect metadata and tensors, then <see cref="Write(string)"/>. Float32 goes from the tensors' memory
/// straight into the file; F16 and BF16 are converted piece by piece.
/// </summary>
public sealed unsafe class SafetensorsWriter
{
    // The header is padded with spaces, as the reference writer does, to let the data start where any vector load is aligned.
    private const int DataAlignment = 64;

    private readonly List<Entry> _tensors = [];
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<string, string> _metadata = [];

    private sealed record Entry(string Name, TensorType Type, long[] Shape, TensorPart[] Parts)
    {
        public long Count => Parts.Sum(part => part.Length);
    }

    /// <summary>Adds free text.</summary>
    /// <param name="key">Its name, once in a file.</param>
    /// <param name="value">The text.</param>
    public void SetMetadata(string key, string value) => _metadata.Add(key, value);

    /// <summary>Adds a tensor; the memory must live until the file is written.</summary>
    /// <param name="name">The tensor's name, once in a file.</param>
    /// <param name="type">How to store it: F32, F16 or BF16.</param>
    /// <param name="data">Its values in row-major order.</param>
    /// <param name="shape">Its sizes in row-major order, slowest first.</param>
    /// <exception cref="ArgumentException">A name used twice, a negative size, or a type that the format does not have.</exception>
    public void AddTensor(string name, TensorType type, float* data, params ReadOnlySpan<long> shape)
    {
        foreach (long size in shape)
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
        Add(name, type, shape.ToArray(), [new TensorPart(name, WeightFormat.F32, (byte*)data, shape.IsEmpty ? [1] : shape.ToArray())]);
    }

    /// <summary>Adds tensors in any form as one, the rows of each after those of the one before.</summary>
    internal void Add(string name, TensorType type, TensorPart[] parts) =>
        Add(name, type, [parts.Sum(part => part.Shape[0]), .. parts[0].Shape[1..]], parts);

    private void Add(string name, TensorType type, long[] shape, TensorPart[] parts)
    {
        if (type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16))
            throw new ArgumentException($"safetensors holds no {type} tensors; F32, F16 and BF16 can be written", nameof(type));
        if (name == "__metadata__" || !_names.Add(name))
            throw new ArgumentException($"tensor '{name}' is added twice", nameof(name));
        _tensors.Add(new Entry(name, type, shape, parts));
    }

    /// <summary>Writes the file beside <paramref name="path"/> and renames it into place.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file could not be written; what was there before is untouched.</exception>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the file into a stream.</summary>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream) => Write(stream, trailer: null, trailerBytes: 0);

    /// <summary>Writes the file with one more tensor at its end, of bytes that are known only when all others are written.</summary>
    internal void Write(Stream stream, string? trailer, int trailerBytes)
    {
        ReadOnlySpan<byte> header = Header(trailer, trailerBytes);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        using var tensors = new TensorStream(stream);
        foreach (Entry tensor in _tensors)
        {
            _ = tensor.Type.TryGetFormat(out WeightFormat format);
            foreach (TensorPart part in tensor.Parts)
                tensors.Write(part, format);
        }
    }

    private ReadOnlySpan<byte> Header(string? trailer, int trailerBytes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in _metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (Entry tensor in _tensors)
            {
                Describe(json, tensor.Name, tensor.Type.ToString(), tensor.Shape, offset, tensor.Type.ByteLength(tensor.Count));
                offset += tensor.Type.ByteLength(tensor.Count);
            }
            if (trailer is not null)
                Describe(json, trailer, "U8", [trailerBytes], offset, trailerBytes);
            json.WriteEndObject();
        }
        int padding = DataAlignment - 1 - (sizeof(ulong) + buffer.WrittenCount + DataAlignment - 1) % DataAlignment;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan;
    }

    private static void Describe(Utf8JsonWriter json, string name, string type, long[] shape, long offset, long bytes)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", type);
        json.WriteStartArray("shape");
        foreach (long size in shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + bytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
