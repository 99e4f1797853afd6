using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <content>Attention over the pages of a key-value cache.</content>
public sealed unsafe partial class Device
{
    /// <summary>Writes the new tokens' keys and values into their pages, then o = softmax(mask(scale q kᵀ)) v over all.</summary>
    internal void PagedAttention(in PagedShape shape, PagedSequence* sequences, int count, float* q, float* k, float* v, float* o)
    {
        long start = Start();
        Kernels.PagedAttention.Append(Pool, shape, sequences, count, k, v);
        Kernels.PagedAttention.Forward(Pool, shape, sequences, count, q, o);
        if (Profile is not null)
        {
            Stop(KernelKind.AttentionForward, start, PagedOperations(shape, sequences, count));
        }
    }

    private static double PagedOperations(in PagedShape shape, PagedSequence* sequences, int count)
    {
        double operations = 0;
        for (int i = 0; i < count; i++)
        {
            double keys = sequences[i].Keys - ((sequences[i].Queries - 1) / 2.0);
            operations += 4.0 * shape.Heads * sequences[i].Queries * (shape.Window > 0 ? Math.Min(keys, shape.Window) : keys) * shape.HeadWidth;
        }

        return operations;
    }
}
