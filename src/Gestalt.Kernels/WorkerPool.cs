using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Gestalt.Kernels;

/// <summary>
/// The threads that share the arithmetic of one step: a run of numbered parts costs about a microsecond and allocates nothing.
/// </summary>
/// <remarks>
/// Parts are claimed in ascending order by whoever is free, the caller included, so uneven parts balance themselves.
/// Idle threads watch for the next run for <see cref="SpinMicroseconds"/> and then sleep: between the operations of a training step
/// they are hot, in an idle process they cost nothing. A run started from inside a part is done inline by that part's thread, and
/// runs started by several threads at once take turns.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>How long a thread watches before it sleeps. Waking a sleeping thread costs some 10 µs, so watching longer gains little.</summary>
    internal const int SpinMicroseconds = 80;

    private const int Awake = 0;
    private const int Asleep = 1;

    private static readonly long SpinTicks = Stopwatch.Frequency * SpinMicroseconds / 1_000_000;
    private static readonly Lazy<WorkerPool> LazyShared = new(static () => new WorkerPool(SharedThreads()));

    [ThreadStatic]
    private static bool t_insidePart;

    private readonly Lock _turn = new();
    private readonly Worker[] _workers;
    private readonly AutoResetEvent _finished = new(initialState: false);

    // Written before `_remaining` is published and stable until the last claimed part is done.
    private delegate*<void*, int, void> _execute;
    private void* _work;
    private int _parts;
    private ExceptionDispatchInfo? _failure;
    private int _callerState;
    private volatile bool _stopping;

    private PaddedCounter _remaining; // parts nobody has claimed; claiming is one atomic decrement
    private PaddedCounter _unfinished; // parts not yet done

    /// <summary>Starts a pool.</summary>
    /// <param name="threads">Threads that work on a run, the caller's own among them; 1 starts none.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is less than 1.</exception>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Worker(this, i + 1);
        }
    }

    /// <summary>A pool of one thread per processor for the whole process; the environment variable GESTALT_THREADS sets another count.</summary>
    public static WorkerPool Shared => LazyShared.Value;

    /// <summary>Threads that work on a run, the caller's own among them.</summary>
    public int Threads { get; }

    /// <summary>Does all parts of a piece of work and returns when the last one is done.</summary>
    /// <typeparam name="TWork">The work, a struct.</typeparam>
    /// <param name="parts">How many parts it has; 0 or less does nothing.</param>
    /// <param name="work">The work; every thread sees this very variable.</param>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    /// <remarks>The first exception of a part is rethrown here; parts that nobody had begun by then are left out.</remarks>
    public void Run<TWork>(int parts, ref TWork work)
        where TWork : struct, IWork
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (parts <= 1 || Threads == 1 || t_insidePart)
        {
            for (int part = 0; part < parts; part++)
            {
                work.Execute(part);
            }

            return;
        }

        ExceptionDispatchInfo? failure;
        lock (_turn)
        {
            // Pins the variable in case it is a field of an object; on the stack it costs nothing.
            fixed (byte* pinned = &Unsafe.As<TWork, byte>(ref work))
            {
                _execute = &Execute<TWork>;
                _work = pinned;
                _parts = parts;
                _failure = null;
                _unfinished.Value = parts;
                Interlocked.Exchange(ref _remaining.Value, parts);
                WakeWorkers(parts - 1);
                ClaimParts();
                WaitUntilFinished();
                failure = _failure;
                _failure = null;
            }
        }

        failure?.Throw();
    }

    /// <summary>Ends the threads. Must not be called while a run is under way.</summary>
    public void Dispose()
    {
        lock (_turn)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            WakeWorkers(_workers.Length);
        }

        foreach (Worker worker in _workers)
        {
            worker.Join();
        }

        _finished.Dispose();
    }

    private static int SharedThreads()
    {
        string? wanted = Environment.GetEnvironmentVariable("GESTALT_THREADS");
        if (string.IsNullOrEmpty(wanted))
        {
            return Environment.ProcessorCount;
        }

        return int.TryParse(wanted, out int threads) && threads >= 1
            ? threads
            : throw new InvalidOperationException($"GESTALT_THREADS is '{wanted}'; it must be a whole number of at least 1.");
    }

    private static void Execute<TWork>(void* work, int part)
        where TWork : struct, IWork => Unsafe.AsRef<TWork>(work).Execute(part);

    /// <summary>Claims and does parts until none is left.</summary>
    private void ClaimParts()
    {
        int done = 0;
        int left;
        t_insidePart = true;

        // Once a part is claimed the run cannot end before it is done, so the fields of the run are safe to read only after the claim.
        while ((left = Interlocked.Decrement(ref _remaining.Value)) >= 0)
        {
            done++;
            try
            {
                _execute(_work, _parts - 1 - left);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
                done += Math.Max(0, Interlocked.Exchange(ref _remaining.Value, 0));
            }
        }

        t_insidePart = false;
        if (done > 0 && Interlocked.Add(ref _unfinished.Value, -done) == 0
            && Interlocked.CompareExchange(ref _callerState, Awake, Asleep) == Asleep)
        {
            _finished.Set();
        }
    }

    private void WaitUntilFinished()
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _unfinished.Value) != 0)
        {
            if (Stopwatch.GetTimestamp() - start < SpinTicks)
            {
                Thread.SpinWait(1);
                continue;
            }

            // Announce sleep, look once more, then sleep: whoever finishes after the announcement sees it and wakes us.
            Interlocked.Exchange(ref _callerState, Asleep);
            if (Volatile.Read(ref _unfinished.Value) != 0
                || Interlocked.CompareExchange(ref _callerState, Awake, Asleep) != Asleep)
            {
                _finished.WaitOne();
            }
        }
    }

    private void WakeWorkers(int wanted)
    {
        for (int i = 0; i < Math.Min(wanted, _workers.Length); i++)
        {
            _workers[i].Wake();
        }
    }

    /// <summary>A counter alone on its pair of cache lines, so that claiming parts does not slow those who only watch.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 256)]
    private struct PaddedCounter
    {
        [System.Runtime.InteropServices.FieldOffset(128)]
        public int Value;
    }

    private sealed class Worker
    {
        private readonly WorkerPool _pool;
        private readonly Thread _thread;
        private readonly AutoResetEvent _wake = new(initialState: false);
        private int _state;

        public Worker(WorkerPool pool, int number)
        {
            _pool = pool;
            _thread = new Thread(Work) { IsBackground = true, Name = $"Gestalt worker {number}" };
            _thread.Start();
        }

        public void Wake()
        {
            if (Volatile.Read(ref _state) == Asleep && Interlocked.CompareExchange(ref _state, Awake, Asleep) == Asleep)
            {
                _wake.Set();
            }
        }

        public void Join()
        {
            _thread.Join();
            _wake.Dispose();
        }

        private bool SomethingToDo => Volatile.Read(ref _pool._remaining.Value) > 0 || _pool._stopping;

        private void Work()
        {
            while (!_pool._stopping)
            {
                WatchThenSleep();
                _pool.ClaimParts();
            }
        }

        private void WatchThenSleep()
        {
            long start = Stopwatch.GetTimestamp();
            while (!SomethingToDo)
            {
                if (Stopwatch.GetTimestamp() - start < SpinTicks)
                {
                    Thread.SpinWait(1);
                    continue;
                }

                Interlocked.Exchange(ref _state, Asleep);
                if (!SomethingToDo || Interlocked.CompareExchange(ref _state, Awake, Asleep) != Asleep)
                {
                    _wake.WaitOne();
                }

                start = Stopwatch.GetTimestamp();
            }
        }
    }
}
