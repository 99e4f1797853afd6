namespace Gestalt.Kernels;

/// <summary>One matrix product as it was asked for; see <see cref="Gemm.Multiply"/>.</summary>
internal readonly unsafe struct GemmProblem(
    bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate, float* bias)
{
    public readonly bool TransposeA = transposeA;
    public readonly bool TransposeB = transposeB;
    public readonly int M = m;
    public readonly int N = n;
    public readonly int K = k;
    public readonly float* A = a;
    public readonly long StrideA = lda;
    public readonly float* B = b;
    public readonly long StrideB = ldb;
    public readonly float* C = c;
    public readonly long StrideC = ldc;
    public readonly bool Accumulate = accumulate;
    public readonly float* Bias = bias;

    /// <summary>Packs rows of op(A): target[r * stride + word of k].</summary>
    public void PackA(GemmBackend backend, int row, int rows, int k, int ks, float* target, long targetStride)
    {
        int padded = Whole.RoundUp(Whole.Ceiling(ks, backend.Tile.ValuesPerWord), GemmPacker.Padding);
        if (TransposeA)
        {
            backend.Across.Turn(A + (k * StrideA) + row, StrideA, ks, rows, target, targetStride, padded);
        }
        else
        {
            backend.Along.Keep(A + (row * StrideA) + k, StrideA, rows, ks, target, targetStride, padded);
        }
    }

    /// <summary>Packs panels of op(B), each as wide as a tile, for some values of k within one block of a chunk.</summary>
    /// <param name="backend">Gives the kind of word and the width.</param>
    /// <param name="column">First column of the first panel.</param>
    /// <param name="columns">Columns; the last panel is filled up with zeros.</param>
    /// <param name="k">First value of k.</param>
    /// <param name="ks">Values of k.</param>
    /// <param name="target">Where word w of k of column c of panel p goes, at p * panelStride + w * width + c.</param>
    /// <param name="panelStride">Distance between panels, in words.</param>
    public void PackB(GemmBackend backend, int column, int columns, int k, int ks, float* target, long panelStride)
    {
        int width = backend.Tile.Columns;
        if (!TransposeB)
        {
            backend.Across.KeepPanels(B + (k * StrideB) + column, StrideB, ks, columns, target, width, panelStride);
            return;
        }

        for (int done = 0; done < columns; done += width, target += panelStride)
        {
            backend.Along.Turn(B + ((column + done) * StrideB) + k, StrideB, Math.Min(width, columns - done), ks, target, width, width);
        }
    }
}
