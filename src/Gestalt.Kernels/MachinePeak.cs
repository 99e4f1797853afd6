using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <summary>
/// What this machine can do at most: the ceilings against which kernels are judged, and from which the planner derives how
/// large a model fits in the time given. Each measurement takes about 0.2 s.
/// </summary>
public static unsafe class MachinePeak
{
    private const double MeasuringSeconds = 0.2;

    /// <summary>Steps of k per call: a panel of B and the rows of A, 35 KiB together, stay in a first-level cache of 48 KiB; 32 KiB of 32 for narrower tiles.</summary>
    private const int Steps = 192;

    /// <summary>Calls per timing and thread: some tens of milliseconds, so that neither starting a run nor a moment of higher clock counts.</summary>
    private const int Calls = 40_000;

    private const long ReadBytes = 256L << 20;
    private const int ReadPartBytes = 1 << 20;

    /// <summary>Floating-point operations per second of the matrix micro-kernel out of the first-level cache, all threads together.</summary>
    /// <param name="pool">The threads to load; a pool of one measures one core.</param>
    /// <param name="precision">Which micro-kernel.</param>
    public static double MultiplyRate(WorkerPool pool, Precision precision) => MultiplyRate(pool, GemmBackend.For(precision));

    /// <summary>Bytes per second that the threads together read from memory, far beyond any cache.</summary>
    /// <param name="pool">The threads that read; a pool of one measures one core.</param>
    public static double ReadBandwidth(WorkerPool pool)
    {
        using var memory = new AlignedMemory(ReadBytes);
        var reading = new Read(memory.Pointer);
        int parts = (int)(ReadBytes / ReadPartBytes);
        return ReadBytes / BestSeconds(pool, parts, ref reading);
    }

    internal static double MultiplyRate(WorkerPool pool, GemmBackend backend)
    {
        GemmTile tile = backend.Tile;
        var calling = new CallTile(tile);
        double seconds = BestSeconds(pool, pool.Threads, ref calling);
        return Calls * pool.Threads * Gemm.FlopCount(tile.Rows, tile.Columns, Steps * tile.ValuesPerWord) / seconds;
    }

    /// <summary>The shortest of as many timings as fit: anything else that ran meanwhile only makes one longer.</summary>
    private static double BestSeconds<TWork>(WorkerPool pool, int parts, ref TWork work)
        where TWork : struct, IWork
    {
        pool.Run(parts, ref work);
        double best = double.PositiveInfinity;
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(parts, ref work);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < MeasuringSeconds);
        return best;
    }

    /// <summary>One part calls the micro-kernel over and over on the same operands.</summary>
    private readonly struct CallTile(GemmTile tile) : IWork
    {
        public void Execute(int part)
        {
            int rowWords = Steps + GemmPacker.Padding;
            int aWords = Whole.RoundUp(tile.Rows, GemmPacker.Padding) * rowWords;
            int bWords = Steps * tile.Columns;
            float* operands = GemmBuffers.OfThread.Panel(aWords + bWords + (tile.Rows * tile.Columns));
            GemmTileArguments arguments;
            arguments.A = operands;
            arguments.StrideA = rowWords * sizeof(float);
            arguments.B = operands + aWords;
            arguments.Steps = Steps;
            arguments.C = operands + aWords + bWords;
            arguments.StrideC = tile.Columns * sizeof(float);
            arguments.Accumulate = 0;
            arguments.Soon = operands;
            new Span<float>(operands, aWords + bWords).Fill(1);
            for (int call = 0; call < Calls; call++)
            {
                tile.Multiply(tile.Rows, tile.Columns, &arguments);
            }
        }
    }

    /// <summary>One part reads a piece of memory from end to end.</summary>
    private readonly struct Read(byte* memory) : IWork
    {
        public void Execute(int part)
        {
            byte* piece = memory + ((long)part * ReadPartBytes);
            Vector512<ulong> first = default, second = default;
            for (int offset = 0; offset < ReadPartBytes; offset += 128)
            {
                first |= Vector512.Load((ulong*)(piece + offset));
                second |= Vector512.Load((ulong*)(piece + offset + 64));
            }

            // Never true: it keeps the compiler from leaving out loads that nobody uses.
            if ((first | second) != Vector512<ulong>.Zero)
            {
                throw new InvalidDataException("Memory that was cleared does not read as zero.");
            }
        }
    }
}
