using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <content>
/// Embedding: y[t] = table[ids[t]]. Its gradient adds each dy[t] to the row it came from: dTable[ids[t]] += dy[t], in an order that does
/// not depend on threads.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Looks rows up: y (shape, C) from a table (V,C).</summary>
    /// <param name="table">The table (V,C).</param>
    /// <param name="ids">Row numbers, one per token; they must stay where they are until backward has passed.</param>
    /// <param name="tokens">The shape of the ids, for example (B,T).</param>
    public Tensor Embedding(Parameter table, int* ids, Shape tokens)
    {
        ArgumentNullException.ThrowIfNull(table);
        int width = table.Shape.Width;
        int count = checked((int)tokens.Length);
        bool record = Recording && table.Trainable;
        Shape shape = tokens.Rank switch
        {
            1 => new Shape(tokens[0], width),
            2 => new Shape(tokens[0], tokens[1], width),
            _ => throw new ArgumentException($"Ids come as (T) or (B,T), not as {tokens}.", nameof(tokens)),
        };
        Tensor y = New(shape, record);
        if (table.Stored is { Format: not WeightFormat.F32 } stored)
        {
            for (int token = 0; token < count; token++)
            {
                stored.DecodeRow(ids[token], y.Data + ((long)token * width));
            }
        }
        else
        {
            Device.EmbeddingForward(ids, table.Data, y.Data, count, width);
        }

        if (record)
        {
            EmbeddingOperation operation = Record<EmbeddingOperation>(y);
            operation.Table = table;
            operation.Ids = ids;
        }

        return y;
    }

    private sealed class EmbeddingOperation : Operation
    {
        public Parameter Table = null!;
        public int* Ids;

        public override void Backward(Tape tape) =>
            tape.Device.EmbeddingBackward(Ids, Output.Gradient, Table.Gradient, Output.Shape.Rows, Output.Shape.Width, Table.Shape[0]);

        protected override void Forget() => Table = null!;
    }
}
