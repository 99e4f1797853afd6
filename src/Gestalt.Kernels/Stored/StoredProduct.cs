using Gestalt.Kernels.Stored;

namespace Gestalt.Kernels;

/// <summary>Linear layers with weights as they are stored: activations times the transpose of a quantized matrix.</summary>
/// <remarks>
/// The bits of a result depend on the sizes, the form of the weights and the processor's instruction sets, not on the number of threads.
/// A thread that has multiplied before allocates nothing for a product that is not larger.
/// </remarks>
public static unsafe class StoredProduct
{
    /// <summary>Most rows of activations for which weights are multiplied row by row: with more it pays to turn them so that a lane is a row.</summary>
    private const int MostThinRows = 14;

    [ThreadStatic]
    private static bool t_decodesEverything;

    /// <summary>Whether products started by the current thread do without emitted kernels, as on processors that lack the instructions; for tests.</summary>
    internal static bool DecodesEverything
    {
        get => t_decodesEverything;
        set => t_decodesEverything = value;
    }

    /// <summary>y(m, rows of w) = x(m, columns of w) wᵀ, added to y if asked, with a bias if given.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="w">The weights.</param>
    /// <param name="x">First activation.</param>
    /// <param name="m">Rows of x and y: 1 when one token is generated, hundreds when a prompt is read.</param>
    /// <param name="strideX">Distance between rows of x, in values.</param>
    /// <param name="y">First result; must overlap neither x nor w.</param>
    /// <param name="strideY">Distance between rows of y, in values.</param>
    /// <param name="accumulate">Adds the product to what y holds instead of replacing it.</param>
    /// <param name="bias">A value for each row of w that is added to every row of y, or null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or a row distance is shorter than its row.</exception>
    /// <exception cref="ArgumentException">A row of w is not whole blocks of its form.</exception>
    public static void Multiply(
        WorkerPool pool, in StoredMatrix w, float* x, int m, int strideX, float* y, int strideY, bool accumulate = false, float* bias = null)
    {
        var output = new StoredOutput(y, strideY, bias);
        MultiplyMany(pool, new ReadOnlySpan<StoredMatrix>(in w), x, m, strideX, new ReadOnlySpan<StoredOutput>(in output), accumulate);
    }

    /// <summary>Several products with the same activations, as of queries, keys and values, in one go: the threads meet once, and x is rounded once.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="w">The weights; all have the same number of columns.</param>
    /// <param name="x">First activation.</param>
    /// <param name="m">Rows of x and of every result.</param>
    /// <param name="strideX">Distance between rows of x, in values.</param>
    /// <param name="outputs">Where the product with each matrix goes.</param>
    /// <param name="accumulate">Adds the products to what the outputs hold instead of replacing it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or a row distance is shorter than its row.</exception>
    /// <exception cref="ArgumentException">The matrices and outputs do not match, or a row is not whole blocks of its form.</exception>
    public static void MultiplyMany(
        WorkerPool pool, ReadOnlySpan<StoredMatrix> w, float* x, int m, int strideX, ReadOnlySpan<StoredOutput> outputs, bool accumulate = false)
    {
        Check(w, m, strideX, outputs);
        if (m == 0 || w.Length == 0)
        {
            return;
        }

        if (!DecodesEverything && w[0].Columns > 0 && AreAll(w, quantized: true) && RoundedKernels.Shared is { } rounded)
        {
            if (m <= MostThinRows)
            {
                RowProduct.Multiply(pool, rounded, w, x, m, strideX, outputs, accumulate);
            }
            else
            {
                PanelProduct.Multiply(pool, rounded, w, x, m, strideX, outputs, accumulate);
            }
        }
        else if (!DecodesEverything && w[0].Columns > 0 && AreAll(w, quantized: false) && PlainKernels.Shared is { } plain && (m <= MostThinRows || AreAllPairs(plain, w)))
        {
            if (m <= MostThinRows)
            {
                PlainRowProduct.Multiply(pool, plain, w, x, m, strideX, outputs, accumulate);
            }
            else
            {
                PairPanelProduct.Multiply(pool, plain, w, x, m, strideX, outputs, accumulate);
            }
        }
        else
        {
            MultiplyEach(pool, w, x, m, strideX, outputs, accumulate);
        }
    }

    /// <summary>One by one, where several are not of a kind, or in float32.</summary>
    private static void MultiplyEach(
        WorkerPool pool, ReadOnlySpan<StoredMatrix> w, float* x, int m, int strideX, ReadOnlySpan<StoredOutput> outputs, bool accumulate)
    {
        for (int i = 0; i < w.Length; i++)
        {
            if (w.Length == 1)
            {
                DecodingProduct.Multiply(pool, w[i], x, m, strideX, outputs[i], accumulate);
            }
            else
            {
                MultiplyMany(pool, w.Slice(i, 1), x, m, strideX, outputs.Slice(i, 1), accumulate);
            }
        }
    }

    private static bool AreAll(ReadOnlySpan<StoredMatrix> w, bool quantized)
    {
        foreach (ref readonly StoredMatrix matrix in w)
        {
            if (matrix.Format.IsQuantized() != quantized)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreAllPairs(PlainKernels kernels, ReadOnlySpan<StoredMatrix> w)
    {
        foreach (ref readonly StoredMatrix matrix in w)
        {
            if (!PairPanelProduct.Suits(kernels, matrix))
            {
                return false;
            }
        }

        return true;
    }
    private static void Check(ReadOnlySpan<StoredMatrix> w, int m, int strideX, ReadOnlySpan<StoredOutput> outputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        if (w.Length != outputs.Length)
        {
            throw new ArgumentException($"{w.Length} matrices need as many outputs, not {outputs.Length}.", nameof(outputs));
        }

        for (int i = 0; i < w.Length; i++)
        {
            _ = w[i].RowBytes;
            ArgumentOutOfRangeException.ThrowIfNegative(w[i].Rows, nameof(w));
            if (w[i].Columns != w[0].Columns)
            {
                throw new ArgumentException($"Matrices that share activations have as many columns; these have {w[0].Columns} and {w[i].Columns}.", nameof(w));
            }

            if (m > 1)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(strideX, w[i].Columns);
                ArgumentOutOfRangeException.ThrowIfLessThan(outputs[i].Stride, w[i].Rows, nameof(outputs));
            }
        }
    }
}
