using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// Copies what a forward pass computes at one position while it passes by. Where nobody asks there is no probe, and what is left of it is one comparison with null in each place
/// that would tell it something.
/// </summary>
/// <param name="config">The model's shape.</param>
/// <param name="tokens">T: how many tokens the only row has; the last is the position that is looked at.</param>
/// <param name="mapLayer">The block whose attention is kept for every position; -1 for none.</param>
/// <param name="cancellation">Ends the pass between two blocks.</param>
internal sealed unsafe class ForwardProbe(TransformerConfig config, int tokens, int mapLayer, CancellationToken cancellation)
{
    private readonly int _last = tokens - 1;
    private readonly Layer[] _layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new Layer())];
    private int _layer;

    public float[] Embedding { get; private set; } = [];

    public List<float[]> Norms { get; } = [];

    /// <summary>The residual stream after each block.</summary>
    public IEnumerable<float[]> Streams => _layers.Select(layer => layer.Stream);

    /// <summary>The stream before the first block.</summary>
    public void Embedded(Tensor x)
    {
        Embedding = Row(x);
        Norms.Add(NormsOf(x));
    }

    /// <summary>A block's queries, keys and values as attention sees them.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="q">(1,T,H·D).</param>
    /// <param name="k">(1,T,K·D).</param>
    /// <param name="v">(1,T,K·D).</param>
    /// <param name="keyStart">The first visible key of each token, or null for 0.</param>
    public void Heads(int layer, Tensor q, Tensor k, Tensor v, int* keyStart)
    {
        cancellation.ThrowIfCancellationRequested();
        _layer = layer;
        Layer kept = _layers[layer];
        (kept.Query, kept.Key, kept.Value) = (Row(q), Row(k), Row(v));
        kept.Attention = [.. Enumerable.Range(0, config.Heads).Select(head =>
        {
            var weights = new float[tokens];
            Weigh(q, k, head, _last, keyStart, weights);
            return weights;
        })];
        if (layer == mapLayer)
            kept.Map = [.. Enumerable.Range(0, config.Heads).Select(head => Map(q, k, head, keyStart))];
    }

    /// <summary>The stream after a block's attention.</summary>
    public void Attended(Tensor x) => _layers[_layer].Attended = Row(x);

    /// <summary>A feed-forward layer's activations (1,T,F).</summary>
    public void Activated(Tensor active) => _layers[_layer].Hidden = Row(active);

    /// <summary>A router's scores of the experts (1,T,E).</summary>
    public void Routed(Tensor scores)
    {
        float[] row = Row(scores);
        int[] chosen = [.. Enumerable.Range(0, row.Length).OrderByDescending(expert => row[expert]).Take(config.ExpertsUsed)];
        float sum = chosen.Sum(expert => MathF.Exp(row[expert] - row[chosen[0]]));
        _layers[_layer].Experts = [.. chosen.Select(expert => (expert, MathF.Exp(row[expert] - row[chosen[0]]) / sum))];
    }

    /// <summary>The stream after a block.</summary>
    public void Passed(Tensor x)
    {
        _layers[_layer].Stream = Row(x);
        Norms.Add(NormsOf(x));
    }

    /// <summary>Everything together.</summary>
    /// <param name="final">The last stream, normalised.</param>
    /// <param name="logits">The guess of the embedding, and of each block (L+1, each V).</param>
    public Inspection Finish(float[] final, float[][] logits) => new()
    {
        Position = _last,
        Embedding = Embedding,
        Final = final,
        EmbeddingLogits = logits[0],
        StreamNorms = Norms,
        Layers = [.. _layers.Select((layer, i) => new InspectedLayer
        {
            Query = layer.Query,
            Key = layer.Key,
            Value = layer.Value,
            Attention = layer.Attention,
            AttentionMap = layer.Map,
            AttentionAdds = Difference(layer.Attended, i == 0 ? Embedding : _layers[i - 1].Stream),
            Hidden = layer.Hidden,
            Experts = layer.Experts,
            FeedForwardAdds = Difference(layer.Stream, layer.Attended),
            Stream = layer.Stream,
            Logits = logits[i + 1],
        })],
    };

    private float[] Row(Tensor x) => x.Values[^x.Shape.Width..].ToArray();

    private float[] NormsOf(Tensor x)
    {
        var norms = new float[tokens];
        for (int t = 0; t < tokens; t++)
        {
            double sum = 0;
            foreach (float value in x.Values.Slice(t * x.Shape.Width, x.Shape.Width))
                sum += (double)value * value;
            norms[t] = (float)Math.Sqrt(sum);
        }
        return norms;
    }

    private float[] Map(Tensor q, Tensor k, int head, int* keyStart)
    {
        var map = new float[tokens * (tokens + 1) / 2];
        Span<float> rest = map;
        for (int t = 0; t < tokens; rest = rest[++t..])
        {
            cancellation.ThrowIfCancellationRequested();
            Weigh(q, k, head, t, keyStart, rest[..(t + 1)]);
        }
        return map;
    }

    /// <summary>softmax(cap(scale · q kᵀ)) over the keys that position t sees; the fused kernel never writes these weights down.</summary>
    private void Weigh(Tensor q, Tensor k, int head, int t, int* keyStart, Span<float> weights)
    {
        int width = config.HeadWidth, shared = head / (config.Heads / config.KeyValueHeads), first = keyStart is null ? 0 : keyStart[t];
        ReadOnlySpan<float> query = q.Values.Slice((t * config.QueryWidth) + (head * width), width);
        float highest = float.NegativeInfinity;
        for (int at = first; at <= t; at++)
        {
            float score = Dot(query, k.Values.Slice((at * config.KeyWidth) + (shared * width), width)) * config.AttentionScale;
            weights[at] = config.AttentionSoftCap > 0 ? config.AttentionSoftCap * MathF.Tanh(score / config.AttentionSoftCap) : score;
            highest = MathF.Max(highest, weights[at]);
        }
        double sum = 0;
        for (int at = first; at <= t; at++)
            sum += weights[at] = MathF.Exp(weights[at] - highest);
        for (int at = first; at <= t; at++)
            weights[at] = (float)(weights[at] / sum);
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int i = 0;
        System.Numerics.Vector<float> sum = default;
        for (; i + System.Numerics.Vector<float>.Count <= a.Length; i += System.Numerics.Vector<float>.Count)
            sum += new System.Numerics.Vector<float>(a[i..]) * new System.Numerics.Vector<float>(b[i..]);
        float dot = System.Numerics.Vector.Sum(sum);
        for (; i < a.Length; i++)
            dot += a[i] * b[i];
        return dot;
    }

    private static float[] Difference(float[] after, float[] before) => [.. after.Zip(before, (a, b) => a - b)];

    private sealed class Layer
    {
        public float[] Query = [], Key = [], Value = [], Attended = [], Hidden = [], Stream = [];
        public float[][] Attention = [];
        public float[][]? Map;
        public (int, float)[] Experts = [];
    }
}
