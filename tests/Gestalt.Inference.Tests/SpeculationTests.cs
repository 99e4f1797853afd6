using Gestalt.Inference.Speculation;
using Gestalt.Models;

namespace Gestalt.Inference.Tests;

public sealed class SpeculationTests
{
    private static readonly GenerationOptions Greedy = new() { Sampling = SamplingOptions.Greedy };

    public enum Kind
    {
        Lookup,
        SameModel,
        OtherModel,
    }

    [Theory]
    [InlineData(Kind.Lookup)]
    [InlineData(Kind.SameModel)]
    [InlineData(Kind.OtherModel)]
    public void Guessing_never_changes_what_is_generated(Kind kind)
    {
        using Transformer model = SmallModel.Build(context: 300);
        using Transformer draft = kind == Kind.SameModel ? SmallModel.Build(context: 300) : SmallModel.Build(context: 250, seed: 2);
        using var plain = new Engine(model);
        using var engine = new Engine(model, Options(kind, draft));
        int[] prompt = [.. Enumerable.Range(0, 60).Select(i => i % 7)];
        Assert.Equal(SmallModel.Greedy(model, prompt, 150), engine.Generate(prompt, Greedy with { MaxTokens = 150 }));
        for (ulong seed = 0; seed < 4; seed++)
        {
            var options = new GenerationOptions
            {
                Sampling = new SamplingOptions { Temperature = 0.7f, TopK = 20, RepetitionPenalty = 1.1f, Seed = seed },
                MaxTokens = 120,
                LogProbabilities = true,
            };
            TokenStream expected = plain.Generate(prompt, options), actual = engine.Generate(prompt, options);
            Assert.Equal(expected.ToArray(), actual.ToArray());
            Assert.Equal(expected.LogProbability, actual.LogProbability, 1e-3);
            Assert.Equal((expected.Reason, expected.GeneratedTokens), (actual.Reason, actual.GeneratedTokens));
        }
        int[][] prompts = [prompt, [1, 2, 1, 2, 1, 2], [5]];
        Generation[] all = engine.GenerateAll(prompts, Greedy with { MaxTokens = 60 });
        for (int i = 0; i < prompts.Length; i++)
            Assert.Equal(SmallModel.Greedy(model, prompts[i], 60), all[i].Ids);
        Assert.True(engine.GuessedTokens > 0, "nothing was guessed, so nothing was tested");
        if (kind == Kind.SameModel)
            Assert.True(engine.RightGuesses > 0.9 * engine.GuessedTokens, $"{engine.RightGuesses} of {engine.GuessedTokens}: a model should guess itself");
    }

    [Theory]
    [InlineData(400)]
    public void The_distribution_is_the_models_own(int draws) => CheckDistribution(draws);

    [Fact]
    [Trait("Speed", "Slow")]
    public void The_distribution_is_the_models_own_over_many_draws() => CheckDistribution(20_000);

    [Fact]
    public void Stops_limits_and_contexts_hold_inside_a_guess()
    {
        using Transformer model = SmallModel.Build(context: 90);
        using Transformer draft = SmallModel.Build(context: 90);
        using var engine = new Engine(model, Options(Kind.SameModel, draft));
        int[] prompt = SmallModel.RandomPrompt(new Random(3), 20);
        int[] whole = SmallModel.Greedy(model, prompt, 71);
        TokenStream full = engine.Generate(prompt, Greedy);
        Assert.Equal(whole, full);
        Assert.Equal(FinishReason.ContextFull, full.Reason);
        for (int length = 30; length < 45; length++)
        {
            Assert.Equal(whole[..length], engine.Generate(prompt, Greedy with { MaxTokens = length }));
            int stop = whole[length];
            Assert.Equal(whole.TakeWhile(id => id != stop), engine.Generate(prompt, Greedy with { StopIds = [stop] }));
        }
        Assert.True(engine.GuessedTokens > 0);
    }

