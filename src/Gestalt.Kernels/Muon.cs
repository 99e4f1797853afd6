using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// One step of Muon (Jordan et al. 2024; at scale: Liu et al., arXiv 2502.16982) on a matrix: momentum whose singular values are all
/// brought near 1 before it is applied, so that rare directions learn as fast as common ones.
/// </summary>
/// <remarks>
/// <para>g = gradient * gradientScale; m = μ m + g; u = g + μ m (Nesterov); O = NewtonSchulz(u / |u|);
/// parameter = parameter (1 - lr decay) - lr 0.2 √max(rows, columns) O.</para>
/// <para>
/// Newton-Schulz, five times: with A = X Xᵀ, X = a X + (b A + c A²) X. The quintic's coefficients are Jordan's; they do not converge
/// to 1 but spread singular values over about 0.7 to 1.2 quickly. A is taken on the smaller side: for more rows than columns A = Xᵀ X and X = a X + X (b A + c A²).
/// </para>
/// <para>
/// An orthogonal (rows, columns) matrix has entries of root mean square 1 / √max(rows, columns); 0.2 √max brings them to 0.2, about what AdamW
/// produces, so that both can share a learning rate and decay (section 2.2 of 2502.16982). Departure: momentum m = μ m + g as there, not Jordan's running mean;
/// Newton-Schulz does not see the difference in scale.
/// </para>
/// </remarks>
public static unsafe class Muon
{
    private const int Iterations = 5;
    private const float A = 3.4445f;
    private const float B = -4.7750f;
    private const float C = 2.0315f;

    /// <summary>With fewer matrices for each thread the last ones would leave the others idle too long.</summary>
    private const int MatricesPerThread = 6;

    /// <summary>Keeps a zero gradient zero.</summary>
    private const double SmallestNorm = 1e-20;

    /// <summary>Floats that <see cref="Step"/> needs as workspace.</summary>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    public static long WorkspaceLength(int rows, int columns)
    {
        long small = Math.Min(rows, columns);
        return 2 * (((long)rows * columns) + (small * small));
    }

    /// <summary>Root mean square scale of the update: 0.2 √max(rows, columns).</summary>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    public static float UpdateScale(int rows, int columns) => 0.2f * MathF.Sqrt(Math.Max(rows, columns));

    /// <summary>Updates the matrix and its momentum in place. The gradient is only read.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="precision">How operands of the matrix products are rounded; bfloat16 is enough.</param>
    /// <param name="parameter">The matrix, (rows, columns).</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="momentum">m, zero before the first step.</param>
    /// <param name="workspace">At least <see cref="WorkspaceLength"/> floats.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="momentumDecay">μ.</param>
    /// <param name="weightDecay">Decay per unit of learning rate.</param>
    /// <param name="gradientScale">Factor of the gradient.</param>
    public static void Step(
        WorkerPool pool, Precision precision, float* parameter, float* gradient, float* momentum, float* workspace,
        int rows, int columns, float learningRate, float momentumDecay, float weightDecay, float gradientScale)
    {
        long count = (long)rows * columns;
        float* direction = workspace;
        ElementLoop.Run(pool, count, new MomentumBody(gradient, momentum, direction, momentumDecay, gradientScale));
        double norm = Math.Sqrt(Norms.SumOfSquares(pool, direction, count));
        Elementwise.Scale(pool, direction, (float)(1 / Math.Max(norm, SmallestNorm)), count);
        float* orthogonal = Orthogonalize(pool, precision, workspace, rows, columns);
        float keep = (float)(1 - ((double)learningRate * weightDecay));
        ElementLoop.Run(pool, count, new UpdateBody(parameter, orthogonal, keep, -learningRate * UpdateScale(rows, columns)));
    }

