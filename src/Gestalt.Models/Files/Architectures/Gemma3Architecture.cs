namespace Gestalt.Models;

/// <summary>
/// <c>gemma3</c> (arXiv 2503.19786), its text half: Gemma 2 with QK-norm instead of soft caps, five layers with a sliding window and short wavelengths
/// between each that sees everything. Gains are stored as they are used; a head is the token table.
/// </summary>
internal sealed class Gemma3Architecture : RotaryArchitecture
{
    private const double LocalTheta = 10_000; // of all models that were published; files do not say
    private const int LayersOfLargest = 62; // the 27B model scales queries by the width that a head would have, not the one that it has

    public override string Name => "gemma3";

    protected override TransformerConfig Family(TransformerConfig plain, TransformerConfig config) => plain with
    {
        FeedForward = FeedForwardKind.GeGlu,
        PostNorms = true,
        EmbeddingScale = MathF.Sqrt(config.Width),
        QueryScale = config.Layers == LayersOfLargest ? 1 / MathF.Sqrt(config.Width / config.Heads) : 0,
        QueryKeyNorm = true,
        SlidingWindow = config.SlidingWindow,
        GlobalLayerEvery = 6,
        LocalRotaryTheta = LocalTheta,
        FinalSoftCap = config.FinalSoftCap,
        TiedEmbeddings = true,
    };

    protected override int Window(GgufFile file, int headWidth) => Size(file, "attention.sliding_window");
}
