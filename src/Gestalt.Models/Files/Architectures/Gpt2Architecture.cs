namespace Gestalt.Models;

/// <summary>
/// <c>gpt2</c> (Radford et al., 2019): LayerNorm, learned positions, GELU, biases. The file keeps queries, keys and values as one tensor,
/// their rows one after the other, and always has a head: readers of this architecture expect one, so a tied one is a copy of the token table.
/// </summary>
internal sealed unsafe class Gpt2Architecture : Architecture
{
    public override string Name => "gpt2";

    public override TransformerConfig Said(TransformerConfig config) =>
        TransformerConfig.Gpt2(config.Layers, config.Width, config.Heads, config.Vocabulary, config.Context) with
        {
            FeedForwardWidth = config.FeedForwardWidth,
            NormEpsilon = config.NormEpsilon,
            TiedEmbeddings = config.TiedEmbeddings,
        };

    public override void Write(GgufWriter writer, TransformerConfig config)
    {
        writer.SetUInt32("gpt2.block_count", (uint)config.Layers);
        writer.SetUInt32("gpt2.context_length", (uint)config.Context);
        writer.SetUInt32("gpt2.embedding_length", (uint)config.Width);
        writer.SetUInt32("gpt2.feed_forward_length", (uint)config.FeedForwardWidth);
        writer.SetUInt32("gpt2.attention.head_count", (uint)config.Heads);
        writer.SetFloat32("gpt2.attention.layer_norm_epsilon", config.NormEpsilon);
        writer.SetUInt32("gpt2.vocab_size", (uint)config.Vocabulary);
    }

    public override IEnumerable<StoredTensor> Layout(Transformer model) =>
        model.Config.TiedEmbeddings
            ? base.Layout(model).Append(new StoredTensor("output.weight", model["token_embd.weight"]) { IsCopy = true })
            : base.Layout(model);

    protected override string TensorOf(string parameter) => parameter
        .Replace(".attn_q.", ".attn_qkv.", StringComparison.Ordinal)
        .Replace(".attn_k.", ".attn_qkv.", StringComparison.Ordinal)
        .Replace(".attn_v.", ".attn_qkv.", StringComparison.Ordinal);

    protected override TransformerConfig ReadConfig(GgufFile file)
    {
        int width = Size(file, "embedding_length"), heads = Size(file, "attention.head_count");
        if (width % heads != 0)
            throw new ModelFileException(file.Path, $"divides a width of {width} among {heads} heads, which does not come out even");
        Refuse(file, "attention.head_count_kv", value => value.AsInteger() == heads);
        return TransformerConfig.Gpt2(Size(file, "block_count"), width, heads, Vocabulary(file), Size(file, "context_length")) with
        {
            FeedForwardWidth = Size(file, "feed_forward_length"),
            NormEpsilon = (float)file.Get("gpt2.attention.layer_norm_epsilon").AsNumber(),
            TiedEmbeddings = IsTied(file),
        };
    }

    private static bool IsTied(GgufFile file)
    {
        if (!file.TryGetTensor("output.weight", out GgufTensor? head))
            return true;
        if (!file.TryGetTensor("token_embd.weight", out GgufTensor? table) || head.Type != table.Type || head.ByteLength != table.ByteLength)
            return false;
        const int Piece = 1 << 30;
        for (long done = 0; done < head.ByteLength; done += Piece)
        {
            int bytes = (int)Math.Min(Piece, head.ByteLength - done);
            if (!new ReadOnlySpan<byte>(head.Data + done, bytes).SequenceEqual(new ReadOnlySpan<byte>(table.Data + done, bytes)))
                return false;
        }
        return true;
    }
}
