using Gestalt.Inference.Embedding;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference.Tests;

public sealed class EmbeddingTests
{
    [Theory]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.Last)]
    [InlineData(Pooling.Cls)]
    public void Vectors_are_the_pooled_hidden_states_of_each_text_alone(Pooling pooling)
    {
        using Transformer model = SmallModel.Build(context: 1200);
        using var engine = new Engine(model);
        int[] lengths = [3, 40, 1, 1100, 200, 17, 512, 513];
        int[][] texts = [.. lengths.Select((length, i) => SmallModel.RandomPrompt(new Random(i), length))];
        float[][] vectors = engine.Embed(texts, pooling, normalize: false);
        float[][] unit = engine.Embed(texts, pooling);
        for (int i = 0; i < texts.Length; i++)
        {
            float[] expected = Expected(model, texts[i], pooling);
            float scale = expected.Max(MathF.Abs);
            double length = Math.Sqrt(expected.Sum(value => (double)value * value));
            for (int c = 0; c < expected.Length; c++)
            {
                Assert.Equal(expected[c], vectors[i][c], 1e-4 * scale);
                Assert.Equal(expected[c] / length, unit[i][c], 1e-4 * scale / length);
            }
        }
    }

    [Fact]
    public void Texts_that_cannot_be_read_are_refused()
    {
        using Transformer model = SmallModel.Build(context: 20);
        using var engine = new Engine(model);
        Assert.Empty(engine.Embed([]));
        Assert.Contains("no tokens", Assert.Throws<ArgumentException>(() => engine.Embed([[1], []])).Message);
        Assert.Contains("the id 300", Assert.Throws<ArgumentException>(() => engine.Embed([[300]])).Message);
        Assert.Throws<ContextLimitException>(() => engine.Embed([new int[21]]));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => engine.Embed([[1]], cancellation: cancelled.Token));
    }

    private static float[] Expected(Transformer model, int[] text, Pooling pooling)
    {
        using var batch = new TokenBatch(1, text.Length);
        text.CopyTo(batch.Inputs);
        using var tape = new Tape(model.Device, recording: false);
        float[][] states = [.. model.Hidden(tape, batch).Values.ToArray().Chunk(model.Config.Width)];
        return pooling switch
        {
            Pooling.Last => states[^1],
            Pooling.Cls => states[0],
            _ => [.. Enumerable.Range(0, model.Config.Width).Select(c => states.Average(state => state[c]))],
        };
    }
}
