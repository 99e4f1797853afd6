using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Training.Optimizers;

/// <summary>
/// Moves a model's parameters against their gradients: Muon (Jordan et al. 2024; arXiv 2502.16982) for hidden matrices,
/// AdamW (arXiv 1711.05101) for embeddings, head and vectors, after clipping the global norm (arXiv 1211.5063).
/// </summary>
/// <remarks>All state is allocated once; a step allocates nothing.</remarks>
public sealed unsafe class Optimizer : IDisposable
{
    private readonly Device _device;
    private readonly Parameter[] _parameters;
    private readonly AlignedMemory[] _first;
    private readonly AlignedMemory?[] _second;
    private readonly MuonMatrix[] _matrices;

    /// <summary>Prepares zeroed state for every trainable parameter.</summary>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="parameters">The model's parameters; frozen ones are left alone.</param>
    /// <param name="options">Rates and decays.</param>
    public Optimizer(Device device, IEnumerable<Parameter> parameters, OptimizerOptions options)
    {
        _device = device;
        Options = options;
        _parameters = [.. parameters.Where(p => p.Trainable)];
        _first = new AlignedMemory[_parameters.Length];
        _second = new AlignedMemory?[_parameters.Length];
        for (int i = 0; i < _parameters.Length; i++)
        {
            Parameter p = _parameters[i];
            _first[i] = device.Allocate(p.Length);
            if (!UsesMuon(p)) _second[i] = device.Allocate(p.Length);
        }

        _matrices = new MuonMatrix[_second.Count(second => second is null)];
    }

    /// <summary>Rates and decays.</summary>
    public OptimizerOptions Options { get; }

    /// <summary>How many steps have been taken.</summary>
    public int Steps { get; set; }

    /// <summary>The state beyond the parameters themselves, for a checkpoint.</summary>
    public IReadOnlyList<NamedBuffer> State
    {
        get
        {
            var state = new List<NamedBuffer>();
            for (int i = 0; i < _parameters.Length; i++)
            {
                Parameter p = _parameters[i];
                state.Add(new NamedBuffer(p.Name + (_second[i] is null ? ".momentum" : ".first_moment"), _first[i].Floats, p.Length));
                if (_second[i] is { } second) state.Add(new NamedBuffer(p.Name + ".second_moment", second.Floats, p.Length));
            }

            return state;
        }
    }

    /// <summary>Euclidean length of all gradients together, in a fixed order of summation.</summary>
    public double GradientNorm()
    {
        double sum = 0;
        foreach (Parameter p in _parameters) sum += Norms.SumOfSquares(_device.Pool, p.Gradient, p.Length);
        return Math.Sqrt(sum);
    }

    /// <summary>Moves every parameter once and forgets the gradients.</summary>
    /// <param name="rate">The schedule's multiplier of all learning rates.</param>
    /// <param name="gradientNorm">The result of <see cref="GradientNorm"/>, by which gradients are clipped.</param>
    public void Step(float rate, double gradientNorm)
    {
        float scale = Options.ClipNorm > 0 && gradientNorm > Options.ClipNorm ? (float)(Options.ClipNorm / gradientNorm) : 1f;
        Steps++;
        int matrices = 0;
        for (int i = 0; i < _parameters.Length; i++)
        {
            Parameter p = _parameters[i];
            float decay = p.Decays ? Options.WeightDecay : 0;
            if (_second[i] is not { } second)
            {
                _matrices[matrices++] = new MuonMatrix
                {
                    Parameter = p.Data,
                    Gradient = p.Gradient,
                    Momentum = _first[i].Floats,
                    Rows = p.Shape[0],
                    Columns = p.Shape[1],
                };
            }
            else
            {
                AdamW.Step(_device.Pool, p.Data, p.Gradient, _first[i].Floats, second.Floats, p.Length,
                    rate * BaseRate(p), Options.Beta1, Options.Beta2, Options.Epsilon, decay, Steps, scale);
            }
        }

        // A matrix always decays; the pointers are asked for anew each step, because a gradient that nothing wrote is cleared when it is asked for.
        Muon.StepAll(_device.Pool, _device.Precision, _matrices, rate * Options.MatrixLearningRate, Options.Momentum, Options.WeightDecay, scale);
        foreach (Parameter p in _parameters) p.ZeroGradient();
    }

    /// <summary>Returns the state's memory to the system.</summary>
    public void Dispose()
    {
        foreach (AlignedMemory memory in _first) memory.Dispose();
        foreach (AlignedMemory? memory in _second) memory?.Dispose();
    }

    private bool UsesMuon(Parameter p) => Options.UseMuon && p.Role == ParameterRole.Matrix;

    private float BaseRate(Parameter p) => p.Role switch
    {
        ParameterRole.Matrix => Options.MatrixLearningRate,
        ParameterRole.Vector => Options.LearningRate,
        _ => Options.EmbeddingLearningRate,
    };
}
