using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

public sealed class PagedCacheTests
{
    private const int PageTokens = PagedShape.TokensPerPage;
    private const float Tolerance = 2e-4f;

    public static TheoryData<string> Names() => TinyModels.Names;

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Speed", "Smoke")]
    public void A_ragged_batch_gives_the_logits_of_reading_each_sequence_anew(string name)
    {
        using Transformer model = Build(name);
        using PagedCache cache = Cache(model, pages: 64);
        using RaggedBatch batch = new(model.Config, cache);
        using Tape tape = new(model.Device, recording: false);
        int[][] tokens = [Tokens(model, 20, 1), Tokens(model, 7, 2), Tokens(model, 33, 3)];
        int[] read = [0, 0, 0];
        CachedSequence[] sequences = [.. tokens.Select(_ => cache.Begin([]))];
        var random = new Random(4);
        while (read.Zip(tokens, (done, all) => done < all.Length).Any(open => open))
        {
            batch.Clear();
            var expected = new List<float>();
            for (int i = 0; i < tokens.Length; i++)
            {
                int count = Math.Min(random.Next(0, 9), tokens[i].Length - read[i]);
                if (count == 0)
                {
                    continue;
                }

                int rows = random.Next(0, count + 1);
                Assert.True(cache.TryReserve(sequences[i], count));
                batch.Add(sequences[i], tokens[i].AsSpan(read[i], count), rows);
                read[i] += count;
                expected.AddRange(AllLogits(model, tokens[i].AsSpan(0, read[i])).TakeLast(rows * model.Config.Vocabulary));
            }

            if (batch.Tokens == 0)
            {
                continue;
            }

            tape.Reset();
            Tensor? logits = model.Forward(tape, batch);
            Assert.Equal(expected.Count, logits?.Shape.Length ?? 0);
            TinyModels.AssertClose([.. expected], logits is null ? [] : logits.Values, Tolerance, name);
        }

        Assert.Equal(read, sequences.Select(sequence => sequence.Length));
    }

    [Theory]
    [InlineData(40)] // ends inside the first page
    [InlineData(64)]
    [InlineData(150)]
    public void What_begins_alike_is_shared_and_gives_the_same(int common)
    {
        using Transformer model = Build("Qwen3");
        using PagedCache cache = Cache(model, pages: 64);
        int[] first = Tokens(model, 170, 5);
        int[] second = [.. first.AsSpan(0, common), .. Tokens(model, 30, 6)];
        second[common] = (first[common] + 1) % model.Config.Vocabulary;
        CachedSequence one = cache.Begin(first);
        Assert.Equal(0, one.Length);
        Read(model, cache, one, first);
        cache.Remember(one, first, hasEnded: true);

        CachedSequence two = cache.Begin(second);
        Assert.Equal(common, two.Length);
        long before = cache.UsedBytes;
        TinyModels.AssertClose(LastLogits(model, second), Read(model, cache, two, second), Tolerance, "the second");
        Assert.True(cache.UsedBytes - before <= PageBytes(model) * (((second.Length + PageTokens - 1) / PageTokens) - (common / PageTokens)));

        // The first sequence goes on as if nobody had shared it.
        int[] longer = [.. first, 1, 2, 3];
        TinyModels.AssertClose(LastLogits(model, longer), Read(model, cache, one, longer), Tolerance, "the first");
        Assert.Equal(first.Length - 1, cache.Begin(first).Length); // one token is always left to read
    }

    [Fact]
    public void Going_back_and_on_differently_gives_what_a_new_sequence_gives()
    {
        using Transformer model = Build("Qwen3");
        using PagedCache cache = Cache(model, pages: 32);
        CachedSequence sequence = cache.Begin([]);
        int[] tokens = Tokens(model, 140, 7);
        Read(model, cache, sequence, tokens);
        cache.Remember(sequence, tokens, hasEnded: true);
        sequence.Truncate(70);
        int[] other = [.. tokens.AsSpan(0, 70), .. Tokens(model, 60, 8)];
        TinyModels.AssertClose(LastLogits(model, other), Read(model, cache, sequence, other), Tolerance, "the other way");
        CachedSequence again = cache.Begin([.. tokens, 0]);
        Assert.Equal(140, again.Length); // what was remembered has not been written over
        TinyModels.AssertClose(LastLogits(model, [.. tokens, 0]), Read(model, cache, again, [.. tokens, 0]), Tolerance, "the remembered");
    }

