using System.Diagnostics;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Cli.Benchmarks;

/// <summary>Running a model of 1.1B random weights through the engine, in each of the forms that people use most.</summary>
internal abstract class InferenceBenchmark : Benchmark
{
    public override bool OnlyWhenNamed => true;

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        foreach (RandomLlama recipe in RandomLlama.All)
        {
            string path = recipe.Ensure();
            using LoadedModel model = ModelFile.Load(path, new Device(context.Pool), LoadMode.Mapped);
            foreach (BenchmarkResult result in Measure(context, recipe, path, model)) yield return result;
        }
    }

    protected abstract IEnumerable<BenchmarkResult> Measure(BenchmarkContext context, RandomLlama recipe, string path, LoadedModel model);

    /// <summary>A prompt whose tokens are of no special kind.</summary>
    protected static int[] Prompt(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(RandomLlama.FirstPlainId, 32_000))];
    }

    /// <summary>Seconds until a number of tokens has been generated greedily, and seconds until the first of them.</summary>
    protected static (double First, double All) Generate(Engine engine, int[] prompt, int tokens)
    {
        long begun = Stopwatch.GetTimestamp();
        double first = 0;
        foreach (int _ in engine.Generate(prompt, new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = tokens }))
        {
            if (first == 0) first = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
        return (first, Stopwatch.GetElapsedTime(begun).TotalSeconds);
    }

    protected static Engine NewEngine(LoadedModel model, int context) =>
        new(model.Transformer, new EngineOptions { Context = context }) { KeepsPrefixes = false };

    protected static BenchmarkResult Result(string name, double ours, double? theirs, double? ceiling = null) =>
        new(name, ours, "tokens/s", ceiling, theirs, ours / theirs);
}

/// <summary>Generating one token after the other: limited by reading the weights from memory.</summary>
internal sealed class DecodeBenchmark : InferenceBenchmark
{
    private const int Tokens = 64;

    public override string Name => "decode";

    public override string Meaning => "tokens/s of a 1.1B Llama, one stream";

    protected override IEnumerable<BenchmarkResult> Measure(BenchmarkContext context, RandomLlama recipe, string path, LoadedModel model)
    {
        using Engine engine = NewEngine(model, 2 * Tokens);
        int[] prompt = Prompt(1, 1);
        (double ours, double? theirs) = context.InTurns(Rate, context.LlamaBench is { } peer ? () => peer.TokensPerSecond(path, 0, Tokens) : null);
        yield return Result($"{Name}-{recipe.Name}", ours, theirs, ours * recipe.BytesPerToken / context.Ceilings.BandwidthTogether);

        double Rate()
        {
            (double first, double all) = Generate(engine, prompt, Tokens);
            return (Tokens - 1) / (all - first);
        }
    }
}

/// <summary>Reading a prompt: limited by arithmetic.</summary>
internal sealed class PrefillBenchmark : InferenceBenchmark
{
    private const int Tokens = 512;

    public override string Name => "prefill";

    public override string Meaning => "tokens/s of a 1.1B Llama reading a prompt of 512";

    protected override IEnumerable<BenchmarkResult> Measure(BenchmarkContext context, RandomLlama recipe, string path, LoadedModel model)
    {
        using Engine engine = NewEngine(model, 2 * Tokens);
        int[] prompt = Prompt(Tokens, 2);
        Generate(engine, prompt, 1);
        (double ours, double? theirs) = context.InTurns(
            () => Tokens / Generate(engine, prompt, 1).First,
            context.LlamaBench is { } peer ? () => peer.TokensPerSecond(path, Tokens, 0) : null);
        yield return Result($"{Name}-{recipe.Name}", ours, theirs);
    }
}

/// <summary>Eight streams at once: each pass over the weights serves all of them.</summary>
internal sealed class BatchBenchmark : InferenceBenchmark
{
    private const int Streams = 8, Tokens = 32;

    public override string Name => "batch8";

    public override string Meaning => "tokens/s of a 1.1B Llama, eight streams together";

    protected override IEnumerable<BenchmarkResult> Measure(BenchmarkContext context, RandomLlama recipe, string path, LoadedModel model)
    {
        using Engine engine = NewEngine(model, 4 * Tokens);
        engine.BatchRows = Streams;
        int[][] prompts = [.. Enumerable.Range(0, Streams).Select(i => Prompt(1, 3 + i))];
        var options = new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Tokens };
        engine.GenerateAll(prompts, options);
        (double ours, _) = context.InTurns(
            () =>
            {
                long begun = Stopwatch.GetTimestamp();
                engine.GenerateAll(prompts, options);
                return Streams * Tokens / Stopwatch.GetElapsedTime(begun).TotalSeconds;
            },
            null);
        yield return Result($"{Name}-{recipe.Name}", ours, null);
    }
}

/// <summary>A second turn: 4,000 tokens are cached, 32 are new.</summary>
internal sealed class FirstTokenBenchmark : InferenceBenchmark
{
    private const int Cached = 4000, New = 32;

    public override string Name => "first-token";

    public override string Meaning => "milliseconds to the first token of a 1.1B Llama, 4,000 tokens cached and 32 new";

    protected override IEnumerable<BenchmarkResult> Measure(BenchmarkContext context, RandomLlama recipe, string path, LoadedModel model)
    {
        using Engine engine = NewEngine(model, Cached + (8 * New));
        engine.KeepsPrefixes = true;
        int[] shared = Prompt(Cached, 4);
        Generate(engine, shared, 1);
        int turn = 0;
        (double ours, _) = context.InTurns(() => 1000 * Generate(engine, [.. shared, .. Prompt(New, 100 + turn++)], 1).First, null);
        yield return new BenchmarkResult($"{Name}-{recipe.Name}", ours, "ms");
    }
}
