using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>Matrix products, the work that a language model spends nearly all of its time on.</summary>
public static unsafe class Gemm
{
    /// <summary>C(m,n) = op(A)(m,k) op(B)(k,n), added to C if asked, with a bias row added if given. All matrices are row-major.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="precision">How operands are rounded; sums are float32.</param>
    /// <param name="transposeA">A is stored (k,m) and read transposed.</param>
    /// <param name="transposeB">B is stored (n,k) and read transposed, as the weights of a linear layer are.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums; with 0 the product is zero.</param>
    /// <param name="a">First element of A.</param>
    /// <param name="lda">Distance between stored rows of A, in elements.</param>
    /// <param name="b">First element of B.</param>
    /// <param name="ldb">Distance between stored rows of B, in elements.</param>
    /// <param name="c">First element of C; must not overlap A or B.</param>
    /// <param name="ldc">Distance between rows of C, in elements.</param>
    /// <param name="accumulate">Adds the product to what C holds instead of replacing it.</param>
    /// <param name="bias">n values added to every row, or null.</param>
    public static void Multiply(
        WorkerPool pool, Precision precision, bool transposeA, bool transposeB, int m, int n, int k,
        float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate = false, float* bias = null)
    {
        var work = new Rows(precision, transposeA, transposeB, n, k, a, lda, b, ldb, c, ldc, accumulate, bias);
        pool.Run(m, ref work);
    }

    private struct Rows(
        Precision precision, bool transposeA, bool transposeB, int n, int k,
        float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate, float* bias) : IWork
    {
        public void Execute(int part)
        {
            for (int j = 0; j < n; j++)
            {
                float sum = 0;
                for (int p = 0; p < k; p++)
                {
                    float x = transposeA ? a[((long)p * lda) + part] : a[((long)part * lda) + p];
                    float y = transposeB ? b[((long)j * ldb) + p] : b[((long)p * ldb) + j];
                    sum += precision == Precision.BFloat16 ? Round(x) * Round(y) : x * y;
                }

                float* target = c + ((long)part * ldc) + j;
                *target = sum + (accumulate ? *target : 0) + (bias == null ? 0 : bias[j]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Round(float value)
        {
            uint bits = BitConverter.SingleToUInt32Bits(value);
            return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
        }
    }
}
