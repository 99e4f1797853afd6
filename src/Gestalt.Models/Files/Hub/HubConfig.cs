using System.Text.Json;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>What a <c>config.json</c> says of a model.</summary>
/// <param name="ModelType">Its family under Hugging Face's name.</param>
/// <param name="Config">The same in our words.</param>
/// <param name="Constants">Parameters that are numbers of the configuration and no tensors, by name.</param>
internal sealed record HubConfig(string ModelType, TransformerConfig Config, IReadOnlyDictionary<string, float[]> Constants)
{
    /// <summary>The values of <c>model_type</c> that can be run.</summary>
    public static IReadOnlyList<string> ModelTypes { get; } = ["llama", "mistral", "mixtral", "qwen2", "qwen3", "qwen3_moe", "gemma2", "gemma3_text", "phi3", "gpt2"];

    /// <summary>GGUF's name of a family.</summary>
    public static string ArchitectureOf(string modelType) => modelType switch
    {
        "mistral" or "mixtral" => "llama",
        "qwen3_moe" => "qwen3moe",
        "gemma3_text" => "gemma3",
        _ => modelType,
    };

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="ModelFileException">It is missing, incomplete, or of a model that cannot be run.</exception>
    public static HubConfig Read(HubFolder folder)
    {
        string path = Path.Combine(folder.Path, HubFolder.ConfigName);
        var json = new HubJson(path, folder.Json(HubFolder.ConfigName) ?? throw new ModelFileException(path, "there is no such file"));
        string type = json.Text("model_type");
        if (!ModelTypes.Contains(type))
            throw new ModelFileException(path, $"describes a model of type '{type}'; {string.Join(", ", ModelTypes)} can be run");
        try
        {
            HubConfig read = type == "gpt2" ? Gpt2(json) : Rotary(json, type);
            Architecture.CheckSizes(path, read.Config, folder.TensorNames.Count());
            read.Config.Validate();
            CheckLayers(json, read.Config);
            return read;
        }
        catch (ArgumentException problem)
        {
            throw new ModelFileException(path, $"describes a model that cannot be built: {problem.Message.TrimEnd('.')}", inner: problem);
        }
    }

    /// <summary>Where a file lists its layers' kinds, they have to be those that its numbers say.</summary>
    private static void CheckLayers(HubJson json, TransformerConfig config)
    {
        string[] kinds = json.Texts("layer_types") ?? [];
        for (int layer = 0; layer < Math.Min(kinds.Length, config.Layers); layer++)
        {
            string expected = config.IsWindowed(layer) ? "sliding_attention" : "full_attention";
            if (kinds[layer] != expected)
                throw new ModelFileException(json.Path, $"lists layer {layer} as {kinds[layer]}, where a model of its type has {expected}: it cannot be run");
        }
    }

    private static HubConfig Gpt2(HubJson json)
    {
        json.Require("activation_function", "gelu_new", "gelu_pytorch_tanh");
        json.Refuse("scale_attn_by_inverse_layer_idx");
        json.Refuse("reorder_and_upcast_attn");
        int width = json.Size("n_embd");
        return new HubConfig(
            "gpt2",
            TransformerConfig.Gpt2(json.Size("n_layer"), width, json.Size("n_head"), json.Size("vocab_size"), json.Size("n_positions")) with
            {
                FeedForwardWidth = json.Size("n_inner", otherwise: 4 * width),
                NormEpsilon = (float)json.Number("layer_norm_epsilon", 1e-5),
                TiedEmbeddings = json.Flag("tie_word_embeddings", otherwise: true),
            },
            new Dictionary<string, float[]>());
    }

