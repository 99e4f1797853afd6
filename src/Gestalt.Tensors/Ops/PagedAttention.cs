using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <content>
/// Attention of a ragged batch over a paged key-value cache (Kwon et al., arXiv 2309.06180): <see cref="CausalAttention"/> for inference. It has no gradient.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Keeps the keys and values of new tokens, and gives each query's average of the values that it may see.</summary>
    /// <param name="q">Queries of the new tokens of all sequences, one after the other (1,T,H·D).</param>
    /// <param name="k">Their keys (1,T,K·D).</param>
    /// <param name="v">Their values (1,T,K·D).</param>
    /// <param name="shape">Sizes, scale, soft cap and window.</param>
    /// <param name="sequences">Where each sequence's tokens are in the batch, and its pages.</param>
    /// <param name="count">How many sequences.</param>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public Tensor PagedAttention(Tensor q, Tensor k, Tensor v, in PagedShape shape, PagedSequence* sequences, int count)
    {
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(k);
        ArgumentNullException.ThrowIfNull(v);
        if (Recording)
        {
            throw new InvalidOperationException("A key-value cache goes with a tape that does not record.");
        }

        Tensor o = New(q.Shape);
        Device.PagedAttention(shape, sequences, count, q.Data, k.Data, v.Data, o.Data);
        return o;
    }
}
