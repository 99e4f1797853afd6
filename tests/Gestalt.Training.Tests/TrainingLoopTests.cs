using Gestalt.Corpus;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Metrics;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training.Tests;

public sealed class TrainingLoopTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-loop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, Trait("Speed", "Smoke")]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(12)]
    public void Interrupted_and_resumed_gives_the_same_bits_as_never_interrupted(int stopAfter)
    {
        float[] whole = Train("whole", stopAfter: null);
        Assert.Throws<OperationCanceledException>(() => Train("cut", stopAfter));
        float[] resumed = Train("cut", stopAfter: null);
        Assert.Equal(whole, resumed);
        Assert.Equal(Lines("whole"), Lines("cut"));

        (int, double)[] Lines(string name) => [.. MetricsLog.Read(Path.Combine(_folder, name)).Select(line => (line.Step, line.Loss))];
    }

    [Fact]
    public void Loss_falls_on_a_text_that_repeats_itself()
    {
        Train("falls", stopAfter: null);
        StepMetrics[] lines = [.. MetricsLog.Read(Path.Combine(_folder, "falls"))];
        Assert.Equal(Options().Steps, lines.Length);
        Assert.True(lines[^1].Loss < 0.8 * lines[0].Loss, $"{lines[0].Loss} → {lines[^1].Loss}");
    }

    [Fact]
    public void Checkpoint_of_other_options_is_refused()
    {
        Assert.Throws<OperationCanceledException>(() => Train("other", stopAfter: 3));
        var problem = Assert.Throws<ModelFileException>(() => Train("other", stopAfter: null, Options() with { WarmUp = 5 }));
        Assert.Contains("or another run folder", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accumulated_micro_batches_equal_one_batch()
    {
        float[] one = Train("one", stopAfter: null, Options() with { Rows = 4 });
        float[] four = Train("four", stopAfter: null, Options() with { Rows = 1, Accumulation = 4 });
        for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], four[i], 2e-3);
    }

    [Fact]
    public void Non_finite_loss_stops_with_step_checkpoint_and_advice()
    {
        TrainingOptions wild = Options() with { Optimizer = Options().Optimizer with { MatrixLearningRate = 1e30f, EmbeddingLearningRate = 1e30f, LearningRate = 1e30f, ClipNorm = 0 } };
        var problem = Assert.Throws<DivergedException>(() => Train("wild", stopAfter: null, wild));
        Assert.InRange(problem.Step, 2, wild.Steps);
        Assert.Contains("--learning-rate", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"step {problem.Step}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversations_without_an_answer_train_nothing_and_stay_finite()
    {
        using var pool = new WorkerPool(1);
        var device = new Device(pool);
        using var model = new Transformer(Config(), device);
        model.Initialize(1);
        using var tape = new Tape(device);
        using var batch = new TokenBatch(2, 16);
        batch.Weights.Clear();
        batch.Targets.Fill(3);
        model.ZeroGradients();
        Tensor loss = model.Loss(tape, batch);
        Assert.Equal(0f, loss.Scalar);
        tape.Backward(loss);
        foreach (Parameter p in model.Parameters) Assert.True(p.GradientValues.IndexOfAnyExcept(0f) < 0, p.Name);
    }

    private static TransformerConfig Config() => TransformerConfig.Qwen3Shaped(2, 32, 2, 1, 16, 64, 64, 32, tied: true);

    private static TrainingOptions Options() => new()
    {
        Steps = 20,
        Rows = 2,
        Context = 32,
        Optimizer = new OptimizerOptions(0.02f, 0.01f, 0.02f),
        WarmUp = 2,
        ValidateEvery = 5,
    };

    /// <summary>Trains a tiny model in a folder of its own and returns all its parameters.</summary>
    private float[] Train(string name, int? stopAfter, TrainingOptions? options = null)
    {
        options ??= Options();
        using var pool = new WorkerPool(2);
        var device = new Device(pool);
        using var model = new Transformer(Config(), device);
        model.Initialize(options.Seed);
        using TokenDataset data = TokenDataset.FromDocuments(Enumerable.Range(0, 60).Select(d => Enumerable.Range(0, 10 + d).Select(i => (d % 5 * 7 + i * i) % 63).ToArray()), 64, 63);
        using var heldOut = new HeldOutText(new EvaluationReader(data, 32, 0, Enumerable.Repeat(1, 64).ToArray(), 300), 32, rows: 2);
        using var stop = new CancellationTokenSource();
        IBatchLoader Open(LoaderState? state) => new StoppingLoader(new PackedLoader(data, options.Context, options.Seed, state), stopAfter, stop);
        TrainingLoop.Run(new TrainingJob("pretrain", model, options, Path.Combine(_folder, name), "test"), Open, heldOut, dream: null, progress: null, _ => { }, stop.Token);
        return [.. model.Parameters.SelectMany(p => p.Values.ToArray())];
    }

    /// <summary>Cancels after so many fills, as a person would at any moment.</summary>
    private sealed class StoppingLoader(IBatchLoader inner, int? stopAfter, CancellationTokenSource stop) : IBatchLoader
    {
        private int _fills;

        public LoaderState State => inner.State;

        public double Epochs => inner.Epochs;

        public void Fill(in Rows rows)
        {
            inner.Fill(rows);
            if (++_fills == stopAfter) stop.Cancel();
        }
    }
}
