namespace Gestalt.Inference.Tests;

public sealed class SamplerTests
{
    public static TheoryData<SamplingOptions, int> Settings => new()
    {
        { new SamplingOptions { Temperature = 1 }, 40 },
        { new SamplingOptions { Temperature = 1 }, 700 },
        { new SamplingOptions { Temperature = 0.7f }, 300 },
        { new SamplingOptions { Temperature = 1.5f, TopK = 10 }, 300 },
        { new SamplingOptions { Temperature = 1, TopP = 0.8f }, 300 },
        { new SamplingOptions { Temperature = 2, TopP = 0.5f, TopK = 30 }, 300 },
        { new SamplingOptions { Temperature = 1.3f, MinP = 0.1f }, 300 },
        { new SamplingOptions { Temperature = 0.9f, TopK = 50, TopP = 0.9f, MinP = 0.02f }, 300 },
        { new SamplingOptions { Temperature = 1, RepetitionPenalty = 1.5f, RepetitionWindow = 3, TopP = 0.9f }, 60 },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Tokens_are_drawn_as_often_as_a_naive_chain_says(SamplingOptions options, int vocabulary)
    {
        const int Draws = 60_000;
        float[] logits = RandomLogits(5, vocabulary, 2);
        int[] history = [9, 0, 1, 2, 2, 3];
        double[] expected = NaiveDistribution(options, logits, history);
        var sampler = new Sampler(options, vocabulary);
        var counts = new int[vocabulary];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Next(logits, history)]++;

        double chiSquare = 0, restExpected = 0;
        int categories = 0, restCount = 0;
        for (int id = 0; id < vocabulary; id++)
        {
            if (expected[id] == 0)
                Assert.Equal(0, counts[id]);
            if (expected[id] * Draws < 8)
            {
                (restExpected, restCount) = (restExpected + (expected[id] * Draws), restCount + counts[id]);
                continue;
            }
            chiSquare += Math.Pow(counts[id] - (expected[id] * Draws), 2) / (expected[id] * Draws);
            categories++;
        }
        if (restExpected >= 8)
        {
            chiSquare += Math.Pow(restCount - restExpected, 2) / restExpected;
            categories++;
        }
        int degrees = categories - 1;
        // Beyond 4.5 deviations of a chi-square that many times out of a million; the seed is fixed.
        Assert.True(chiSquare < degrees + (4.5 * Math.Sqrt(2 * degrees)) + 10, $"chi-square {chiSquare:F1} with {degrees} degrees of freedom");
    }

