using Gestalt.Tensors;

namespace Gestalt.Models;

/// <content>Inference with many sequences at once, each with its own number of new tokens and its own pages of keys and values.</content>
public sealed unsafe partial class Transformer
{
    /// <summary>
    /// Reads a batch's tokens, and gives the logits that follow those that it asks for. Its sequences are longer by their tokens afterwards. The tensor belongs to the
    /// tape: reset the tape before the next call.
    /// </summary>
    /// <param name="tape">Where to compute; not recording.</param>
    /// <param name="batch">The tokens, at least one.</param>
    /// <returns>(rows,V) in the order in which they were added; null where none are asked for.</returns>
    public Tensor? Forward(Tape tape, RaggedBatch batch)
    {
        if (Hidden(tape, batch) is not Tensor hidden) // (rows,C)
        {
            return null;
        }

        Tensor logits = tape.Linear(hidden, _head); // (rows,V)
        return Config.FinalSoftCap > 0 ? tape.SoftCap(logits, Config.FinalSoftCap) : logits;
    }

    /// <summary>The same up to the last hidden states, normalised: what the head reads, and what embeddings are made of.</summary>
    /// <param name="tape">Where to compute; not recording.</param>
    /// <param name="batch">The tokens, at least one.</param>
    /// <returns>(rows,C) of the tokens whose logits the batch asks for; null where there are none.</returns>
    public Tensor? Hidden(Tape tape, RaggedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfZero(batch.Tokens, nameof(batch));
        batch.Prepare();
        Tensor x = Stream(tape, batch.Row, Prepare(tape, batch)); // (1,T,C)
        batch.Advance();
        return batch.LogitRows == 0 ? null : _finalNorm.Forward(tape, batch.Wanted(tape, x)); // (rows,C)
    }

    private BlockContext Prepare(Tape tape, RaggedBatch batch)
    {
        if (tape.Recording)
        {
            throw new InvalidOperationException("A key-value cache goes with a tape that does not record.");
        }

        CheckInputs(batch.Row, out int positions);
        ChooseAdapters(tape, batch);
        (RotaryTable? rotary, RotaryTable? windowRotary) = Config.Positions == PositionKind.Rotary ? Rotary(positions) : (null, null);
        return new BlockContext
        {
            Rows = 1,
            Tokens = batch.Tokens,
            Positions = batch.Row.PositionPointer,
            KeyStart = null,
            WindowKeyStart = null,
            Rotary = rotary,
            WindowRotary = windowRotary,
            Ragged = batch,
        };
    }
}
