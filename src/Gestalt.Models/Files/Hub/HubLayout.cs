using System.Globalization;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>The names that tensors have at Hugging Face, and how they stand there.</summary>
internal static class HubLayout
{
    /// <summary>GGUF's name of a block's part → Hugging Face's, for all that descend from Llama.</summary>
    private static readonly Dictionary<string, string> Parts = new()
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["attn_q_norm"] = "self_attn.q_norm",
        ["attn_k_norm"] = "self_attn.k_norm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
        ["ffn_gate_inp"] = "mlp.gate",
    };

    private static readonly Dictionary<string, string> Gemma = new()
    {
        ["post_attention_norm"] = "post_attention_layernorm",
        ["ffn_norm"] = "pre_feedforward_layernorm",
        ["post_ffw_norm"] = "post_feedforward_layernorm",
    };

    private static readonly Dictionary<string, string> Phi3 = new()
    {
        ["attn_q"] = "self_attn.qkv_proj",
        ["attn_k"] = "self_attn.qkv_proj",
        ["attn_v"] = "self_attn.qkv_proj",
        ["ffn_gate"] = "mlp.gate_up_proj",
        ["ffn_up"] = "mlp.gate_up_proj",
    };

    private static readonly Dictionary<string, string> Gpt2 = new()
    {
        ["attn_norm"] = "ln_1",
        ["attn_q"] = "attn.c_attn",
        ["attn_k"] = "attn.c_attn",
        ["attn_v"] = "attn.c_attn",
        ["attn_output"] = "attn.c_proj",
        ["ffn_norm"] = "ln_2",
        ["ffn_up"] = "mlp.c_fc",
        ["ffn_down"] = "mlp.c_proj",
    };

    /// <summary>The folder's tensors and the parameters that each is made of; parameters that are numbers of the configuration are left out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modelType">Its family under Hugging Face's name.</param>
    /// <param name="prefix">What stands before all of GPT-2's names: <c>transformer.</c> or nothing.</param>
    public static IEnumerable<StoredTensor> Of(Transformer model, string modelType, string prefix = "transformer.")
    {
        bool isGemma = modelType.StartsWith("gemma", StringComparison.Ordinal), isGpt2 = modelType == "gpt2";
        IEnumerable<StoredTensor> layout = model.Parameters
            .Where(parameter => !parameter.Name.StartsWith("rope_", StringComparison.Ordinal))
            .GroupBy(parameter => isGpt2 ? Gpt2Name(parameter.Name, prefix) : Name(parameter.Name, modelType))
            .Select(group => new StoredTensor(group.Key, [.. group])
            {
                Offset = isGemma && group.First().Role == ParameterRole.Vector ? 1 : 0,
                IsTransposed = isGpt2 && group.First().Role == ParameterRole.Matrix,
            });
        return model.Config.TiedEmbeddings
            ? layout.Append(new StoredTensor("lm_head.weight", model["token_embd.weight"]) { IsCopy = true })
            : layout;
    }

    /// <summary>Tensors that older writers left in their files and nobody needs: attention masks and rotary frequencies.</summary>
    public static bool IsLeftOver(string name) =>
        name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal) || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    private static string Name(string parameter, string modelType)
    {
        string[] parts = parameter.Split('.');
        switch (parts)
        {
            case ["token_embd", _]:
                return "model.embed_tokens.weight";
            case ["output_norm", _]:
                return "model.norm.weight";
            case ["output", _]:
                return "lm_head.weight";
            case ["blk", string layer, string kind, string expert, string leaf]:
                string own = modelType != "mixtral" ? "mlp.experts." + expert + "." + Parts[kind]["mlp.".Length..]
                    : string.Create(CultureInfo.InvariantCulture, $"block_sparse_moe.experts.{expert}.{kind switch { "ffn_gate" => "w1", "ffn_up" => "w3", _ => "w2" }}");
                return $"model.layers.{layer}.{own}.{leaf}";
            case ["blk", string layer, "ffn_gate_inp", string leaf] when modelType == "mixtral":
                return $"model.layers.{layer}.block_sparse_moe.gate.{leaf}";
            case ["blk", string layer, string kind, string leaf]:
                Dictionary<string, string> special = modelType.StartsWith("gemma", StringComparison.Ordinal) ? Gemma : modelType == "phi3" ? Phi3 : Parts;
                return $"model.layers.{layer}.{special.GetValueOrDefault(kind) ?? Parts[kind]}.{leaf}";
            default:
                throw new ArgumentException($"The parameter {parameter} has no name at Hugging Face.", nameof(parameter));
        }
    }

    private static string Gpt2Name(string parameter, string prefix) => parameter.Split('.') switch
    {
        ["token_embd", _] => $"{prefix}wte.weight",
        ["position_embd", _] => $"{prefix}wpe.weight",
        ["output_norm", string leaf] => $"{prefix}ln_f.{leaf}",
        ["output", _] => "lm_head.weight",
        ["blk", string layer, string kind, string leaf] => $"{prefix}h.{layer}.{Gpt2[kind]}.{leaf}",
        _ => throw new ArgumentException($"The parameter {parameter} has no name at Hugging Face.", nameof(parameter)),
    };
}
