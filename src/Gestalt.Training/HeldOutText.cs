using Gestalt.Corpus;
using Gestalt.Models;

namespace Gestalt.Training;

/// <summary>Bits per byte on held-out documents: how well a model compresses text that it has never read, whatever its tokenizer.</summary>
/// <param name="reader">Which tokens are scored, in which windows.</param>
/// <param name="context">T: tokens of a row.</param>
/// <param name="rows">B: rows scored at once.</param>
public sealed class HeldOutText(EvaluationReader reader, int context, int rows = 16) : IDisposable
{
    private readonly TokenBatch _batch = new(rows, context);
    private readonly float[] _losses = new float[rows * context];

    /// <summary>How many bytes of text are scored.</summary>
    public long Bytes => reader.Bytes;

    /// <summary>Scores everything once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellation">Gives up.</param>
    public double BitsPerByte(Transformer model, CancellationToken cancellation = default)
    {
        double nats = 0;
        reader.Restart();
        while (reader.Fill(_batch.AsRows()) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            model.Losses(_batch, _losses);
            for (int i = 0; i < _losses.Length; i++) nats += _losses[i] * _batch.Weights[i];
        }

        return reader.BitsPerByte(nats);
    }

    /// <summary>Returns the batch's memory.</summary>
    public void Dispose() => _batch.Dispose();
}

/// <summary>Lets loaders fill a model's batch.</summary>
internal static class TokenBatchRows
{
    /// <summary>The batch's buffers as the corpus knows them.</summary>
    public static Rows AsRows(this TokenBatch batch) => new(batch.Inputs, batch.Targets, batch.Positions, batch.KeyStart, batch.Weights);
}
