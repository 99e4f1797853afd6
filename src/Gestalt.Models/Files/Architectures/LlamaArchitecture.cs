using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// <c>llama</c>: Llama 1 (arXiv 2302.13971), 2 and 3, Mistral (arXiv 2310.06825) with its sliding window, Mixtral (arXiv 2401.04088) with its experts, and
/// whoever took their shape. Rotary pairs are neighbours in these files.
/// </summary>
internal sealed class LlamaArchitecture : RotaryArchitecture
{
    public override string Name => "llama";

    protected override TransformerConfig Family(TransformerConfig plain, TransformerConfig config) => plain with
    {
        RotaryPairs = RotaryPairs.Neighbours,
        QueryKeyValueBias = config.QueryKeyValueBias,
        SlidingWindow = config.SlidingWindow,
        Experts = config.Experts,
        ExpertsUsed = config.ExpertsUsed,
    };
}
