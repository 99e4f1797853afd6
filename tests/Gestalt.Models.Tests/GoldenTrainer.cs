using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

/// <summary>AdamW on every parameter: just enough of a trainer for ten losses.</summary>
internal sealed unsafe class GoldenTrainer(Transformer model) : IDisposable
{
    private readonly AlignedMemory[] _moments = [.. model.Parameters.Select(p => AlignedMemory.OfFloats(2 * p.Length))];
    private int _step;

    public float Step(Tape tape, TokenBatch batch)
    {
        model.ZeroGradients();
        Tensor loss = model.Loss(tape, batch);
        tape.Backward(loss);
        float value = loss.Scalar;
        tape.Reset();
        _step++;
        for (int i = 0; i < _moments.Length; i++)
        {
            Parameter parameter = model.Parameters[i];
            AdamW.Step(model.Device.Pool, parameter.Data, parameter.Gradient, _moments[i].Floats, _moments[i].Floats + parameter.Length,
                parameter.Length, learningRate: 0.01f, beta1: 0.9f, beta2: 0.95f, epsilon: 1e-8f,
                weightDecay: parameter.Decays ? 0.1f : 0, _step, gradientScale: 1);
        }

        return value;
    }

    public void Dispose() => Array.ForEach(_moments, m => m.Dispose());
}
