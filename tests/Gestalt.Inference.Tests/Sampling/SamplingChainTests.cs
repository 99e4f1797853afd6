using System.Diagnostics;
using Gestalt.Text;

namespace Gestalt.Inference.Tests.Sampling;

public sealed class SamplingChainTests
{
    private static readonly int[] History = [5, 1, 2, 3, 9, 4, 1, 2, 3, 7, 7, 7, 8, 1, 2, 3];

    public static TheoryData<string, SamplingOptions> Chains => new()
    {
        { "frequency", new() { FrequencyPenalty = 0.7f, Temperature = 1 } },
        { "presence", new() { PresencePenalty = 1.3f, RepetitionWindow = 5 } },
        { "all penalties", new() { RepetitionPenalty = 1.4f, FrequencyPenalty = -0.2f, PresencePenalty = 0.5f, RepetitionWindow = 9 } },
        { "dry", new() { DryMultiplier = 0.8f } },
        { "dry with breakers", new() { DryMultiplier = 2, DryBase = 1.5f, DryAllowedLength = 1, DryBreakers = [1, 9] } },
        { "dry in a window", new() { DryMultiplier = 2, DryAllowedLength = 3, DryWindow = 10 } },
        { "top-n-sigma", new() { TopNSigma = 1 } },
        { "top-n-sigma, wide", new() { TopNSigma = 2.5f, Temperature = 2 } },
        { "typical", new() { TypicalP = 0.3f } },
        { "typical, wide", new() { TypicalP = 0.9f, TopK = 60 } },
        { "xtc", new() { XtcProbability = 1, XtcThreshold = 0.03f } },
        { "xtc after min-p", new() { XtcProbability = 1, XtcThreshold = 0.05f, MinP = 0.1f } },
        { "xtc, too high a threshold", new() { XtcProbability = 1, XtcThreshold = 0.6f } },
        { "dynamic temperature", new() { Temperature = 1, DynamicTemperatureRange = 0.7f } },
        { "dynamic temperature, bent", new() { Temperature = 0.5f, DynamicTemperatureRange = 0.8f, DynamicTemperatureExponent = 2.5f, TopK = 20 } },
        { "greedy after the top choices are gone", new() { Temperature = 0, XtcProbability = 1, XtcThreshold = 0.02f } },
        { "bias", new() { LogitBias = new Dictionary<int, float> { [3] = 4, [5] = -100, [7] = float.NegativeInfinity, [100_000] = 1 } } },
        { "greedy with a bias", new() { Temperature = 0, LogitBias = new Dictionary<int, float> { [3] = 40 } } },
        { "everything", new() { RepetitionPenalty = 1.1f, FrequencyPenalty = 0.1f, DryMultiplier = 0.5f, TopNSigma = 3, TopK = 50, TypicalP = 0.95f, TopP = 0.9f, MinP = 0.02f, XtcProbability = 1, XtcThreshold = 0.08f, Temperature = 1.3f } },
        { "another order", new() { Order = [SamplingStep.Temperature, SamplingStep.MinP, SamplingStep.Penalties, SamplingStep.TopK, SamplingStep.Dry], Temperature = 2, MinP = 0.1f, RepetitionPenalty = 1.5f, TopK = 9, DryMultiplier = 1, TopP = 0.1f } },
        { "top-p before top-k", new() { Order = [SamplingStep.TopP, SamplingStep.TopK, SamplingStep.Temperature], TopP = 0.6f, TopK = 12 } },
        { "mirostat 1", new() { Mirostat = 1, MirostatTarget = 3, TopK = 2 } },
        { "mirostat 2", new() { Mirostat = 2, MirostatTarget = 2.5f, Temperature = 1.5f } },
        { "mirostat 2 without surprise", new() { Mirostat = 2, MirostatTarget = 0 } },
    };

