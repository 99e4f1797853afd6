using System.Text.Json.Nodes;

namespace Gestalt.Models;

/// <summary>Writes a configuration as <c>config.json</c>: what <see cref="HubConfig"/> reads back, and what Hugging Face's code asks for beside.</summary>
internal static class HubConfigWriter
{
    private static readonly Dictionary<string, string> Classes = new()
    {
        ["llama"] = "LlamaForCausalLM",
        ["mistral"] = "MistralForCausalLM",
        ["mixtral"] = "MixtralForCausalLM",
        ["qwen2"] = "Qwen2ForCausalLM",
        ["qwen3"] = "Qwen3ForCausalLM",
        ["qwen3_moe"] = "Qwen3MoeForCausalLM",
        ["gemma2"] = "Gemma2ForCausalLM",
        ["gemma3_text"] = "Gemma3ForCausalLM",
        ["phi3"] = "Phi3ForCausalLM",
        ["gpt2"] = "GPT2LMHeadModel",
    };

    /// <summary>The configuration of a model.</summary>
    public static JsonObject Of(LoadedModel model, string modelType, TensorType? type)
    {
        TransformerConfig config = model.Transformer.Config;
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(Classes[modelType]),
            ["model_type"] = modelType,
            ["vocab_size"] = config.Vocabulary,
            ["tie_word_embeddings"] = config.TiedEmbeddings,
            ["torch_dtype"] = type switch { TensorType.F32 => "float32", TensorType.F16 => "float16", _ => "bfloat16" },
        };
        if (model.StartId is int start)
            json["bos_token_id"] = start;
        if (model.StopIds is [int stop, ..])
            json["eos_token_id"] = stop;
        if (modelType == "gpt2")
            AddGpt2(json, config);
        else
            AddRotary(json, config, modelType, model.Transformer);
        return json;
    }

    private static void AddGpt2(JsonObject json, TransformerConfig config)
    {
        json["n_layer"] = config.Layers;
        json["n_embd"] = config.Width;
        json["n_head"] = config.Heads;
        json["n_inner"] = config.FeedForwardWidth;
        json["n_positions"] = config.Context;
        json["n_ctx"] = config.Context;
        json["layer_norm_epsilon"] = Short(config.NormEpsilon);
        json["activation_function"] = "gelu_new";
    }

    private static void AddRotary(JsonObject json, TransformerConfig config, string modelType, Transformer model)
    {
        json["num_hidden_layers"] = config.Layers;
        json["hidden_size"] = config.Width;
        json["num_attention_heads"] = config.Heads;
        json["num_key_value_heads"] = config.KeyValueHeads;
        json["head_dim"] = config.HeadWidth;
        json["intermediate_size"] = config.FeedForwardWidth;
        json["max_position_embeddings"] = config.Context;
        json["rms_norm_eps"] = Short(config.NormEpsilon);
        json["rope_theta"] = config.RotaryTheta;
        json["sliding_window"] = config.SlidingWindow > 0 ? config.SlidingWindow : null;
        json["hidden_act"] = config.FeedForward == FeedForwardKind.GeGlu ? "gelu_pytorch_tanh" : "silu";
        if (HubScaling.Write(model) is { } scaling)
        {
            json["rope_scaling"] = scaling;
            if (config.RotaryScaling!.OriginalContext > 0)
                json["original_max_position_embeddings"] = config.RotaryScaling.OriginalContext;
        }
        switch (modelType)
        {
            case "mixtral":
                json["num_local_experts"] = config.Experts;
                json["num_experts_per_tok"] = config.ExpertsUsed;
                break;
            case "qwen3_moe":
                json["num_experts"] = config.Experts;
                json["num_experts_per_tok"] = config.ExpertsUsed;
                json["moe_intermediate_size"] = config.FeedForwardWidth;
                json["norm_topk_prob"] = true;
                json["decoder_sparse_step"] = 1;
                break;
            case "phi3" when config.RotaryWidth > 0:
                json["partial_rotary_factor"] = (double)config.RotaryWidth / config.HeadWidth;
                break;
            case "gemma2" or "gemma3_text":
                json["hidden_activation"] = "gelu_pytorch_tanh";
                json["query_pre_attn_scalar"] = config.QueryScale > 0 ? Math.Round(1 / ((double)config.QueryScale * config.QueryScale), 3) : config.HeadWidth;
                json["attn_logit_softcapping"] = config.AttentionSoftCap > 0 ? Short(config.AttentionSoftCap) : null;
                json["final_logit_softcapping"] = config.FinalSoftCap > 0 ? Short(config.FinalSoftCap) : null;
                break;
        }
        if (modelType == "gemma3_text")
        {
            json["sliding_window_pattern"] = config.GlobalLayerEvery;
            json["rope_local_base_freq"] = config.LocalRotaryTheta;
        }
    }

    /// <summary>The shortest decimal that reads back as the same float32: 1e-06, not 9.999999974752427e-07.</summary>
    private static JsonNode? Short(float value) => JsonNode.Parse(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
