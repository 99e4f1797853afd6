namespace Gestalt.Models;

/// <summary>
/// The families that descend from Llama: RMSNorm, rotary positions, grouped queries, gates. They share their metadata keys; each says in
/// <see cref="Family"/> what all its models have in common and which of the rest its files can say.
/// </summary>
internal abstract class RotaryArchitecture : Architecture
{
    private const float DefaultTheta = 10_000; // what everyone assumes where a file says nothing

    /// <summary>Keys that would change the arithmetic in ways that no family here does, with their harmless values.</summary>
    private static readonly (string Key, double Harmless)[] Foreign =
    [
        ("expert_shared_count", 0), ("expert_weights_scale", 1), ("leading_dense_block_count", 0), ("attention.scale", 0), ("logit_scale", 1), ("residual_scale", 1),
        ("embedding_scale", 1), ("attention.max_alibi_bias", 0), ("attention.clamp_kqv", 0), ("rope.scaling.yarn_log_multiplier", 0), ("rope.scaling.yarn_ext_factor", 1),
    ];

    /// <summary>Whether readers expect a file to say its window even where it has none.</summary>
    protected virtual bool AlwaysSaysWindow => false;

    /// <summary>The family's own arithmetic on top of what all files say.</summary>
    /// <param name="plain">Sizes, ε, θ and scaling: what every file says.</param>
    /// <param name="config">Everything that this file says, or that a model has.</param>
    protected abstract TransformerConfig Family(TransformerConfig plain, TransformerConfig config);

    public sealed override TransformerConfig Said(TransformerConfig config) => Family(
        new TransformerConfig
        {
            Layers = config.Layers,
            Width = config.Width,
            Heads = config.Heads,
            KeyValueHeads = config.KeyValueHeads,
            HeadWidth = config.HeadWidth,
            FeedForwardWidth = config.FeedForwardWidth,
            Vocabulary = config.Vocabulary,
            Context = config.Context,
            NormEpsilon = config.NormEpsilon,
            RotaryTheta = (float)config.RotaryTheta, // as files keep it
            RotaryScaling = config.RotaryScaling is { } scaling
                ? scaling with { Factor = (float)scaling.Factor, Magnitude = (float)scaling.Magnitude, FastTurns = (float)scaling.FastTurns, SlowTurns = (float)scaling.SlowTurns }
                : null,
            TiedEmbeddings = config.TiedEmbeddings,
        },
        config);

    public override void Write(GgufWriter writer, TransformerConfig config)
    {
        writer.SetUInt32($"{Name}.block_count", (uint)config.Layers);
        writer.SetUInt32($"{Name}.context_length", (uint)config.Context);
        writer.SetUInt32($"{Name}.embedding_length", (uint)config.Width);
        writer.SetUInt32($"{Name}.feed_forward_length", (uint)config.FeedForwardWidth);
        writer.SetUInt32($"{Name}.attention.head_count", (uint)config.Heads);
        writer.SetUInt32($"{Name}.attention.head_count_kv", (uint)config.KeyValueHeads);
        writer.SetUInt32($"{Name}.attention.key_length", (uint)config.HeadWidth);
        writer.SetUInt32($"{Name}.attention.value_length", (uint)config.HeadWidth);
        writer.SetFloat32($"{Name}.attention.layer_norm_rms_epsilon", config.NormEpsilon);
        writer.SetUInt32($"{Name}.rope.dimension_count", (uint)config.RotatedWidth);
        writer.SetFloat32($"{Name}.rope.freq_base", (float)config.RotaryTheta);
        writer.SetUInt32($"{Name}.vocab_size", (uint)config.Vocabulary);
        if (config.SlidingWindow > 0 || AlwaysSaysWindow)
            writer.SetUInt32($"{Name}.attention.sliding_window", (uint)config.SlidingWindow);
        if (config.AttentionSoftCap > 0)
            writer.SetFloat32($"{Name}.attn_logit_softcapping", config.AttentionSoftCap);
        if (config.FinalSoftCap > 0)
            writer.SetFloat32($"{Name}.final_logit_softcapping", config.FinalSoftCap);
        if (config.Experts > 0)
        {
            writer.SetUInt32($"{Name}.expert_count", (uint)config.Experts);
            writer.SetUInt32($"{Name}.expert_used_count", (uint)config.ExpertsUsed);
            writer.SetUInt32($"{Name}.expert_feed_forward_length", (uint)config.FeedForwardWidth);
        }
        if (config.RotaryScaling is { } scaling)
            WriteScaling(writer, scaling);
    }

