using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// New tokens of several sequences that a <see cref="Transformer"/> reads in one pass, each sequence with its own number of them: prompts being read beside
/// streams being continued. Filled, read, cleared and filled again without allocating.
/// </summary>
public sealed unsafe class RaggedBatch : IDisposable
{
    private readonly PagedCache _cache;
    private readonly PagedShape[] _shapes;
    private readonly List<(CachedSequence Sequence, int First, int Tokens, int Logits)> _members = [];
    private readonly List<(Adapter? Adapter, int First, int Tokens)> _adapters = [];
    private readonly List<int> _ids = [];
    private AlignedMemory _sequences = new(0);

    /// <summary>An empty batch.</summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="cache">Where its sequences keep their keys and values.</param>
    public RaggedBatch(TransformerConfig config, PagedCache cache)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(cache);
        _cache = cache;
        _shapes = [.. Enumerable.Range(0, config.Layers).Select(layer => PagedCache.ShapeOf(config, cache.Format, layer))];
    }

    /// <summary>Sequences in the batch.</summary>
    public int Sequences => _members.Count;

    /// <summary>Tokens in the batch.</summary>
    public int Tokens => _ids.Count;

    /// <summary>Tokens whose logits are wanted.</summary>
    public int LogitRows { get; private set; }

    /// <summary>The adapter of each sequence's tokens.</summary>
    internal List<(Adapter? Adapter, int First, int Tokens)> Adapters => _adapters;

    /// <summary>The tokens as one row.</summary>
    internal TokenBatch Row { get; } = new(1, 0);

    /// <summary>Forgets the tokens; the sequences stay as they are.</summary>
    public void Clear()
    {
        _members.Clear();
        _adapters.Clear();
        _ids.Clear();
        LogitRows = 0;
    }

    /// <summary>Adds a sequence's next tokens, for which <see cref="PagedCache.TryReserve"/> must have made room. A sequence is in a batch once.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="tokens">Its next tokens, at least one.</param>
    /// <param name="logits">Of how many of them, the last ones, logits are wanted.</param>
    /// <param name="adapter">The adapter that they go through; the model's own if null. A sequence has the same one from its first token to its last.</param>
    public void Add(CachedSequence sequence, ReadOnlySpan<int> tokens, int logits, Adapter? adapter = null)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)logits, (uint)tokens.Length, nameof(logits));
        if (sequence.Missing(tokens.Length) > 0)
        {
            throw new InvalidOperationException($"The sequence holds {sequence.Length} tokens and has no room for {tokens.Length} more: reserve it first.");
        }

        _members.Add((sequence, _ids.Count, tokens.Length, logits));
        _adapters.Add((adapter, _ids.Count, tokens.Length));
        _ids.AddRange(tokens);
        LogitRows += logits;
    }

    /// <summary>Returns the memory to the system.</summary>
    public void Dispose()
    {
        _sequences.Dispose();
        Row.Dispose();
    }

    /// <summary>Lays the tokens out as a row of a <see cref="TokenBatch"/> and describes every layer's sequences to attention.</summary>
    internal void Prepare()
    {
        Row.Resize(1, Tokens);
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ids).CopyTo(Row.Inputs);
        int layers = _cache.Layers;
        long bytes = (long)layers * _members.Count * sizeof(PagedSequence);
        if (_sequences.Bytes < bytes)
        {
            _sequences.Dispose();
            _sequences = new AlignedMemory(2 * bytes);
        }

        for (int i = 0; i < _members.Count; i++)
        {
            (CachedSequence sequence, int first, int tokens, _) = _members[i];
            for (int t = 0; t < tokens; t++)
            {
                Row.PositionPointer[first + t] = sequence.Length + t;
            }

            for (int layer = 0; layer < layers; layer++)
            {
                Of(layer)[i] = new PagedSequence
                {
                    Pages = sequence.Table(layer),
                    Queries = tokens,
                    Keys = sequence.Length + tokens,
                    FirstQuery = first,
                };
            }
        }
    }

    /// <summary>Attention of a layer.</summary>
    internal Tensor Attend(Tape tape, int layer, Tensor q, Tensor k, Tensor v) =>
        tape.PagedAttention(q, k, v, _shapes[layer], Of(layer), _members.Count);

    /// <summary>Picks the rows whose logits are wanted, in order, (1,T,C) → (rows,C).</summary>
    internal Tensor Wanted(Tape tape, Tensor x)
    {
        int width = x.Shape.Width;
        Tensor rows = tape.Input(new Shape(LogitRows, width));
        float* target = rows.Data;
        foreach ((_, int first, int tokens, int logits) in _members)
        {
            long bytes = (long)logits * width * sizeof(float);
            Buffer.MemoryCopy(x.Data + ((long)(first + tokens - logits) * width), target, bytes, bytes);
            target += (long)logits * width;
        }

        return rows;
    }

    /// <summary>Counts the tokens that every layer has read.</summary>
    internal void Advance()
    {
        foreach ((CachedSequence sequence, _, int tokens, _) in _members)
        {
            sequence.Advance(tokens);
        }
    }

    private PagedSequence* Of(int layer) => (PagedSequence*)_sequences.Pointer + ((long)layer * _members.Count);
}