    [Fact]
    public void Memory_is_freed_at_once_and_what_was_used_least_recently_is_forgotten_first()
    {
        using Transformer model = Build("Qwen3");
        using PagedCache cache = Cache(model, pages: 6);
        int[] first = Tokens(model, PageTokens, 9), second = Tokens(model, PageTokens, 10);
        foreach (int[] tokens in (int[][])[first, second])
        {
            using CachedSequence sequence = cache.Begin(tokens);
            Read(model, cache, sequence, tokens);
            cache.Remember(sequence, tokens, hasEnded: true);
        }

        Assert.Equal(2 * PageBytes(model), cache.UsedBytes);
        cache.Begin([.. first, 1]).Dispose(); // used again
        CachedSequence large = cache.Begin([]);
        Assert.True(cache.TryReserve(large, 5 * PageTokens));
        Assert.Equal(0, cache.Begin([.. second, 1]).Length);
        using (CachedSequence known = cache.Begin([.. first, 1]))
        {
            Assert.Equal(PageTokens, known.Length);
            Assert.False(cache.TryReserve(known, 1)); // the large one and this one hold everything
            large.Dispose();
            Assert.True(cache.TryReserve(known, 1));
        }

        cache.Forget();
        Assert.Equal(0, cache.UsedBytes);
    }

