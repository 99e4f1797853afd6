using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

/// <summary>What an inspection shows is what the model computes: the naive model, in double precision, says the same at every stage.</summary>
public sealed class InspectionTests
{
    // Of the largest value of an array; float32 sums of a few dozen terms against double ones.
    private const float Tolerance = 2e-4f;

    public static TheoryData<string> Names { get; } = [.. TinyModels.Names.Select(name => name.Data), "Experts"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_stage_is_that_of_the_naive_model(string name)
    {
        using Transformer model = TinyModels.Random(Config(name));
        TransformerConfig config = model.Config;
        using TokenBatch batch = TinyModels.Batch(1, 9);
        var naive = new NaiveTransformer(model);
        double[][] logits = naive.Logits(batch);
        int[] ids = batch.Inputs.ToArray();
        for (int position = 0; position < ids.Length; position += 4)
        {
            Inspection inspection = model.Inspect(ids.AsSpan(0, position + 1), mapLayer: config.Layers - 1);
            Assert.Equal(position, inspection.Position);
            AssertSame(naive.Streams[0][position], inspection.Embedding, "embedding");
            AssertSame(naive.Head(naive.Streams[0][position]), inspection.EmbeddingLogits, "guess of the embedding");
            AssertSame(logits[position], inspection.Logits, "logits");
            for (int layer = 0; layer < config.Layers; layer++)
            {
                InspectedLayer seen = inspection.Layers[layer];
                double[] before = naive.Streams[2 * layer][position], attended = naive.Streams[(2 * layer) + 1][position], after = naive.Streams[(2 * layer) + 2][position];
                AssertSame(after, seen.Stream, $"stream {layer}");
                AssertSame([.. attended.Zip(before, (a, b) => a - b)], seen.AttentionAdds, $"attention {layer} adds");
                AssertSame([.. after.Zip(attended, (a, b) => a - b)], seen.FeedForwardAdds, $"feed-forward {layer} adds");
                AssertSame(naive.Head(after), seen.Logits, $"guess of layer {layer}");
                Assert.Equal(config.Heads, seen.Attention.Count);
                for (int head = 0; head < config.Heads; head++)
                {
                    AssertSame(naive.Attention[(layer, position, head)], seen.Attention[head], $"attention {layer} {head}");
                    Assert.Equal(1, seen.Attention[head].Sum(), 1e-5);
                }

                Assert.Equal(layer == config.Layers - 1, seen.AttentionMap is not null);
                Assert.Equal((config.QueryWidth, config.KeyWidth, config.KeyWidth), (seen.Query.Length, seen.Key.Length, seen.Value.Length));
                Assert.Equal(config.Experts > 0 ? 0 : config.FeedForwardWidth, seen.Hidden.Length);
                Assert.Equal(config.ExpertsUsed, seen.Experts.Count);
            }

            for (int layer = 0; layer <= config.Layers; layer++)
                AssertSame([.. naive.Streams[2 * layer].Take(position + 1).Select(x => Math.Sqrt(x.Sum(v => v * v)))], inspection.StreamNorms[layer], $"norms {layer}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_map_of_a_layer_holds_the_attention_of_every_position(string name)
    {
        using Transformer model = TinyModels.Random(Config(name));
        using TokenBatch batch = TinyModels.Batch(1, 7);
        var naive = new NaiveTransformer(model);
        naive.Logits(batch);
        IReadOnlyList<float[]> map = model.Inspect(batch.Inputs, mapLayer: 0).Layers[0].AttentionMap!;
        for (int head = 0; head < model.Config.Heads; head++)
        {
            Assert.Equal(28, map[head].Length);
            for (int t = 0, start = 0; t < 7; start += ++t)
                AssertSame(naive.Attention[(0, t, head)], map[head][start..(start + t + 1)], $"map {head} {t}");
        }
    }

    [Fact]
    public void The_logits_are_those_of_an_ordinary_pass_and_experts_are_those_that_the_router_takes()
    {
        using Transformer model = TinyModels.Random(Config("Experts"));
        using TokenBatch batch = TinyModels.Batch(1, 5);
        using var tape = new Tape(model.Device, recording: false);
        float[] ordinary = model.Forward(tape, batch).Values.ToArray();
        Inspection inspection = model.Inspect(batch.Inputs);
        TinyModels.AssertClose(ordinary, inspection.Logits, 1e-5f, "logits");
        Assert.All(inspection.Layers, layer =>
        {
            Assert.Equal(1, layer.Experts.Sum(expert => expert.Weight), 1e-5);
            Assert.Equal(2, layer.Experts.Select(expert => expert.Expert).Distinct().Count());
            Assert.True(layer.Experts[0].Weight >= layer.Experts[1].Weight);
        });
    }

    [Fact]
    public void What_cannot_be_inspected_is_refused()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        Assert.Contains("no tokens", Assert.Throws<ArgumentException>(() => model.Inspect([])).Message, StringComparison.Ordinal);
        Assert.Contains("blocks 0 to 1", Assert.Throws<ArgumentException>(() => model.Inspect([1], mapLayer: 2)).Message, StringComparison.Ordinal);
        Assert.Contains("token 23", Assert.Throws<ArgumentException>(() => model.Inspect([23])).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => model.Inspect([1, 2], cancellation: new CancellationToken(canceled: true)));
        Assert.Equal(23, model.Inspect([1, 2]).Logits.Length);
    }

    private static TransformerConfig Config(string name) => name == "Experts" ? TinyModels.Qwen3 with { Experts = 4, ExpertsUsed = 2 } : TinyModels.Config(name);

    private static void AssertSame(double[] expected, float[] actual, string what) => TinyModels.AssertClose([.. expected.Select(value => (float)value)], actual, Tolerance, what);
}
