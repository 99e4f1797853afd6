using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.Preferences;

/// <summary>Reads from the hidden state before each token of an answer what reward is still to come (the critic of PPO). It begins at 0 everywhere.</summary>
public sealed unsafe class ValueHead : IDisposable
{
    private readonly Transformer _body;
    private readonly Tape _measuring;
    private float[] _gradient = [];

    /// <summary>Puts a head on a model.</summary>
    /// <param name="body">The model; the caller keeps it.</param>
    public ValueHead(Transformer body)
    {
        ArgumentNullException.ThrowIfNull(body);
        _body = body;
        Weights = new Parameter(body.Device, "value.weight", new Shape(body.Config.Width), ParameterRole.Vector);
        Weights.Allocate();
        _measuring = new Tape(body.Device, recording: false);
    }

    /// <summary>What hidden states (C) are multiplied with.</summary>
    public Parameter Weights { get; }

    /// <summary>The values before the tokens of a batch's answers, one list after the other.</summary>
    /// <param name="batch">The answers' rows.</param>
    /// <param name="rollouts">The answers that were put in.</param>
    /// <param name="values">One for each token of each answer.</param>
    public void Read(RolloutBatch batch, ReadOnlySpan<Rollout> rollouts, Span<double> values)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Read(_body.Hidden(_measuring, batch.Tokens), batch, rollouts, values);
        _measuring.Reset();
    }

    /// <summary>Adds the gradients of weight · ½ Σ (value − wanted)² to head and body; returns Σ (value − wanted)².</summary>
    /// <param name="tape">Records.</param>
    /// <param name="batch">The answers' rows.</param>
    /// <param name="rollouts">The answers that were put in.</param>
    /// <param name="wanted">What it should say before each token.</param>
    /// <param name="weight">What the loss is multiplied with.</param>
    public double Learn(Tape tape, RolloutBatch batch, ReadOnlySpan<Rollout> rollouts, ReadOnlySpan<double> wanted, double weight)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        tape.Reset();
        Tensor hidden = _body.Hidden(tape, batch.Tokens); // (B,T,C)
        int width = _body.Config.Width, length = batch.Tokens.Count * width;
        if (_gradient.Length < length) _gradient = new float[length];
        Span<float> gradient = _gradient.AsSpan(0, length), head = Weights.Values, headGradient = Weights.GradientValues;
        gradient.Clear();
        var values = new double[wanted.Length];
        Read(hidden, batch, rollouts, values);
        ReadOnlySpan<float> states = hidden.Values;
        double squares = 0;
        int token = 0;
        for (int row = 0; row < rollouts.Length; row++)
        {
            for (int t = 0, at = batch.FirstPrediction(row, rollouts[row]); t < rollouts[row].Answer.Length; t++, at++, token++)
            {
                double miss = values[token] - wanted[token];
                squares += miss * miss;
                for (int c = 0; c < width; c++)
                {
                    gradient[at * width + c] = (float)(weight * miss * head[c]);
                    headGradient[c] += (float)(weight * miss * states[at * width + c]);
                }
            }
        }

        tape.Backward(hidden, gradient);
        return squares;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _measuring.Dispose();
        Weights.Dispose();
    }

    private void Read(Tensor hidden, RolloutBatch batch, ReadOnlySpan<Rollout> rollouts, Span<double> values)
    {
        int width = _body.Config.Width, token = 0;
        ReadOnlySpan<float> states = hidden.Values, head = Weights.Values;
        for (int row = 0; row < rollouts.Length; row++)
        {
            for (int t = 0, at = batch.FirstPrediction(row, rollouts[row]); t < rollouts[row].Answer.Length; t++, at++)
            {
                double sum = 0;
                for (int c = 0; c < width; c++) sum += (double)states[at * width + c] * head[c];
                values[token++] = sum;
            }
        }
    }
}