    protected sealed override TransformerConfig ReadConfig(GgufFile file)
    {
        int width = Size(file, "embedding_length"), heads = Size(file, "attention.head_count");
        int headWidth = Size(file, "attention.key_length", otherwise: Math.Max(width / heads, 1));
        int rotated = Size(file, "rope.dimension_count", otherwise: headWidth);
        Refuse(file, "attention.value_length", value => value.AsInteger() == headWidth);
        Refuse(file, "attention.causal", value => value.AsFlag());
        foreach ((string key, double harmless) in Foreign)
            Refuse(file, key, value => value.AsNumber() == harmless);
        int experts = Count(file, "expert_count");
        var config = new TransformerConfig
        {
            Layers = Size(file, "block_count"),
            Width = width,
            Heads = heads,
            KeyValueHeads = Size(file, "attention.head_count_kv", otherwise: heads),
            HeadWidth = headWidth,
            FeedForwardWidth = experts > 0 ? Size(file, "expert_feed_forward_length", otherwise: Size(file, "feed_forward_length")) : Size(file, "feed_forward_length"),
            Vocabulary = Vocabulary(file),
            Context = Size(file, "context_length"),
            NormEpsilon = (float)file.Get($"{Name}.attention.layer_norm_rms_epsilon").AsNumber(),
            RotaryTheta = Number(file, "rope.freq_base", DefaultTheta),
            RotaryWidth = rotated == headWidth ? 0 : rotated,
            RotaryScaling = ReadScaling(file),
            SlidingWindow = Window(file, headWidth),
            AttentionSoftCap = (float)Number(file, "attn_logit_softcapping", 0),
            FinalSoftCap = (float)Number(file, "final_logit_softcapping", 0),
            Experts = experts,
            ExpertsUsed = experts > 0 ? Size(file, "expert_used_count") : 0,
            QueryKeyValueBias = file.TryGetTensor("blk.0.attn_q.bias", out _),
            TiedEmbeddings = !file.TryGetTensor("output.weight", out _),
        };
        TransformerConfig family = Said(config);
        Refuse(file, "attention.sliding_window", value => value.AsInteger() == 0 || family.SlidingWindow > 0);
        Refuse(file, "attn_logit_softcapping", value => value.AsNumber() == 0 || family.AttentionSoftCap > 0);
        Refuse(file, "final_logit_softcapping", value => value.AsNumber() == 0 || family.FinalSoftCap > 0);
        Refuse(file, "expert_count", value => value.AsInteger() == family.Experts);
        Refuse(file, "rope.dimension_count", value => value.AsInteger() == family.RotatedWidth);
        return family;
    }

    /// <summary>The sliding window, 0 for none.</summary>
    protected virtual int Window(GgufFile file, int headWidth) => Count(file, "attention.sliding_window");

    protected override string TensorOf(string parameter)
    {
        // blk.0.ffn_up.7.weight, an expert's, is a layer of blk.0.ffn_up_exps.weight.
        string[] parts = parameter.Split('.');
        return parts is ["blk", string layer, string kind, _, "weight"] ? $"blk.{layer}.{kind}_exps.weight" : parameter;
    }

    private RotaryScaling? ReadScaling(GgufFile file)
    {
        string type = file.TryGet($"{Name}.rope.scaling.type", out GgufValue named) ? named.AsText() : "linear";
        double factor = Number(file, "rope.scaling.factor", otherwise: Number(file, "rope.scale_linear", 1));
        var scaling = new RotaryScaling
        {
            Kind = RotaryScalingKind.Linear,
            Factor = factor == 0 ? 1 : factor,
            Magnitude = Number(file, "rope.scaling.attn_factor", 1),
        };
        int original = Size(file, "rope.scaling.original_context_length", otherwise: Size(file, "context_length"));
        if (file.TryGetTensor("rope_freqs.weight", out _))
        {
            Refuse(file, "rope.scaling.factor", value => value.AsNumber() is 0 or 1);
            return scaling with { Kind = RotaryScalingKind.Factors, Factor = 1 };
        }
        if (file.TryGetTensor("rope_factors_long.weight", out _))
        {
            Refuse(file, "rope.scaling.factor", value => value.AsNumber() is 0 or 1);
            return scaling with { Kind = RotaryScalingKind.LongAndShortFactors, Factor = 1, OriginalContext = original };
        }
        return type switch
        {
            "none" => null,
            "linear" => scaling is { Factor: 1, Magnitude: 1 } ? null : scaling,
            "yarn" => scaling with
            {
                Kind = RotaryScalingKind.Yarn,
                OriginalContext = original,
                FastTurns = Number(file, "rope.scaling.yarn_beta_fast", 32),
                SlowTurns = Number(file, "rope.scaling.yarn_beta_slow", 1),
            },
            _ => throw new ModelFileException(file.Path, $"asks for {Name}.rope.scaling.type = {type}; none, linear and yarn can be run, and the factors of Llama 3 and LongRoPE"),
        };
    }

    private void WriteScaling(GgufWriter writer, RotaryScaling scaling)
    {
        if (scaling.Kind is RotaryScalingKind.Linear or RotaryScalingKind.Yarn)
        {
            writer.SetText($"{Name}.rope.scaling.type", scaling.Kind == RotaryScalingKind.Yarn ? "yarn" : "linear");
            writer.SetFloat32($"{Name}.rope.scaling.factor", (float)scaling.Factor);
        }
        if (scaling.Magnitude != 1)
            writer.SetFloat32($"{Name}.rope.scaling.attn_factor", (float)scaling.Magnitude);
        if (scaling.OriginalContext > 0)
            writer.SetUInt32($"{Name}.rope.scaling.original_context_length", (uint)scaling.OriginalContext);
        if (scaling.Kind == RotaryScalingKind.Yarn && scaling.FastTurns != 32)
            writer.SetFloat32($"{Name}.rope.scaling.yarn_beta_fast", (float)scaling.FastTurns);
        if (scaling.Kind == RotaryScalingKind.Yarn && scaling.SlowTurns != 1)
            writer.SetFloat32($"{Name}.rope.scaling.yarn_beta_slow", (float)scaling.SlowTurns);
    }
}
