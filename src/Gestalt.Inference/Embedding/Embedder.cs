using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference.Embedding;

/// <summary>Which of a text's last hidden states, one for each token, make its vector.</summary>
public enum Pooling
{
    /// <summary>The mean of all.</summary>
    Mean,

    /// <summary>The last token's, which has seen the whole text: what embedding models made from causal ones are trained for.</summary>
    Last,

    /// <summary>The first token's, as of models that put a token for the whole text in front.</summary>
    Cls,
}

/// <summary>Reads texts for their hidden states, many short ones in one pass, long ones in pieces.</summary>
internal static class Embedder
{
    private const int PieceLength = 512;
    private const int MostTexts = 64;

    public static float[][] Embed(Transformer model, CacheFormat format, IReadOnlyList<int[]> texts, Pooling pooling, bool normalize, CancellationToken cancellation)
    {
        var vectors = new float[texts.Count][];
        if (texts.Count == 0)
            return vectors;
        using var reader = new Reader(model, format, texts.Max(text => text.Length));
        for (int first = 0, count; first < texts.Count; first += count)
        {
            count = 1;
            for (int tokens = texts[first].Length; first + count < texts.Count && count < MostTexts; count++)
            {
                tokens += texts[first + count].Length;
                if (tokens > PieceLength)
                    break;
            }
            for (int i = 0; i < count; i++)
                vectors[first + i] = new float[model.Config.Width];
            reader.Read(texts, vectors, first, count, pooling, cancellation);
        }
        foreach (float[] vector in normalize ? vectors : [])
        {
            double length = Math.Sqrt(vector.Sum(value => (double)value * value));
            for (int i = 0; i < vector.Length && length > 0; i++)
                vector[i] = (float)(vector[i] / length);
        }
        return vectors;
    }

    private sealed class Reader : IDisposable
    {
        private readonly Transformer _model;
        private readonly PagedCache _cache;
        private readonly RaggedBatch _batch;
        private readonly Tape _tape;

        public Reader(Transformer model, CacheFormat format, int longest)
        {
            TransformerConfig config = model.Config;
            long bytes = Math.Max(
                PagedCache.BytesFor(config, format, longest, PieceLength),
                (MostTexts + (PieceLength / PagedShape.TokensPerPage)) * PagedCache.BytesFor(config, format, 1, PieceLength));
            _model = model;
            _cache = new PagedCache(config, format, bytes);
            _batch = new RaggedBatch(config, _cache);
            _tape = new Tape(model.Device, recording: false);
        }

        /// <summary>Several texts that fit in a piece together, or one that may be longer.</summary>
        public void Read(IReadOnlyList<int[]> texts, float[][] vectors, int first, int count, Pooling pooling, CancellationToken cancellation)
        {
            var sequences = new CachedSequence[count];
            for (int i = 0; i < count; i++)
                sequences[i] = _cache.Begin([]);
            for (int start = 0; start == 0 || start < texts[first].Length; start += PieceLength)
            {
                cancellation.ThrowIfCancellationRequested();
                _batch.Clear();
                _tape.Reset();
                for (int i = 0; i < count; i++)
                {
                    ReadOnlySpan<int> piece = texts[first + i].AsSpan(start);
                    piece = piece[..Math.Min(PieceLength, piece.Length)];
                    if (!_cache.TryReserve(sequences[i], piece.Length))
                        throw new InvalidOperationException($"no room for {piece.Length} tokens to embed");
                    bool isLast = start + piece.Length == texts[first + i].Length;
                    _batch.Add(sequences[i], piece, Rows(pooling, start, piece.Length, isLast));
                }
                if (_model.Hidden(_tape, _batch) is Tensor hidden) // (rows,C)
                    Add(hidden.Values, texts, vectors, first, count, start, pooling);
            }
            foreach (CachedSequence sequence in sequences)
                sequence.Dispose();
        }

        public void Dispose()
        {
            _batch.Dispose();
            _tape.Dispose();
            _cache.Dispose();
        }

        private static int Rows(Pooling pooling, int start, int length, bool isLast) => pooling switch
        {
            Pooling.Last => isLast ? 1 : 0,
            Pooling.Cls => start == 0 ? length : 0, // rows are counted from the end
            _ => length,
        };

        private static void Add(ReadOnlySpan<float> hidden, IReadOnlyList<int[]> texts, float[][] vectors, int first, int count, int start, Pooling pooling)
        {
            for (int i = 0; i < count; i++)
            {
                float[] vector = vectors[first + i];
                int tokens = texts[first + i].Length;
                int length = Math.Min(PieceLength, tokens - start);
                int rows = Rows(pooling, start, length, start + length == tokens);
                ReadOnlySpan<float> own = hidden[..(rows * vector.Length)];
                hidden = hidden[own.Length..];
                for (int row = 0; row < (pooling == Pooling.Cls ? Math.Min(rows, 1) : rows); row++)
                {
                    float weight = pooling == Pooling.Mean ? 1f / tokens : 1;
                    ReadOnlySpan<float> state = own.Slice(row * vector.Length, vector.Length);
                    for (int c = 0; c < state.Length; c++)
                        vector[c] += weight * state[c];
                }
            }
        }
    }
}
