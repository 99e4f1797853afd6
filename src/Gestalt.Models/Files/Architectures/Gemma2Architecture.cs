namespace Gestalt.Models;

/// <summary>
/// <c>gemma2</c> (arXiv 2408.00118): GeGLU, norms before and after both halves of a block, embeddings times √C, soft caps on attention and logits, and a
/// sliding window in every other layer. Gains are stored as they are used; a head is the token table.
/// </summary>
internal sealed class Gemma2Architecture : RotaryArchitecture
{
    private const int DefaultWindow = 4096; // of all models that were published
    private const int LayersOfLargest = 46; // the 27B model scales queries by the width that a head would have, not the one that it has

    public override string Name => "gemma2";

    protected override TransformerConfig Family(TransformerConfig plain, TransformerConfig config) => plain with
    {
        FeedForward = FeedForwardKind.GeGlu,
        PostNorms = true,
        EmbeddingScale = MathF.Sqrt(config.Width),
        QueryScale = config.Layers == LayersOfLargest ? 1 / MathF.Sqrt(config.Width / config.Heads) : 0,
        SlidingWindow = config.SlidingWindow,
        GlobalLayerEvery = 2,
        AttentionSoftCap = config.AttentionSoftCap,
        FinalSoftCap = config.FinalSoftCap,
        TiedEmbeddings = true,
    };

    protected override int Window(GgufFile file, int headWidth) => Size(file, "attention.sliding_window", DefaultWindow);
}
