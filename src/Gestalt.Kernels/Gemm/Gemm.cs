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
    /// <exception cref="ArgumentOutOfRangeException">A size is negative or a row distance is shorter than its row.</exception>
    /// <remarks>
    /// The bits of the result depend on the sizes, the precision and the processor's instruction sets, not on the number of threads.
    /// A thread that has multiplied before allocates nothing, managed or native, for a product that is not larger.
    /// </remarks>
    public static void Multiply(
        WorkerPool pool, Precision precision, bool transposeA, bool transposeB, int m, int n, int k,
        float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate = false, float* bias = null) =>
        Multiply(
            pool, GemmBackend.For(precision), new GemmProblem(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate, bias));

    /// <summary>Floating-point operations in a product: a multiplication and an addition for each of m·n·k.</summary>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums.</param>
    public static double FlopCount(long m, long n, long k) => 2.0 * m * n * k;

    internal static void Multiply(WorkerPool pool, GemmBackend backend, in GemmProblem problem)
    {
        Check(problem);
        if (problem.M == 0 || problem.N == 0)
        {
            return;
        }

        if (problem.K == 0)
        {
            MultiplyNothing(problem);
            return;
        }

        if (backend.Thin.Suits(problem))
        {
            backend.Thin.Multiply(pool, problem);
            return;
        }

        GemmBlocked.Multiply(pool, backend, problem);
    }

    private static void Check(in GemmProblem problem)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(problem.M, "m");
        ArgumentOutOfRangeException.ThrowIfNegative(problem.N, "n");
        ArgumentOutOfRangeException.ThrowIfNegative(problem.K, "k");
        ArgumentOutOfRangeException.ThrowIfLessThan(problem.StrideA, problem.TransposeA ? problem.M : problem.K, "lda");
        ArgumentOutOfRangeException.ThrowIfLessThan(problem.StrideB, problem.TransposeB ? problem.K : problem.N, "ldb");
        ArgumentOutOfRangeException.ThrowIfLessThan(problem.StrideC, problem.N, "ldc");
    }

    private static void MultiplyNothing(in GemmProblem problem)
    {
        for (int row = 0; row < problem.M; row++)
        {
            float* c = problem.C + (row * problem.StrideC);
            for (int column = 0; column < problem.N; column++)
            {
                c[column] = (problem.Accumulate ? c[column] : 0) + (problem.Bias == null ? 0 : problem.Bias[column]);
            }
        }
    }
}
