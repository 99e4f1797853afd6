using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>What a smaller copy of a model costs, measured on a text: how far its predictions are from the original's.</summary>
public sealed record Divergence
{
    /// <summary>Predictions that were compared.</summary>
    public required long Tokens { get; init; }

    /// <summary>Mean Kullback-Leibler divergence of the copy's distribution from the original's, in nats a token.</summary>
    public required double MeanNats { get; init; }

    /// <summary>The divergence that one prediction in a hundred exceeds, in nats.</summary>
    public required double HundredthNats { get; init; }

    /// <summary>Perplexity of the text under the original.</summary>
    public required double OriginalPerplexity { get; init; }

    /// <summary>Perplexity of the text under the copy.</summary>
    public required double Perplexity { get; init; }

    /// <summary>Share of predictions whose likeliest token is the same.</summary>
    public required double SameTop { get; init; }

    /// <summary>Lets both read the same text and compares all their predictions.</summary>
    /// <param name="original">The model.</param>
    /// <param name="copy">Its copy; as many tokens in the vocabulary.</param>
    /// <param name="windows">Token ids, each window read on its own, 2 or more.</param>
    /// <param name="progress">Told the tokens read so far.</param>
    /// <param name="cancellation">Stops between windows.</param>
    /// <exception cref="ArgumentException">The vocabularies differ, or there is nothing to predict.</exception>
    public static Divergence Measure(
        Transformer original, Transformer copy, IReadOnlyList<int[]> windows, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(copy);
        ArgumentNullException.ThrowIfNull(windows);
        int vocabulary = original.Config.Vocabulary;
        if (copy.Config.Vocabulary != vocabulary)
            throw new ArgumentException($"The models have {vocabulary} and {copy.Config.Vocabulary} tokens: they are no copies of each other.", nameof(copy));
        using Tape first = new(original.Device, recording: false), second = new(copy.Device, recording: false);
        using var batch = new TokenBatch(1, 1);
        var divergences = new List<double>();
        double originalLoss = 0, loss = 0;
        long same = 0;
        foreach (int[] window in windows)
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Resize(1, window.Length);
            window.CopyTo(batch.Inputs);
            ReadOnlySpan<float> expected = original.Forward(first, batch, rows: LogitRows.All).Values, actual = copy.Forward(second, batch, rows: LogitRows.All).Values;
            for (int t = 0; t + 1 < window.Length; t++)
            {
                ReadOnlySpan<float> p = expected.Slice(t * vocabulary, vocabulary), q = actual.Slice(t * vocabulary, vocabulary);
                (double pTotal, int pTop) = LogSum(p);
                (double qTotal, int qTop) = LogSum(q);
                double nats = 0;
                for (int id = 0; id < vocabulary; id++)
                    nats += Math.Exp(p[id] - pTotal) * (p[id] - pTotal - (q[id] - qTotal));
                divergences.Add(Math.Max(nats, 0));
                originalLoss += pTotal - p[window[t + 1]];
                loss += qTotal - q[window[t + 1]];
                same += pTop == qTop ? 1 : 0;
            }
            first.Reset();
            second.Reset();
            progress?.Invoke(divergences.Count);
        }
        if (divergences.Count == 0)
            throw new ArgumentException("The text has no two tokens in a row, so there is nothing to predict.", nameof(windows));
        divergences.Sort();
        return new Divergence
        {
            Tokens = divergences.Count,
            MeanNats = divergences.Average(),
            HundredthNats = divergences[(int)(0.99 * (divergences.Count - 1))],
            OriginalPerplexity = Math.Exp(originalLoss / divergences.Count),
            Perplexity = Math.Exp(loss / divergences.Count),
            SameTop = (double)same / divergences.Count,
        };
    }

    /// <summary>ln Σ exp(z), and where the largest is.</summary>
    private static (double Total, int Top) LogSum(ReadOnlySpan<float> logits)
    {
        int top = 0;
        for (int id = 1; id < logits.Length; id++)
            top = logits[id] > logits[top] ? id : top;
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - (double)logits[top]);
        return (logits[top] + Math.Log(sum), top);
    }
}