    /// <summary>
    /// Updates many matrices, each as <see cref="Step"/> does and with the same bits. Where there are plenty, a thread takes a whole matrix at a
    /// time: the products of small matrices are over before a second thread has begun, and none has to wait for the other.
    /// </summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="precision">How operands of the matrix products are rounded.</param>
    /// <param name="matrices">The matrices; large ones first balance best.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="momentumDecay">μ.</param>
    /// <param name="weightDecay">Decay per unit of learning rate.</param>
    /// <param name="gradientScale">Factor of the gradients.</param>
    public static void StepAll(
        WorkerPool pool, Precision precision, ReadOnlySpan<MuonMatrix> matrices, float learningRate, float momentumDecay, float weightDecay,
        float gradientScale)
    {
        fixed (MuonMatrix* first = matrices)
        {
            StepWork work = new()
            {
                Pool = pool,
                Precision = precision,
                Matrices = first,
                LearningRate = learningRate,
                MomentumDecay = momentumDecay,
                WeightDecay = weightDecay,
                GradientScale = gradientScale,
            };
            if (matrices.Length >= MatricesPerThread * pool.Threads)
            {
                pool.Run(matrices.Length, ref work);
                return;
            }

            for (int i = 0; i < matrices.Length; i++)
            {
                work.Execute(i);
            }
        }
    }

    /// <summary>Newton-Schulz on the matrix at the start of the workspace. Returns where in the workspace the result is.</summary>
    internal static float* Orthogonalize(WorkerPool pool, Precision precision, float* workspace, int rows, int columns)
    {
        long count = (long)rows * columns;
        int small = Math.Min(rows, columns);
        bool wide = rows <= columns;
        float* x = workspace;
        float* next = x + count;
        float* gram = next + count;
        float* polynomial = gram + ((long)small * small);
        for (int i = 0; i < Iterations; i++)
        {
            Gemm.Multiply(pool, precision, !wide, wide, small, small, wide ? columns : rows, x, columns, x, columns, gram, small);
            ElementLoop.Run(pool, (long)small * small, new ScaledCopyBody(gram, polynomial, B / C));
            Gemm.Multiply(pool, precision, false, false, small, small, small, gram, small, gram, small, polynomial, small, accumulate: true);
            Elementwise.Scale(pool, polynomial, C, (long)small * small);
            ElementLoop.Run(pool, count, new ScaledCopyBody(x, next, A));
            if (wide)
            {
                Gemm.Multiply(pool, precision, false, false, rows, columns, small, polynomial, small, x, columns, next, columns, accumulate: true);
            }
            else
            {
                Gemm.Multiply(pool, precision, false, false, rows, columns, small, x, columns, polynomial, small, next, columns, accumulate: true);
            }

            float* before = x;
            x = next;
            next = before;
        }

        return x;
    }

    private struct StepWork : IWork
    {
        public WorkerPool Pool;
        public Precision Precision;
        public MuonMatrix* Matrices;
        public float LearningRate;
        public float MomentumDecay;
        public float WeightDecay;
        public float GradientScale;

        public readonly void Execute(int part)
        {
            // Inside a part the pool runs everything on the thread that is already there.
            MuonMatrix matrix = Matrices[part];
            float* workspace = Scratch.ForPart(WorkspaceLength(matrix.Rows, matrix.Columns));
            Step(Pool, Precision, matrix.Parameter, matrix.Gradient, matrix.Momentum, workspace, matrix.Rows, matrix.Columns,
                LearningRate, MomentumDecay, WeightDecay, GradientScale);
        }
    }

    private readonly struct MomentumBody(float* gradient, float* momentum, float* direction, float decay, float scale) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R g = window.Load<R>(gradient + index) * R.Broadcast(scale);
            R m = R.MultiplyAdd(R.Broadcast(decay), window.Load<R>(momentum + index), g);
            window.Store(momentum + index, m);
            window.Store(direction + index, R.MultiplyAdd(R.Broadcast(decay), m, g));
        }
    }

    private readonly struct ScaledCopyBody(float* source, float* target, float factor) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow => window.Store(target + index, window.Load<R>(source + index) * R.Broadcast(factor));
    }

    private readonly struct UpdateBody(float* parameter, float* update, float keep, float stepSize) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R kept = window.Load<R>(parameter + index) * R.Broadcast(keep);
            window.Store(parameter + index, R.MultiplyAdd(R.Broadcast(stepSize), window.Load<R>(update + index), kept));
        }
    }
}
