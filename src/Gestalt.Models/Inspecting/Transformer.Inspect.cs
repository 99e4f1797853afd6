using Gestalt.Tensors;

namespace Gestalt.Models;

/// <content>Reading a text once more, slowly, to see why the model says what it says.</content>
public sealed unsafe partial class Transformer
{
    /// <summary>
    /// Reads a text, with no cache, and keeps what the model computes at its last position. To look at an earlier position give the text up to it: nothing that follows has a part in it.
    /// </summary>
    /// <param name="ids">The text, at least one token. The last is the position that is looked at.</param>
    /// <param name="mapLayer">The block whose attention is wanted for every position (<see cref="InspectedLayer.AttentionMap"/>); null for none.</param>
    /// <param name="cancellation">Ends it between two blocks.</param>
    /// <exception cref="ArgumentException">There are no ids, or one is none of the model's; or there is no such block.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public Inspection Inspect(ReadOnlySpan<int> ids, int? mapLayer = null, CancellationToken cancellation = default)
    {
        if (ids.IsEmpty)
            throw new ArgumentException("There are no tokens to inspect; begin with the end-of-text token to start from nothing.", nameof(ids));
        if (mapLayer is int wanted && (uint)wanted >= (uint)Config.Layers)
            throw new ArgumentException($"There is no block {wanted}: this model has blocks 0 to {Config.Layers - 1}.", nameof(mapLayer));
        using var batch = new TokenBatch(1, ids.Length);
        ids.CopyTo(batch.Inputs);
        using var tape = new Tape(Device, recording: false);
        var probe = new ForwardProbe(Config, ids.Length, mapLayer ?? -1, cancellation);
        BlockContext context = Prepare(tape, batch) with { Probe = probe };
        Stream(tape, batch, context);

        Tensor streams = tape.Input(new Shape(Config.Layers + 1, Config.Width)); // (L+1,C)
        int row = 0;
        foreach (float[] stream in probe.Streams.Prepend(probe.Embedding))
            stream.CopyTo(streams.Values.Slice(row++ * Config.Width, Config.Width));
        Tensor normed = _finalNorm.Forward(tape, streams); // (L+1,C)
        float[] final = normed.Values[^Config.Width..].ToArray();
        Tensor logits = tape.Linear(normed, _head); // (L+1,V)
        logits = Config.FinalSoftCap > 0 ? tape.SoftCap(logits, Config.FinalSoftCap) : logits;
        var rows = new float[Config.Layers + 1][];
        for (row = 0; row < rows.Length; row++)
            rows[row] = logits.Values.Slice(row * Config.Vocabulary, Config.Vocabulary).ToArray();
        return probe.Finish(final, rows);
    }
}
