namespace Gestalt.Tensors;

/// <content>
/// The head and its loss in one: loss = sum over tokens of w (logsumexp(z) − z[target]) / normalizer, z = h Wᵀ, soft-capped if asked.
/// Gradients: dz = w (softmax(z) − onehot(target)) / normalizer, dh = dz W, dW = dzᵀ h.
/// The (tokens,V) logits are never stored: chunks of tokens are taken through forward and backward at once, as in Liger Kernel
/// (arXiv 2410.10989); Cut Cross-Entropy (arXiv 2411.09009) also skips tokens that do not count, as we do, but computes logits twice,
/// which a processor with a large cache need not.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>
    /// Logits held at once, in values: 8 MiB, which stay in cache between the product that makes them and the two that use their gradients. With
    /// 4,096 tokens in the vocabulary, a step of the smallest model runs at 59,300 tokens/s, with twice as many logits at 56,300, with four times at 53,700.
    /// </summary>
    internal int ChunkLogits { get; set; } = 1 << 21;

    /// <summary>Fewest rows of a chunk, however large the vocabulary: every chunk reads and writes the head's whole gradient.</summary>
    internal int LeastChunkRows { get; set; } = 256;

    /// <summary>The same under a head that is frozen, which every chunk only reads: an adapter's training should take little memory.</summary>
    internal int LeastFrozenChunkRows { get; set; } = 64;

    /// <summary>
    /// The weighted cross-entropy of the next tokens. Its gradients are computed at once if the tape records: that of
    /// <paramref name="weight"/> grows by this call, those below follow in <see cref="Backward"/>, so the loss must be what backward starts from.
    /// </summary>
    /// <param name="hidden">Hidden states (…,C).</param>
    /// <param name="weight">Head (V,C).</param>
    /// <param name="targets">Next token of each row; rows below 0 do not count.</param>
    /// <param name="weights">Weight of each row; rows of weight 0 do not count and cost nothing.</param>
    /// <param name="normalizer">What the sum is divided by: the sum of all weights that one optimizer step sees makes it a mean.</param>
    /// <param name="softCap">Logits become softCap tanh(z / softCap) if above 0.</param>
    /// <returns>The loss, a tensor of shape (1): exactly 0 where no row counts.</returns>
    public Tensor LinearCrossEntropy(Tensor hidden, Parameter weight, int* targets, float* weights, float normalizer, float softCap = 0)
    {
        bool record = Records(hidden, weight);
        Tensor loss = New(new Shape(1), record);
        loss.Data[0] = (float)HeadLosses(hidden, weight, targets, weights, normalizer, softCap, record, losses: null);
        if (record)
        {
            Record<LinearCrossEntropyOperation>(loss);
        }

        return loss;
    }

    /// <summary>The loss of every row, unweighted, in nats, without gradients: for measuring. Rows that do not count get 0.</summary>
    /// <param name="hidden">Hidden states (…,C).</param>
    /// <param name="weight">Head (V,C).</param>
    /// <param name="targets">Next token of each row; rows below 0 do not count.</param>
    /// <param name="weights">Rows of weight 0 do not count.</param>
    /// <param name="losses">Where the losses go, one per row.</param>
    /// <param name="softCap">Logits become softCap tanh(z / softCap) if above 0.</param>
    public void TokenLosses(Tensor hidden, Parameter weight, int* targets, float* weights, float* losses, float softCap = 0) =>
        HeadLosses(hidden, weight, targets, weights, 1, softCap, record: false, losses);

    private double HeadLosses(Tensor hidden, Parameter weight, int* targets, float* weights, float normalizer, float softCap, bool record,
        float* losses)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(weight);
        (int width, int vocabulary) = (hidden.Shape.Width, weight.Shape[0]);
        if (losses is not null)
        {
            new Span<float>(losses, hidden.Shape.Rows).Clear();
        }

        int mark = TensorCount;
        CountingRows rows = Select(hidden.Shape.Rows, targets, weights);
        if (rows.Count == 0)
        {
            ReleaseSince(mark, keep: null);
            return 0;
        }

        bool gather = rows.Count < hidden.Shape.Rows;
        bool gradientOfWeight = record && weight.Trainable;
        bool gradientOfHidden = record && hidden.RequiresGradient;
        bool addToHidden = gather;
        float* dHidden = !gradientOfHidden ? null : gather ? GradientOf(hidden) : GradientToOverwrite(hidden, out addToHidden);

        int chunk = ChunkRows(rows.Count, vocabulary, record && !gradientOfWeight ? LeastFrozenChunkRows : LeastChunkRows);
        float* logits = New(new Shape(chunk, vocabulary)).Data;
        float* chunkLosses = New(new Shape(chunk)).Data;
        float* gathered = gather ? New(new Shape(chunk, width)).Data : null;
        double sum = 0;
        for (int first = 0; first < rows.Count; first += chunk)
        {
            int count = Math.Min(chunk, rows.Count - first);
            int* index = rows.Index + first;
            float* h = gather ? Gather(hidden.Data, index, count, width, gathered) : hidden.Data + ((long)first * width);

            Product(weight, h, count, logits); // (chunk,V)
            Device.CrossEntropyRows(logits, rows.Targets + first, rows.Weights + first, chunkLosses, count, vocabulary, 1 / normalizer,
                gradientOfWeight || gradientOfHidden, softCap); // the logits are now their own gradient
            if (gradientOfWeight)
            {
                float* dWeight = GradientToOverwrite(weight, out bool add);
                Device.Multiply(true, false, vocabulary, width, count, logits, vocabulary, h, width, dWeight, width, add); // (V,C)
            }

            if (gradientOfHidden)
            {
                float* dh = gather ? gathered : dHidden + ((long)first * width);
                MultiplyByWeight(weight, logits, count, dh, accumulate: addToHidden && !gather); // (chunk,C)
                if (gather)
                {
                    ScatterAdd(gathered, index, count, width, dHidden);
                }
            }

            for (int i = 0; i < count; i++)
            {
                sum += (double)rows.Weights[first + i] * chunkLosses[i];
                if (losses is not null)
                {
                    losses[index[i]] = chunkLosses[i];
                }
            }
        }

        ReleaseSince(mark, keep: null);
        return sum / normalizer;
    }

    /// <summary>Lists the rows that count.</summary>
    private CountingRows Select(int rows, int* targets, float* weights)
    {
        CountingRows counting = new()
        {
            Index = (int*)New(new Shape(rows)).Data,
            Targets = (int*)New(new Shape(rows)).Data,
            Weights = New(new Shape(rows)).Data,
        };
        for (int row = 0; row < rows; row++)
        {
            if (targets[row] >= 0 && weights[row] != 0)
            {
                counting.Index[counting.Count] = row;
                counting.Targets[counting.Count] = targets[row];
                counting.Weights[counting.Count++] = weights[row];
            }
        }

        return counting;
    }

    /// <summary>Equal chunks, so that the last one is not a sliver.</summary>
    private int ChunkRows(int rows, int vocabulary, int least)
    {
        int most = Math.Max(least, ChunkLogits / vocabulary);
        int chunks = (rows + most - 1) / most;
        return (rows + chunks - 1) / chunks;
    }

    private static float* Gather(float* from, int* index, int count, int width, float* to)
    {
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<float>(from + ((long)index[i] * width), width).CopyTo(new Span<float>(to + ((long)i * width), width));
        }

        return to;
    }

    private static void ScatterAdd(float* from, int* index, int count, int width, float* to)
    {
        for (int i = 0; i < count; i++)
        {
            float* source = from + ((long)i * width);
            float* target = to + ((long)index[i] * width);
            for (int c = 0; c < width; c++)
            {
                target[c] += source[c];
            }
        }
    }

    /// <summary>The rows whose loss counts, packed.</summary>
    private struct CountingRows
    {
        public int Count;
        public int* Index;
        public int* Targets;
        public float* Weights;
    }

    /// <summary>Marks where backward starts; the gradients were computed with the loss.</summary>
    private sealed class LinearCrossEntropyOperation : Operation
    {
        public override void Backward(Tape tape)
        {
            if (*Output.Gradient != 1)
            {
                throw new InvalidOperationException("LinearCrossEntropy computes its gradients for a loss that backward starts from.");
            }
        }

        protected override void Forget()
        {
        }
    }
}
