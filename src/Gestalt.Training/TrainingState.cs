using System.Text.Json.Nodes;
using Gestalt.Models;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training;

/// <summary>
/// What a training loop has to remember to go on bit for bit after a kill: parameters, optimizer state, loader position, step, and
/// the time spent.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="optimizer">Its optimizer.</param>
/// <param name="folder">Where the checkpoint lies.</param>
/// <param name="fingerprint">Describes model, data and options: a checkpoint of another run is refused.</param>
/// <param name="beside">Parameters that are not the model's own, such as a reward head.</param>
/// <param name="instead">What else can be done where a checkpoint is another run's, beside going back to its options: the end of a sentence.</param>
internal sealed unsafe class TrainingState(Transformer model, Optimizer optimizer, string folder, string fingerprint, IReadOnlyList<Tensors.Parameter>? beside = null, string? instead = null)
{
    /// <summary>The checkpoint's path.</summary>
    public string CheckpointPath { get; } = Path.Combine(folder, "checkpoint.safetensors");

    /// <summary>Optimizer steps done.</summary>
    public int Step { get; set; }

    /// <summary>Training loss over recent steps, exponentially smoothed; NaN before the first.</summary>
    public double SmoothedLoss { get; set; } = double.NaN;

    /// <summary>Latest bits per byte on held-out text.</summary>
    public double? BitsPerByte { get; set; }

    /// <summary>Seconds spent in earlier sessions.</summary>
    public double EarlierSeconds { get; private set; }

    /// <summary>Whether a checkpoint has been written or read.</summary>
    public bool HasCheckpoint { get; private set; }

    /// <summary>Puts a step's loss into the smoothed one.</summary>
    public void Observe(double loss) =>
        SmoothedLoss = double.IsNaN(SmoothedLoss) ? loss : SmoothedLoss + (loss - SmoothedLoss) * Math.Max(0.02, 1.0 / (Step + 1));

    /// <summary>Writes the checkpoint.</summary>
    /// <param name="loader">The loader's position.</param>
    /// <param name="seconds">Time spent in all sessions.</param>
    public void Save(JsonNode loader, double seconds)
    {
        Directory.CreateDirectory(folder);
        Checkpoint.Save(CheckpointPath, Buffers(), new JsonObject
        {
            ["fingerprint"] = fingerprint,
            ["step"] = Step,
            ["loader"] = loader,
            ["smoothed_loss"] = double.IsNaN(SmoothedLoss) ? null : SmoothedLoss,
            ["bits_per_byte"] = BitsPerByte,
            ["seconds"] = seconds,
        });
        HasCheckpoint = true;
    }

    /// <summary>Goes back to the checkpoint, if there is one.</summary>
    /// <param name="report">Told about damaged files.</param>
    /// <returns>The loader's position, or null when the run starts anew.</returns>
    /// <exception cref="ModelFileException">No checkpoint is whole, or it belongs to another run.</exception>
    public JsonNode? TryRestore(Action<string> report)
    {
        using Checkpoint? checkpoint = Checkpoint.TryOpen(CheckpointPath, report);
        if (checkpoint is null) return null;
        if ((string?)checkpoint.State["fingerprint"] != fingerprint)
            throw new ModelFileException(checkpoint.Path, "belongs to a run with another model, other data or other options",
                advice: $"Use the same options as before, or {instead ?? "another run folder (--run)"}.");
        checkpoint.Restore(Buffers());
        Step = (int)checkpoint.State["step"]!;
        optimizer.Steps = Step;
        SmoothedLoss = (double?)checkpoint.State["smoothed_loss"] ?? double.NaN;
        BitsPerByte = (double?)checkpoint.State["bits_per_byte"];
        EarlierSeconds = (double)checkpoint.State["seconds"]!;
        HasCheckpoint = true;
        return checkpoint.State["loader"]!.DeepClone();
    }

    private List<NamedBuffer> Buffers()
    {
        var buffers = new List<NamedBuffer>();
        foreach (Tensors.Parameter p in model.TrainableParameters.Concat(beside ?? [])) buffers.Add(new NamedBuffer(p.Name, p.Data, p.Length));
        buffers.AddRange(optimizer.State);
        return buffers;
    }
}
