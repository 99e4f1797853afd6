using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// The keys and values of the tokens that a <see cref="Transformer"/> has read, for a batch of sequences that grow together: each forward
/// pass over T tokens appends T keys to every row. Rows that began later are left-padded (<see cref="TokenBatch.SetLeftPadding"/>).
/// Keys are stored as attention wants them, turned by their positions, so rows can be copied and moved along without computing anything again.
/// </summary>
public sealed unsafe class KvCache : IDisposable
{
    private readonly AlignedMemory _memory;
    private readonly int _layers;
    private readonly int _keyWidth;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="rows">B: how many sequences.</param>
    /// <param name="capacity">How many tokens of each sequence it holds.</param>
    public KvCache(TransformerConfig config, Device device, int rows, int capacity)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (Rows, Capacity) = (rows, capacity);
        (_layers, _keyWidth) = (config.Layers, config.KeyWidth);
        _memory = device.Allocate(2L * _layers * LayerLength);
    }

    /// <summary>B: how many sequences.</summary>
    public int Rows { get; }

    /// <summary>How many tokens of each sequence it holds.</summary>
    public int Capacity { get; }

    /// <summary>How many keys each row has now, padding among them.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that a token of one sequence takes.</summary>
    public int BytesPerToken => 2 * _layers * _keyWidth * sizeof(float);

    private long RowLength => (long)Capacity * _keyWidth;

    private long LayerLength => Rows * RowLength;

    /// <summary>Forgets everything.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets all but the first tokens of every row: back to a shared prompt, or past rejected guesses.</summary>
    /// <param name="length">How many keys stay.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Forgets the first tokens of every row and moves the rest to the front: room for more once all rows have padding or a past they no longer see.</summary>
    /// <param name="count">How many keys go.</param>
    public void DropFront(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        long bytes = (long)(Length - count) * _keyWidth * sizeof(float);
        for (int layer = 0; layer < _layers; layer++)
        {
            for (int row = 0; row < Rows; row++)
            {
                float* keys = Keys(layer) + (row * RowLength);
                float* values = Values(layer) + (row * RowLength);
                Buffer.MemoryCopy(keys + ((long)count * _keyWidth), keys, bytes, bytes);
                Buffer.MemoryCopy(values + ((long)count * _keyWidth), values, bytes, bytes);
            }
        }

        Length -= count;
    }

    /// <summary>
    /// Copies the last tokens of a row to the end of a row of this cache: a sequence whose prompt was read elsewhere joins the batch.
    /// The row's earlier keys become padding.
    /// </summary>
    /// <param name="row">The row to overwrite.</param>
    /// <param name="source">Where to copy from; may be this cache.</param>
    /// <param name="sourceRow">The row to copy.</param>
    /// <param name="count">How many keys; at most <see cref="Length"/> of either cache.</param>
    public void CopyRow(int row, KvCache source, int sourceRow, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)sourceRow, (uint)source.Rows, nameof(sourceRow));
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Math.Min(Length, source.Length));
        if (source._layers != _layers || source._keyWidth != _keyWidth)
        {
            throw new ArgumentException("The caches belong to models of different shapes.", nameof(source));
        }

        long bytes = (long)count * _keyWidth * sizeof(float);
        long to = (row * RowLength) + ((long)(Length - count) * _keyWidth);
        long from = (sourceRow * source.RowLength) + ((long)(source.Length - count) * _keyWidth);
        for (int layer = 0; layer < _layers; layer++)
        {
            Buffer.MemoryCopy(source.Keys(layer) + from, Keys(layer) + to, bytes, bytes);
            Buffer.MemoryCopy(source.Values(layer) + from, Values(layer) + to, bytes, bytes);
        }
    }

    /// <summary>Makes room at the end without writing it, so that a longer row can join with <see cref="CopyRow"/>: all rows shift right by padding at the front.</summary>
    /// <param name="count">How many keys of padding go in front of every row.</param>
    public void PadFront(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity - Length);
        long bytes = (long)Length * _keyWidth * sizeof(float);
        for (int layer = 0; layer < _layers; layer++)
        {
            for (int row = 0; row < Rows; row++)
            {
                float* keys = Keys(layer) + (row * RowLength);
                float* values = Values(layer) + (row * RowLength);
                Buffer.MemoryCopy(keys, keys + ((long)count * _keyWidth), bytes, bytes);
                Buffer.MemoryCopy(values, values + ((long)count * _keyWidth), bytes, bytes);
            }
        }

        Length += count;
    }

    /// <summary>Returns the memory to the system.</summary>
    public void Dispose() => _memory.Dispose();

    /// <summary>Keys of a layer (B,capacity,K·D).</summary>
    internal float* Keys(int layer) => _memory.Floats + (2 * layer * LayerLength);

    /// <summary>Values of a layer (B,capacity,K·D).</summary>
    internal float* Values(int layer) => Keys(layer) + LayerLength;

    /// <summary>Writes T new keys and values behind those of each row; they count after <see cref="Advance"/>.</summary>
    internal void Append(int layer, Tensor k, Tensor v, int tokens)
    {
        long bytes = (long)tokens * _keyWidth * sizeof(float);
        for (int row = 0; row < Rows; row++)
        {
            long to = (row * RowLength) + ((long)Length * _keyWidth);
            long from = (long)row * tokens * _keyWidth;
            Buffer.MemoryCopy(k.Data + from, Keys(layer) + to, bytes, bytes);
            Buffer.MemoryCopy(v.Data + from, Values(layer) + to, bytes, bytes);
        }
    }

    /// <summary>Counts the tokens that every layer has appended.</summary>
    internal void Advance(int tokens) => Length += tokens;
}