    [Theory]
    [MemberData(nameof(Chains))]
    public void Each_step_gives_the_distribution_of_its_definition(string name, SamplingOptions options)
    {
        foreach (int vocabulary in new[] { 10, 100, 3000 })
        {
            for (int seed = 0; seed < 20; seed++)
            {
                float[] logits = RandomLogits(seed, vocabulary, seed % 3 == 0 ? 3 : 1);
                double[] expected = new NaiveChain(options).Distribution(logits, History);
                var sampler = new Sampler(options, vocabulary);
                Xoshiro256 random = new(1);
                var actual = new double[vocabulary];
                foreach (TokenProbability token in sampler.Distribution(logits, History, ref random))
                    actual[token.Id] += token.Probability;
                for (int id = 0; id < vocabulary; id++)
                    Assert.True(Math.Abs(expected[id] - actual[id]) < 2e-5 && (expected[id] is > 0 and < 1e-25 || expected[id] > 0 == actual[id] > 0), $"{name}, {vocabulary}, seed {seed}, token {id}: {expected[id]} expected, {actual[id]} found");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void Tokens_are_drawn_from_the_distribution(string name, SamplingOptions options)
    {
        const int Draws = 4000;
        float[] logits = RandomLogits(3, 200, 2);
        Xoshiro256 random = new(8);
        var sampler = new Sampler(options with { MirostatRate = 0 }, 200);
        var expected = new double[200];
        foreach (TokenProbability token in sampler.Distribution(logits, History, ref random))
            expected[token.Id] = token.Probability;
        var counts = new int[200];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Next(logits, History, ref random)]++;
        for (int id = 0; id < 200; id++)
        {
            double tolerance = 5 * Math.Sqrt(Draws * expected[id] * (1 - expected[id])) + (expected[id] > 0 ? 3 : 0);
            Assert.True(Math.Abs(counts[id] - (Draws * expected[id])) <= tolerance, $"{name}: token {id} came {counts[id]} times, {Draws * expected[id]:F1} expected");
        }
    }

    [Fact]
    public void Xtc_happens_as_often_as_it_should()
    {
        float[] logits = [3, 3, 0];
        var sampler = new Sampler(new SamplingOptions { Temperature = 1, XtcProbability = 0.3f, XtcThreshold = 0.1f, Seed = 4 }, 3);
        int first = Enumerable.Range(0, 20_000).Count(_ => sampler.Next(logits, []) == 0);
        double expected = 20_000 * 0.7 * Math.Exp(3) / ((2 * Math.Exp(3)) + 1);
        Assert.InRange(first, expected - 350, expected + 350);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mirostat_holds_the_surprise_at_its_target(int version)
    {
        // Zipf's distribution, as the paper assumes.
        float[] logits = [.. Enumerable.Range(1, 1000).Select(rank => -1.1f * MathF.Log(rank))];
        var options = new SamplingOptions { Mirostat = version, MirostatTarget = 4, Temperature = 1, Seed = 3 };
        var sampler = new Sampler(options, logits.Length);
        var naive = new NaiveChain(options);
        double sum = 0;
        for (int i = 0; i < 700; i++)
        {
            Xoshiro256 unused = new(0);
            double total = 0;
            int count = 0;
            if (i % 100 == 0)
            {
                double[] expected = naive.Distribution(logits, []);
                foreach (TokenProbability token in sampler.Distribution(logits, [], ref unused))
                {
                    total += token.Probability;
                    count++;
                }
                Assert.Equal(1, total, 1e-4);
                Assert.Equal(expected.Count(p => p > 0), count);
            }
            // The naive chain follows the draws: the kept tokens are the likeliest, so their number gives each one's probability.
            int drawn = sampler.Next(logits, []);
            double[] p = naive.Distribution(logits, []);
            double surprise = -Math.Log2(p[drawn]);
            naive.SurpriseLimit -= options.MirostatRate * (surprise - options.MirostatTarget);
            if (i >= 300)
                sum += surprise;
        }
        Assert.InRange(sum / 400, 3.7, 4.3);
    }

    [Fact]
    public void A_large_flat_vocabulary_keeps_the_right_nucleus()
    {
        foreach ((int seed, double spread) in new[] { (1, 0.0), (2, 1e-6), (3, 0.01), (4, 1.0), (5, 4.0) })
        {
            float[] logits = RandomLogits(seed, 20_000, spread);
            for (int i = 0; i < logits.Length; i += 3)
                logits[i] = float.NegativeInfinity; // masked by a grammar
            foreach (SamplingOptions options in new SamplingOptions[] { new() { TopP = 0.95f }, new() { TopP = 0.3f }, new() { TypicalP = 0.5f }, new() { TopP = 0.999f, MinP = 0.001f } })
            {
                double[] expected = new NaiveChain(options).Distribution([.. logits.Select(logit => float.IsNegativeInfinity(logit) ? -1e30f : logit)], []);
                Xoshiro256 random = new(1);
                ReadOnlySpan<TokenProbability> actual = new Sampler(options, logits.Length).Distribution(logits, [], ref random);
                // Where thousands are as good as equal, rounding decides about the last few.
                Assert.InRange(actual.Length, (expected.Count(p => p > 0) * 0.9995) - 2, (expected.Count(p => p > 0) * 1.0005) + 2);
                double mass = 0;
                foreach (TokenProbability token in actual)
                    mass += Math.Abs(token.Probability - expected[token.Id]);
                Assert.InRange(mass, 0, 2e-3);
            }
        }
    }

    [Fact]
    public void Drawing_allocates_nothing_whatever_the_chain()
    {
        float[] logits = RandomLogits(1, 5000, 0.5);
        foreach (SamplingOptions options in Chains.Select(row => row.Data.Item2).Append(new SamplingOptions { TopP = 0.99f }))
        {
            var sampler = new Sampler(options, logits.Length);
            for (int i = 0; i < 3; i++)
                sampler.Next(logits, History);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++)
                sampler.Next(logits, History);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void The_likeliest_tokens_come_with_their_log_probabilities()
    {
        float[] logits = RandomLogits(9, 1000, 2);
        logits[17] = float.NegativeInfinity;
        double logTotal = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        var top = new TokenLogProbability[7];
        Assert.Equal(7, Sampler.LogProbabilities(logits, top));
        int[] expected = [.. Enumerable.Range(0, 1000).OrderByDescending(id => logits[id]).Take(7)];
        Assert.Equal(expected, top.Select(token => token.Id));
        Assert.All(top, token => Assert.Equal(logits[token.Id] - logTotal, token.LogProbability, 1e-5));
        Assert.Equal(2, Sampler.LogProbabilities([1, float.NegativeInfinity, 3], top));
    }

    [Fact]
    public void Breakers_are_the_tokens_with_a_text_in_them()
    {
        Tokenizer tokenizer = SmallModel.Tokenizer;
        int[] found = SequenceBreakers.Find(tokenizer, ["\n", "cat"]);
        Assert.Contains('\n', found);
        Assert.All(found, id => Assert.True(tokenizer.DecodeText([id]).Contains('\n') || tokenizer.DecodeText([id]).Contains("cat")));
        Assert.DoesNotContain('c', found);
    }

    [Fact]
    public void Impossible_options_are_named()
    {
        foreach ((SamplingOptions options, string expected) in new (SamplingOptions, string)[]
        {
            (new() { TypicalP = 0 }, "TypicalP is 0"), (new() { TopNSigma = -1 }, "TopNSigma is -1"), (new() { XtcProbability = 2 }, "XtcProbability is 2"), (new() { XtcThreshold = 0 }, "XtcThreshold is 0"),
            (new() { DryBase = 0.5f }, "DryBase is 0.5"), (new() { Mirostat = 3 }, "Mirostat is 3"), (new() { MirostatTarget = float.NaN }, "MirostatTarget is NaN"),
            (new() { Order = [SamplingStep.TopK, SamplingStep.TopK] }, "each step may come once"), (new() { LogitBias = new Dictionary<int, float> { [5] = float.NaN } }, "LogitBias[5] is NaN"),
            (new() { DynamicTemperatureRange = -1 }, "DynamicTemperatureRange is -1"), (new() { PresencePenalty = float.PositiveInfinity }, "PresencePenalty is"),
        })
            Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(options, 10)).Message);
    }

    // A guard against sorting, not a measurement: sorting 150,000 tokens takes 20 times as long as is asked of the median.
    [Fact]
    [Trait("Speed", "Slow")]
    public void A_flat_vocabulary_of_150000_takes_about_a_millisecond()
    {
        float[] logits = RandomLogits(2, 150_000, 0.3);
        foreach ((string name, SamplingOptions options) in new (string, SamplingOptions)[]
        {
            ("usual", new() { TopK = 40, TopP = 0.95f, MinP = 0.05f }), ("top-p", new() { TopP = 0.95f }), ("top-p, min-p", new() { TopP = 0.95f, MinP = 0.05f, RepetitionPenalty = 1.1f }), ("typical", new() { TypicalP = 0.9f }),
            ("all", new()), ("min-p", new() { MinP = 0.1f }), ("mirostat 2", new() { Mirostat = 2 }), ("top-n-sigma", new() { TopNSigma = 1 }), ("xtc", new() { XtcProbability = 0.5f, MinP = 0.02f }),
        })
        {
            var sampler = new Sampler(options, logits.Length);
            var times = new List<double>();
            for (int i = 0; i < 200; i++)
            {
                long begun = Stopwatch.GetTimestamp();
                sampler.Next(logits, History);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            double median = times.Order().ElementAt(100);
            TestContext.Current.SendDiagnosticMessage($"{name}: {median:F3} ms");
            Assert.True(median < 4, $"{name}: {median:F2} ms a token");
        }
    }

    private static float[] RandomLogits(int seed, int count, double spread)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
