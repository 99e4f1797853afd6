using System.Diagnostics;

namespace Gestalt.Kernels.Tests;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [Trait("Speed", "Smoke")]
    public unsafe void Every_part_runs_exactly_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        int* counts = stackalloc int[300];
        for (int parts = 0; parts < 300; parts++)
        {
            new Span<int>(counts, 300).Clear();
            var work = new Count { Counts = counts };
            pool.Run(parts, ref work);
            Assert.Equal(parts, new Span<int>(counts, parts).Count(1));
            Assert.Equal(300 - parts, new Span<int>(counts, 300).Count(0));
        }
    }

    /// <summary>Short runs back to back, with pauses around the moment when idle threads fall asleep: nobody is ever left waiting.</summary>
    [Fact]
    public unsafe void Runs_end_whether_threads_are_awake_or_falling_asleep()
    {
        using var pool = new WorkerPool(3);
        int* counts = stackalloc int[4];
        var random = new Random(1);
        for (int run = 0; run < 20_000; run++)
        {
            new Span<int>(counts, 4).Clear();
            var work = new Count { Counts = counts };
            pool.Run(1 + (run % 4), ref work);
            Assert.Equal(1 + (run % 4), new Span<int>(counts, 4).Count(1));
            if (run % 20 == 0)
            {
                long pause = random.Next(2 * WorkerPool.SpinMicroseconds);
                long start = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < pause)
                {
                    Thread.SpinWait(1);
                }
            }
        }
    }

    [Fact]
    public void Work_may_hold_references_and_be_a_field()
    {
        using var pool = new WorkerPool(2);
        var holder = new Holder { Work = new AddUp { Sums = new long[64] } };
        for (int run = 0; run < 1000; run++)
        {
            pool.Run(64, ref holder.Work);
            if (run % 100 == 0)
            {
                GC.Collect();
            }
        }

        Assert.All(Enumerable.Range(0, 64), part => Assert.Equal(1000L * part, holder.Work.Sums[part]));
    }

    [Fact]
    public void Runs_from_several_threads_take_turns()
    {
        using var pool = new WorkerPool(2);
        var callers = Enumerable.Range(0, 4).Select(_ => new AddUp { Sums = new long[50] }).ToArray();
        var threads = callers.Select(work => new Thread(() =>
        {
            for (int run = 0; run < 2000; run++)
            {
                pool.Run(50, ref work);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(callers, work => Assert.All(Enumerable.Range(0, 50), part => Assert.Equal(2000L * part, work.Sums[part])));
    }

    [Fact]
    public void A_run_inside_a_part_is_done_by_that_parts_thread()
    {
        using var pool = new WorkerPool(2);
        var work = new Outer { Pool = pool, Inner = new int[16] };
        pool.Run(16, ref work);
        Assert.All(work.Inner, count => Assert.Equal(10, count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_exception_of_a_part_is_rethrown_and_the_pool_goes_on(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int run = 0; run < 200; run++)
        {
            var failing = new Fail { Part = run % 20 };
            var exception = Assert.Throws<InvalidOperationException>(() => pool.Run(20, ref failing));
            Assert.Equal($"part {run % 20}", exception.Message);
            Assert.Contains(nameof(Fail), exception.StackTrace);

            var work = new AddUp { Sums = new long[20] };
            pool.Run(20, ref work);
            Assert.Equal(19, work.Sums[19]);
        }
    }

    [Fact]
    public void A_failed_run_still_lets_the_thread_run_in_parallel_afterwards()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "needs two processors");
        using var pool = new WorkerPool(2);
        var failing = new Fail { Part = 0 };
        Assert.Throws<InvalidOperationException>(() => pool.Run(2, ref failing));
        var meeting = new Meet();
        pool.Run(2, ref meeting);
        Assert.Equal(2, meeting.Arrived);
    }

    [Fact]
    public void A_run_allocates_nothing_on_the_calling_thread()
    {
        using var pool = new WorkerPool(2);
        var work = new AddUp { Sums = new long[16] };
        for (int run = 0; run < 1000; run++)
        {
            pool.Run(16, ref work);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < 1000; run++)
        {
            pool.Run(16, ref work);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Wrong_use_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
        var pool = new WorkerPool(2);
        pool.Dispose();
        pool.Dispose();
        var work = new AddUp { Sums = new long[2] };
        Assert.Throws<ObjectDisposedException>(() => pool.Run(2, ref work));
        Assert.True(WorkerPool.Shared.Threads >= 1);
    }

    private unsafe struct Count : IWork
    {
        public int* Counts;

        public readonly void Execute(int part) => Interlocked.Increment(ref Counts[part]);
    }

    private struct AddUp : IWork
    {
        public long[] Sums;

        public readonly void Execute(int part) => Sums[part] += part;
    }

    private sealed class Holder
    {
        public AddUp Work;
    }

    private struct Outer : IWork
    {
        public WorkerPool Pool;
        public int[] Inner;

        public readonly void Execute(int part)
        {
            var inner = new SameThread { Counts = Inner, Slot = part, Thread = Environment.CurrentManagedThreadId };
            Pool.Run(10, ref inner);
        }
    }

    private struct SameThread : IWork
    {
        public int[] Counts;
        public int Slot;
        public int Thread;

        public readonly void Execute(int part)
        {
            Assert.Equal(Thread, Environment.CurrentManagedThreadId);
            Counts[Slot]++;
        }
    }

    private struct Fail : IWork
    {
        public int Part;

        public readonly void Execute(int part)
        {
            if (part == Part)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }

    /// <summary>Ends only if two threads are in it at the same time.</summary>
    private struct Meet : IWork
    {
        public int Arrived;

        public void Execute(int part)
        {
            Interlocked.Increment(ref Arrived);
            var patience = Stopwatch.StartNew();
            while (Volatile.Read(ref Arrived) < 2 && patience.Elapsed < TimeSpan.FromSeconds(20))
            {
                Thread.Yield();
            }
        }
    }
}
