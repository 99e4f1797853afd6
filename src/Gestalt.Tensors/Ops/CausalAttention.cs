using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <content>
/// Causal grouped-query attention (Vaswani et al., arXiv 1706.03762; Ainslie et al., arXiv 2305.13245), tiled as in FlashAttention (Dao,
/// arXiv 2307.08691): o = softmax(scale q kᵀ) v over the keys that a query may see. With p the softmax and δ = sum(do o) per query:
/// dv = pᵀ do, ds = p (do vᵀ − δ), dq = scale ds k, dk = scale dsᵀ q. Only a logarithm per query is kept; p is computed again.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Each query's average of the values it may see.</summary>
    /// <param name="q">Queries (B,T,H·D).</param>
    /// <param name="k">Keys (B,capacity,K·D).</param>
    /// <param name="v">Values (B,capacity,K·D).</param>
    /// <param name="shape">Sizes, scale and soft cap.</param>
    /// <param name="keyStart">First visible key of each query (B,T), or null for 0; it must stay until backward has passed.</param>
    public Tensor CausalAttention(Tensor q, Tensor k, Tensor v, in AttentionShape shape, int* keyStart)
    {
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(k);
        ArgumentNullException.ThrowIfNull(v);
        bool record = Recording && (q.RequiresGradient || k.RequiresGradient || v.RequiresGradient);
        Tensor o = New(q.Shape, record);
        Tensor? logSumExp = record ? New(new Shape(shape.Batch, shape.Heads, shape.Queries)) : null;
        Device.AttentionForward(shape, q.Data, k.Data, v.Data, o.Data, DataOf(logSumExp), keyStart);
        if (record)
        {
            CausalAttentionOperation operation = Record<CausalAttentionOperation>(o, logSumExp);
            (operation.Query, operation.Key, operation.Value) = (q, k, v);
            operation.Shape = shape;
            operation.KeyStart = keyStart;
        }

        return o;
    }

    private sealed class CausalAttentionOperation : Operation
    {
        public Tensor Query = null!;
        public Tensor Key = null!;
        public Tensor Value = null!;
        public AttentionShape Shape;
        public int* KeyStart;

        public override bool ReadsOutput => true;

        public override void Backward(Tape tape)
        {
            bool accumulate = tape.ReadyGradients(Query, Key, Value);
            tape.Device.AttentionBackward(Shape, Query.Data, Key.Data, Value.Data, Output.Data, Saved!.Data, KeyStart, Output.Gradient,
                Query.Gradient, Key.Gradient, Value.Gradient, accumulate);
        }

        protected override void Forget() => (Query, Key, Value) = (null!, null!, null!);
    }
}
