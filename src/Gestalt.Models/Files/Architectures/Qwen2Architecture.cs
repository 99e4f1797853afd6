namespace Gestalt.Models;

/// <summary><c>qwen2</c> (arXiv 2407.10671): Llama's shape with half-split rotary pairs, and biases on queries, keys and values.</summary>
internal sealed class Qwen2Architecture : RotaryArchitecture
{
    public override string Name => "qwen2";

    protected override TransformerConfig Family(TransformerConfig plain, TransformerConfig config) => plain with { QueryKeyValueBias = true };
}
