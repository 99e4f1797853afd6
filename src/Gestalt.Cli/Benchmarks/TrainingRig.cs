using System.Diagnostics;
using Gestalt.Corpus;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Optimizers;

namespace Gestalt.Cli.Benchmarks;

/// <summary>A model in training on random tokens or from a loader, wholly or by an adapter: fetch, forward, backward, clip, update, as the loops do it.</summary>
internal sealed class TrainingRig : IDisposable
{
    private readonly Transformer _model;
    private readonly Optimizer _optimizer;
    private readonly Tape _tape;
    private readonly TokenBatch _batch;
    private readonly IBatchLoader? _loader;
    private readonly Adapter? _adapter;

    public TrainingRig(
        TransformerConfig config, int rows, int context, WorkerPool pool, Precision precision, bool muon, IBatchLoader? loader = null, AdapterOptions? adapter = null)
    {
        var device = new Device(pool, precision);
        _model = new Transformer(config, device);
        _model.Initialize(1);
        _loader = loader;
        foreach (Parameter parameter in _model.Parameters) parameter.Trainable = adapter is null;
        _model.Adapter = _adapter = adapter is null ? null : Adapter.Create(_model, adapter, seed: 1);
        _optimizer = new Optimizer(device, _model.TrainableParameters, new OptimizerOptions(6e-4f, 6e-4f, 6e-4f, UseMuon: muon));
        _tape = new Tape(device);
        _batch = new TokenBatch(rows, context);
        var random = new Random(1);
        for (int index = 0; index < _batch.Count; index++)
        {
            _batch.Inputs[index] = random.Next(config.Vocabulary);
            _batch.Targets[index] = random.Next(config.Vocabulary);
        }
        FlopsPerToken = config.FlopsPerToken(context);
        TokensPerSecond(2); // Memory is taken, code is compiled.
    }

    /// <summary>Arithmetic for one token of training.</summary>
    public double FlopsPerToken { get; }

    /// <summary>Trains some steps and gives the speed.</summary>
    public double TokensPerSecond(int steps)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++)
        {
            _loader?.Fill(new Rows(_batch.Inputs, _batch.Targets, _batch.Positions, _batch.KeyStart, _batch.Weights));
            _tape.Reset();
            _model.ZeroGradients();
            _tape.Backward(_model.Loss(_tape, _batch));
            _optimizer.Step(1e-3f, _optimizer.GradientNorm());
        }
        return steps * _batch.Count / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _tape.Dispose();
        _optimizer.Dispose();
        _adapter?.Dispose();
        _model.Dispose();
    }
}
