using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// A few rows times stored rows of weights, as in generating one token at a time: every weight is used so seldom that the
/// product takes as long as reading the weights does, and packing them would only read and write them once more.
/// </summary>
/// <param name="mostRows">Most rows for which reading weights in place wins over packing them.</param>
internal abstract unsafe class GemmThin(int mostRows)
{
    /// <summary>Weights in a part: 64 KiB of them, read in some 3 µs.</summary>
    internal const long PartWeights = 16 << 10;

    /// <summary>Columns of C at a time: as many streams of weights.</summary>
    protected const int ColumnsAtOnce = 4;

    /// <summary>Whether a product is one of these.</summary>
    public bool Suits(in GemmProblem problem) => problem.M <= mostRows && problem.TransposeB && !problem.TransposeA;

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
/// <param name="mostRows">Most rows for which it is used.</param>
internal sealed unsafe class GemmThin<TWords, TLanes, TVector>(int mostRows) : GemmThin(mostRows)
    where TWords : struct, IWords<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int RowsAtOnce = 2;
    private const int Streams = RowsAtOnce + ColumnsAtOnce;

    [SkipLocalsInit]
    protected override void MultiplyColumns(in GemmProblem problem, int begin, int end)
    {
        float** streams = stackalloc float*[Streams];
        float* rest = stackalloc float[Streams * TLanes.Count];
        float* sums = stackalloc float[RowsAtOnce * ColumnsAtOnce];
        int whole = problem.K - (problem.K % TLanes.Count);
        for (int column = begin; column < end; column += ColumnsAtOnce)
        {
            int columns = Math.Min(ColumnsAtOnce, end - column);
            for (int row = 0; row < problem.M; row += RowsAtOnce)
            {
                int rows = Math.Min(RowsAtOnce, problem.M - row);
                for (int i = 0; i < Streams; i++)
                {
                    // What is not there repeats what is; its sums are thrown away.
                    streams[i] = i < RowsAtOnce
                        ? problem.A + ((row + Math.Min(i, rows - 1)) * problem.StrideA)
                        : problem.B + ((column + Math.Min(i - RowsAtOnce, columns - 1)) * problem.StrideB);
                    var padded = new Span<float>(rest + (i * TLanes.Count), TLanes.Count);
                    padded.Clear();
                    new ReadOnlySpan<float>(streams[i] + whole, problem.K - whole).CopyTo(padded);
                }

                MultiplyTile(streams, whole, rest, sums);
                Store(problem, row, rows, column, columns, sums);
            }
        }
    }

    /// <summary>Two rows by four columns: eight sums, enough to keep the multipliers busy when the weights are in a cache.</summary>
    /// <remarks>Nothing is called in here: the compiler would keep the sums in memory, all through the loop.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTile(float** streams, long whole, float* rest, float* sums)
    {
        TVector s00 = TLanes.Zero, s01 = TLanes.Zero, s02 = TLanes.Zero, s03 = TLanes.Zero;
        TVector s10 = TLanes.Zero, s11 = TLanes.Zero, s12 = TLanes.Zero, s13 = TLanes.Zero;
        float* a0 = streams[0];
        float* a1 = streams[1];
        float* b0 = streams[2];
        float* b1 = streams[3];
        float* b2 = streams[4];
        float* b3 = streams[5];
        bool isRest = false;
        while (true)
        {
            for (long k = 0; k < whole; k += TLanes.Count)
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

            if (isRest)
            {
                break;
            }

            isRest = true;
            whole = TLanes.Count;
            a0 = rest;
            a1 = a0 + TLanes.Count;
            b0 = a1 + TLanes.Count;
            b1 = b0 + TLanes.Count;
            b2 = b1 + TLanes.Count;
            b3 = b2 + TLanes.Count;
        }

        sums[0] = TLanes.Sum(s00);
        sums[1] = TLanes.Sum(s01);
        sums[2] = TLanes.Sum(s02);
        sums[3] = TLanes.Sum(s03);
        sums[4] = TLanes.Sum(s10);
        sums[5] = TLanes.Sum(s11);
        sums[6] = TLanes.Sum(s12);
        sums[7] = TLanes.Sum(s13);
    }

    private static void Store(in GemmProblem problem, int row, int rows, int column, int columns, float* sums)
    {
        for (int i = 0; i < rows; i++)
        {
            float* c = problem.C + ((row + i) * problem.StrideC) + column;
            for (int j = 0; j < columns; j++)
            {
                c[j] = sums[(i * ColumnsAtOnce) + j] + (problem.Accumulate ? c[j] : 0) + (problem.Bias == null ? 0 : problem.Bias[column + j]);
            }
        }
    }
}
