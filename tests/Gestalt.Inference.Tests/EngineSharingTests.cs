using Gestalt.Inference.Constraints;
using Gestalt.Kernels;
using Gestalt.Models;

namespace Gestalt.Inference.Tests;

public sealed class EngineSharingTests
{
    private static readonly GenerationOptions Greedy = new() { Sampling = SamplingOptions.Greedy };

    [Fact]
    public async Task Many_threads_get_what_each_would_get_alone()
    {
        using Transformer model = SmallModel.Build(context: 200);
        using var engine = new Engine(model) { BatchRows = 6, KeepsPrefixes = true };
        int[] beginning = SmallModel.RandomPrompt(new Random(1), 70);
        int[][] prompts = [.. Enumerable.Range(0, 24).Select(i => (int[])[.. beginning[..(i * 3)], .. SmallModel.RandomPrompt(new Random(i), 5 + i)])];
        int[][] expected = [.. prompts.Select(prompt => SmallModel.Greedy(model, prompt, 12))];
        int[][] results = await Task.WhenAll(prompts.Select((prompt, i) => Task.Run(async () =>
        {
            GenerationOptions options = Greedy with { MaxTokens = 12 };
            if (i % 3 == 0)
                return engine.GenerateAll([prompt], options)[0].Ids;
            if (i % 3 == 1)
                return engine.Generate(prompt, options).ToArray();
            var streamed = new List<int>();
            await foreach (int id in engine.Generate(prompt, options).ReadAsync(TestContext.Current.CancellationToken))
                streamed.Add(id);
            return [.. streamed];
        })));
        Assert.Equal(expected, results);
    }

    [Fact]
    public void A_next_turn_reads_only_what_is_new()
    {
        using Transformer model = SmallModel.Build(context: 300);
        using var engine = new Engine(model) { KeepsPrefixes = true };
        int[] prompt = SmallModel.RandomPrompt(new Random(2), 150);
        TokenStream first = engine.Generate(prompt, Greedy with { MaxTokens = 20 });
        int[] answer = [.. first];
        Assert.Equal(0, first.CachedTokens);
        int[] turn = [.. prompt, .. answer, .. SmallModel.RandomPrompt(new Random(3), 10)];
        TokenStream second = engine.Generate(turn, Greedy with { MaxTokens = 8 });
        Assert.Equal(SmallModel.Greedy(model, turn, 8), second);
        Assert.Equal(prompt.Length + answer.Length - 1, second.CachedTokens); // the last token was drawn, never read
        engine.Forget();
        TokenStream third = engine.Generate(turn, Greedy with { MaxTokens = 1 });
        Assert.Single(third);
        Assert.Equal(0, third.CachedTokens);
    }

    [Fact]
    public void Prompts_of_a_batch_that_begin_alike_read_the_beginning_once()
    {
        using Transformer model = SmallModel.Build(context: 900);
        using var engine = new Engine(model);
        int[] beginning = SmallModel.RandomPrompt(new Random(4), 600);
        int[][] prompts = [.. Enumerable.Range(0, 5).Select(i => (int[])[.. beginning, .. SmallModel.RandomPrompt(new Random(i), 9)])];
        Generation[] results = engine.GenerateAll(prompts, Greedy with { MaxTokens = 4 });
        for (int i = 0; i < prompts.Length; i++)
            Assert.Equal(SmallModel.Greedy(model, prompts[i], 4), results[i].Ids);
    }

    [Fact]
    public void When_memory_is_short_sequences_take_turns_and_lose_nothing()
    {
        using Transformer model = SmallModel.Build(context: 200);
        long one = PagedCache.BytesFor(model.Config, CacheFormat.F32, 200, piece: 512);
        using var engine = new Engine(model, new EngineOptions { CacheBytes = 2 * one, CacheFormat = CacheFormat.F32 });
        int[][] prompts = [.. Enumerable.Range(0, 9).Select(i => SmallModel.RandomPrompt(new Random(i), 60 + i))];
        Generation[] results = engine.GenerateAll(prompts, Greedy with { MaxTokens = 90 });
        for (int i = 0; i < prompts.Length; i++)
            Assert.Equal(SmallModel.Greedy(model, prompts[i], 90), results[i].Ids);
    }

    [Fact]
    public async Task A_stream_is_not_starved_by_a_large_batch_or_long_prompts()
    {
        using Transformer model = SmallModel.Build(context: 1200);
        using var engine = new Engine(model) { BatchRows = 4 };
        int[][] prompts = [.. Enumerable.Range(0, 30).Select(i => SmallModel.RandomPrompt(new Random(i), 300))];
        int finished = 0;
        using var begun = new ManualResetEventSlim();
        Task batch = Task.Run(() => engine.GenerateAll(prompts, Greedy with { MaxTokens = 200 }, stop: (_, _) =>
        {
            begun.Set();
            return false;
        }, finished: (_, _) => finished++));
        begun.Wait(TestContext.Current.CancellationToken);
        Assert.Equal(SmallModel.Greedy(model, prompts[0], 3), engine.Generate(prompts[0], Greedy with { MaxTokens = 3 }));
        int finishedBefore = finished;
        Assert.True(finishedBefore < 20, $"{finishedBefore} of 30 long answers came first");
        await batch;
        Assert.Equal(30, finished);
    }

