using Gestalt.Tensors;

namespace Gestalt.Models;

/// <content>
/// What would otherwise be a read outside of memory is refused here, before a kernel sees it. The checks read a few integers per token,
/// next to the millions of operations that a token costs.
/// </content>
public sealed unsafe partial class Transformer
{
    /// <summary>Returns whether every token sees everything before it.</summary>
    private bool CheckInputs(TokenBatch batch, out int positions)
    {
        positions = 1;
        int latestStart = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if ((uint)batch.InputPointer[i] >= (uint)Config.Vocabulary)
            {
                throw Refuse(batch, i, "token", batch.InputPointer[i], $"outside the vocabulary of {Config.Vocabulary}");
            }

            int key = i % batch.Length;
            if ((uint)batch.KeyStartPointer[i] > (uint)key)
            {
                throw Refuse(batch, i, "key start", batch.KeyStartPointer[i], $"outside the keys 0 to {key} that causality allows");
            }

            int position = batch.PositionPointer[i];
            if (position < 0 || (_positions is not null && position >= Config.Context))
            {
                throw Refuse(batch, i, "position", position, $"outside the learned context of {Config.Context}");
            }

            positions = Math.Max(positions, position + 1);
            latestStart = Math.Max(latestStart, batch.KeyStartPointer[i]);
        }

        return latestStart == 0;
    }

    private void CheckTargets(TokenBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.TargetPointer[i] >= Config.Vocabulary)
            {
                throw Refuse(batch, i, "target", batch.TargetPointer[i], $"outside the vocabulary of {Config.Vocabulary}");
            }
        }
    }

    private static ArgumentException Refuse(TokenBatch batch, int index, string what, int value, string why) =>
        new($"The {what} {value} in row {index / batch.Length}, place {index % batch.Length} is {why}.", nameof(batch));
}
