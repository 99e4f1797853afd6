namespace Gestalt.Kernels;

/// <summary>
/// Causal attention, o = softmax(mask(scale q kᵀ)) v, with grouped key-value heads (Ainslie et al., arXiv 2305.13245), computed block by block so that
/// no T×T matrix is ever stored (Dao et al., arXiv 2205.14135; Dao, arXiv 2307.08691).
/// </summary>
/// <remarks>
/// <para>
/// Query t of a sequence sees the keys <c>keyStart[b, t]</c> to <c>Keys - Queries + t</c>. With Queries == Keys that is causal
/// self-attention; with fewer queries than keys the queries are the last tokens. Generation goes over pages: <see cref="PagedAttention"/>. <c>keyStart</c> keeps documents that were packed into one
/// row apart, cuts off what a sliding window no longer reaches, and skips padding on the left. Whole blocks that nobody sees are never touched.
/// A query that sees nothing gets zeros.
/// </para>
/// <para>
/// Departures from the papers: scores are held transposed, (keys, queries), with one query per lane. The maximum and
/// sum of a softmax then run down the lanes and never across them, any head width works without padding, and keys and values are
/// read where they lie. Exponentials are powers of two with log2(e) folded into the scale of the queries.
/// </para>
/// <para>All results are the same bits for any number of threads.</para>
/// </remarks>
public static unsafe class Attention
{
    /// <summary>o = softmax(mask(scale q kᵀ)) v.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="s">Sizes.</param>
    /// <param name="q">Queries, (B, Queries, H, D).</param>
    /// <param name="k">Keys, (B, KeyCapacity, K, D), of which the first <c>Keys</c> are read.</param>
    /// <param name="v">Values, (B, KeyCapacity, K, D).</param>
    /// <param name="o">Result, (B, Queries, H, D).</param>
    /// <param name="logSumExp">Receives the logarithm of each softmax's denominator, (B, H, Queries), for the backward step; may be null.</param>
    /// <param name="keyStart">First visible key of each query, (B, Queries), or null for 0.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public static void Forward(WorkerPool pool, in AttentionShape s, float* q, float* k, float* v, float* o, float* logSumExp, int* keyStart)
    {
        s.Validate();
        VectorWidth.Run(pool, AttentionForward.Parts(s), new AttentionForward(s, q, k, v, o, logSumExp, keyStart));
    }

    /// <summary>Gives the gradients of queries, keys and values.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="s">Sizes of the forward step.</param>
    /// <param name="q">Queries of the forward step.</param>
    /// <param name="k">Keys of the forward step.</param>
    /// <param name="v">Values of the forward step.</param>
    /// <param name="o">Result of the forward step.</param>
    /// <param name="logSumExp">From the forward step, (B, H, Queries).</param>
    /// <param name="keyStart">As in the forward step.</param>
    /// <param name="dO">Gradient of the result, (B, Queries, H, D).</param>
    /// <param name="dQ">Gradient of the queries, (B, Queries, H, D).</param>
    /// <param name="dK">Gradient of the keys, (B, KeyCapacity, K, D), of which the first <c>Keys</c> are touched.</param>
    /// <param name="dV">Gradient of the values, (B, KeyCapacity, K, D), of which the first <c>Keys</c> are touched.</param>
    /// <param name="accumulate">Whether to add to what is in the gradients; if not, they are overwritten and need not be cleared first.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public static void Backward(
        WorkerPool pool, in AttentionShape s, float* q, float* k, float* v, float* o, float* logSumExp, int* keyStart,
        float* dO, float* dQ, float* dK, float* dV, bool accumulate = true)
    {
        s.Validate();
        VectorWidth.Run(
            pool, s.Batch * s.KeyValueHeads, new AttentionBackward(s, q, k, v, o, logSumExp, keyStart, dO, dQ, dK, dV, accumulate));
    }
}
