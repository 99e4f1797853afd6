namespace Gestalt.Models;

/// <summary><c>qwen3moe</c> (arXiv 2505.09388): Qwen3 with experts in every layer, whose weights are a softmax among those chosen.</summary>
internal sealed class Qwen3MoeArchitecture : RotaryArchitecture
{
    public override string Name => "qwen3moe";

    protected override TransformerConfig Family(TransformerConfig plain, TransformerConfig config) =>
        plain with { QueryKeyNorm = true, Experts = Math.Max(config.Experts, 1), ExpertsUsed = Math.Max(config.ExpertsUsed, 1) };
}
