namespace Gestalt.Models;

/// <summary>
/// What went on inside a model while it read a text and was about to say what comes next: the numbers of one position, layer by layer. Made by
/// <see cref="Transformer.Inspect"/>.
/// </summary>
/// <remarks>
/// The guesses of layers are the logit lens (nostalgebraist, "interpreting GPT: the logit lens", 2020): final norm and head, applied to the residual stream as it is after each
/// block. The last of them are the model's own logits.
/// </remarks>
public sealed record Inspection
{
    /// <summary>The position that was looked at, from 0; its prediction is for the token after it.</summary>
    public required int Position { get; init; }

    /// <summary>The residual stream before the first block (C): the token's vector, with that of its position where the model has such.</summary>
    public required float[] Embedding { get; init; }

    /// <summary>The blocks, from the first.</summary>
    public required IReadOnlyList<InspectedLayer> Layers { get; init; }

    /// <summary>The residual stream after the last block, normalised (C): what the head reads.</summary>
    public required float[] Final { get; init; }

    /// <summary>The guess before the first block: the head's logits (V) for the <see cref="Embedding"/>.</summary>
    public required float[] EmbeddingLogits { get; init; }

    /// <summary>The Euclidean norms of the residual stream: [0] before the first block, [i] after block i, each of all positions up to <see cref="Position"/>.</summary>
    public required IReadOnlyList<float[]> StreamNorms { get; init; }

    /// <summary>The model's logits (V) of the next token.</summary>
    public float[] Logits => Layers[^1].Logits;
}

/// <summary>One block at the position that was looked at.</summary>
public sealed record InspectedLayer
{
    /// <summary>The queries of all heads (H·D), normalised and turned as the model does.</summary>
    public required float[] Query { get; init; }

    /// <summary>The keys of all key heads (K·D), likewise.</summary>
    public required float[] Key { get; init; }

    /// <summary>The values of all value heads (K·D).</summary>
    public required float[] Value { get; init; }

    /// <summary>How much each head looks at each position from 0 to this one: H rows that sum to 1; 0 where a window or a document's start hides a position.</summary>
    public required IReadOnlyList<float[]> Attention { get; init; }

    /// <summary>
    /// The same for every position: H arrays of the lower triangle, row after row (position 0 has 1 weight, position 1 has 2, ...); null unless this layer's map was asked for.
    /// </summary>
    public IReadOnlyList<float[]>? AttentionMap { get; init; }

    /// <summary>What attention adds to the residual stream (C).</summary>
    public required float[] AttentionAdds { get; init; }

    /// <summary>The activations between the two matrices of the feed-forward layer (F); empty where there are several experts.</summary>
    public required float[] Hidden { get; init; }

    /// <summary>The experts that were taken with their weights, the heaviest first; empty where there is a single feed-forward layer.</summary>
    public required IReadOnlyList<(int Expert, float Weight)> Experts { get; init; }

    /// <summary>What the feed-forward layer adds to the residual stream (C).</summary>
    public required float[] FeedForwardAdds { get; init; }

    /// <summary>The residual stream after the block (C).</summary>
    public required float[] Stream { get; init; }

    /// <summary>The logits (V) that the model would give if this were its last block.</summary>
    public required float[] Logits { get; init; }
}
