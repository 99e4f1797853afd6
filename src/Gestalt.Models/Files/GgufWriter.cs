using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>
/// Writes GGUF version 3: collect metadata and tensors, then <see cref="Write(string)"/>. Tensors are converted to their stored type
/// piece by piece while they are written, so no second copy of the model exists.
/// </summary>
public sealed unsafe class GgufWriter
{
    private readonly ArrayBufferWriter<byte> _metadata = new();
    private readonly List<(string Key, int Start)> _values = [];
    private readonly HashSet<string> _keys = [];
    private readonly List<Entry> _tensors = [];
    private readonly HashSet<string> _names = [];

    private sealed record Entry(string Name, TensorType Type, long[] Dimensions, TensorPart[] Parts)
    {
        public long Bytes => Parts.Sum(part => Type.ByteLength(part.Length));
    }

    /// <summary>Adds a string.</summary>
    /// <param name="key">The value's name, once in a file.</param>
    /// <param name="value">The value.</param>
    public void SetText(string key, string value)
    {
        Start(key, GgufValueType.String);
        Put(value);
    }

    /// <summary>Adds an unsigned 32-bit integer, the format's usual one for counts and ids.</summary>
    /// <param name="key">The value's name, once in a file.</param>
    /// <param name="value">The value.</param>
    public void SetUInt32(string key, uint value)
    {
        Start(key, GgufValueType.UInt32);
        Put(value);
    }

    /// <summary>Adds an unsigned 64-bit integer.</summary>
    /// <param name="key">The value's name, once in a file.</param>
    /// <param name="value">The value.</param>
    public void SetUInt64(string key, ulong value)
    {
        Start(key, GgufValueType.UInt64);
        Put(value);
    }

    /// <summary>Adds a single-precision number.</summary>
    /// <param name="key">The value's name, once in a file.</param>
    /// <param name="value">The value.</param>
    public void SetFloat32(string key, float value)
    {
        Start(key, GgufValueType.Float32);
        Put(BitConverter.SingleToUInt32Bits(value));
    }

    /// <summary>Adds a boolean.</summary>
    /// <param name="key">The value's name, once in a file.</param>
    /// <param name="value">The value.</param>
    public void SetFlag(string key, bool value)
    {
        Start(key, GgufValueType.Bool);
        _metadata.Write([value ? (byte)1 : (byte)0]);
    }

    /// <summary>Adds an array of strings.</summary>
    /// <param name="key">The value's name, once in a file.</param>
    /// <param name="values">The values.</param>
    public void SetTexts(string key, IReadOnlyCollection<string> values)
    {
        StartArray(key, GgufValueType.String, values.Count);
        foreach (string value in values)
            Put(value);
    }

