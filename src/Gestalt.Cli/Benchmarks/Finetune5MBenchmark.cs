using Gestalt.Corpus;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Cli.Benchmarks;

/// <summary>
/// Fine-tuning the model of <see cref="Train5MBenchmark"/> on conversations, packed into rows of the same shape, in turns with pretraining it: what packing, masks and the fetching of conversations cost,
/// and what is saved where nothing is learned. Then an adapter of rank 8 on all of its matrices, in turns with the same.
/// </summary>
internal sealed class Finetune5MBenchmark : Benchmark
{
    private const int Steps = 12, Talks = 4000, Rank = 8;

    public override string Name => "finetune-5m";

    public override string Meaning => "fine-tuning the same 5M model on packed conversations, and an adapter, in turns with pretraining";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        using TrainingRig pretraining = Train5MBenchmark.Rig(context, Precision.BFloat16);
        foreach ((string name, AdapterOptions? adapter) in ((string, AdapterOptions?)[])[(Name, null), (Name + "/lora", new AdapterOptions { Rank = Rank })])
        {
            using TrainingRig finetuning = Train5MBenchmark.Rig(context, Precision.BFloat16, Conversations(), adapter);
            (double ours, double? theirs) = context.InTurns(() => finetuning.TokensPerSecond(Steps), () => pretraining.TokensPerSecond(Steps));
            yield return new BenchmarkResult(name, ours, "tokens/s", Peer: theirs, Ratio: ours / theirs);
        }
    }

    /// <summary>Conversations of random ids, about as long as those of the small world: their speed does not depend on what they say.</summary>
    private static ConversationLoader Conversations()
    {
        var random = new Random(1);
        RenderedConversation[] talks = [.. Enumerable.Range(0, Talks).Select(_ =>
        {
            (int asked, int answered) = (random.Next(12, 40), random.Next(8, 48));
            int[] ids = [.. Enumerable.Range(0, asked + answered).Select(_ => random.Next(Train5MBenchmark.Vocabulary))];
            return new RenderedConversation(ids, [.. Enumerable.Range(0, ids.Length).Select(i => i >= asked)]);
        })];
        return new ConversationLoader(talks, Train5MBenchmark.Context, padding: 0, seed: 1);
    }
}