    [Fact]
    public void Filters_keep_exactly_what_a_naive_chain_keeps()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 400; trial++)
        {
            var options = new SamplingOptions
            {
                Temperature = 50, // nearly uniform, so that everything kept is soon drawn
                TopK = random.Next(3) == 0 ? 0 : random.Next(1, 12),
                TopP = random.Next(3) == 0 ? 1 : 0.05f + (0.94f * random.NextSingle()),
                MinP = random.Next(3) == 0 ? 0 : random.NextSingle() * 0.5f,
                Seed = (ulong)trial,
            };
            int vocabulary = random.Next(1, 40);
            float[] logits = RandomLogits(trial, vocabulary, 1.5);
            double[] expected = NaiveDistribution(options, logits, []);
            var sampler = new Sampler(options, vocabulary);
            var seen = new HashSet<int>();
            for (int i = 0; i < 600; i++)
                seen.Add(sampler.Next(logits, []));
            Assert.Equal(Enumerable.Range(0, vocabulary).Where(id => expected[id] > 0), seen.Order());
        }
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Greedy_takes_the_likeliest_and_of_equals_the_first()
    {
        var random = new Random(1);
        for (int vocabulary = 1; vocabulary < 100; vocabulary++)
        {
            var logits = new float[vocabulary];
            foreach (ref float logit in logits.AsSpan())
                logit = random.Next(-3, 4);
            Assert.Equal(Array.IndexOf(logits, logits.Max()), new Sampler(SamplingOptions.Greedy, vocabulary).Next(logits, []));
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_tokens_and_a_saved_state_goes_on()
    {
        float[] logits = RandomLogits(2, 500, 1);
        var options = new SamplingOptions { Temperature = 1, Seed = 42 };
        Sampler first = new(options, 500), second = new(options, 500), other = new(options with { Seed = 43 }, 500);
        int[] drawn = Draw(first, logits, 200);
        Assert.Equal(drawn, Draw(second, logits, 200));
        Assert.NotEqual(drawn, Draw(other, logits, 200));
        other.Random = new Xoshiro256 { State = first.Random.State };
        Assert.Equal(Draw(first, logits, 50), Draw(other, logits, 50));
    }

    [Fact]
    public void A_penalty_counts_a_repeated_token_once_and_forgets_what_left_the_window()
    {
        var sampler = new Sampler(SamplingOptions.Greedy with { RepetitionPenalty = 2, RepetitionWindow = 3 }, 4);
        float[] logits = [4, 3, 1, -1];
        Assert.Equal(0, sampler.Next(logits, []));
        Assert.Equal(1, sampler.Next(logits, [0, 0, 0])); // 4 becomes 2, not 0.5
        Assert.Equal(0, sampler.Next(logits, [1, 0])); // 2 and 1.5
        Assert.Equal(0, sampler.Next(logits, [0, 2, 2, 2])); // out of the window
        Assert.Equal([4f, 3f, 1f, -1f], logits);
        var negative = new Sampler(SamplingOptions.Greedy with { RepetitionPenalty = 2 }, 2);
        Assert.Equal(1, negative.Next([-1, -1.5f], [0]));
    }

    [Fact]
    public void Masked_tokens_are_never_drawn()
    {
        float[] logits = RandomLogits(8, 300, 1);
        for (int i = 0; i < 300; i += 2)
            logits[i] = float.NegativeInfinity;
        foreach (SamplingOptions options in new SamplingOptions[] { new() { Temperature = 5 }, new() { Temperature = 5, TopP = 0.99f }, new() { Temperature = 5, TopK = 299 } })
            Assert.All(Draw(new Sampler(options, 300), logits, 2000), id => Assert.Equal(1, id % 2));
    }

    [Theory]
    [InlineData(1e-38f)]
    [InlineData(1e-3f)]
    [InlineData(1e30f)]
    public void Extreme_temperatures_stay_numbers(float temperature)
    {
        float[] logits = [1, 80, -300, 79.999f];
        int[] drawn = Draw(new Sampler(new SamplingOptions { Temperature = temperature }, 4), logits, 500);
        if (temperature < 1)
            Assert.All(drawn, id => Assert.True(id == 1 || temperature > 1e-10));
        else
            Assert.Equal(4, drawn.Distinct().Count());
    }

    [Fact]
    public void Log_probabilities_are_the_models_own()
    {
        float[] logits = RandomLogits(6, 333, 3);
        double sum = logits.Sum(logit => Math.Exp(logit));
        for (int id = 0; id < logits.Length; id++)
            Assert.Equal(logits[id] - Math.Log(sum), Sampler.LogProbability(logits, id), 2e-6 * Math.Abs(logits[id] - Math.Log(sum)) + 1e-6);
    }

    [Fact]
    public void Drawing_allocates_nothing()
    {
        float[] logits = RandomLogits(1, 5000, 2);
        int[] history = [1, 2, 3, 4];
        foreach (SamplingOptions options in new SamplingOptions[]
        {
            SamplingOptions.Greedy, new(), new() { TopK = 40, TopP = 0.9f, MinP = 0.05f, RepetitionPenalty = 1.1f }, new() { TopP = 0.95f },
        })
        {
            var sampler = new Sampler(options, logits.Length);
            sampler.Next(logits, history);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
                sampler.Next(logits, history);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_refused()
    {
        var sampler = new Sampler(new SamplingOptions(), 20);
        float[] logits = new float[20];
        logits[13] = float.NaN;
        Assert.Contains("NaN", Assert.Throws<InvalidOperationException>(() => sampler.Next(logits, [])).Message);
        Array.Fill(logits, float.NegativeInfinity);
        Assert.Throws<InvalidOperationException>(() => sampler.Next(logits, []));
        Assert.Throws<ArgumentException>(() => sampler.Next(new float[19], []));
    }

    [Fact]
    public void Impossible_options_are_named()
    {
        Assert.Contains("Temperature is -1", Refused(new SamplingOptions { Temperature = -1 }));
        Assert.Contains("TopP is 0", Refused(new SamplingOptions { TopP = 0 }));
        Assert.Contains("TopP is NaN", Refused(new SamplingOptions { TopP = float.NaN }));
        Assert.Contains("MinP is 2", Refused(new SamplingOptions { MinP = 2 }));
        Assert.Contains("TopK is -5", Refused(new SamplingOptions { TopK = -5 }));
        Assert.Contains("RepetitionPenalty is 0", Refused(new SamplingOptions { RepetitionPenalty = 0 }));
        static string Refused(SamplingOptions options) => Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(options, 10)).Message;
    }

    private static int[] Draw(Sampler sampler, float[] logits, int count) => [.. Enumerable.Range(0, count).Select(_ => sampler.Next(logits, []))];

    private static float[] RandomLogits(int seed, int count, double spread)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    // The chain as its definition reads, step by step over sorted lists, in double precision.
    private static double[] NaiveDistribution(SamplingOptions options, float[] logits, int[] history)
    {
        double[] values = [.. logits.Select(logit => (double)logit)];
        foreach (int id in history.TakeLast(options.RepetitionWindow).Distinct())
            values[id] = values[id] > 0 ? values[id] / options.RepetitionPenalty : values[id] * options.RepetitionPenalty;
        List<int> kept = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => values[id]).ThenBy(id => id)];
        if (options.TopK > 0)
            kept = [.. kept.Take(options.TopK)];
        double total = kept.Sum(id => Math.Exp(values[id]));
        double reached = 0;
        int nucleus = 0;
        while (nucleus < kept.Count && (reached < options.TopP || nucleus == 0))
            reached += Math.Exp(values[kept[nucleus++]]) / total;
        if (options.TopP < 1)
            kept = [.. kept.Take(nucleus)];
        double best = values[kept[0]];
        kept = [.. kept.Where(id => Math.Exp(values[id] - best) >= options.MinP)];
        var probabilities = new double[logits.Length];
        foreach (int id in kept)
            probabilities[id] = Math.Exp((values[id] - best) / options.Temperature);
        double sum = probabilities.Sum();
        return [.. probabilities.Select(probability => probability / sum)];
    }
}
