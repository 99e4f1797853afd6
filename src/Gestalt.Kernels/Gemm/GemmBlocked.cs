namespace Gestalt.Kernels;

/// <summary>Products large enough to be worth packing.</summary>
/// <remarks>
/// <para>
/// After Goto and van de Geijn, <i>Anatomy of High-Performance Matrix Multiplication</i> (ACM TOMS 34, 2008). The operands are first
/// copied into the order in which the micro-kernel reads them: B, and a transposed A, by all threads together, walking along the stored
/// rows, so that memory is read at full speed; rows of A that need no turning by the thread that is about to use them, while they
/// stay in its second-level cache. Then C is cut in parts.
/// </para>
/// <para>
/// With few rows each panel of B would be used too seldom to be worth its way through memory: then every thread packs its own panels
/// one at a time and uses them while they are in its first-level cache.
/// </para>
/// <para>
/// Every element of C is summed in the order of k by one thread at a time, and <see cref="GemmDepth"/> cuts k without asking for
/// threads: the bits of the result are the same for any number of them.
/// </para>
/// </remarks>
internal static unsafe class GemmBlocked
{
    /// <summary>Fewer rows than this pack B as they go.</summary>
    internal const int FewRows = 320;

    /// <summary>Words of B packed at once: 4 MiB, to stay in a shared third-level cache beside those being packed next.</summary>
    internal const long SharedWords = 1L << 20;

    /// <summary>Words of A packed at once, 4 MiB.</summary>
    internal const long SharedWordsA = 1L << 20;

    /// <summary>Words packed at once of an operand that one tile's worth of the other meets, as in the gradients of low-rank updates: 512 KiB, which stay in the second-level cache.</summary>
    internal const long WordsUsedOnce = 1L << 17;

    public static void Multiply(WorkerPool pool, GemmBackend backend, in GemmProblem problem)
    {
        if (problem.M < FewRows && !problem.TransposeA)
        {
            MultiplyFewRows(pool, backend, problem);
        }
        else
        {
            MultiplyPacked(pool, backend, problem);
        }
    }

    private static void MultiplyPacked(WorkerPool pool, GemmBackend backend, in GemmProblem problem)
    {
        var areas = new GemmAreas(backend, problem);
        var first = new GemmPackWork(areas[0], packB: true);
        pool.Run(first.Parts, ref first);
        for (int i = 0; i < areas.Count; i++)
        {
            var multiplying = new GemmMultiplyWork(areas[i], pool.Threads);
            GemmPackWork packing = i + 1 < areas.Count ? new GemmPackWork(areas[i + 1], areas.StartsPanels(i + 1)) : default;
            var both = new GemmPipelineWork(multiplying, packing);
            pool.Run(both.Parts, ref both);
        }
    }

    private static void MultiplyFewRows(WorkerPool pool, GemmBackend backend, in GemmProblem problem)
    {
        int width = backend.Tile.Columns;
        var depth = new GemmDepth(problem.K, backend.Tile.ValuesPerWord);
        int panels = Whole.Ceiling(problem.N, width);
        bool inPlace = backend.ReadsInPlace(problem);
        float* packedA = inPlace ? null : GemmBuffers.OfThread.A(Whole.RoundUp(problem.M, GemmPacker.Padding) * depth.Chunk(0).RowStride);
        for (int chunk = 0; chunk < depth.Chunks; chunk++)
        {
            var area = new GemmArea(backend, problem, depth.Chunk(chunk), 0, problem.M, 0, panels, packedA, null);
            var packing = new GemmPackWork(area, packB: false);
            pool.Run(packing.Parts, ref packing);
            var multiplying = new GemmFewRowsWork(area);
            pool.Run(multiplying.Parts, ref multiplying);
        }
    }
}
