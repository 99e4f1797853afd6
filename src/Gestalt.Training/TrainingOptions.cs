using Gestalt.Training.Optimizers;

namespace Gestalt.Training;

/// <summary>Everything that decides the arithmetic of a training run beside the model and the data. Equal options, data, seed and
/// thread count give equal bits.</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimizer steps.</summary>
    public required int Steps { get; init; }

    /// <summary>B: rows of a micro-batch.</summary>
    public required int Rows { get; init; }

    /// <summary>T: tokens of a row.</summary>
    public required int Context { get; init; }

    /// <summary>Micro-batches whose gradients are summed for one step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Rates and decays.</summary>
    public required OptimizerOptions Optimizer { get; init; }

    /// <summary>Steps of linear warm-up.</summary>
    public int WarmUp { get; init; } = 20;

    /// <summary>Share of all steps over which the learning rate falls to zero at the end.</summary>
    public double Decay { get; init; } = 0.5;

    /// <summary>Share of the rows in fine-tuning that are documents of pretraining, so that what was read is not forgotten.</summary>
    public double Replay { get; init; }

    /// <summary>How much a token of such a document counts against one of an answer.</summary>
    public float ReplayWeight { get; init; } = 1;

    /// <summary>Seed of initialisation and of the order of the documents.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps between validations; the last step is always validated.</summary>
    public int ValidateEvery { get; init; } = 200;

    /// <summary>How many bytes of held-out text a validation on the way reads; the same ones each time.</summary>
    public long ValidationBytes { get; init; } = 100_000;

    /// <summary>Steps between two dreams; 0 for none.</summary>
    public int DreamEvery { get; init; }

    /// <summary>What the model is given to dream on; empty for the start of a document.</summary>
    public string DreamPrompt { get; init; } = "";

    /// <summary>At most this long passes between checkpoints, and so is lost by a kill.</summary>
    public double CheckpointSeconds { get; init; } = 25;

    /// <summary>Tokens of one optimizer step.</summary>
    public int TokensPerStep => Rows * Context * Accumulation;

    /// <summary>The schedule that these options describe.</summary>
    public LearningRateSchedule Schedule => new(Steps, WarmUp, Decay);
}
