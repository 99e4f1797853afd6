using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gestalt.Kernels.Tests;

/// <summary>Tests that watch the clock, processor time or all allocations run while no other test of this project does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}

[Collection(AloneCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class WorkerPoolSpeedTests
{
    [Fact]
    public void A_hot_run_on_two_threads_costs_microseconds()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "needs two processors");
        using var pool = new WorkerPool(2);
        var work = new Nothing();
        double best = double.PositiveInfinity;
        for (int round = 0; round < 100; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int run = 0; run < 1000; run++)
            {
                pool.Run(2, ref work);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / 1000);
        }

        Assert.True(best < 5, $"{best:F2} µs");
    }

    [Fact]
    public void Two_threads_do_nearly_twice_as_much()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "needs two processors");
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        double best = 0;
        double mostProcessors = 0;
        for (int round = 0; round < 30 && best < 1.8; round++)
        {
            double alone = Seconds(one, out _);
            double together = Seconds(two, out double processors);
            mostProcessors = Math.Max(mostProcessors, processors);
            best = Math.Max(best, alone / together);
        }

        Assert.SkipWhen(best < 1.8 && mostProcessors < 1.9, $"other processes left only {mostProcessors:F1} processors");
        Assert.True(best >= 1.8, $"{best:F2} times");

        static double Seconds(WorkerPool pool, out double processors)
        {
            var work = new Compute();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            for (int run = 0; run < 20; run++)
            {
                pool.Run(16, ref work);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            processors = (Environment.CpuUsage.TotalTime - before).TotalSeconds / seconds;
            return seconds;
        }
    }

    [Fact]
    public void An_idle_pool_sleeps()
    {
        using var pool = new WorkerPool(4);
        var work = new Nothing();
        pool.Run(16, ref work);
        double least = double.PositiveInfinity;
        for (int round = 0; round < 5; round++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Thread.Sleep(200);
            least = Math.Min(least, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }

        // One spinning thread would use 200 ms.
        Assert.True(least < 40, $"{least} ms of processor time in 200 ms of idleness");
    }

    private struct Nothing : IWork
    {
        public readonly void Execute(int part)
        {
        }
    }

    private struct Compute : IWork
    {
        [MethodImpl(MethodImplOptions.NoOptimization)]
        public readonly void Execute(int part)
        {
            double x = part;
            for (int i = 0; i < 20_000; i++)
            {
                x = Math.Sqrt(x + i);
            }
        }
    }
}
