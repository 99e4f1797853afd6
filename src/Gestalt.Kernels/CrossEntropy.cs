using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// The loss of a language model: -log softmax(logits)[target] of every row, and its gradient in the place of the logits.
/// </summary>
/// <remarks>
/// <para>d loss / d logit[j] = p[j] - (j == target), with p = softmax(logits).</para>
/// <para>
/// One exponential per logit: the row is walked in chunks that stay in the first-level cache. Each chunk's maximum m' is found and
/// e^(x - m') stored in place of x; the sum of the row is kept relative to its running maximum (Milakov &amp; Gimelshein, arXiv 1805.02867).
/// The gradient then only multiplies each chunk by e^(m' - m) / sum. With a soft cap the capped logits are stored instead and the exponential is
/// taken twice, since the derivative needs them.
/// </para>
/// </remarks>
public static unsafe class CrossEntropy
{
    /// <summary>Values of a chunk: 8 KiB, a sixth of a first-level cache.</summary>
    private const int Chunk = 2048;

    /// <summary>Computes the loss of each row and, if asked, replaces the logits by the gradient of the total loss.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="logits">Logits, (rows, vocabulary). They become gradients, or with <paramref name="withGradient"/> unset are undefined afterwards.</param>
    /// <param name="targets">The right token of each row, (rows). A negative target is ignored: loss 0, gradient 0, whatever the logits hold.</param>
    /// <param name="weights">Weight of each row in the gradient, (rows), or null for 1.</param>
    /// <param name="losses">Receives the unweighted loss of each row in nats, (rows).</param>
    /// <param name="rows">Rows.</param>
    /// <param name="vocabulary">V, columns.</param>
    /// <param name="scale">Factor of all gradients, such as 1 / counted rows.</param>
    /// <param name="withGradient">Whether gradients are wanted.</param>
    /// <param name="softCap">If positive, logits x are first replaced by softCap * tanh(x / softCap).</param>
    /// <exception cref="ArgumentOutOfRangeException">A target is not in the vocabulary. Nothing has been computed then.</exception>
    public static void Rows(
        WorkerPool pool, float* logits, int* targets, float* weights, float* losses,
        int rows, int vocabulary, float scale, bool withGradient, float softCap = 0)
    {
        for (int row = 0; row < rows; row++)
        {
            if (targets[row] >= vocabulary)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(targets), targets[row], $"The target of row {row} is not one of the {vocabulary} tokens of the vocabulary.");
            }
        }

        RowLoop.Run(pool, rows, vocabulary, new Body(logits, targets, weights, losses, vocabulary, scale, withGradient, softCap));
    }

    private readonly struct Body(
        float* logits, int* targets, float* weights, float* losses, int vocabulary, float scale, bool withGradient, float softCap) : IRowwise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Row<R>(long row)
            where R : struct, IRegister<R>
        {
            float* x = logits + (row * vocabulary);
            int target = targets[row];
            if (target < 0)
            {
                losses[row] = 0;
                if (withGradient)
                {
                    RowEnds.Clear<R>(x, vocabulary);
                }

                return;
            }

            float weight = scale * (weights == null ? 1 : weights[row]);
            if (softCap > 0)
            {
                Capped<R>(x, target, weight, row);
                return;
            }

            float right = x[target];
            int chunks = (vocabulary + Chunk - 1) / Chunk;
            float* chunkMaximum = Scratch.ForPart(chunks);
            (float maximum, double sum) = Exponentials<R>(x, chunkMaximum, chunks);
            losses[row] = (float)(Math.Log(sum) + maximum - right);
            if (withGradient)
            {
                for (int chunk = 0; chunk < chunks; chunk++)
                {
                    float factor = (float)(weight * Math.Exp(chunkMaximum[chunk] - maximum) / sum);
                    Multiply<R>(x + (chunk * Chunk), Math.Min(Chunk, vocabulary - (chunk * Chunk)), factor);
                }

                x[target] -= weight;
            }
        }

        /// <summary>Stores e^(x - maximum of the chunk) in place of x. Returns the maximum of the row and Σ e^(x - maximum).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private (float Maximum, double Sum) Exponentials<R>(float* x, float* chunkMaximum, int chunks)
            where R : struct, IRegister<R>
        {
            float maximum = float.NegativeInfinity;
            double sum = 0;
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                float* start = x + (chunk * Chunk);
                int count = Math.Min(Chunk, vocabulary - (chunk * Chunk));

                // A chunk of nothing but -∞ (tokens that are not allowed) gets a finite maximum, so that e^(-∞ - maximum) is 0 and not NaN.
                float highest = MathF.Max(RowMath.Maximum<R>(start, count), float.MinValue);
                float partial = RowMath.ExpAndSum<R>(start, start, count, highest);
                chunkMaximum[chunk] = highest;
                if (highest > maximum)
                {
                    sum = (sum * Math.Exp(maximum - highest)) + partial;
                    maximum = highest;
                }
                else
                {
                    sum += partial * Math.Exp(highest - maximum);
                }
            }

            return (maximum, sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Multiply<R>(float* x, int count, float factor)
            where R : struct, IRegister<R>
        {
            R f = R.Broadcast(factor);
            for (int i = 0; i < count; i += R.Count)
            {
                RowEnds.Store(x + i, count - i, RowEnds.Load<R>(x + i, count - i) * f);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Capped<R>(float* x, int target, float weight, long row)
            where R : struct, IRegister<R>
        {
            R cap = R.Broadcast(softCap);
            R inverse = R.Broadcast(1 / softCap);
            R sum = R.Zero;

            // Capped logits lie within ±softCap, so softCap itself serves as the maximum; e^(-2 softCap) is far from underflow.
            int i = 0;
            for (; i < vocabulary; i += R.Count)
            {
                int left = vocabulary - i;
                R capped = cap * VectorMath.Tanh(RowEnds.Load<R>(x + i, left) * inverse);
                RowEnds.Store(x + i, left, capped);
                sum += R.First(VectorMath.Exp(capped - cap), left);
            }

            double total = R.Sum(sum);
            losses[row] = (float)(Math.Log(total) + softCap - x[target]);
            if (!withGradient)
            {
                return;
            }

            float tanhTarget = x[target] / softCap;
            R factor = R.Broadcast((float)(weight / total));
            for (i = 0; i < vocabulary; i += R.Count)
            {
                R capped = RowEnds.Load<R>(x + i, vocabulary - i);
                R tanh = capped * inverse;
                R slope = R.Broadcast(1f) - (tanh * tanh);
                RowEnds.Store(x + i, vocabulary - i, VectorMath.Exp(capped - cap) * factor * slope);
            }

            x[target] -= weight * (1 - (tanhTarget * tanhTarget));
        }
    }
}
