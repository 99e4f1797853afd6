namespace Gestalt.Models;

/// <summary>
/// <c>qwen3</c> (arXiv 2505.09388), the shape of our own models: RMSNorm, rotary half-split pairs, grouped queries with QK-norm, SwiGLU, no biases.
/// Parameters are named in the file as in the model; a tied head is absent.
/// </summary>
internal sealed class Qwen3Architecture : Architecture
{
    private const float DefaultTheta = 10_000; // what llama.cpp assumes where a file says nothing

    public override string Name => "qwen3";

    public override bool Fits(TransformerConfig config) =>
        config is
        {
            Norm: NormKind.RmsNorm, Positions: PositionKind.Rotary, QueryKeyNorm: true, FeedForward: FeedForwardKind.SwiGlu,
            QueryKeyValueBias: false, OutputBias: false, SlidingWindow: 0, AttentionSoftCap: 0, FinalSoftCap: 0,
        }
        && (float)config.RotaryTheta == config.RotaryTheta;

    public override void Write(GgufWriter writer, TransformerConfig config)
    {
        writer.SetUInt32("qwen3.block_count", (uint)config.Layers);
        writer.SetUInt32("qwen3.context_length", (uint)config.Context);
        writer.SetUInt32("qwen3.embedding_length", (uint)config.Width);
        writer.SetUInt32("qwen3.feed_forward_length", (uint)config.FeedForwardWidth);
        writer.SetUInt32("qwen3.attention.head_count", (uint)config.Heads);
        writer.SetUInt32("qwen3.attention.head_count_kv", (uint)config.KeyValueHeads);
        writer.SetUInt32("qwen3.attention.key_length", (uint)config.HeadWidth);
        writer.SetUInt32("qwen3.attention.value_length", (uint)config.HeadWidth);
        writer.SetFloat32("qwen3.attention.layer_norm_rms_epsilon", config.NormEpsilon);
        writer.SetUInt32("qwen3.rope.dimension_count", (uint)config.HeadWidth);
        writer.SetFloat32("qwen3.rope.freq_base", (float)config.RotaryTheta);
        writer.SetUInt32("qwen3.vocab_size", (uint)config.Vocabulary);
    }

    protected override TransformerConfig ReadConfig(GgufFile file)
    {
        int width = Size(file, "embedding_length"), heads = Size(file, "attention.head_count");
        int headWidth = Size(file, "attention.key_length", otherwise: Math.Max(width / heads, 1));
        Refuse(file, "attention.value_length", value => value.AsInteger() == headWidth);
        Refuse(file, "rope.dimension_count", value => value.AsInteger() == headWidth);
        Refuse(file, "rope.scaling.type", value => value.AsText() == "none");
        return new TransformerConfig
        {
            Layers = Size(file, "block_count"),
            Width = width,
            Heads = heads,
            KeyValueHeads = Size(file, "attention.head_count_kv", otherwise: heads),
            HeadWidth = headWidth,
            FeedForwardWidth = Size(file, "feed_forward_length"),
            Vocabulary = Vocabulary(file),
            Context = Size(file, "context_length"),
            NormEpsilon = (float)file.Get("qwen3.attention.layer_norm_rms_epsilon").AsNumber(),
            RotaryTheta = file.TryGet("qwen3.rope.freq_base", out GgufValue theta) ? theta.AsNumber() : DefaultTheta,
            QueryKeyNorm = true,
            TiedEmbeddings = !file.TryGetTensor("output.weight", out _),
        };
    }
}
