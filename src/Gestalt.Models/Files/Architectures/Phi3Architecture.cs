namespace Gestalt.Models;

/// <summary>
/// <c>phi3</c> (arXiv 2404.14219) and Phi-4: Llama's shape with half-split rotary pairs. Files keep queries, keys and values as one tensor, and gate and up
/// as one, rows after rows; long contexts have wavelengths of their own.
/// </summary>
internal sealed class Phi3Architecture : RotaryArchitecture
{
    // Early files of the 4k models do not say their window.
    private const int EarlyWindow = 2047, EarlyContext = 4096;

    public override string Name => "phi3";

    protected override bool AlwaysSaysWindow => true;

    protected override TransformerConfig Family(TransformerConfig plain, TransformerConfig config) => plain with
    {
        RotaryWidth = config.RotaryWidth,
        SlidingWindow = config.SlidingWindow,
    };

    protected override int Window(GgufFile file, int headWidth) =>
        file.TryGet("phi3.attention.sliding_window", out _) || Size(file, "context_length") != EarlyContext || Size(file, "block_count") is not (32 or 40)
            ? Count(file, "attention.sliding_window")
            : EarlyWindow;

    protected override string TensorOf(string parameter) => parameter
        .Replace(".attn_q.", ".attn_qkv.", StringComparison.Ordinal)
        .Replace(".attn_k.", ".attn_qkv.", StringComparison.Ordinal)
        .Replace(".attn_v.", ".attn_qkv.", StringComparison.Ordinal)
        .Replace(".ffn_gate.", ".ffn_up.", StringComparison.Ordinal);
}
