using Gestalt.Kernels;

namespace Gestalt.Tensors.Tests.Ops;

public sealed unsafe class CausalAttentionTests
{
    [Theory]
    [InlineData(2, 1, 0f, false)]
    [InlineData(4, 2, 0f, true)]
    [InlineData(2, 2, 1.5f, true)]
    public void Attention_and_its_gradients_agree_with_the_twin(int heads, int keyValueHeads, float softCap, bool documents)
    {
        AttentionShape shape = new(2, 7, 7, 7, heads, keyValueHeads, 4, 0.6f, softCap);
        int[] keyStart = documents ? [0, 0, 0, 3, 3, 3, 6, 0, 0, 1, 2, 3, 4, 5] : new int[14];
        fixed (int* pinned = keyStart)
        {
            int* pointer = documents ? pinned : null;
            Shape keys = new(2, 7, keyValueHeads * 4);
            OperationCheck.Compare([new(2, 7, heads * 4), keys, keys], [],
                (tape, t, _) => tape.CausalAttention(t[0], t[1], t[2], shape, pointer),
                (t, _) => Naive(shape, t[0], t[1], t[2], keyStart));
        }
    }

    private static double[] Naive(AttentionShape s, double[] q, double[] k, double[] v, int[] keyStart)
    {
        double[] o = new double[q.Length];
        for (int b = 0; b < s.Batch; b++)
        {
            for (int t = 0; t < s.Queries; t++)
            {
                for (int h = 0; h < s.Heads; h++)
                {
                    int first = keyStart[(b * s.Queries) + t];
                    int query = ((((b * s.Queries) + t) * s.Heads) + h) * s.HeadWidth;
                    int Key(int at) => ((((b * s.KeyCapacity) + at) * s.KeyValueHeads) + (h / (s.Heads / s.KeyValueHeads))) * s.HeadWidth;
                    double[] weights = new double[t - first + 1];
                    for (int at = first; at <= t; at++)
                    {
                        double score = 0;
                        for (int d = 0; d < s.HeadWidth; d++)
                        {
                            score += q[query + d] * k[Key(at) + d];
                        }

                        score *= s.Scale;
                        weights[at - first] = Math.Exp(s.SoftCap > 0 ? s.SoftCap * Math.Tanh(score / s.SoftCap) : score);
                    }

                    double total = weights.Sum();
                    for (int at = first; at <= t; at++)
                    {
                        for (int d = 0; d < s.HeadWidth; d++)
                        {
                            o[query + d] += weights[at - first] / total * v[Key(at) + d];
                        }
                    }
                }
            }
        }

        return o;
    }
}
