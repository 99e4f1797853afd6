using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// A few rows times stored rows of weights, as in generating one token at a time: every weight is used so seldom that the
/// product takes as long as reading the weights does, and packing them would only read and write them once more.
/// </summary>
internal abstract unsafe class GemmThin
{
    /// <summary>Most rows for which reading weights in place wins over packing them.</summary>
    internal const int ThinRows = 6;

    /// <summary>Weights in a part: 64 KiB of them, read in some 3 µs.</summary>
    internal const long PartWeights = 16 << 10;

    /// <summary>Columns of C at a time: as many streams of weights.</summary>
    protected const int ColumnsAtOnce = 4;

    /// <summary>Whether a product is one of these.</summary>
    public static bool Suits(in GemmProblem problem) => problem.M <= ThinRows && problem.TransposeB && !problem.TransposeA;

    public void Multiply(WorkerPool pool, in GemmProblem problem)
    {
        long weights = (long)problem.N * problem.K;
        var work = new Work(this, problem, (int)Math.Clamp(weights / PartWeights, 1, Whole.Ceiling(problem.N, ColumnsAtOnce)));
        pool.Run(work.Parts, ref work);
    }

    /// <summary>Computes a range of columns of C.</summary>
    protected abstract void MultiplyColumns(in GemmProblem problem, int begin, int end);

    private readonly struct Work(GemmThin thin, GemmProblem problem, int parts) : IWork
    {
        public int Parts => parts;

        public void Execute(int part)
        {
            int groups = Whole.Ceiling(problem.N, ColumnsAtOnce);
            int begin = Whole.Begin(groups, parts, part) * ColumnsAtOnce;
            int end = Math.Min(problem.N, Whole.Begin(groups, parts, part + 1) * ColumnsAtOnce);
            thin.MultiplyColumns(problem, begin, end);
        }
    }
}

/// <summary>The thin product for one vector width and one kind of word.</summary>
internal sealed unsafe class GemmThin<TWords, TLanes, TVector> : GemmThin
    where TWords : struct, IWords<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    protected override void MultiplyColumns(in GemmProblem problem, int begin, int end)
    {
        for (int column = begin; column < end; column += ColumnsAtOnce)
        {
            for (int row = 0; row < problem.M; row += 2)
            {
                MultiplyTile(problem, row, column, Math.Min(ColumnsAtOnce, end - column));
            }
        }
    }

    /// <summary>Two rows by four columns: eight sums, enough to keep the multipliers busy when the weights are in a cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTile(in GemmProblem problem, int row, int column, int columns)
    {
        // What is not there repeats what is; its sums are thrown away.
        bool hasSecondRow = row + 1 < problem.M;
        float* a0 = problem.A + (row * problem.StrideA);
        float* a1 = hasSecondRow ? a0 + problem.StrideA : a0;
        float* b0 = problem.B + (column * problem.StrideB);
        float* b1 = columns > 1 ? b0 + problem.StrideB : b0;
        float* b2 = columns > 2 ? b1 + problem.StrideB : b0;
        float* b3 = columns > 3 ? b2 + problem.StrideB : b0;

        TVector s00 = TLanes.Zero, s01 = TLanes.Zero, s02 = TLanes.Zero, s03 = TLanes.Zero;
        TVector s10 = TLanes.Zero, s11 = TLanes.Zero, s12 = TLanes.Zero, s13 = TLanes.Zero;
        int whole = problem.K - (problem.K % TLanes.Count);
        for (int k = 0; k < whole; k += TLanes.Count)
        {
            TVector x0 = TWords.Read(a0 + k, 0);
            TVector x1 = TWords.Read(a1 + k, 0);
            TVector w = TWords.Read(b0 + k, 0);
            s00 = TLanes.MultiplyAdd(x0, w, s00);
            s10 = TLanes.MultiplyAdd(x1, w, s10);
            w = TWords.Read(b1 + k, 0);
            s01 = TLanes.MultiplyAdd(x0, w, s01);
            s11 = TLanes.MultiplyAdd(x1, w, s11);
            w = TWords.Read(b2 + k, 0);
            s02 = TLanes.MultiplyAdd(x0, w, s02);
            s12 = TLanes.MultiplyAdd(x1, w, s12);
            w = TWords.Read(b3 + k, 0);
            s03 = TLanes.MultiplyAdd(x0, w, s03);
            s13 = TLanes.MultiplyAdd(x1, w, s13);
        }

        if (whole < problem.K)
        {
            int rest = problem.K - whole;
            TVector x0 = ReadRest(a0 + whole, rest);
            TVector x1 = ReadRest(a1 + whole, rest);
            TVector w = ReadRest(b0 + whole, rest);
            s00 = TLanes.MultiplyAdd(x0, w, s00);
            s10 = TLanes.MultiplyAdd(x1, w, s10);
            w = ReadRest(b1 + whole, rest);
            s01 = TLanes.MultiplyAdd(x0, w, s01);
            s11 = TLanes.MultiplyAdd(x1, w, s11);
            w = ReadRest(b2 + whole, rest);
            s02 = TLanes.MultiplyAdd(x0, w, s02);
            s12 = TLanes.MultiplyAdd(x1, w, s12);
            w = ReadRest(b3 + whole, rest);
            s03 = TLanes.MultiplyAdd(x0, w, s03);
            s13 = TLanes.MultiplyAdd(x1, w, s13);
        }

        Store(problem, row, column, columns, s00, s01, s02, s03);
        if (hasSecondRow)
        {
            Store(problem, row + 1, column, columns, s10, s11, s12, s13);
        }
    }

    [SkipLocalsInit]
    private static TVector ReadRest(float* source, int count)
    {
        float* staged = stackalloc float[TLanes.Count];
        TLanes.Store(TLanes.Zero, staged);
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(staged, TLanes.Count));
        return TWords.Read(staged, 0);
    }

    private static void Store(in GemmProblem problem, int row, int column, int columns, TVector s0, TVector s1, TVector s2, TVector s3)
    {
        float* sums = stackalloc float[ColumnsAtOnce] { TLanes.Sum(s0), TLanes.Sum(s1), TLanes.Sum(s2), TLanes.Sum(s3) };
        float* c = problem.C + (row * problem.StrideC) + column;
        for (int i = 0; i < columns; i++)
        {
            c[i] = sums[i] + (problem.Accumulate ? c[i] : 0) + (problem.Bias == null ? 0 : problem.Bias[column + i]);
        }
    }
}
