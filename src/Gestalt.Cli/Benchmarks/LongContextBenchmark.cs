using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;

namespace Gestalt.Cli.Benchmarks;

/// <summary>
/// Reading 8,192 tokens and generating behind them, beside reading 512 and generating behind none in the same turn: what a long context leaves of a model's speed, with each
/// compressed form of the cache. llama-bench cannot be asked for the same in a reasonable time.
/// </summary>
internal sealed class LongContextBenchmark : InferenceBenchmark
{
    private const int Long = 8192, Short = 512, Tokens = 64, Rounds = 2;

    public override string Name => "decode-8k";

    public override string Meaning => $"tokens/s of a 1.1B Llama behind {Long} tokens, reading them, and both as shares of the speed without";

    protected override IEnumerable<BenchmarkResult> Measure(BenchmarkContext context, RandomLlama recipe, string path, LoadedModel model)
    {
        int[] prompt = Prompt(Long + 1, 1);
        foreach (CacheFormat format in (CacheFormat[])[CacheFormat.F16, CacheFormat.Q8_0])
        {
            var options = new EngineOptions { Context = Long + (2 * Tokens), CacheFormat = format };
            using var engine = new Engine(model.Transformer, options) { KeepsPrefixes = false };
            Generate(engine, prompt[..Short], 1);
            var decode = new Shares();
            var prefill = new Shares();
            for (int round = 0; round < Rounds; round++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                (double first, double all) = Generate(engine, prompt[..1], Tokens);
                (double shortFirst, _) = Generate(engine, prompt[..Short], 1);
                (double longFirst, double longAll) = Generate(engine, prompt, Tokens);
                decode.Add((Tokens - 1) / (longAll - longFirst), (Tokens - 1) / (all - first));
                prefill.Add(Long / longFirst, Short / shortFirst);
            }

            // Weights, and the keys and values of what has been read, cross from memory once for each token.
            double bytes = recipe.BytesPerToken + PagedCache.BytesFor(model.Transformer.Config, format, Long, 1);
            string suffix = format == CacheFormat.F16 ? recipe.Name : $"{recipe.Name}/q8_0-cache";
            yield return Result($"decode-8k-{suffix}", decode.Rate, null, decode.Rate * bytes / context.Ceilings.BandwidthTogether);
            yield return new BenchmarkResult($"decode-8k-{suffix}/kept", 100 * decode.Kept, "%");
            yield return Result($"prefill-8k-{suffix}", prefill.Rate, null);
            yield return new BenchmarkResult($"prefill-8k-{suffix}/kept", 100 * prefill.Kept, "%");
        }
    }

    /// <summary>Rates behind a long text beside those behind none, each pair from one turn.</summary>
    private sealed class Shares
    {
        private readonly List<double> _rates = [];
        private readonly List<double> _kept = [];

        public double Rate => _rates.Average();

        public double Kept => _kept.Average();

        public void Add(double behind, double without)
        {
            _rates.Add(behind);
            _kept.Add(behind / without);
        }
    }
}
