using Gestalt.Tensors;

namespace Gestalt.Models;

/// <content>Adapters, and the noise that fine-tuning may add.</content>
public sealed unsafe partial class Transformer
{
    /// <summary>Sends all rows through the model's own adapter.</summary>
    private void ChooseAdapters(Tape tape, TokenBatch batch)
    {
        AdapterRows? rows = Adapter is null ? tape.AdapterRows : tape.AdapterRows ??= new AdapterRows();
        rows?.Clear();
        if (Adapter is not null)
        {
            Adapter.Refresh();
            rows!.DropoutKey = batch.NoiseKey;
            rows.Add(Adapter.Updates);
        }
    }

    /// <summary>Sends each sequence's rows through its adapter, or the model's own where it has none.</summary>
    private void ChooseAdapters(Tape tape, RaggedBatch batch)
    {
        tape.AdapterRows?.Clear();
        foreach ((Adapter? chosen, int first, int tokens) in batch.Adapters)
        {
            if ((chosen ?? Adapter) is { } adapter)
            {
                adapter.Refresh();
                (tape.AdapterRows ??= new AdapterRows()).Add(adapter.Updates, first, tokens);
            }
        }
    }

    /// <summary>NEFTune (arXiv 2310.05914): uniform noise in ±α/√(T C) for the T tokens of each document. A constant: gradients pass it unchanged.</summary>
    private void AddNoise(Tape tape, Tensor x, TokenBatch batch)
    {
        if (!(EmbeddingNoise > 0) || !tape.Recording || batch.NoiseKey is not ulong key)
        {
            return;
        }

        int end;
        for (int start = 0; start < batch.Count; start = end)
        {
            int row = start / batch.Length;
            for (end = start + 1; end < (row + 1) * batch.Length && batch.KeyStartPointer[end] == batch.KeyStartPointer[start]; end++)
            {
            }

            float reach = EmbeddingNoise / MathF.Sqrt((float)(end - start) * Config.Width);
            tape.AddNoise(x, start, end - start, reach, key);
        }
    }
}
