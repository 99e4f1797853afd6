using System.Text;
using Gestalt.Corpus;
using Gestalt.Text;

namespace Gestalt.Training.Stages;

/// <summary>A vocabulary and the corpus written in it.</summary>
/// <param name="Tokenizer">The vocabulary.</param>
/// <param name="Training">Tokens to learn from.</param>
/// <param name="HeldOut">Tokens held out.</param>
public sealed record VocabularyOutcome(Tokenizer Tokenizer, TokenCounts Training, TokenCounts HeldOut);

/// <summary>Stage 2: clean documents become a vocabulary, and token shards written in it.</summary>
public static class VocabularyStage
{
    /// <summary>Names of the two datasets in the corpus folder.</summary>
    public const string TrainingData = "train", HeldOutData = "held-out";

    /// <summary>A vocabulary is learned from at most this much text: more changes few merges and costs time.</summary>
    private const long LearnFromBytes = 64_000_000;

    /// <summary>Learns the vocabulary and writes the shards.</summary>
    /// <param name="run">The run; its corpus must be complete.</param>
    /// <param name="vocabularySize">Tokens, special ones included.</param>
    /// <param name="fewer">Told how many tokens the text supports where that is fewer than wanted, which then are learned; null to refuse instead.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="progress">Told how far the vocabulary is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="VocabularyTooLargeException">The text supports fewer tokens.</exception>
    public static VocabularyOutcome Run(RunFolder run, int vocabularySize, Action<int>? fewer, int threads, IProgress<BpeProgress>? progress, CancellationToken cancellation)
    {
        CorpusFolder corpus = CorpusFolder.Open(run.Corpus);
        Tokenizer tokenizer = Learn(corpus, vocabularySize, fewer, threads, progress, cancellation);
        TokenizerJson.Save(tokenizer, run.Tokenizer);
        return new VocabularyOutcome(tokenizer,
            TokenDatasetWriter.Write(corpus.Training(), tokenizer, run.Corpus, TrainingData, threads, cancellation: cancellation),
            TokenDatasetWriter.Write(corpus.HeldOut(), tokenizer, run.Corpus, HeldOutData, threads, cancellation: cancellation));
    }

    private static Tokenizer Learn(CorpusFolder corpus, int size, Action<int>? fewer, int threads, IProgress<BpeProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            return BpeTrainer.Train(Texts(corpus), size, PreTokenizer.Qwen2, threads: threads, progress: progress, cancellation: cancellation);
        }
        catch (VocabularyTooLargeException problem) when (fewer is not null)
        {
            fewer(problem.Possible);
            return Learn(corpus, problem.Possible, fewer: null, threads, progress, cancellation);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Texts(CorpusFolder corpus)
    {
        long left = LearnFromBytes;
        foreach (Document document in corpus.Training())
        {
            byte[] text = Encoding.UTF8.GetBytes(document.Text);
            yield return text;
            if ((left -= text.Length) < 0) yield break;
        }
    }
}
