using System.Diagnostics;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Cli.Benchmarks;

/// <summary>
/// Guessing ahead against plain decoding, in turns within one run: what it brings where guesses are right, and what it costs where none is. Each turn begins with an engine that knows
/// nothing yet, which is the hardest for guessing that adapts; both write the same text.
/// </summary>
/// <param name="name">The name.</param>
/// <param name="meaning">What the text and the guesses are like.</param>
/// <param name="drafting">The model that guesses; null to look guesses up in the text.</param>
/// <param name="sampling">How tokens are drawn.</param>
internal sealed class SpeculationBenchmark(string name, string meaning, RandomLlama? drafting, SamplingOptions sampling) : Benchmark
{
    private const int PromptLength = 32, Tokens = 128, Turns = 14;

    // Student's t for 95 % on both sides, with Turns - 1 degrees of freedom.
    private const double StudentT = 2.160;

    private static readonly RandomLlama Large = new("q4_0", TensorType.Q4_0, TensorType.Q4_0) { LoudLayers = 1 };

    // Of eight words a model that always takes the likeliest next one soon walks in a circle.
    private static readonly SamplingOptions FewWords = SamplingOptions.Greedy with
    {
        LogitBias = Enumerable.Range(RandomLlama.FirstPlainId, 8).ToDictionary(id => id, _ => 1000f),
    };

    /// <summary>All that there are.</summary>
    public static IReadOnlyList<SpeculationBenchmark> All { get; } =
    [
        new("speculation-lookup", "tokens/s of a 1.1B Llama whose text repeats itself, guesses looked up, against plain", null, FewWords),
        new("speculation-random", "the same where no text ever repeats itself", null, new SamplingOptions { Temperature = 100 }),
        new("speculation-draft", "the same with guesses by a model of one layer that often agrees", Large with { Layers = 1 }, SamplingOptions.Greedy),
        new("speculation-stranger", "the same with a model that never agrees", Large with { Layers = 1, Seed = 2 }, new SamplingOptions { Temperature = 100 }),
    ];

    public override string Name => name;

    public override string Meaning => meaning;

    public override bool OnlyWhenNamed => true;

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        var device = new Device(context.Pool);
        using LoadedModel model = ModelFile.Load(Large.Ensure(), device, LoadMode.Mapped);
        using LoadedModel? draft = drafting is null ? null : ModelFile.Load(drafting.Ensure(), device, LoadMode.Mapped);
        var plain = new EngineOptions { Context = PromptLength + (2 * Tokens) };
        EngineOptions guessing = plain with { Draft = draft?.Transformer, LooksUpDrafts = draft is null };
        Rate(model, plain, turn: 0, out _);
        Measured ours = new(), theirs = new(), right = new();
        var logarithms = new List<double>();
        for (int turn = 0; turn < Turns; turn++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            bool plainFirst = turn % 2 == 0;
            double before = plainFirst ? Rate(model, plain, turn, out _) : 0;
            double guessed = Rate(model, guessing, turn, out double share);
            double without = plainFirst ? before : Rate(model, plain, turn, out _);
            ours.Add(guessed);
            theirs.Add(without);
            right.Add(share);
            logarithms.Add(Math.Log(guessed / without));
        }
        double mean = logarithms.Average(), deviation = Math.Sqrt(logarithms.Sum(value => (value - mean) * (value - mean)) / (Turns - 1));
        double reach = StudentT * deviation / Math.Sqrt(Turns);
        yield return new BenchmarkResult(Name, ours.Median, "tokens/s", null, theirs.Median, Math.Exp(mean), Math.Exp(mean - reach), Math.Exp(mean + reach));
        yield return new BenchmarkResult($"{Name}/right", 100 * right.Median, "%");
    }

    /// <summary>Tokens a second behind the first, and the share of guesses that were right.</summary>
    private double Rate(LoadedModel model, EngineOptions options, int turn, out double right)
    {
        using var engine = new Engine(model.Transformer, options) { KeepsPrefixes = false };
        var random = new Random(turn);
        int[] prompt = [.. Enumerable.Range(0, PromptLength).Select(_ => random.Next(RandomLlama.FirstPlainId, model.Tokenizer.VocabularySize))];
        long first = 0;
        int count = 0;
        foreach (int _ in engine.Generate(prompt, new GenerationOptions { Sampling = sampling with { Seed = (ulong)turn }, MaxTokens = Tokens }))
        {
            if (count++ == 0) first = Stopwatch.GetTimestamp();
        }
        right = engine.GuessedTokens == 0 ? 0 : (double)engine.RightGuesses / engine.GuessedTokens;
        return (count - 1) / Stopwatch.GetElapsedTime(first).TotalSeconds;
    }
}
