namespace Gestalt.Models;

/// <summary>
/// <c>qwen3</c> (arXiv 2505.09388), the shape of our own models: RMSNorm, rotary half-split pairs, grouped queries with QK-norm, SwiGLU, no biases.
/// Parameters are named in the file as in the model; a tied head is absent.
/// </summary>
internal sealed class Qwen3Architecture : RotaryArchitecture
{
    public override string Name => "qwen3";

    protected override TransformerConfig Family(TransformerConfig plain, TransformerConfig config) => plain with { QueryKeyNorm = true };
}