    [Theory]
    [InlineData(-30)]
    [InlineData(30)]
    public void A_draft_may_have_fewer_ids_or_more_at_its_end(int difference)
    {
        using Transformer model = SmallModel.Build(context: 120);
        using Transformer draft = SmallModel.Resized(model, model.Config.Vocabulary + difference);
        using var engine = new Engine(model, new EngineOptions { Draft = draft }) { KeepsPrefixes = true };
        engine.AlwaysGuess = true;
        int[] prompt = [1, 2, 3, model.Config.Vocabulary - 1, 5];
        Assert.Equal(SmallModel.Greedy(model, prompt, 80), engine.Generate(prompt, Greedy with { MaxTokens = 80 }));
        prompt[3] = 4;
        var biased = Greedy with { MaxTokens = 80, Sampling = SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [model.Config.Vocabulary - 1] = -1 } } };
        using var plain = new Engine(model);
        Assert.Equal(plain.Generate(prompt, biased), engine.Generate(prompt, biased));
        Assert.True(engine.RightGuesses > 0);
    }

    [Fact]
    public void What_is_not_found_in_the_text_a_model_guesses()
    {
        using Transformer model = SmallModel.Build(context: 200);
        using Transformer draft = SmallModel.Build(context: 200);
        using var engine = new Engine(model, new EngineOptions { Draft = draft, LooksUpDrafts = true });
        engine.AlwaysGuess = true;
        int[] prompt = [1, 2, 3];
        Assert.Equal(SmallModel.Greedy(model, prompt, 100), engine.Generate(prompt, Greedy with { MaxTokens = 100 }));
        Assert.True(engine.GuessedTokens > 60, $"{engine.GuessedTokens} tokens were guessed");
    }

    [Fact]
    public void The_context_decides_about_wavelengths_for_long_sequences()
    {
        using Transformer model = SmallModel.Build(context: 200);
        using (new Engine(model, new EngineOptions { Context = 50 }))
            Assert.Equal(50, model.LongestSequence);
        using (new Engine(model))
            Assert.Equal(200, model.LongestSequence);
    }

    [Fact]
    public void Lookup_finds_what_followed_the_same_tokens()
    {
        using var drafter = new LookupDrafter();
        int[] guesses = new int[4];
        Assert.Equal(0, drafter.Propose([1, 2, 3], default, guesses));
        Assert.Equal(4, drafter.Propose([1, 2, 3, 4, 5, 6, 7, 2, 3], default, guesses));
        Assert.Equal([4, 5, 6, 7], guesses);
        Assert.Equal(2, drafter.Propose([1, 2, 3, 4, 5, 6, 7, 2, 3, 9, 2, 3], default, guesses.AsSpan(0, 2)));
        Assert.Equal([9, 2], guesses[..2]); // the latest time counts
        Assert.Equal(0, drafter.Propose([8, 9], default, guesses)); // another sequence
        int[] many = [.. Enumerable.Range(0, 5000).Select(i => i % 1700)];
        Assert.Equal(4, drafter.Propose(many, default, guesses));
        Assert.Equal([.. Enumerable.Range(1600, 4)], guesses);
    }

    [Fact]
    public void Guessing_that_does_not_pay_costs_next_to_nothing_and_what_pays_goes_on()
    {
        Assert.InRange(Simulate(acceptance: 0, costOfGuess: 0.3), 0, 0.02);
        Assert.InRange(Simulate(acceptance: 0.2, costOfGuess: 0.5), -0.02, 0.02);
        Assert.InRange(Simulate(acceptance: 0.9, costOfGuess: 0.1), -1, -0.4);

        // How much longer 2000 tokens take than without guessing, three at a time.
        static double Simulate(double acceptance, double costOfGuess)
        {
            var clock = new SpeculationClock();
            var random = new Random(1);
            double seconds = 0;
            int tokens = 0;
            while (tokens < 2000)
            {
                int guesses = clock.IsWorthwhile(1) ? 3 : 0;
                int given = 1;
                while (given <= guesses && random.NextDouble() < acceptance)
                    given++;
                double step = 1 + (guesses * costOfGuess) + (0.02 * random.NextDouble());
                clock.Count(1, guesses, given, step);
                (seconds, tokens) = (seconds + step, tokens + given);
            }
            return (seconds / (tokens * 1.01)) - 1;
        }
    }

    /// <summary>Second and third tokens of many seeds against the exact probabilities: Pearson's chi-square with its 99.9 % bound.</summary>
    private static void CheckDistribution(int draws)
    {
        using Transformer model = SmallModel.Build(context: 80);
        using Transformer draft = SmallModel.Build(context: 80);
        foreach (ref float value in draft["blk.0.attn_v.weight"].Values)
            value *= 0.6f; // right often, but not always
        using var engine = new Engine(model, new EngineOptions { Draft = draft }) { KeepsPrefixes = true };
        engine.AlwaysGuess = true;
        int[] prompt = [1, 2, 3, 4, 5, 6];
        var sampling = new SamplingOptions { Temperature = 1.5f, TopK = 6 };
        var counts = new Dictionary<(int, int), int>();
        for (int i = 0; i < draws; i++)
        {
            int[] ids = engine.Generate(prompt, new GenerationOptions { Sampling = sampling with { Seed = (ulong)i }, MaxTokens = 3 }).ToArray();
            counts[(ids[0], ids[1])] = counts.GetValueOrDefault((ids[0], ids[1])) + 1;
        }
        double chiSquare = 0;
        int cells = 0;
        foreach ((int first, double p) in Probabilities(model, prompt, sampling))
        {
            foreach ((int second, double q) in Probabilities(model, [.. prompt, first], sampling))
            {
                double expected = draws * p * q;
                if (expected < 5)
                    continue;
                int seen = counts.GetValueOrDefault((first, second));
                chiSquare += (seen - expected) * (seen - expected) / expected;
                cells++;
            }
        }
        Assert.True(cells >= 8, $"only {cells} pairs are frequent enough to show anything");
        // The 99.9 % point of chi-square by Wilson and Hilferty.
        double bound = cells * Math.Pow(1 - (2.0 / (9 * cells)) + (3.09 * Math.Sqrt(2.0 / (9 * cells))), 3);
        Assert.True(chiSquare < bound, $"chi-square {chiSquare} over {cells} pairs, bound {bound}");
        Assert.True(engine.RightGuesses > 0 && engine.RightGuesses < engine.GuessedTokens, $"{engine.RightGuesses} of {engine.GuessedTokens} guesses were right");
    }

    private static List<(int Id, double Probability)> Probabilities(Transformer model, int[] tokens, SamplingOptions sampling)
    {
        float[] logits = SmallModel.Logits(model, tokens);
        (int Id, double Weight)[] kept = [.. logits.Select((logit, id) => (id, (double)logit)).OrderByDescending(pair => pair.Item2).Take(sampling.TopK)
            .Select(pair => (pair.id, Math.Exp((pair.Item2 - logits.Max()) / sampling.Temperature)))];
        return [.. kept.Select(pair => (pair.Id, pair.Weight / kept.Sum(other => other.Weight)))];
    }

    private static EngineOptions Options(Kind kind, Transformer draft) =>
        kind == Kind.Lookup ? new EngineOptions { LooksUpDrafts = true } : new EngineOptions { Draft = draft };
}
