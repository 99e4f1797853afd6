using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// Sums over the rows of a matrix that a row-wise backward kernel makes on the side, such as the gradient of a gain. Every part sums
/// its rows into a slice of its own; the slices are then added in order. How many parts there are follows from the size alone, so the
/// result is the same for any number of threads.
/// </summary>
internal static unsafe class RowSums
{
    /// <summary>Elements a part should have at least, so that clearing and adding its slice does not show.</summary>
    private const int Block = 32 * 1024;

    /// <summary>More parts than this only cost: they balance 64 threads.</summary>
    private const int MostParts = 128;

    /// <summary>How many parts to cut the rows into.</summary>
    internal static int Parts(int rows, int width) => (int)Math.Clamp((long)rows * width / Block, 1, Math.Min(MostParts, Math.Max(1, rows)));

    /// <summary>The rows of one part: from <c>First(part)</c> to <c>First(part + 1)</c>.</summary>
    internal static int First(int rows, int parts, int part) => (int)((long)rows * part / parts);

    /// <summary>Adds the slices to the result.</summary>
    internal static void Add(WorkerPool pool, float* slices, int parts, float* target, int width)
    {
        int stripes = (width + AddSlices.Columns - 1) / AddSlices.Columns;
        VectorWidth.Run(pool, stripes, new AddSlices(slices, parts, target, width));
    }

    private readonly struct AddSlices(float* slices, int parts, float* target, int width) : IVectorWork
    {
        public const int Columns = 1024;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            int end = Math.Min(width, (part + 1) * Columns);
            for (int j = part * Columns; j < end; j += R.Count)
            {
                R sum = RowEnds.Load<R>(slices + j, end - j);
                for (int slice = 1; slice < parts; slice++)
                {
                    sum += RowEnds.Load<R>(slices + ((long)slice * width) + j, end - j);
                }

                RowEnds.Store(target + j, end - j, sum + RowEnds.Load<R>(target + j, end - j));
            }
        }
    }
}