    private static HubConfig Rotary(HubJson json, string type)
    {
        bool isGemma = type.StartsWith("gemma", StringComparison.Ordinal);
        json.Refuse("attention_bias", unless: type is "qwen2");
        json.Refuse("mlp_bias");
        int width = json.Size("hidden_size"), heads = json.Size("num_attention_heads");
        int headWidth = json.Size("head_dim", otherwise: Math.Max(width / heads, 1));
        HubJson rope = json.Child("rope_parameters") ?? json; // newer writers put θ and scaling together
        double theta = rope.Number("rope_theta", 10_000);
        var plain = new TransformerConfig
        {
            Layers = json.Size("num_hidden_layers"),
            Width = width,
            Heads = heads,
            KeyValueHeads = json.Size("num_key_value_heads", otherwise: heads),
            HeadWidth = headWidth,
            FeedForwardWidth = json.Size(type == "qwen3_moe" ? "moe_intermediate_size" : "intermediate_size"),
            Vocabulary = json.Size("vocab_size"),
            Context = json.Size("max_position_embeddings"),
            NormEpsilon = (float)json.Number("rms_norm_eps", 1e-6),
            RotaryTheta = theta,
            TiedEmbeddings = json.Flag("tie_word_embeddings", otherwise: isGemma),
        };
        plain = Family(json, type, plain);
        json.Require(isGemma && json.Has("hidden_activation") ? "hidden_activation" : "hidden_act", isGemma ? ["gelu_pytorch_tanh"] : ["silu"]);
        var constants = new Dictionary<string, float[]>();
        RotaryScaling? scaling = HubScaling.Read(json, plain, constants);
        return new HubConfig(type, plain with { RotaryScaling = scaling }, constants);
    }

    private static TransformerConfig Family(HubJson json, string type, TransformerConfig plain)
    {
        switch (type)
        {
            case "llama":
                return plain;
            case "mistral":
                return plain with { SlidingWindow = json.Size("sliding_window", otherwise: 0) };
            case "mixtral":
                return plain with
                {
                    SlidingWindow = json.Size("sliding_window", otherwise: 0),
                    Experts = json.Size("num_local_experts"),
                    ExpertsUsed = json.Size("num_experts_per_tok"),
                };
            case "qwen2":
                json.Refuse("use_sliding_window");
                return plain with { QueryKeyValueBias = true };
            case "qwen3":
                json.Refuse("use_sliding_window");
                return plain with { QueryKeyNorm = true };
            case "qwen3_moe":
                json.Refuse("use_sliding_window");
                if (!json.Flag("norm_topk_prob", otherwise: false) || json.Size("decoder_sparse_step", otherwise: 1) != 1 || json.Numbers("mlp_only_layers") is { Length: > 0 })
                    throw new ModelFileException(json.Path, "asks for norm_topk_prob = false or for layers without experts, which cannot be run");
                return plain with { QueryKeyNorm = true, Experts = json.Size("num_experts"), ExpertsUsed = json.Size("num_experts_per_tok") };
            case "phi3":
                int rotated = (int)(plain.HeadWidth * json.Number("partial_rotary_factor", 1));
                return plain with
                {
                    SlidingWindow = json.Size("sliding_window", otherwise: 0),
                    RotaryWidth = rotated == plain.HeadWidth ? 0 : rotated,
                };
            default:
                double scalar = json.Number("query_pre_attn_scalar", 256);
                json.Refuse("use_bidirectional_attention");
                TransformerConfig gemma = plain with
                {
                    FeedForward = FeedForwardKind.GeGlu,
                    PostNorms = true,
                    EmbeddingScale = MathF.Sqrt(plain.Width),
                    QueryScale = scalar == plain.HeadWidth ? 0 : (float)(1 / Math.Sqrt(scalar)),
                    SlidingWindow = json.Size("sliding_window", otherwise: 4096),
                    AttentionSoftCap = (float)json.Number("attn_logit_softcapping", 0),
                    FinalSoftCap = (float)json.Number("final_logit_softcapping", 0),
                };
                return type == "gemma2"
                    ? gemma with { GlobalLayerEvery = 2 }
                    : gemma with
                    {
                        GlobalLayerEvery = json.Size("sliding_window_pattern", otherwise: 6),
                        QueryKeyNorm = true,
                        LocalRotaryTheta = json.Number("rope_local_base_freq", 10_000),
                    };
        }
    }
}
