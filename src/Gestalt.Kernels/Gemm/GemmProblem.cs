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

    /// <summary>Packs a panel of op(B), as wide as a tile: target[word of k * width + column].</summary>
    public void PackB(GemmBackend backend, int column, int k, int ks, float* target)
    {
        int width = backend.Tile.Columns;
        int columns = Math.Min(width, N - column);
        if (TransposeB)
        {
            backend.Along.Turn(B + (column * StrideB) + k, StrideB, columns, ks, target, width, width);
        }
        else
        {
            backend.Across.Keep(B + (k * StrideB) + column, StrideB, ks, columns, target, width, width);
        }
    }
}
