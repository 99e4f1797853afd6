namespace Gestalt.Training.Preferences;

/// <summary>Comparisons as rows of one batch, the better answer of pair i in row 2i and the worse one in row 2i + 1.</summary>
public sealed class PairBatch : AnswerBatch
{
    private RenderedAnswer[] _both = [];

    /// <summary>Comparisons in it.</summary>
    public int Pairs => Count / 2;

    /// <summary>Puts comparisons in. Each answer's tokens are its row's targets, with weight 1.</summary>
    /// <param name="pairs">The comparisons.</param>
    /// <param name="padding">The id that fills the left.</param>
    public void Fill(ReadOnlySpan<RenderedPair> pairs, int padding)
    {
        if (_both.Length != 2 * pairs.Length) _both = new RenderedAnswer[2 * pairs.Length];
        for (int i = 0; i < pairs.Length; i++) (_both[2 * i], _both[2 * i + 1]) = (pairs[i].Chosen, pairs[i].Rejected);
        Fill(_both, padding);
    }
}