    [Fact]
    public async Task Cancellation_frees_what_a_sequence_holds()
    {
        using Transformer model = SmallModel.Build(context: 400);
        using var engine = new Engine(model) { KeepsPrefixes = true };
        using var cancellation = new CancellationTokenSource();
        TokenStream stream = engine.Generate(SmallModel.RandomPrompt(new Random(1), 200), Greedy with { MaxTokens = 100 }, cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int _ in stream.ReadAsync(TestContext.Current.CancellationToken))
                cancellation.Cancel();
        });
        engine.Forget();
        Assert.Equal(0, engine.UsedCacheBytes);
        foreach (int _ in engine.Generate([1, 2, 3], Greedy with { MaxTokens = 100 }))
        {
            Assert.True(engine.UsedCacheBytes > 0);
            break;
        }
        engine.Forget();
        Assert.Equal(0, engine.UsedCacheBytes);
    }

    [Fact]
    public void A_context_that_does_not_fit_in_memory_is_refused_with_the_largest_that_does()
    {
        using Transformer model = SmallModel.Build(context: 4000);
        long bytes = PagedCache.BytesFor(model.Config, CacheFormat.F16, 1000, piece: 512);
        var options = new EngineOptions { CacheBytes = bytes, CacheFormat = CacheFormat.F16 };
        CacheMemoryException problem = Assert.Throws<CacheMemoryException>(() => new Engine(model, options with { Context = 2000 }));
        Assert.Equal((2000, bytes), (problem.Context, problem.AvailableBytes));
        Assert.InRange(problem.LargestContext, 1000, 1063);
        Assert.Contains(problem.LargestContext.ToString(System.Globalization.CultureInfo.InvariantCulture), problem.Message);
        using var fits = new Engine(model, options with { Context = problem.LargestContext });
        using var derived = new Engine(model, options);
        Assert.Equal(problem.LargestContext, derived.Context);
        int[] prompt = SmallModel.RandomPrompt(new Random(1), derived.Context);
        Assert.Single(derived.Generate(prompt, Greedy));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Engine(model, new EngineOptions { Context = 4001 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Engine(model, new EngineOptions { CacheBytes = 0 }));
    }

    [Fact]
    public void Errors_of_callbacks_reach_the_caller_and_callbacks_cannot_ask_for_more()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        Assert.Contains("mine", Assert.Throws<FormatException>(() =>
            engine.GenerateAll([[1], [2]], Greedy with { MaxTokens = 5 }, stop: (_, _) => throw new FormatException("mine"))).Message);
        Assert.Contains("callback", Assert.Throws<InvalidOperationException>(() =>
            engine.GenerateAll([[1], [2]], Greedy with { MaxTokens = 5 }, finished: (_, _) => engine.Generate([3]).First())).Message);
        Assert.Equal(5, engine.Generate([1], Greedy with { MaxTokens = 5 }).Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_constraint_holds_for_streams_batches_and_guesses(bool guesses)
    {
        using Transformer model = SmallModel.Build(context: 100);
        using Transformer draft = SmallModel.Build(context: 100);
        using var engine = new Engine(model, new EngineOptions { Draft = guesses ? draft : null }) { AlwaysGuess = guesses };
        TokenConstraint constraint = new ConstraintCompiler(SmallModel.Tokenizer).Gbnf("root ::= (\"a\" | \"b\"){4,9} \"!\"").Start();
        GenerationOptions options = Greedy with { MaxTokens = 40, Constraint = constraint };
        TokenStream stream = engine.Generate([1, 2], options);
        string text = System.Text.Encoding.UTF8.GetString(SmallModel.Tokenizer.Decode(stream.ToArray()));
        Assert.Matches("^[ab]{4,9}!$", text);
        Assert.Equal(FinishReason.Stop, stream.Reason);
        foreach (Generation generation in engine.GenerateAll([[1, 2], [7], [9, 9, 9]], options))
            Assert.Matches("^[ab]{4,9}!$", System.Text.Encoding.UTF8.GetString(SmallModel.Tokenizer.Decode(generation.Ids)));
        Assert.Equal(0, constraint.Count); // each sequence goes its own way
    }

    [Fact]
    public void Disposing_of_an_engine_ends_its_streams()
    {
        using Transformer model = SmallModel.Build();
        var engine = new Engine(model);
        using IEnumerator<int> stream = engine.Generate([1], Greedy with { MaxTokens = 5 }).GetEnumerator();
        Assert.True(stream.MoveNext());
        engine.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.MoveNext());
        Assert.Throws<ObjectDisposedException>(() => engine.Generate([1]).First());
    }

    [Theory]
    [InlineData(CacheFormat.F16)]
    [InlineData(CacheFormat.F32)]
    public void Streaming_in_steady_state_allocates_nothing(CacheFormat format)
    {
        using Transformer model = SmallModel.Build(context: 700);
        using var engine = new Engine(model, new EngineOptions { CacheFormat = format });
        using IEnumerator<int> stream = engine.Generate([1, 2, 3], new GenerationOptions { MaxTokens = 600 }).GetEnumerator();
        for (int i = 0; i < 260; i++)
            Assert.True(stream.MoveNext());
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
            stream.MoveNext();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
