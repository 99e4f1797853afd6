using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <summary>
/// Memory for the activations and gradients of one step. A step asks for the same blocks in the same order as the one before, so
/// the arena learns in the first step how much is needed, takes that much from the system once, and from then on hands out and takes
/// back addresses inside it without the system or the garbage collector noticing.
/// </summary>
/// <remarks>
/// <para>What is taken from the system is not cleared: it costs addresses, and memory only where a block has come to lie. So the arena can
/// grow by half of what it has, and blocks of the first step, too, fill the gaps that others leave.</para>
/// <para>Blocks are placed best-fit among the free spans, those last that no block has lain in yet; neighbours are merged when they come back. That
/// choice depends on the order of requests only: equal steps find their blocks at equal addresses. The list of spans stays short (tens), so it is
/// searched in line.</para>
/// </remarks>
internal sealed unsafe class Arena(Device device) : IDisposable
{
    private readonly List<Chunk> _chunks = [];
    private readonly List<Span> _free = [];
    private long _capacity;

    /// <summary>Bytes in use now.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The most bytes that were in use at once.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes taken from the system, used or not.</summary>
    public long CapacityBytes => _capacity;

    /// <summary>Hands out a block of <paramref name="count"/> values, aligned for the widest vectors; its contents are whatever was there before.</summary>
    public float* Take(long count)
    {
        long bytes = Rounded(count);
        int best = BestFit(bytes);
        if (best < 0)
        {
            Grow(bytes);
            best = BestFit(bytes);
        }

        Span span = _free[best];
        Chunk chunk = _chunks[span.Chunk];
        chunk.Used = Math.Max(chunk.Used, span.Start + bytes - chunk.Memory.Pointer);
        if (span.Bytes == bytes)
        {
            _free.RemoveAt(best);
        }
        else
        {
            _free[best] = span with { Start = span.Start + bytes, Bytes = span.Bytes - bytes };
        }

        LiveBytes += bytes;
        PeakBytes = Math.Max(PeakBytes, LiveBytes);
        return (float*)span.Start;
    }

    /// <summary>Takes a block back.</summary>
    /// <param name="block">What <see cref="Take"/> returned.</param>
    /// <param name="count">The count it was asked for.</param>
    public void Return(float* block, long count)
    {
        byte* start = (byte*)block;
        long bytes = Rounded(count);
        LiveBytes -= bytes;
        int next = 0;
        while (next < _free.Count && _free[next].Start < start)
        {
            next++;
        }

        int chunk = ChunkOf(start);
        Span span = new(start, bytes, chunk);
        if (next < _free.Count && _free[next].Chunk == chunk && _free[next].Start == start + bytes)
        {
            span = span with { Bytes = bytes + _free[next].Bytes };
            _free.RemoveAt(next);
        }

        if (next > 0 && _free[next - 1].Chunk == chunk && _free[next - 1].Start + _free[next - 1].Bytes == start)
        {
            _free[next - 1] = _free[next - 1] with { Bytes = _free[next - 1].Bytes + span.Bytes };
        }
        else
        {
            _free.Insert(next, span);
        }
    }

    /// <summary>
    /// Takes everything back. After a step that had to grow, the pieces are replaced by one block that holds the whole step:
    /// this is where the plan is made.
    /// </summary>
    public void Reset()
    {
        if (_chunks.Count > 1)
        {
            long total = _capacity;
            FreeChunks();
            AddChunk(total);
        }

        LiveBytes = 0;
        _free.Clear();
        for (int chunk = 0; chunk < _chunks.Count; chunk++)
        {
            _free.Add(new Span(_chunks[chunk].Memory.Pointer, _chunks[chunk].Memory.Bytes, chunk));
        }
    }

    /// <summary>Returns all memory to the system.</summary>
    public void Dispose() => FreeChunks();

    private static long Rounded(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long bytes = checked(count * sizeof(float));
        return Math.Max(AlignedMemory.Alignment, (bytes + AlignedMemory.Alignment - 1) & ~(long)(AlignedMemory.Alignment - 1));
    }

    private int BestFit(long bytes)
    {
        int best = -1;
        bool bestIsUntouched = false;
        for (int i = 0; i < _free.Count; i++)
        {
            bool isUntouched = IsUntouched(_free[i]);
            if (_free[i].Bytes >= bytes && (best < 0 || (isUntouched == bestIsUntouched ? _free[i].Bytes < _free[best].Bytes : bestIsUntouched)))
            {
                (best, bestIsUntouched) = (i, isUntouched);
            }
        }

        return best;
    }

    private bool IsUntouched(Span span) => span.Start - _chunks[span.Chunk].Memory.Pointer >= _chunks[span.Chunk].Used;

    private int ChunkOf(byte* address)
    {
        for (int chunk = 0; chunk < _chunks.Count; chunk++)
        {
            byte* start = _chunks[chunk].Memory.Pointer;
            if (address >= start && address < start + _chunks[chunk].Memory.Bytes)
            {
                return chunk;
            }
        }

        throw new ArgumentException("The block does not belong to this arena.", nameof(address));
    }

    private void Grow(long bytes)
    {
        bytes = Math.Max(bytes, (_capacity / 2) & ~(long)(AlignedMemory.Alignment - 1));
        int chunk = AddChunk(bytes);
        byte* start = _chunks[chunk].Memory.Pointer;
        int next = 0;
        while (next < _free.Count && _free[next].Start < start)
        {
            next++;
        }

        _free.Insert(next, new Span(start, bytes, chunk));
    }

    private int AddChunk(long bytes)
    {
        _chunks.Add(new Chunk(device.Reserve(bytes)));
        _capacity += bytes;
        return _chunks.Count - 1;
    }

    private void FreeChunks()
    {
        foreach (Chunk chunk in _chunks)
        {
            chunk.Memory.Dispose();
        }

        _chunks.Clear();
        _free.Clear();
        _capacity = 0;
    }

    private sealed class Chunk(AlignedMemory memory)
    {
        public AlignedMemory Memory { get; } = memory;

        /// <summary>Bytes from the start in which blocks have lain.</summary>
        public long Used { get; set; }
    }

    private readonly record struct Span(nint Address, long Bytes, int Chunk)
    {
        public Span(byte* start, long bytes, int chunk)
            : this((nint)start, bytes, chunk)
        {
        }

        public byte* Start
        {
            get => (byte*)Address;
            init => Address = (nint)value;
        }
    }
}
