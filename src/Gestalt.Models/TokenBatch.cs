using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// B rows of T tokens, as training and inference hand them to a <see cref="Transformer"/>: ids, what should come next, how much each
/// prediction counts, where each token stands in its document, and from which key on it may look back. The memory is the batch's own
/// and is reused; a batch is filled in place.
/// </summary>
/// <remarks>
/// <para><see cref="KeyStart"/> expresses at once: documents packed into one row (no token looks into the document before), and left
/// padding (no token looks at the padding).</para>
/// <para>All arrays are (B,T), row-major.</para>
/// </remarks>
public sealed unsafe class TokenBatch : IDisposable
{
    private AlignedMemory _memory;
    private int _capacity;

    /// <summary>Makes a batch of one document per row: positions from 0, everything visible, every target missing, weights 1.</summary>
    /// <param name="rows">B.</param>
    /// <param name="length">T, in tokens.</param>
    public TokenBatch(int rows, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _memory = new AlignedMemory(0);
        Resize(rows, length);
    }

    /// <summary>B: number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>T: tokens in each row.</summary>
    public int Length { get; private set; }

    /// <summary>B·T.</summary>
    public int Count => Rows * Length;

    /// <summary>Token ids that go in.</summary>
    public Span<int> Inputs => new(InputPointer, Count);

    /// <summary>Token ids that should come out, -1 where nothing is predicted.</summary>
    public Span<int> Targets => new(TargetPointer, Count);

    /// <summary>Each token's place in its document, from 0.</summary>
    public Span<int> Positions => new(PositionPointer, Count);

    /// <summary>
    /// The first key that each token may see. Keys are numbered along the row.
    /// </summary>
    public Span<int> KeyStart => new(KeyStartPointer, Count);

    /// <summary>How much each prediction counts; those of weight 0 cost nothing in the head. Weights may be negative (policy gradients).</summary>
    public Span<float> Weights => new(WeightPointer, Count);

    /// <summary>
    /// What the weighted sum of losses is divided by; null for the sum of this batch's own weights. Where an optimizer step is made of
    /// several micro-batches, give all of them the sum over all (<see cref="WeightSum"/> of each): their gradients then add up to those of one large batch.
    /// </summary>
    public double? LossNormalizer { get; set; }

    /// <summary>Draws what training adds or leaves out at random (<see cref="Transformer.EmbeddingNoise"/>, <see cref="LowRankUpdate.Dropout"/>); null for neither, as in measuring.</summary>
    public ulong? NoiseKey { get; set; }

    /// <summary>The sum of the weights of tokens that have a target.</summary>
    public double WeightSum
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += TargetPointer[i] >= 0 ? WeightPointer[i] : 0;
            }

            return sum;
        }
    }

    internal int* InputPointer => (int*)_memory.Pointer;

    internal int* TargetPointer => InputPointer + _capacity;

    internal int* PositionPointer => InputPointer + (2L * _capacity);

    internal int* KeyStartPointer => InputPointer + (3L * _capacity);

    internal float* WeightPointer => (float*)(InputPointer + (4L * _capacity));

    /// <summary>Changes the shape and clears the batch, as if newly made. Memory is only taken if it is larger than ever before.</summary>
    /// <param name="rows">B.</param>
    /// <param name="length">T, in tokens.</param>
    public void Resize(int rows, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int count = checked(rows * length);
        if (count > _capacity || _memory.Bytes == 0)
        {
            _memory.Dispose();
            _capacity = (Math.Max(count, 1) + 15) & ~15;
            _memory = new AlignedMemory(5L * _capacity * sizeof(int));
        }

        (Rows, Length, LossNormalizer, NoiseKey) = (rows, length, null, null);
        Inputs.Clear();
        Targets.Fill(-1);
        Weights.Fill(1);
        for (int row = 0; row < rows; row++)
        {
            SetDocument(row, 0, length);
        }
    }

    /// <summary>Declares tokens of a row one document: positions count from 0 and no token looks further back than the first.</summary>
    /// <param name="row">The row.</param>
    /// <param name="start">Index of the document's first token in the row.</param>
    /// <param name="length">How many tokens it has.</param>
    public void SetDocument(int row, int start, int length)
    {
        int first = (row * Length) + start;
        Span<int> positions = Positions.Slice(first, length);
        for (int t = 0; t < length; t++)
        {
            positions[t] = t;
        }

        KeyStart.Slice(first, length).Fill(start);
    }

    /// <summary>Returns the memory to the system.</summary>
    public void Dispose() => _memory.Dispose();
}
