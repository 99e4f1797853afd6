using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class EmbeddingTests
{
    [Theory]
    [InlineData(0, 8, 4)]
    [InlineData(5, 1, 3)]
    [InlineData(20, 63, 4)]
    [InlineData(30, 64, 5)]
    [InlineData(40, 200, 7)]
    public void Looks_up_rows_and_adds_their_gradients(int tokens, int width, int vocabulary)
    {
        var random = new Random(tokens);
        float[] table = Numbers.Normal(random, vocabulary * width);
        float[] dy = Numbers.Normal(random, tokens * width);
        int[] ids = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(vocabulary))];
        double[] dTable = [.. Enumerable.Repeat(2.0, table.Length)];
        float[] y = new float[tokens * width];
        for (int i = 0; i < y.Length; i++)
        {
            int place = (ids[i / width] * width) + (i % width);
            y[i] = table[place];
            dTable[place] += dy[i];
        }

        float[]? first = null;
        for (int threads = 1; threads <= 3; threads++)
        {
            using var pool = new WorkerPool(threads);
            Widths.ForEach(() =>
            {
                using Guarded<int> indices = new(ids);
                using Guarded<float> rows = new(table);
                using Guarded<float> output = new(y.Length);
                using Guarded<float> upstream = new(dy);
                using Guarded<float> gradient = new(Enumerable.Repeat(2f, table.Length).ToArray());
                Embedding.Forward(pool, indices.Pointer, rows.Pointer, output.Pointer, tokens, width);
                Assert.Equal(y, output.ToArray());
                Embedding.Backward(pool, indices.Pointer, upstream.Pointer, gradient.Pointer, tokens, width, vocabulary);
                Numbers.AssertClose(dTable, gradient.Span, 1e-5, 1e-5, "dTable");
                first ??= gradient.ToArray();
                Assert.Equal(first, gradient.ToArray());
            });
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void An_id_outside_the_vocabulary_is_refused(int id)
    {
        using Guarded<int> ids = new([0, id]);
        using Guarded<float> dy = new(8);
        using Guarded<float> dTable = new(12);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Embedding.Backward(WorkerPool.Shared, ids.Pointer, dy.Pointer, dTable.Pointer, 2, 4, 3));
    }
}
