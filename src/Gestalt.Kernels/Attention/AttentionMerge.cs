using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Puts together what <see cref="AttentionDecode"/> found in each run of keys: with the overall maximum m, o = Σ 2^(mᵢ - m) oᵢ / Σ 2^(mᵢ - m) lᵢ.
/// One row is one query of one head.
/// </summary>
internal readonly unsafe struct AttentionMerge(AttentionShape shape, float* partials, float* o, float* logSumExp) : IRowwise
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Row<R>(long row)
        where R : struct, IRegister<R>
    {
        int d = shape.HeadWidth;
        int runs = AttentionDecode.Runs(shape);
        int rows = shape.Queries * shape.Heads;
        long b = row / rows;
        long next = (long)rows * AttentionDecode.PartialLength(shape);
        float* first = partials + (b * runs * next) + (row % rows * AttentionDecode.PartialLength(shape));
        float* maxima = first + AttentionDecode.MaximumAt(shape);
        float maximum = float.NegativeInfinity;
        for (int run = 0; run < runs; run++)
        {
            maximum = MathF.Max(maximum, maxima[run * next]);
        }

        float* output = o + (row * d);
        RowEnds.Clear<R>(output, d);
        float sum = 0;
        for (int run = 0; run < runs; run++)
        {
            float* partial = first + (run * next);
            float partialSum = maxima[(run * next) + 1];
            if (partialSum == 0)
            {
                continue;
            }

            float factor = MathF.Pow(2, maxima[run * next] - maximum);
            sum += partialSum * factor;
            R by = R.Broadcast(factor);
            for (int i = 0; i < d; i += R.Count)
            {
                R value = RowEnds.Load<R>(partial + i, d - i);
                RowEnds.Store(output + i, d - i, R.MultiplyAdd(by, value, RowEnds.Load<R>(output + i, d - i)));
            }
        }

        R inverse = R.Broadcast(sum == 0 ? 0 : 1 / sum);
        for (int i = 0; i < d; i += R.Count)
        {
            RowEnds.Store(output + i, d - i, RowEnds.Load<R>(output + i, d - i) * inverse);
        }

        if (logSumExp != null)
        {
            int head = (int)(row % shape.Heads);
            int t = (int)(row % rows / shape.Heads);
            logSumExp[(((b * shape.Heads) + head) * shape.Queries) + t] = (float)((maximum + Math.Log2(sum)) * VectorMath.Ln2);
        }
    }
}
