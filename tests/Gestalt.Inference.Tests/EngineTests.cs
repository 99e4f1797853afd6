using Gestalt.Models;

namespace Gestalt.Inference.Tests;

public sealed class EngineTests
{
    private static readonly GenerationOptions Greedy = new() { Sampling = SamplingOptions.Greedy };

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData(false)]
    [InlineData(true)]
    public void Streaming_gives_what_reading_everything_anew_gives(bool learnedPositions)
    {
        using Transformer model = SmallModel.Build(learnedPositions: learnedPositions);
        using var engine = new Engine(model);
        int[] prompt = SmallModel.RandomPrompt(new Random(1), 11);
        TokenStream stream = engine.Generate(prompt, Greedy with { MaxTokens = 30 });
        Assert.Equal(SmallModel.Greedy(model, prompt, 30), stream);
        Assert.Equal((11, 30, FinishReason.TokenLimit), (stream.PromptTokens, stream.GeneratedTokens, stream.Reason));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(64)]
    public void A_batch_gives_what_each_prompt_alone_gives(int rows)
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model) { BatchRows = rows };
        var random = new Random(2);
        int[][] prompts = [.. Enumerable.Range(0, 40).Select(_ => SmallModel.RandomPrompt(random, random.Next(1, 30)))];
        int[] stops = [.. Enumerable.Range(0, 40)]; // ends rows at many different lengths
        GenerationOptions options = Greedy with { MaxTokens = 20, StopIds = stops, LogProbabilities = true };
        var reported = new Dictionary<int, Generation>();
        Generation[] results = engine.GenerateAll(prompts, options, finished: reported.Add);
        Assert.Equal(40, reported.Count);
        Assert.True(results.Select(result => result.Ids.Length).Distinct().Count() > 4, "the rows should end at different lengths to show anything");
        for (int i = 0; i < prompts.Length; i++)
        {
            int[] expected = [.. SmallModel.Greedy(model, prompts[i], 20).TakeWhile(id => !stops.Contains(id))];
            Assert.Equal(expected, results[i].Ids);
            Assert.Equal(expected.Length < 20 ? FinishReason.Stop : FinishReason.TokenLimit, results[i].Reason);
            Assert.Same(results[i], reported[i]);
            Assert.Equal(expected.Length, results[i].LogProbabilities.Length);
            if (expected.Length > 0)
                Assert.Equal(Sampler.LogProbability(SmallModel.Logits(model, prompts[i]), expected[0]), results[i].LogProbabilities[0], 1e-4);
        }
    }

    [Fact]
    public void Learned_positions_are_right_in_a_batch_too()
    {
        using Transformer model = SmallModel.Build(context: 40, learnedPositions: true);
        using var engine = new Engine(model) { BatchRows = 4 };
        var random = new Random(4);
        int[][] prompts = [.. Enumerable.Range(0, 13).Select(_ => SmallModel.RandomPrompt(random, random.Next(1, 20)))];
        Generation[] results = engine.GenerateAll(prompts, Greedy with { MaxTokens = 21 });
        for (int i = 0; i < prompts.Length; i++)
            Assert.Equal(SmallModel.Greedy(model, prompts[i], 21), results[i].Ids);
    }

    [Fact]
    public void Many_rounds_through_one_cache_stay_right()
    {
        // Long answers in few rows fill the shared cache many times, so its content has to move to the front again and again.
        using Transformer model = SmallModel.Build(context: 96);
        using var engine = new Engine(model) { BatchRows = 3 };
        var random = new Random(5);
        int[][] prompts = [.. Enumerable.Range(0, 17).Select(_ => SmallModel.RandomPrompt(random, random.Next(1, 10)))];
        Generation[] results = engine.GenerateAll(prompts, Greedy with { MaxTokens = 70 }, stop: (row, id) => id % 50 == row);
        for (int i = 0; i < prompts.Length; i++)
        {
            int[] whole = SmallModel.Greedy(model, prompts[i], 70);
            int end = Array.FindIndex(whole, id => id % 50 == i);
            Assert.Equal(end < 0 ? whole : whole[..(end + 1)], results[i].Ids);
        }
    }

    [Fact]
    public void Sampling_depends_on_the_seed_and_the_row_alone()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        int[][] prompts = [.. Enumerable.Repeat(SmallModel.RandomPrompt(new Random(1), 5), 12)];
        var options = new GenerationOptions { Sampling = new SamplingOptions { Temperature = 1, Seed = 4 }, MaxTokens = 12 };
        Generation[] first = engine.GenerateAll(prompts, options);
        engine.BatchRows = 5;
        Generation[] second = engine.GenerateAll(prompts, options);
        Assert.Equal(first.Select(result => result.Ids), second.Select(result => result.Ids));
        Assert.Equal(12, first.Select(result => string.Join(' ', result.Ids)).Distinct().Count());
        Assert.Equal(engine.Generate(prompts[0], options).ToArray(), engine.Generate(prompts[0], options).ToArray());
    }

    [Fact]
    public void A_prompt_that_begins_like_the_last_sequence_gives_the_same_as_a_new_one()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model) { KeepsPrefixes = true };
        int[] prompt = SmallModel.RandomPrompt(new Random(7), 9);
        int[] answer = [.. engine.Generate(prompt, Greedy with { MaxTokens = 5 })];
        int[] next = [.. prompt, .. answer, 3, 4, 5];
        Assert.Equal(SmallModel.Greedy(model, next, 10), engine.Generate(next, Greedy with { MaxTokens = 10 }));
        Assert.Equal(answer, engine.Generate(prompt, Greedy with { MaxTokens = 5 }));
        Assert.Equal(SmallModel.Greedy(model, next.AsSpan(4), 10), engine.Generate(next.AsSpan(4), Greedy with { MaxTokens = 10 }));
    }

    [Fact]
    public void A_model_that_has_learnt_meanwhile_is_read_anew()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        int[] prompt = SmallModel.RandomPrompt(new Random(7), 9);
        engine.Generate(prompt, Greedy with { MaxTokens = 5 }).ToArray();
        foreach (ref float value in model["blk.0.attn_v.weight"].Values)
            value = -value;
        Assert.Equal(SmallModel.Greedy(model, prompt, 5), engine.Generate(prompt, Greedy with { MaxTokens = 5 }));
    }

    [Fact]
    public void A_prompt_longer_than_one_reading_is_read_in_pieces()
    {
        using Transformer model = SmallModel.Build(context: 1400);
        using var engine = new Engine(model) { BatchRows = 2 };
        var random = new Random(8);
        int[][] prompts = [SmallModel.RandomPrompt(random, 1300), SmallModel.RandomPrompt(random, 700), SmallModel.RandomPrompt(random, 512)];
        Generation[] results = engine.GenerateAll(prompts, Greedy with { MaxTokens = 4 });
        for (int i = 0; i < prompts.Length; i++)
        {
            int[] expected = SmallModel.Greedy(model, prompts[i], 4);
            Assert.Equal(expected, engine.Generate(prompts[i], Greedy with { MaxTokens = 4 }));
            Assert.Equal(expected, results[i].Ids);
        }
    }

    [Fact]
    public void A_cache_that_grows_keeps_what_it_holds()
    {
        using Transformer model = SmallModel.Build(context: 600);
        using var engine = new Engine(model) { KeepsPrefixes = true };
        int[] prompt = SmallModel.RandomPrompt(new Random(9), 250);
        int[] answer = [.. engine.Generate(prompt, Greedy with { MaxTokens = 12 })];
        Assert.Equal(SmallModel.Greedy(model, prompt, 12), answer);
        int[] next = [.. prompt, .. answer, .. SmallModel.RandomPrompt(new Random(10), 300)];
        Assert.Equal(SmallModel.Greedy(model, next, 3), engine.Generate(next, Greedy with { MaxTokens = 3 }));
    }

    [Fact]
    public void What_does_not_fit_in_the_context_is_refused_with_both_numbers()
    {
        using Transformer model = SmallModel.Build(context: 20);
        using var engine = new Engine(model);
        int[] prompt = SmallModel.RandomPrompt(new Random(1), 15);
        ContextLimitException problem = Assert.Throws<ContextLimitException>(() => engine.Generate(prompt, Greedy with { MaxTokens = 7 }));
        Assert.Equal((15, 7, 20), (problem.PromptTokens, problem.GeneratedTokens, problem.Context));
        Assert.Contains("15 tokens and 7 more", problem.Message);
        Assert.Throws<ContextLimitException>(() => engine.GenerateAll([[1], prompt], Greedy with { MaxTokens = 7 }));
        Assert.Throws<ContextLimitException>(() => engine.Generate(new int[21], Greedy));
        Assert.Equal(6, engine.Generate(prompt, Greedy with { MaxTokens = 6 }).Count());
    }

    [Fact]
    public void Without_a_limit_it_ends_where_the_context_does()
    {
        using Transformer model = SmallModel.Build(context: 20);
        using var engine = new Engine(model);
        int[] prompt = SmallModel.RandomPrompt(new Random(1), 15);
        TokenStream stream = engine.Generate(prompt, Greedy);
        Assert.Equal(SmallModel.Greedy(model, prompt, 6), stream);
        Assert.Equal(FinishReason.ContextFull, stream.Reason);
        Assert.Equal(FinishReason.ContextFull, engine.GenerateAll([prompt], Greedy)[0].Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sliding_context_rereads_its_latest_half(bool learnedPositions)
    {
        using Transformer model = SmallModel.Build(context: 16, learnedPositions: learnedPositions);
        using var engine = new Engine(model);
        List<int> expected = [.. SmallModel.RandomPrompt(new Random(3), 5)];
        int[] prompt = [.. expected];
        int first = 0;
        while (expected.Count < 5 + 60)
        {
            if (expected.Count - first > 16)
                first = expected.Count - 8;
            expected.AddRange(SmallModel.Greedy(model, expected.Skip(first).ToArray(), 1));
        }
        Assert.Equal(expected.Skip(5), engine.Generate(prompt, Greedy with { MaxTokens = 60, WhenFull = ContextPolicy.Slide }));
    }

    [Fact]
    public void Stop_ids_end_a_sequence_and_are_not_part_of_it()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        int[] prompt = SmallModel.RandomPrompt(new Random(1), 5);
        int[] whole = SmallModel.Greedy(model, prompt, 20);
        int stop = whole[7];
        TokenStream stream = engine.Generate(prompt, Greedy with { MaxTokens = 20, StopIds = [stop] });
        Assert.Equal(whole.TakeWhile(id => id != stop), stream);
        Assert.Equal(FinishReason.Stop, stream.Reason);
    }

    [Fact]
    public void No_tokens_asked_for_are_no_tokens()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        Assert.Empty(engine.Generate([1, 2], Greedy with { MaxTokens = 0 }));
        Assert.Empty(engine.GenerateAll([[1, 2]], Greedy with { MaxTokens = 0 })[0].Ids);
        Assert.Empty(engine.GenerateAll([], Greedy));
    }

    [Fact]
    public async Task Asynchronous_streaming_gives_the_same_and_can_be_cancelled()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        int[] prompt = SmallModel.RandomPrompt(new Random(1), 5);
        var streamed = new List<int>();
        await foreach (int id in engine.Generate(prompt, Greedy with { MaxTokens = 12 }).ReadAsync())
            streamed.Add(id);
        Assert.Equal(SmallModel.Greedy(model, prompt, 12), streamed);

        using var cancellation = new CancellationTokenSource();
        int seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int _ in engine.Generate(prompt, Greedy with { MaxTokens = 40 }).ReadAsync(cancellation.Token))
            {
                if (++seen == 3)
                    cancellation.Cancel();
            }
        });
        Assert.Equal(3, seen);
        Assert.Equal(12, engine.Generate(prompt, Greedy with { MaxTokens = 12 }).Count()); // the engine is free again
    }

    [Fact]
    public void Cancellation_ends_a_batch()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model) { BatchRows = 2 };
        using var cancellation = new CancellationTokenSource();
        int finished = 0;
        int[][] prompts = [.. Enumerable.Range(0, 50).Select(i => new[] { i })];
        Assert.ThrowsAny<OperationCanceledException>(() => engine.GenerateAll(prompts, Greedy with { MaxTokens = 10 }, finished: (_, _) =>
        {
            if (++finished == 4)
                cancellation.Cancel();
        }, cancellation: cancellation.Token));
        Assert.InRange(finished, 4, 6);
    }

    [Fact]
    public void Requests_made_inside_a_loop_share_the_engine_and_a_stream_is_generated_once()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        var outer = new List<int>();
        foreach (int id in engine.Generate([1], Greedy with { MaxTokens = 5 }))
        {
            outer.Add(id);
            Assert.Equal(SmallModel.Greedy(model, [2], 5), engine.Generate([2], Greedy with { MaxTokens = 5 }));
            Assert.Equal(SmallModel.Greedy(model, [3], 5), engine.GenerateAll([[3]], Greedy with { MaxTokens = 5 })[0].Ids);
        }
        Assert.Equal(SmallModel.Greedy(model, [1], 5), outer);
        TokenStream stream = engine.Generate([2], Greedy with { MaxTokens = 5 });
        Assert.Equal(5, stream.Count());
        Assert.Throws<InvalidOperationException>(() => stream.Count());
    }

    [Fact]
    public void Impossible_requests_are_refused_before_anything_is_computed()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        Assert.Contains("no tokens", Assert.Throws<ArgumentException>(() => engine.Generate([], Greedy)).Message);
        Assert.Contains("the id 300", Assert.Throws<ArgumentException>(() => engine.Generate([1, 300], Greedy)).Message);
        Assert.Contains("stop strings", Assert.Throws<ArgumentException>(() => engine.Generate([1], Greedy with { StopStrings = ["x"] })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Generate([1], Greedy with { MaxTokens = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Generate([1], new GenerationOptions { Sampling = new SamplingOptions { TopP = 2 } }));
        Assert.Throws<ArgumentException>(() => engine.GenerateAll([[1]], Greedy with { WhenFull = ContextPolicy.Slide }));
    }

    [Fact]
    public void Log_probabilities_come_with_the_stream()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        List<int> tokens = [4, 5, 6];
        TokenStream stream = engine.Generate([4, 5, 6], new GenerationOptions { Sampling = new SamplingOptions { Temperature = 1 }, MaxTokens = 6, LogProbabilities = true });
        foreach (int id in stream)
        {
            Assert.Equal(Sampler.LogProbability(SmallModel.Logits(model, tokens.ToArray()), id), stream.LogProbability, 1e-4);
            tokens.Add(id);
        }
    }
}
