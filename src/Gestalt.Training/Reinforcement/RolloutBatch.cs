using Gestalt.Models;

namespace Gestalt.Training.Reinforcement;

/// <summary>Some answers as rows of one batch, for the trainer's own forward pass. Padding stands behind, where nobody looks at it.</summary>
public sealed class RolloutBatch : IDisposable
{
    private const int Multiple = 8;
    private float[] _losses = [];

    /// <summary>The rows.</summary>
    public TokenBatch Tokens { get; } = new(0, 0);

    /// <summary>Parts of so many tokens at most, answers of like length together; one that is longer is a part of its own.</summary>
    /// <param name="rollouts">Answers.</param>
    /// <param name="mostTokens">Tokens of a part, padding included.</param>
    public static IReadOnlyList<Rollout[]> Parts(IReadOnlyList<Rollout> rollouts, int mostTokens)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        var parts = new List<Rollout[]>();
        var part = new List<Rollout>();
        foreach (Rollout rollout in rollouts.OrderBy(rollout => rollout.Length)) // a stable order
        {
            if (part.Count > 0 && (part.Count + 1) * Padded(rollout.Length) > mostTokens)
            {
                parts.Add([.. part]);
                part.Clear();
            }

            part.Add(rollout);
        }

        if (part.Count > 0) parts.Add([.. part]);
        return parts;
    }

    /// <summary>Puts answers in; each token of an answer counts 1.</summary>
    /// <param name="rollouts">The answers.</param>
    /// <param name="padding">An id that fills rows up.</param>
    public void Fill(ReadOnlySpan<Rollout> rollouts, int padding)
    {
        int longest = 1;
        foreach (Rollout rollout in rollouts) longest = Math.Max(longest, rollout.Length);
        Tokens.Resize(rollouts.Length, Padded(longest));
        Tokens.Inputs.Fill(padding);
        Tokens.Weights.Clear();
        for (int row = 0; row < rollouts.Length; row++)
        {
            (int[] prompt, int[] answer) = (rollouts[row].Prompt, rollouts[row].Answer);
            int predicted = FirstPrediction(row, rollouts[row]);
            prompt.CopyTo(Tokens.Inputs[(row * Tokens.Length)..]);
            answer.AsSpan(0, answer.Length - 1).CopyTo(Tokens.Inputs[(predicted + 1)..]);
            answer.CopyTo(Tokens.Targets[predicted..]);
            Tokens.Weights.Slice(predicted, answer.Length).Fill(1);
        }
    }

    /// <summary>Log-probabilities of all answers' tokens under a model, row by row without gaps.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rollouts">The answers that were put in.</param>
    public float[][] LogProbabilities(Transformer model, ReadOnlySpan<Rollout> rollouts)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_losses.Length < Tokens.Count) _losses = new float[Tokens.Count];
        model.Losses(Tokens, _losses);
        var all = new float[rollouts.Length][];
        for (int row = 0; row < rollouts.Length; row++)
        {
            Span<float> losses = _losses.AsSpan(FirstPrediction(row, rollouts[row]), rollouts[row].Answer.Length);
            all[row] = new float[losses.Length];
            for (int i = 0; i < losses.Length; i++) all[row][i] = -losses[i];
        }

        return all;
    }

    /// <summary>The weights of a row's tokens: what the model's loss multiplies their negative log-probabilities with.</summary>
    /// <param name="row">The row.</param>
    /// <param name="rollout">The answer in it.</param>
    public Span<float> WeightsOf(int row, Rollout rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        return Tokens.Weights.Slice(FirstPrediction(row, rollout), rollout.Answer.Length);
    }

    /// <summary>Where, along the B·T positions, a row's answer begins to be predicted.</summary>
    /// <param name="row">The row.</param>
    /// <param name="rollout">The answer in it.</param>
    public int FirstPrediction(int row, Rollout rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        return (row * Tokens.Length) + rollout.Prompt.Length - 1;
    }

    /// <inheritdoc/>
    public void Dispose() => Tokens.Dispose();

    private static int Padded(int length) => (length + Multiple - 1) / Multiple * Multiple;
}
