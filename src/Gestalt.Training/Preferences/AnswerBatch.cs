using Gestalt.Models;

namespace Gestalt.Training.Preferences;

/// <summary>
/// Answers in their conversations as rows of one batch, all ending at the last column, so that the last column is where a reward is read. Padding on the left is seen by nobody.
/// </summary>
public class AnswerBatch : IDisposable
{
    private const int Multiple = 16;
    private float[] _losses = [];
    private RenderedAnswer[] _answers = [];

    /// <summary>The rows.</summary>
    public TokenBatch Tokens { get; } = new(0, 0);

    /// <summary>Answers in it.</summary>
    public int Count => _answers.Length;

    /// <summary>Puts answers in. Each answer's tokens are its row's targets, with weight 1.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="padding">The id that fills the left.</param>
    public void Fill(ReadOnlySpan<RenderedAnswer> answers, int padding)
    {
        if (_answers.Length != answers.Length) _answers = new RenderedAnswer[answers.Length];
        int longest = 1;
        for (int i = 0; i < answers.Length; i++)
        {
            _answers[i] = answers[i];
            longest = Math.Max(longest, answers[i].Ids.Length);
        }

        // Inputs end one before the answer's end, for the last token is only a target; a reward is read where it would be read, so it is an input, too.
        Tokens.Resize(_answers.Length, (longest + Multiple - 1) / Multiple * Multiple);
        Tokens.Inputs.Fill(padding);
        Tokens.Weights.Clear();
        for (int row = 0; row < _answers.Length; row++)
        {
            RenderedAnswer answer = _answers[row];
            int left = Tokens.Length - answer.Ids.Length, first = row * Tokens.Length + left;
            answer.Ids.CopyTo(Tokens.Inputs[first..]);
            Tokens.SetDocument(row, 0, left);
            Tokens.SetDocument(row, left, answer.Ids.Length);
            for (int i = answer.Start; i < answer.Ids.Length; i++)
                (Tokens.Targets[first + i - 1], Tokens.Weights[first + i - 1]) = (answer.Ids[i], 1);
        }
    }

    /// <summary>Sums of the answers' log-probabilities in nats, row by row.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sums">One for each row.</param>
    public void LogProbabilities(Transformer model, Span<double> sums)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_losses.Length < Tokens.Count) _losses = new float[Tokens.Count];
        model.Losses(Tokens, _losses);
        for (int row = 0; row < _answers.Length; row++)
        {
            double sum = 0;
            foreach (float loss in _losses.AsSpan(row * Tokens.Length, Tokens.Length)) sum -= loss;
            sums[row] = sum;
        }
    }

    /// <summary>Tokens of a row's answer.</summary>
    /// <param name="row">The row.</param>
    public int AnswerTokens(int row) => _answers[row].Tokens;

    /// <summary>Lets the model's loss be Σ gradient · log-probability over rows, so that its gradient is the one wanted.</summary>
    /// <param name="row">The row.</param>
    /// <param name="gradient">d(loss)/d(log-probability of the row's answer).</param>
    public void Weigh(int row, double gradient)
    {
        RenderedAnswer answer = _answers[row];
        int first = (row + 1) * Tokens.Length - answer.Ids.Length;
        Tokens.Weights.Slice(first + answer.Start - 1, answer.Tokens).Fill((float)-gradient);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        GC.SuppressFinalize(this);
    }
}
