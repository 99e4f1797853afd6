using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>y[i] = e^(x[i] - max) / Σ e^(x[j] - max) over each row.</summary>
public static unsafe class Softmax
{
    /// <summary>The softmax of every row.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Input, (rows, width). Elements of -∞ get probability 0; a row of nothing else becomes NaN.</param>
    /// <param name="y">Result, (rows, width); may be <paramref name="x"/>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Columns.</param>
    public static void Rows(WorkerPool pool, float* x, float* y, int rows, int width) =>
        RowLoop.Run(pool, rows, width, new Body(x, y, width));

    private readonly struct Body(float* x, float* y, int width) : IRowwise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Row<R>(long row)
            where R : struct, IRegister<R>
        {
            float* input = x + (row * width);
            float* output = y + (row * width);
            float highest = RowMath.Maximum<R>(input, width);
            float sum = RowMath.ExpAndSum<R>(input, output, width, highest);
            R factor = R.Broadcast(1 / sum);
            for (int i = 0; i < width; i += R.Count)
            {
                RowEnds.Store(output + i, width - i, RowEnds.Load<R>(output + i, width - i) * factor);
            }
        }
    }
}
