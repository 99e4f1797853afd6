using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference.Scoring;

/// <summary>Reads a text for how likely the model finds each of its tokens after those before it.</summary>
internal static class Scorer
{
    private const int MostPieceLength = 512;

    /// <summary>Logits of a piece stay below 32 MB, whatever the vocabulary.</summary>
    private const int MostLogits = 8 << 20;

    public static GeneratedToken[] Score(Transformer model, CacheFormat format, int[] text, int likeliest, int vocabulary, CancellationToken cancellation)
    {
        if (text.Length < 2)
            return [];
        TransformerConfig config = model.Config;
        int[] read = text[..^1]; // what would follow the last, nobody asks
        int pieceLength = Math.Clamp(MostLogits / config.Vocabulary, 1, MostPieceLength);
        using var cache = new PagedCache(config, format, PagedCache.BytesFor(config, format, read.Length, pieceLength));
        using var batch = new RaggedBatch(config, cache);
        using var tape = new Tape(model.Device, recording: false);
        using CachedSequence sequence = cache.Begin([]);
        var scores = new GeneratedToken[read.Length];
        for (int start = 0; start < read.Length; start += pieceLength)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> piece = read.AsSpan(start, Math.Min(pieceLength, read.Length - start));
            if (!cache.TryReserve(sequence, piece.Length))
                throw new InvalidOperationException($"no room for {piece.Length} tokens to score");
            batch.Clear();
            tape.Reset();
            batch.Add(sequence, piece, piece.Length);
            ReadOnlySpan<float> logits = model.Forward(tape, batch)!.Values; // (piece,V)
            for (int row = 0; row < piece.Length; row++)
                scores[start + row] = Score(logits.Slice(row * config.Vocabulary, config.Vocabulary)[..vocabulary], text[start + row + 1], likeliest);
        }
        return scores;
    }

    private static GeneratedToken Score(ReadOnlySpan<float> logits, int id, int likeliest)
    {
        Span<TokenLogProbability> best = new TokenLogProbability[likeliest];
        int count = Sampler.LogProbabilities(logits, best);
        // Ids beyond the vocabulary mean nothing, and nothing generates them.
        return new GeneratedToken(id, id < logits.Length ? Sampler.LogProbability(logits, id) : float.NegativeInfinity, best[..count].ToArray());
    }
}