    /// <summary>Adds an array of signed 32-bit integers.</summary>
    /// <param name="key">The value's name, once in a file.</param>
    /// <param name="values">The values.</param>
    public void SetInt32s(string key, ReadOnlySpan<int> values)
    {
        StartArray(key, GgufValueType.Int32, values.Length);
        _metadata.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Adds an array of single-precision numbers.</summary>
    /// <param name="key">The value's name, once in a file.</param>
    /// <param name="values">The values.</param>
    public void SetFloat32s(string key, ReadOnlySpan<float> values)
    {
        StartArray(key, GgufValueType.Float32, values.Length);
        _metadata.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Adds a value of another file as it is.</summary>
    /// <param name="value">A value of an open <see cref="GgufFile"/>.</param>
    public void Copy(GgufValue value)
    {
        if (value.Type == GgufValueType.Array)
        {
            StartArray(value.Key, value.ElementType, value.Count);
        }
        else
        {
            Start(value.Key, value.Type);
            if (value.Type == GgufValueType.String)
                Put((ulong)value.Bytes.Length);
        }
        _metadata.Write(value.Bytes);
    }

    /// <summary>Whether a value of this name has been added.</summary>
    /// <param name="key">The name.</param>
    public bool Contains(string key) => _keys.Contains(key);

    /// <summary>Takes a value back, if it has been added; another can then take its place.</summary>
    /// <param name="key">Its name.</param>
    internal void Remove(string key)
    {
        if (_keys.Remove(key))
            _values[_values.FindIndex(value => value.Key == key)] = ("", _values.Find(value => value.Key == key).Start);
    }

    /// <summary>Adds a tensor, to be converted when the file is written; the memory must live until then.</summary>
    /// <param name="name">The tensor's name, once in a file.</param>
    /// <param name="type">How to store it.</param>
    /// <param name="data">Its values in row-major order.</param>
    /// <param name="shape">Its sizes in row-major order, slowest first, such as (rows, columns); stored in ggml's order, fastest first.</param>
    /// <exception cref="ArgumentException">A name used twice, an impossible shape, or rows that do not divide into blocks of the type.</exception>
    public void AddTensor(string name, TensorType type, float* data, params ReadOnlySpan<long> shape) =>
        AddStacked(name, type, new NamedBuffer(name, data, shape));

    /// <summary>Adds several tensors as one, the rows of each after those of the one before.</summary>
    /// <param name="name">The tensor's name, once in a file.</param>
    /// <param name="type">How to store it.</param>
    /// <param name="parts">The tensors; they differ at most in their slowest size.</param>
    /// <exception cref="ArgumentException">A name used twice, an impossible shape, or rows that do not divide into blocks of the type.</exception>
    public void AddStacked(string name, TensorType type, params ReadOnlySpan<NamedBuffer> parts)
    {
        var all = new TensorPart[parts.Length];
        for (int i = 0; i < all.Length; i++)
            all[i] = TensorPart.Of(parts[i]);
        Add(name, type, all);
    }

    /// <summary>Adds tensors in any form as one, to be written in another.</summary>
    /// <param name="name">The tensor's name, once in a file.</param>
    /// <param name="type">How to store it.</param>
    /// <param name="parts">The tensors; they differ at most in their slowest size.</param>
    /// <param name="layers">Whether they become layers of one more dimension instead of rows after rows.</param>
    internal void Add(string name, TensorType type, TensorPart[] parts, bool layers = false)
    {
        long[] shape = parts[0].Shape;
        if (!type.TryGetFormat(out WeightFormat format))
            throw new ArgumentException($"tensors of type {type} hold no weights; {TensorTypes.Known} do", nameof(type));
        if (shape.Length + (layers ? 1 : 0) is 0 or > 4)
            throw new ArgumentException($"tensor '{name}' has {shape.Length} dimensions; 1 to 4 are possible", nameof(parts));
        if (shape[^1] % type.BlockLength() != 0)
            throw new ArgumentException($"tensor '{name}' has rows of {shape[^1]} values, which do not divide into {type} blocks of {type.BlockLength()}", nameof(parts));
        if (parts.Any(part => part.Format != format) && !WeightCodec.CanEncode(format))
            throw new ArgumentException($"tensors of type {type} can be read and copied but not made", nameof(type));
        foreach (TensorPart part in parts)
        {
            if (part.Length < 1 || !part.Shape.AsSpan(1).SequenceEqual(shape.AsSpan(1)) || (layers && part.Shape[0] != shape[0]))
                throw new ArgumentException($"'{part.Name}' cannot be a part of '{name}': it has another shape, or no values", nameof(parts));
        }
        if (!_names.Add(name))
            throw new ArgumentException($"tensor '{name}' is added twice", nameof(name));
        long[] dimensions = layers ? [parts.Length, .. shape] : [parts.Sum(part => part.Shape[0]), .. shape[1..]];
        Array.Reverse(dimensions);
        _tensors.Add(new Entry(name, type, dimensions, parts));
    }

    /// <summary>Writes the file beside <paramref name="path"/> and renames it into place.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">A tensor holds a value that is not finite, or too large for its stored type.</exception>
    /// <exception cref="IOException">The file could not be written; what was there before is untouched.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => Write(stream, path));

    /// <summary>Writes the file into a stream, from its current position, which must be the file's start.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="path">The name to use in error messages.</param>
    /// <exception cref="ModelFileException">A tensor holds a value that is not finite, or too large for its stored type.</exception>
    public void Write(Stream stream, string path)
    {
        var directory = new ArrayBufferWriter<byte>();
        Put(directory, GgufFile.Magic);
        Put(directory, 3u);
        Put(directory, (ulong)_tensors.Count);
        Put(directory, (ulong)_keys.Count);
        for (int i = 0; i < _values.Count; i++)
        {
            int end = i + 1 < _values.Count ? _values[i + 1].Start : _metadata.WrittenCount;
            if (_values[i].Key.Length > 0)
                directory.Write(_metadata.WrittenSpan[_values[i].Start..end]);
        }
        ulong offset = 0;
        foreach (Entry tensor in _tensors)
        {
            Put(directory, tensor.Name);
            Put(directory, (uint)tensor.Dimensions.Length);
            foreach (long size in tensor.Dimensions)
                Put(directory, (ulong)size);
            Put(directory, (uint)tensor.Type);
            Put(directory, offset);
            offset += (ulong)Aligned(tensor.Bytes);
        }
        stream.Write(directory.WrittenSpan);
        Pad(stream, directory.WrittenCount);
        using var tensors = new TensorStream(stream, path);
        foreach (Entry tensor in _tensors)
        {
            _ = tensor.Type.TryGetFormat(out WeightFormat format);
            foreach (TensorPart part in tensor.Parts)
                tensors.Write(part, format);
            Pad(stream, tensor.Bytes);
        }
    }

    private static long Aligned(long bytes) => (bytes + GgufFile.DefaultAlignment - 1) / GgufFile.DefaultAlignment * GgufFile.DefaultAlignment;

    private static void Pad(Stream stream, long written)
    {
        Span<byte> zeros = stackalloc byte[GgufFile.DefaultAlignment];
        zeros.Clear();
        stream.Write(zeros[..(int)(Aligned(written) - written)]);
    }

    private void Start(string key, GgufValueType type)
    {
        if (!_keys.Add(key))
            throw new ArgumentException($"metadata '{key}' is added twice", nameof(key));
        _values.Add((key, _metadata.WrittenCount));
        Put(key);
        Put((uint)type);
    }

    private void StartArray(string key, GgufValueType elementType, int count)
    {
        Start(key, GgufValueType.Array);
        Put((uint)elementType);
        Put((ulong)count);
    }

    private void Put(uint value) => Put(_metadata, value);

    private void Put(ulong value) => Put(_metadata, value);

    private void Put(string value) => Put(_metadata, value);

    private static void Put(ArrayBufferWriter<byte> to, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to.GetSpan(sizeof(uint)), value);
        to.Advance(sizeof(uint));
    }

    private static void Put(ArrayBufferWriter<byte> to, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to.GetSpan(sizeof(ulong)), value);
        to.Advance(sizeof(ulong));
    }

    private static void Put(ArrayBufferWriter<byte> to, string value)
    {
        Put(to, (ulong)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, to);
    }
}
