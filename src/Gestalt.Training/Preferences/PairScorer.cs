using Gestalt.Models;

namespace Gestalt.Training.Preferences;

/// <summary>How likely both answers of a comparison are to a model.</summary>
/// <param name="Chosen">Log-probability of the better answer, in nats.</param>
/// <param name="Rejected">Log-probability of the worse one.</param>
public readonly record struct PairLikelihood(double Chosen, double Rejected)
{
    /// <summary>How much likelier the better answer is, in nats.</summary>
    public double Gap => Chosen - Rejected;

    /// <summary>The same for each token, so that short answers are not likelier for being short.</summary>
    /// <param name="pair">The comparison.</param>
    public double PerToken(RenderedPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return Chosen / pair.Chosen.Tokens - Rejected / pair.Rejected.Tokens;
    }
}

/// <summary>Scores many comparisons with a model.</summary>
/// <param name="model">The model.</param>
/// <param name="batch">Where to put them; as it was left afterwards.</param>
/// <param name="perPass">Comparisons of a forward pass.</param>
/// <param name="padding">The id that fills rows up.</param>
public sealed class PairScorer(Transformer model, PairBatch batch, int perPass, int padding)
{
    /// <summary>Scores comparisons in their order.</summary>
    /// <param name="pairs">The comparisons.</param>
    /// <param name="cancellation">Gives up.</param>
    public PairLikelihood[] Score(IReadOnlyList<RenderedPair> pairs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var scores = new PairLikelihood[pairs.Count];
        var sums = new double[2 * perPass];
        // Answers of like length share a pass, so that little of it is padding.
        int[] byLength = [.. Enumerable.Range(0, pairs.Count).OrderBy(i => pairs[i].Length)];
        foreach (int[] some in byLength.Chunk(perPass))
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Fill([.. some.Select(i => pairs[i])], padding);
            batch.LogProbabilities(model, sums);
            for (int i = 0; i < some.Length; i++) scores[some[i]] = new PairLikelihood(sums[2 * i], sums[2 * i + 1]);
        }

        return scores;
    }
}