    [Fact]
    public void Layers_with_a_window_keep_only_their_window()
    {
        TransformerConfig config = TransformerConfig.Qwen3Shaped(4, 16, 2, 1, 8, 24, 30, 2000, tied: true) with { SlidingWindow = 100, GlobalLayerEvery = 4 };
        using Transformer model = TinyModels.Random(config);
        long bytes = PagedCache.BytesFor(config, CacheFormat.F32, 1500, piece: 128);
        Assert.True(bytes < 0.6 * PagedCache.BytesFor(config with { SlidingWindow = 0 }, CacheFormat.F32, 1500, piece: 128));
        int largest = PagedCache.LargestContext(config, CacheFormat.F32, bytes, piece: 128);
        Assert.InRange(largest, 1500, 1500 + PageTokens);

        using PagedCache cache = new(config, CacheFormat.F32, bytes);
        using CachedSequence sequence = cache.Begin([]);
        int[] tokens = Tokens(model, 1500, 11);
        float[] logits = Read(model, cache, sequence, tokens, piece: 128); // would not fit if all layers kept everything
        TinyModels.AssertClose(LastLogits(model, tokens), logits, Tolerance, "after 1500 tokens");
        sequence.Truncate(1500 - PagedCache.WindowSlack);
        int[] other = [.. tokens.AsSpan(0, sequence.Length), 3, 4];
        TinyModels.AssertClose(LastLogits(model, other), Read(model, cache, sequence, other), Tolerance, "after going back");
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Truncate(900));
    }

    [Theory]
    [InlineData(CacheFormat.F16, 0.9999)]
    [InlineData(CacheFormat.Q8_0, 0.999)]
    public void Compressed_caches_change_logits_little(CacheFormat format, double cosine)
    {
        TransformerConfig config = TransformerConfig.Qwen3Shaped(3, 64, 4, 2, 32, 96, 50, 400, tied: true);
        using Transformer model = TinyModels.Random(config);
        int[] tokens = Tokens(model, 200, 12);
        using PagedCache cache = new(config, format, 1 << 20);
        using CachedSequence sequence = cache.Begin([]);
        float[] logits = Read(model, cache, sequence, tokens, piece: 61);
        float[] exact = LastLogits(model, tokens);
        double product = exact.Zip(logits, (a, b) => (double)a * b).Sum();
        double norms = Math.Sqrt(exact.Sum(a => (double)a * a) * logits.Sum(b => (double)b * b));
        Assert.True(product / norms > cosine, $"cosine {product / norms}");
        Assert.NotEqual(exact, logits);
    }

    [Fact]
    public void Decoding_in_steady_state_allocates_nothing()
    {
        using Transformer model = Build("Qwen3");
        using PagedCache cache = Cache(model, pages: 64);
        using RaggedBatch batch = new(model.Config, cache);
        using Tape tape = new(model.Device, recording: false);
        CachedSequence[] sequences = [cache.Begin([]), cache.Begin([]), cache.Begin([])];
        int[] token = [1];
        void Step()
        {
            batch.Clear();
            foreach (CachedSequence sequence in sequences)
            {
                cache.TryReserve(sequence, 1);
                batch.Add(sequence, token, 1);
            }

            tape.Reset();
            model.Forward(tape, batch);
        }

        for (int i = 0; i < 40; i++)
        {
            Step();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 60; i++)
        {
            Step();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using Transformer model = Build("Qwen3");
        Assert.Contains("two pages", Assert.Throws<ArgumentException>(() => new PagedCache(model.Config, CacheFormat.F32, 1000)).Message, StringComparison.Ordinal);
        using PagedCache cache = Cache(model, pages: 4);
        using RaggedBatch batch = new(model.Config, cache);
        using CachedSequence sequence = cache.Begin([]);
        Assert.Contains("reserve it first", Assert.Throws<InvalidOperationException>(() => batch.Add(sequence, [1], 1)).Message, StringComparison.Ordinal);
        Assert.False(cache.TryReserve(sequence, (4 * PageTokens) + 1));
        Assert.Equal(0, cache.UsedBytes);
        Assert.True(cache.TryReserve(sequence, 4 * PageTokens));
        using Tape recording = new(model.Device);
        batch.Add(sequence, [1], 1);
        Assert.Throws<InvalidOperationException>(() => model.Forward(recording, batch));
    }

    private static Transformer Build(string name) => TinyModels.Random(TinyModels.Config(name) with { Context = 256 });

    private static PagedCache Cache(Transformer model, int pages) => new(model.Config, CacheFormat.F32, pages * PageBytes(model));

    /// <summary>Bytes of a page of all layers.</summary>
    private static long PageBytes(Transformer model) => 2L * sizeof(float) * PageTokens * model.Config.KeyWidth * model.Config.Layers;

    private static int[] Tokens(Transformer model, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(model.Config.Vocabulary))];
    }

    private static float[] Read(Transformer model, PagedCache cache, CachedSequence sequence, ReadOnlySpan<int> tokens, int piece = 50)
    {
        using RaggedBatch batch = new(model.Config, cache);
        using Tape tape = new(model.Device, recording: false);
        while (true)
        {
            int count = Math.Min(piece, tokens.Length - sequence.Length);
            Assert.True(cache.TryReserve(sequence, count));
            batch.Clear();
            tape.Reset();
            batch.Add(sequence, tokens.Slice(sequence.Length, count), 1);
            float[] logits = model.Forward(tape, batch)!.Values.ToArray();
            if (sequence.Length == tokens.Length)
            {
                return logits;
            }
        }
    }

    private static float[] AllLogits(Transformer model, ReadOnlySpan<int> tokens)
    {
        using TokenBatch batch = new(1, tokens.Length);
        tokens.CopyTo(batch.Inputs);
        using Tape tape = new(model.Device, recording: false);
        return model.Forward(tape, batch, rows: LogitRows.All).Values.ToArray();
    }

    private static float[] LastLogits(Transformer model, ReadOnlySpan<int> tokens) => AllLogits(model, tokens)[^model.Config.Vocabulary..];
}
