using System.Diagnostics;
using Gestalt.Text;

namespace Gestalt.Cli.Benchmarks;

/// <summary>Training a vocabulary of 8,192 tokens.</summary>
internal sealed class BpeTrainBenchmark : Benchmark
{
    /// <summary>The size of vocabulary that is trained.</summary>
    internal const int Vocabulary = 8192;

    public override string Name => "bpe-train";

    public override string Meaning => "learning 8,192 tokens from text (--data, else invented)";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        byte[][] texts = BenchmarkText.Load(context);
        double bytes = texts.Sum(text => (double)text.Length);
        double rate = context.InTurns(() =>
        {
            long begun = Stopwatch.GetTimestamp();
            BpeTrainer.Train(texts.Select(text => (ReadOnlyMemory<byte>)text), Vocabulary, threads: context.Pool.Threads, cancellation: context.Cancellation);
            return bytes / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }, null).Ours;
        yield return new BenchmarkResult(Name, bytes / rate, "s");
        yield return new BenchmarkResult(Name + "/rate", rate / 1e6, "MB/s");
    }
}

/// <summary>Encoding text on one thread, and the input that makes encoders slow.</summary>
internal sealed class BpeEncodeBenchmark : Benchmark
{
    public override string Name => "bpe-encode";

    public override string Meaning => "encoding text on one thread; one character a million times";

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        byte[][] texts = BenchmarkText.Load(context);
        using var file = new MemoryStream();
        TokenizerJson.Save(BpeTrainer.Train(texts.Select(text => (ReadOnlyMemory<byte>)text), BpeTrainBenchmark.Vocabulary, threads: context.Pool.Threads, cancellation: context.Cancellation), file);
        double bytes = texts.Sum(text => (double)text.Length);
        var ids = new List<int>();
        double rate = context.InTurns(() =>
        {
            // A new tokenizer each time: one that has seen the text before remembers its words.
            Tokenizer tokenizer = TokenizerJson.Parse(file.ToArray());
            long begun = Stopwatch.GetTimestamp();
            foreach (byte[] text in texts)
            {
                ids.Clear();
                tokenizer.Encode(text, ids);
            }
            return bytes / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }, null).Ours;
        yield return new BenchmarkResult(Name, rate / 1e6, "MB/s");

        byte[] same = new byte[1_000_000];
        Array.Fill(same, (byte)'a');
        Tokenizer patient = TokenizerJson.Parse(file.ToArray());
        double seconds = 1 / context.InTurns(() =>
        {
            ids.Clear();
            long begun = Stopwatch.GetTimestamp();
            patient.Encode(same, ids);
            return 1 / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }, null).Ours;
        yield return new BenchmarkResult(Name + "/one-character", seconds * 1000, "ms");
    }
}
